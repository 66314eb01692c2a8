/**
 * Two admitted attempts of one task: the first commit wins, the other is refused, and a node of an
 * earlier release, which knows nothing of copies, is served as before.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Claim, TermOffer } from '../../actors/task-runner/events.ts';
import {
  claimStands,
  claimTask,
  commitTask,
  type Holder,
  reportFailure,
  type TaskResult,
} from '../../actors/task-runner/task-records.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';

const key = 'j.train.0';
const first: Holder = { node: 'w1', nonce: 'one' };
const second: Holder = { node: 'w2', nonce: 'two' };
const failure = { code: 'x', message: 'y', died: false };
let store: Store;

function resultOf(digit: string): TaskResult {
  const bytes = { bytes: 1, computeMs: 1, inline: new Uint8Array(1), note: '', cost: null };
  return { ...bytes, digest: digit.repeat(64) };
}

function newStore(): Store {
  const broker = new MemoryBroker({ clock: new ManualClock(), random: new SeededRandom(1) });
  return broker.connect({ name: 'w1' }).store;
}

async function read(): Promise<{ record: TaskRecord; revision: number }> {
  const entry = await store.get('tasks', key);
  if (entry === undefined) throw new Error('no record');
  return { record: records.task.decode(entry.value), revision: entry.revision };
}

/** What the coordinator does, whoever wrote in between. */
async function change(how: (record: TaskRecord) => void): Promise<void> {
  const { record, revision } = await read();
  how(record);
  await store.update('tasks', key, records.task.encode(record), revision);
}

const offer = { term: 1, job: 'j', task: 'train.0', attempt: 1, plan: 'p' } as TermOffer;
const trace = () => '';

async function claimBoth(): Promise<{ one: Claim; two: Claim }> {
  const one = (await claimTask(store, offer, first, trace)) as Claim;
  await change((record) => {
    record.copy = { attempt: 2, node: second.node, nonce: second.nonce };
    record.copies = 1;
  });
  const two = await claimTask(store, { ...offer, attempt: 2, copy: true }, second, trace);
  return { one, two: two as Claim };
}

beforeEach(() => {
  store = newStore();
});

describe('a copy', () => {
  it('is held by the node that the record names, under no other nonce or number', async () => {
    await claimBoth();
    const again = { ...offer, attempt: 2, copy: true };
    expect(await claimTask(store, again, { ...second, nonce: 'x' }, trace)).toBeNull();
    expect(await claimTask(store, { ...again, attempt: 3 }, second, trace)).toBeNull();
    expect(await claimTask(store, { ...offer, attempt: 2 }, first, trace)).toBeNull();
  });

  it('wins when it commits first: the other is refused, and by another result it is told', async () => {
    const { one, two } = await claimBoth();
    expect(await commitTask(store, two, second, resultOf('a'))).toBe('committed');
    expect((await read()).record).toMatchObject({
      ...{ state: TaskState.DONE, attempt: 2, node: 'w2', nonce: 'two' },
      ...{ takenFrom: 'w1', takenFor: 'copied' },
    });
    expect(await commitTask(store, two, second, resultOf('a'))).toBe('committed');
    expect(await commitTask(store, one, first, resultOf('a'))).toBe('refused');
    expect(await commitTask(store, one, first, resultOf('b'))).toBe('differs');
  });

  it('loses when the first attempt commits first, and an alarm is raised by another result', async () => {
    const { one, two } = await claimBoth();
    expect(await commitTask(store, one, first, resultOf('a'))).toBe('committed');
    expect(await commitTask(store, two, second, resultOf('a'))).toBe('refused');
    expect(await commitTask(store, two, second, resultOf('b'))).toBe('differs');
    expect((await read()).record).toMatchObject({ attempt: 1, node: 'w1', takenFor: '' });
  });

  it('fails without a word: no error of the task, and the first attempt goes on', async () => {
    const { one, two } = await claimBoth();
    expect(await reportFailure(store, two, second, failure)).toBe(true);
    const { record } = await read();
    expect(record).toMatchObject({ state: TaskState.CLAIMED, node: 'w1', errors: [] });
    expect(record.copy).toMatchObject({ attempt: 2, node: '' });
    expect(await commitTask(store, two, second, resultOf('a'))).toBe('refused');
    expect(await commitTask(store, one, first, resultOf('a'))).toBe('committed');
  });

  it('goes on alone when the first attempt errs, and under its own claim when it is put in its place', async () => {
    const { one, two } = await claimBoth();
    expect(await reportFailure(store, one, first, failure)).toBe(true);
    expect(await claimStands(store, two, second)).toBe(true);
    await change((record) => {
      Object.assign(record, { state: TaskState.CLAIMED, attempt: 2, ...second, copy: null });
    });
    expect(await claimStands(store, one, first)).toBe(false);
    expect(await commitTask(store, two, second, resultOf('a'))).toBe('committed');
    expect((await read()).record).toMatchObject({ attempt: 2, node: 'w2', takenFor: '' });
  });

  it('is over when another attempt has been admitted', async () => {
    const { two } = await claimBoth();
    await change((record) => {
      Object.assign(record, { state: TaskState.PENDING, attempt: 3, node: '', nonce: '' });
      record.copy = null;
    });
    expect(await commitTask(store, two, second, resultOf('a'))).toBe('refused');
  });
});

/** A commit as earlier releases make it: they look at attempt, node and nonce of the record alone. */
async function commitAsBefore(claim: Claim, holder: Holder, digest: string): Promise<boolean> {
  for (let tries = 0; tries < 5; tries++) {
    const { record, revision } = await read();
    const ours = record.attempt === claim.attempt && record.nonce === holder.nonce;
    if (record.state !== TaskState.CLAIMED || !ours) return false;
    Object.assign(record, { state: TaskState.DONE, result: digest });
    const done = await store
      .update('tasks', key, records.task.encode(record), revision)
      .catch(() => null);
    if (done !== null) return true;
  }
  return false;
}

type Act = 'one' | 'two' | 'drop' | 'promote' | 'admit' | 'err-one' | 'err-two';
const acts: readonly Act[] = ['one', 'two', 'drop', 'promote', 'admit', 'err-one', 'err-two'];

it('in any order of commits, errors and verdicts one result stands, and it never changes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...acts), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (script, foreign) => {
        store = newStore();
        const { one, two } = await claimBoth();
        let won: string | null = null;
        for (const act of script) {
          const before = (await read()).record;
          let committed = false;
          if (act === 'one') {
            committed = foreign
              ? await commitAsBefore(one, first, '1'.repeat(64))
              : (await commitTask(store, one, first, resultOf('1'))) === 'committed';
          } else if (act === 'two') {
            committed = (await commitTask(store, two, second, resultOf('2'))) === 'committed';
          } else if (act === 'err-one') await reportFailure(store, one, first, failure);
          else if (act === 'err-two') await reportFailure(store, two, second, failure);
          else if (before.state !== TaskState.DONE) await change((record) => verdict(record, act));
          const { record } = await read();
          if (committed && won === null) won = record.result;
          expect(record.state === TaskState.DONE ? record.result : null).toBe(won);
          expect(record.attempt).toBeGreaterThanOrEqual(before.attempt);
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** What a coordinator may write, if it may be written now. */
function verdict(record: TaskRecord, act: Act): void {
  const { copy } = record;
  if (act === 'drop' && copy?.node) record.copy = { attempt: 2, node: '', nonce: '' };
  if (act === 'promote' && copy?.node) {
    Object.assign(record, { state: TaskState.CLAIMED, attempt: 2, ...second, copy: null });
  }
  if (act === 'admit') {
    const attempt = Math.max(record.attempt, copy?.attempt ?? 0) + 1;
    Object.assign(record, { state: TaskState.PENDING, attempt, node: '', nonce: '', copy: null });
  }
}
