/**
 * The worker in Python against the page of the protocol: the test is its coordinator and its leader.
 */
import { expect, it, type TestContext } from 'vitest';
import { clientOver } from '../../client/client.ts';
import { shardSpans } from '../../datasets/shard-plan.ts';
import { sliceSpan, slicesPerShard } from '../../datasets/slices.ts';
import { linearDescent } from '../../examples/parameter-server/linear-descent.ts';
import type { Problem, RowSource } from '../../learners/learner.ts';
import { combineTree, cover } from '../../learners/slice-tree.ts';
import { writeTensors } from '../../learners/tensors.ts';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import { canonicalJson, sha256Hex } from '../../schemas/canonical.ts';
import { type Digest, parseJobId, parseNodeId, taskId } from '../../schemas/ids.ts';
import type { JobPlan, RowSplit } from '../../schemas/job-plan.ts';
import { keys } from '../../schemas/subjects.ts';
import {
  decodeMessage,
  encodeMessage,
  type MessageShapes,
  records,
  type TaskRecord,
  TaskState,
} from '../../schemas/wire.ts';
import { startTestServer } from '../support/nats-server.ts';
import { ForeignWorker, foreignWorkerFault } from './support/foreign-worker.ts';

type Ready = MessageShapes['round-ready'];

const job = parseJobId('by-hand');
const node = parseNodeId('python-1');
const leader = parseNodeId('leader-1');
const rowCount = 4_000;
const slices = slicesPerShard(rowCount, 1);
const holdout = { kind: 'holdout', part: 'train', seed: 7, fraction: 0.25 } as const;
const folds = { kind: 'fold', part: 'train', seed: 4_000_000_000, folds: 3, fold: 1 } as const;
const fits: readonly RowSplit[] = [{ kind: 'all' }, holdout, folds];
const params = { rounds: 10, rate: 0.1, tolerance: 0 };
const columns = ['u', 'v', 'y'].map((name) => ({ name, kind: 'number' }) as const);
const problem: Problem = {
  ...{ kind: 'regression', classes: [], rows: rowCount, seed: 0 },
  ...{ features: columns.slice(0, 2), target: columns[2] as (typeof columns)[number] },
};

/** Every value is a fraction of two, so that CSV says exactly what the test computes with. */
function cellOf(name: string, row: number): number {
  const step = { u: 7, v: 13, y: 29 }[name] ?? 1;
  return (((row * step) % 1_009) - 504) / 512;
}

function csv(): Uint8Array {
  const lines = ['u,v,y'];
  for (let row = 0; row < rowCount; row++) {
    // Some values are missing, and some targets.
    const cell = (name: string) =>
      (name === 'v' && row % 50 === 0) || (name === 'y' && row % 70 === 0) ? '' : cellOf(name, row);
    lines.push(columns.map(({ name }) => cell(name)).join(','));
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

function stateOf(round: number): Uint8Array {
  return writeTensors([
    { name: 'W', shape: [2], data: Float64Array.of(0.1 * round, -0.3) },
    { name: 'b', shape: [], data: Float64Array.of(1 / 3) },
  ]);
}

/** What the learner says that a slice adds, in this process. */
function contributionOf(fit: number, state: Uint8Array, round: number, slice: number): Uint8Array {
  const { firstRow, rows } = sliceSpan(shardSpans(rowCount, 1), slices, slice);
  const list = columns.map(({ name }) => {
    const values = Float64Array.from({ length: rows }, (_, i) => {
      const row = firstRow + i;
      const missing = (name === 'v' && row % 50 === 0) || (name === 'y' && row % 70 === 0);
      return missing ? Number.NaN : cellOf(name, row);
    });
    return [name, { kind: 'number', values }] as const;
  });
  const frame = { rows, firstRow, columns: new Map(list) };
  const source: RowSource = { frames: () => [frame], split: fits[fit] as RowSplit };
  const prepared = linearDescent.prepare(problem, params, source, () => undefined);
  const at = { round, slice, slices };
  const hold = { prepared, held: null };
  return linearDescent.contribute(problem, params, state, hold, at, () => undefined);
}

/** Coordinator and leader in one, spoken by hand. */
class ByHand implements AsyncDisposable {
  readonly bus: Bus;
  readonly python: ForeignWorker;
  readonly plan: Digest;
  readonly #ready: Ready[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #server: AsyncDisposable;

  private constructor(server: AsyncDisposable, bus: Bus, python: ForeignWorker, plan: Digest) {
    this.#server = server;
    this.bus = bus;
    this.python = python;
    this.plan = plan;
    for (const [fit] of fits.entries()) {
      bus.transport.subscribe(bus.subjects.roundReady(job, fit, node), ({ bytes }) =>
        this.#heard(bytes),
      );
    }
  }

  static async start(change: Partial<JobPlan> = {}): Promise<ByHand> {
    const server = await startTestServer();
    const bus = await connectNats({
      ...{ servers: server.url, name: 'test', clock: nodeClock() },
      ...{ createLayout: true, allowOldServer: true, waitForServer: true },
    });
    const client = clientOver(bus, nodeClock(), nodeRandom());
    const { digest } = await client.importCsv('points', () => [csv()]);
    const plan: JobPlan = {
      ...{ format: 1, learner: 'linear-descent', numerics: 1, kind: 'regression', seed: 0, params },
      dataset: { name: 'points', version: 1, manifest: digest as Digest },
      ...{ target: 'y', features: ['u', 'v'], rowCount, shardCount: 1, rows: 'all' },
      fits: fits.map((split, i) => {
        return { name: `fit-${i}`, split, scored: null, firstTask: i, tasks: 1 };
      }),
      ...{ memoryBytes: 1, memoryPerSlot: 1 },
      rounds: { mode: 'sync', slicesPerShard: slices, sliceBytes: 1 },
      ...change,
    };
    const stored = await bus.blobs.put(new TextEncoder().encode(canonicalJson(plan)));
    return new ByHand(server, bus, await ForeignWorker.start(server.url, node), stored);
  }

  offer(indexes: readonly number[], attempt: number, term = 1): void {
    const offers = indexes.map((index) => {
      return { job, task: taskId('hold', index), attempt, plan: this.plan };
    });
    const message = encodeMessage('offers', { term, coordinator: 'test', offers });
    this.bus.transport.publish(this.bus.subjects.offers(node), message);
  }

  async record(index: number): Promise<TaskRecord | null> {
    const entry = await this.bus.store.get('tasks', keys.task(job, taskId('hold', index)));
    return entry === undefined ? null : records.task.decode(entry.value);
  }

  open(fit: number, attempt: number, round: number, change: object = {}): void {
    const state = stateOf(round);
    const open = {
      ...{ job, fit, attempt, node: leader, nonce: 'n', round, state: sha256Hex(state) },
      ...{ size: state.length, inline: state, ...change },
    };
    const subject = this.bus.subjects.roundOpen(job, fit, leader);
    this.bus.transport.publish(subject, encodeMessage('round-open', open));
  }

  control(verb: string, task = '', term = 1): Promise<unknown> {
    const message = encodeMessage('control', { verb, job, term, task });
    return this.bus.transport.request(this.bus.subjects.control(node), message, {
      timeoutMs: 10_000,
    });
  }

  /** The next announcement for which `want` holds; those heard before do not count. */
  async ready(want: (ready: Ready) => boolean): Promise<Ready> {
    const from = this.#ready.length;
    for (;;) {
      const found = this.#ready.slice(from).find(want);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #heard(bytes: Uint8Array): void {
    this.#ready.push(decodeMessage('round-ready', bytes));
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.python[Symbol.asyncDispose]();
    await this.bus.close();
    await this.#server[Symbol.asyncDispose]();
  }
}

function skipWithoutPython(context: TestContext): void {
  const fault = foreignWorkerFault();
  context.skip(fault !== null, fault ?? '');
}

function spansOf({ shares }: Ready): string[] {
  return shares.map(({ first, count }) => `${first ?? 0}+${count ?? 0}`);
}

it('[P35] pushes for each fit what the learner computes here, along the tree, bit for bit', async (context) => {
  skipWithoutPython(context);
  await using hand = await ByHand.start();
  const owned = [2, 3, 4, 5, 6, 9];
  const claimed = hand.ready(({ slices: runs }) => runs.length === 2 * owned.length);
  hand.offer(owned, 1);
  await claimed;
  const record = await hand.record(9);
  expect(record).toMatchObject({ job, task: 'hold.9', state: TaskState.CLAIMED, node, term: 1 });

  for (const [fit] of fits.entries()) {
    const state = stateOf(1);
    const all = hand.ready((ready) => ready.fit === fit && ready.shares.length === 4);
    hand.open(fit, 1, 1);
    const { shares, ...ready } = await all;
    expect(ready).toMatchObject({
      node,
      nonce: record?.nonce,
      attempt: 1,
      state: sha256Hex(state),
    });
    const spans = cover(slices, new Set(owned));
    expect(
      shares.map(({ first, count }) => ({ from: first, to: (first ?? 0) + (count ?? 0) })),
    ).toEqual(spans);
    for (const [i, span] of spans.entries()) {
      const wanted = combineTree(
        span,
        ({ from, to }) => (to - from === 1 ? contributionOf(fit, state, 1, from) : undefined),
        (left, right) => linearDescent.combine(problem, params, left, right),
      );
      const { inline, sha256, attempts } = shares[i] ?? {};
      expect(Buffer.from(inline ?? []).equals(wanted)).toBe(true);
      expect(sha256).toBe(sha256Hex(wanted));
      expect(attempts).toEqual(new Array(span.to - span.from).fill(1));
    }
  }
}, 60_000);

it('[P36] reads a state whole or not at all, and obeys the highest attempt of a leader', async (context) => {
  skipWithoutPython(context);
  await using hand = await ByHand.start();
  const { transport, subjects } = hand.bus;
  const held = hand.ready((ready) => ready.slices.length === 2);
  hand.offer([0], 1);
  await held;

  // A state that is not inside the message is pulled; torn bytes are not taken.
  const state = stateOf(3);
  const whole = { bytes: state };
  const answered = Promise.withResolvers<void>();
  transport.subscribe(subjects.pull(leader), (message) => {
    const { digest, n } = decodeMessage('pull', message.bytes);
    expect([digest, n]).toEqual([sha256Hex(state), 0]);
    message.respond(whole.bytes);
    answered.resolve();
  });
  whole.bytes = state.slice().fill(0, 40);
  hand.open(0, 5, 3, { inline: new Uint8Array(0) });
  await answered.promise;
  const still = await hand.ready((ready) => ready.fit === 0);
  expect(still.state).toBe('');
  whole.bytes = state;
  const pulled = hand.ready((ready) => ready.fit === 0 && ready.shares.length === 1);
  hand.open(0, 5, 3, { inline: new Uint8Array(0) });
  expect(await pulled).toMatchObject({ attempt: 5, round: 3, state: sha256Hex(state) });

  // And given to whoever asks for it.
  const ask = encodeMessage('pull', { digest: sha256Hex(state), n: 0 });
  const given = await transport.request(subjects.pull(node), ask, { timeoutMs: 5_000 });
  expect(Buffer.from(given.bytes).equals(state)).toBe(true);
  const other = encodeMessage('pull', { digest: 'f'.repeat(64), n: 0 });
  const none = await transport.request(subjects.pull(node), other, { timeoutMs: 5_000 });
  expect(none.bytes).toHaveLength(0);

  // A lower attempt, and an earlier round of the same, change nothing; a probe is answered.
  hand.open(0, 4, 9);
  expect(await hand.ready((ready) => ready.fit === 0)).toMatchObject({ attempt: 5, round: 3 });
  hand.open(0, 5, 2);
  hand.open(0, 6, 0, { probe: true, state: '', size: 0, inline: new Uint8Array(0) });
  const probed = await hand.ready((ready) => ready.attempt === 6);
  expect(probed).toMatchObject({ round: 3, state: sha256Hex(state) });
  // A later leader may begin again from an earlier state.
  const earlier = hand.ready((ready) => ready.round === 1 && ready.shares.length === 1);
  hand.open(0, 7, 1);
  expect((await earlier).shares[0]?.sha256).toBe(sha256Hex(contributionOf(0, stateOf(1), 1, 0)));
}, 60_000);

it('claims by compare-and-set alone, lets go when told, and leaves in good order', async (context) => {
  skipWithoutPython(context);
  await using hand = await ByHand.start();
  // Somebody else has slice 1; slice 2 is at its third attempt, with a field that it does not know.
  const taken = records.task.create({ job, task: 'hold.1', state: TaskState.CLAIMED, attempt: 1 });
  const third = records.task.create({ job, task: 'hold.2', attempt: 3, losses: 2, moves: 1 });
  const later = Buffer.from('c03e07', 'hex'); // field 1000, of a newer version
  const stored = Buffer.concat([records.task.encode(third), later]);
  const { store } = hand.bus;
  const keyOf = (index: number) => keys.task(job, taskId('hold', index));
  await store.create('tasks', keyOf(1), records.task.encode(taken));
  await store.create('tasks', keyOf(2), stored);
  const both = hand.ready(({ slices: runs }) => runs.length === 4);
  hand.offer([0, 1], 1);
  hand.offer([2], 3);
  expect((await both).slices).toEqual([0, 1, 2, 1]);
  expect(await hand.record(1)).toMatchObject({ node: '', state: TaskState.CLAIMED });
  expect(await hand.record(2)).toMatchObject({ node, attempt: 3, losses: 2, moves: 1 });
  const bytes = (await store.get('tasks', keyOf(2)))?.value ?? new Uint8Array();
  expect(Buffer.from(bytes).toString('hex')).toContain(later.toString('hex'));

  const opened = hand.ready((ready) => spansOf(ready).length === 2);
  hand.open(0, 1, 0);
  expect(spansOf(await opened)).toEqual(['0+1', '2+1']);
  await hand.control('release', 'hold.0');
  expect(await hand.ready((ready) => ready.fit === 0)).toMatchObject({ slices: [2, 1] });
  // A coordinator of an earlier term is not obeyed.
  hand.offer([5], 1, 8);
  await hand.ready(({ slices: runs }) => runs.length === 4);
  await hand.control('release', '', 7);
  expect(await hand.ready((ready) => ready.fit === 0)).toMatchObject({ slices: [2, 1, 5, 1] });

  const left = new Promise<boolean>((resolve) => {
    hand.bus.transport.subscribe(hand.bus.subjects.heartbeat(node), ({ bytes }) => {
      const { leaving, draining } = decodeMessage('heartbeat', bytes);
      if (draining && !leaving) hand.control('release', '', 8).catch(() => undefined);
      if (leaving) resolve(true);
    });
  });
  expect(await hand.python.end('SIGTERM')).toBe(0);
  expect(await left).toBe(true);
  expect(hand.python.stderr).toBe('');
}, 60_000);

it('puts into the record of a hold what it cannot prepare', async (context) => {
  skipWithoutPython(context);
  await using hand = await ByHand.start({ features: ['u', 'unknown'] });
  const key = keys.task(job, taskId('hold', 0));
  const reported = Promise.withResolvers<TaskRecord>();
  await using watch = new AsyncDisposableStack();
  const { stop } = await hand.bus.store.watch('tasks', `${job}.`, (change) => {
    if (change.key !== key || change.value === null) return;
    const record = records.task.decode(change.value);
    if (record.errors.length > 0) reported.resolve(record);
  });
  watch.defer(stop);
  hand.offer([0], 1);
  const record = await reported.promise;
  expect(record).toMatchObject({ state: TaskState.PENDING, attempt: 1, node: '', nonce: '' });
  expect(record.errors).toMatchObject([
    { node, attempt: 1, message: expect.stringMatching(/unknown/) },
  ]);
}, 60_000);
