/**
 * The parameter server, and a worker in another language, from the protocol alone: it takes part in
 * rounds and changes no bit. What needs no Python is tested without it, too.
 */
import { fileURLToPath } from 'node:url';
import { expect, it, type TestContext } from 'vitest';
import { clientOver } from '../../client/client.ts';
import { linearDescent } from '../../examples/parameter-server/linear-descent.ts';
import { builtinLearners, learnersOf } from '../../learners/catalogue.ts';
import type { Problem } from '../../learners/learner.ts';
import { combineTree } from '../../learners/slice-tree.ts';
import { doublesOf, readTensors } from '../../learners/tensors.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { parseJobId, parseNodeId } from '../../schemas/ids.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { decodeMessage, encodeMessage, type MessageShapes } from '../../schemas/wire.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { ForeignWorker, foreignWorkerFault } from './support/foreign-worker.ts';

const module = fileURLToPath(
  new URL('../../examples/parameter-server/linear-descent.ts', import.meta.url),
);
const wait = { timeoutMs: 60_000 };
const rowCount = 6_000;
const spec = {
  dataset: 'plane',
  target: 'y',
  algorithm: 'linear-descent',
  params: { rounds: 60, rate: 0.5, tolerance: 0 },
} satisfies JobSpecInput;
const unscored = { ...spec, evaluate: false } as const;

type RoundReady = MessageShapes['round-ready'];

/** A plane, `lift` higher, with some noise, and a row now and then that misses a value. */
function planeCsv(rows: number, lift = 0): string {
  const lines = ['u,v,w,y'];
  for (let i = 0; i < rows; i++) {
    const [u, v, w] = [7, 11, 13].map((step) => ((i * step) % 1_009) / 504.5 - 1) as [
      number,
      number,
      number,
    ];
    const y = 3 * u - 2 * v + 0.25 * w + 1 + lift + ((i * 31) % 17) / 170;
    lines.push(`${u},${i % 97 === 0 ? '' : v},${w},${y}`);
  }
  return `${lines.join('\n')}\n`;
}

async function withPlane(workers = 1, rowsPerShard?: number): Promise<Cluster> {
  const cluster = await startCluster({ workers, args: ['--learner', module] });
  const bytes = new TextEncoder().encode(planeCsv(rowCount));
  await cluster.client.importCsv('plane', () => [bytes], rowsPerShard ? { rowsPerShard } : {});
  return cluster;
}

function skipWithoutPython(context: TestContext): void {
  const fault = foreignWorkerFault();
  context.skip(fault !== null, fault ?? '');
}

/** Starts it, and waits until the coordinator has heard of it. */
async function startPython(cluster: Cluster, node: string): Promise<ForeignWorker> {
  const python = await ForeignWorker.start(cluster.url, node);
  // A beat that came here came there before whatever is asked after it.
  await cluster.beat(node);
  const nodes = await cluster.client.nodes();
  expect(nodes.map(({ id }) => id)).toContain(node);
  return python;
}

/** Beside the workers in TypeScript, where there is a Python for it. */
async function maybePython(cluster: Cluster): Promise<ForeignWorker | null> {
  return foreignWorkerFault() === null ? startPython(cluster, 'python-1') : null;
}

/** As much of the problem as the arithmetic of the learner looks at. */
function problemWith(width: number): Problem {
  const features = Array.from({ length: width }, (_, i) => {
    return { name: ['u', 'v', 'w'][i] ?? '', kind: 'number' } as const;
  });
  const target = { name: 'y', kind: 'number' } as const;
  return { kind: 'regression', features, target, classes: [], rows: rowCount, seed: 0 };
}

/** The nodes that held slices of the job, from its log. */
async function holdersOf(cluster: Cluster, job: string): Promise<Set<string>> {
  const nodes = new Set<string>();
  for await (const event of cluster.client.job(job).events()) {
    if (event.kind !== 'tasks-dispatched') continue;
    for (const { task, node } of event.tasks as { task: string; node: string }[]) {
      if (task.startsWith('hold.')) nodes.add(node);
    }
  }
  return nodes;
}

it('[P35] trains the same model with a worker in Python as without it', async (context) => {
  skipWithoutPython(context);
  await using cluster = await withPlane();
  const { client } = cluster;
  const alone = await (await client.submit({ ...spec, id: 'alone' })).result(wait);
  await using python = await startPython(cluster, 'python-1');
  const both = await (await client.submit({ ...spec, id: 'both' })).result(wait);
  expect(await holdersOf(cluster, 'both')).toEqual(new Set(['worker-1', 'python-1']));
  expect(both.digest).toBe(alone.digest);
  expect(both.metrics).toEqual(alone.metrics);
  expect(both.attempts).toBe(1);

  // All the slices on Python: nobody else computes a contribution.
  const reference = await (await client.submit({ ...unscored, id: 'ts' })).result(wait);
  await cluster.kill('worker-1', 'SIGTERM');
  const foreign = await (await client.submit({ ...unscored, id: 'python' })).result(wait);
  expect(await holdersOf(cluster, 'python')).toEqual(new Set(['python-1']));
  expect(foreign.digest).toBe(reference.digest);
  expect(python.stderr).toBe('');
  expect(await python.end('SIGTERM')).toBe(0);
}, 90_000);

it('[P28] [P35] contributes from the parameters of the round alone, which it gives to whoever pulls', async () => {
  await using cluster = await withPlane(2);
  await using python = await maybePython(cluster);
  const workers = ['worker-1', 'worker-2', ...(python === null ? [] : [python.node])];
  const { transport, subjects } = cluster.bus;
  const job = parseJobId('pulled');
  const opened = new Map<number, string>();
  const announced: { by: string; ready: RoundReady }[] = [];
  const pulled: { by: string; digest: string; bytes: Uint8Array }[] = [];
  const asking: Promise<void>[] = [];
  transport.subscribe(subjects.roundOpen(job, 0, '*'), ({ bytes }) => {
    const { round, state } = decodeMessage('round-open', bytes);
    opened.set(round, state);
  });
  transport.subscribe(subjects.roundReady(job, 0, '*'), ({ subject, bytes }) => {
    const ready = decodeMessage('round-ready', bytes);
    const by = subject.split('.').at(-1) ?? '';
    announced.push({ by, ready });
    const ask = encodeMessage('pull', { digest: ready.state, n: 0 });
    const answer = transport.request(subjects.pull(parseNodeId(by)), ask, { timeoutMs: 2_000 });
    asking.push(
      answer.then(
        (reply) => void pulled.push({ by, digest: ready.state, bytes: reply.bytes }),
        () => undefined, // it keeps nothing any more
      ),
    );
  });
  await (await cluster.client.submit({ ...unscored, id: job })).result(wait);
  await Promise.all(asking);
  // Who contributes to a round has its parameters by then: the very ones that the server opened with.
  const told = announced.filter(({ ready }) => ready.shares.length > 0);
  for (const node of workers) {
    const rounds = told.filter(({ by }) => by === node).map(({ ready }) => ready.round);
    expect(new Set(rounds).size).toBe(spec.params.rounds);
  }
  expect(told.filter(({ ready }) => opened.get(ready.round) !== ready.state)).toEqual([]);
  const whole = pulled.filter(({ bytes }) => bytes.length > 0);
  expect(new Set(whole.map(({ by }) => by))).toEqual(new Set(workers));
  for (const { digest, bytes } of whole) {
    expect(sha256Hex(bytes)).toBe(digest);
    expect([...readTensors(bytes).keys()]).toEqual(['W', 'b']);
  }
}, 90_000);

it('[P36] applies 100 pushes a round once each, though all come twice and late', async () => {
  await using cluster = await withPlane(2, rowCount / 100);
  await using _python = await maybePython(cluster);
  const { transport, subjects } = cluster.bus;
  const job = parseJobId('doubled');
  const opened: { round: number; digest: string; state: Uint8Array }[] = [];
  const shares = new Map<string, Map<string, Uint8Array>>();
  let pushes = 0;
  transport.subscribe(subjects.roundOpen(job, 0, '*'), ({ bytes }) => {
    const { round, state, inline } = decodeMessage('round-open', bytes);
    if (opened.at(-1)?.digest !== state) opened.push({ round, digest: state, state: inline });
  });
  const seen = new Set<string>();
  const late: { subject: string; bytes: Uint8Array }[] = [];
  transport.subscribe(subjects.roundReady(job, 0, '*'), ({ subject, bytes }) => {
    const key = `${subject} ${sha256Hex(bytes)}`;
    if (seen.has(key)) return;
    seen.add(key);
    // Every push comes again at once, and those of an earlier round in the midst of this one.
    transport.publish(subject, bytes);
    const before = late.shift();
    if (before !== undefined) transport.publish(before.subject, before.bytes);
    late.push({ subject, bytes });
    const ready = decodeMessage('round-ready', bytes);
    for (const share of ready.shares) {
      const [first, count] = [share.first ?? 0, share.count ?? 0];
      pushes += count;
      const known = shares.get(ready.state) ?? new Map<string, Uint8Array>();
      shares.set(
        ready.state,
        known.set(`${first} ${first + count}`, share.inline ?? new Uint8Array()),
      );
    }
  });
  const view = await (await cluster.client.submit({ ...unscored, id: job })).result(wait);
  expect(view.attempts).toBe(1);
  expect(pushes).toBeGreaterThanOrEqual(100 * spec.params.rounds);
  expect(opened.map(({ round }) => round)).toEqual(
    Array.from({ length: spec.params.rounds }, (_, round) => round),
  );
  // Each state follows from the one before and one share for every slice: none lost, none twice.
  const params = { ...spec.params };
  const problem = problemWith(3);
  for (const [i, { round, digest, state }] of opened.entries()) {
    const known = shares.get(digest) ?? new Map<string, Uint8Array>();
    const sum = combineTree(
      { from: 0, to: 100 },
      ({ from, to }) => known.get(`${from} ${to}`),
      (left, right) => linearDescent.combine(problem, params, left, right),
    );
    expect(doublesOf(readTensors(sum), 'rows', [])[0]).toBe(rowCount);
    const closed = linearDescent.close(problem, params, state, sum, round);
    const next = opened[i + 1];
    if (next !== undefined) expect(sha256Hex(closed.state)).toBe(next.digest);
    else expect(sha256Hex(linearDescent.finish(problem, params, closed.state))).toBe(view.digest);
  }
}, 90_000);

it('goes on without a worker in Python that is killed, and moves what one that leaves holds', async (context) => {
  skipWithoutPython(context);
  await using cluster = await withPlane();
  const { client } = cluster;
  const long = { ...unscored, params: { ...spec.params, rounds: 2_000 } };
  const reference = await (await client.submit({ ...long, id: 'calm' })).result(wait);

  await using killed = await startPython(cluster, 'python-1');
  const first = await client.submit({ ...long, id: 'killed' });
  await cluster.event('killed', ({ kind }) => kind === 'rounds');
  expect(await killed.end('SIGKILL')).toBeNull();
  const survived = await first.result(wait);
  expect(survived.digest).toBe(reference.digest);
  expect(survived.reassigned).toBeGreaterThan(0);

  await using leaving = await startPython(cluster, 'python-2');
  const second = await client.submit({ ...long, id: 'left' });
  await cluster.event('left', ({ kind }) => kind === 'rounds');
  expect(await leaving.end('SIGTERM')).toBe(0);
  const moved = await second.result(wait);
  expect(moved.digest).toBe(reference.digest);
  expect(moved).toMatchObject({ attempts: 1, reassigned: 0 });
  expect(moved.moves).toBeGreaterThan(0);
  expect(leaving.stderr).toBe('');
}, 90_000);

it('[P47] learns from new samples without a restart: another version, other predictions', async () => {
  await using cluster = await withPlane();
  const client = clientOver(await cluster.openBus(), nodeClock(), nodeRandom(), {
    learners: learnersOf(...builtinLearners, linearDescent),
  });
  const asked = [{ u: 0.5, v: -0.5, w: 0 }];
  const predict = async () => {
    const model = await client.model('plane');
    return { version: model.view.version, value: model.predict(asked)[0]?.prediction };
  };
  await (await client.submit({ ...spec, model: 'plane' })).result(wait);
  const before = await predict();
  expect(before.value).toBeCloseTo(3 * 0.5 - 2 * -0.5 + 1.05, 1);
  // The same again and as many rows of a plane one higher.
  const more = planeCsv(rowCount) + planeCsv(rowCount, 2).slice('u,v,w,y\n'.length);
  await client.importCsv('plane', () => [new TextEncoder().encode(more)]);
  await (await client.submit({ ...spec, model: 'plane' })).result(wait);
  const after = await predict();
  expect(after.version).toBe((before.version ?? 0) + 1);
  expect(after.value as number).toBeCloseTo((before.value as number) + 1, 1);
  await client.close();
}, 90_000);
