/**
 * The fence: who may claim, commit and report against which record, and that a write whose answer
 * was lost is found again in the record instead of being taken for lost.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Claim, TermOffer } from '../../actors/task-runner/events.ts';
import {
  claimable,
  claimStands,
  claimTask,
  commitTask,
  type Holder,
  reportFailure,
  type TaskResult,
} from '../../actors/task-runner/task-records.ts';
import { TimeoutError } from '../../runtime/errors.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';

const key = 'j.train.0';
const w1: Holder = { node: 'w1', nonce: 'first' };
const w1Again: Holder = { node: 'w1', nonce: 'second' };
const w2: Holder = { node: 'w2', nonce: 'other' };
const offer = { term: 3, job: 'j', task: 'train.0', attempt: 2, plan: 'p' } as TermOffer;
const result = {
  ...{ digest: 'a'.repeat(64), bytes: 1, computeMs: 1, inline: new Uint8Array(1) },
  ...{ note: '', cost: null },
} as TaskResult;
const failure = { code: 'x', message: 'y', died: false };
let store: Store;

beforeEach(() => {
  const broker = new MemoryBroker({ clock: new ManualClock(), random: new SeededRandom(1) });
  store = broker.connect({ name: 'w1' }).store;
});

function recordOf(changes: Partial<TaskRecord> = {}): TaskRecord {
  const base = { job: 'j', task: 'train.0', state: TaskState.PENDING, attempt: 2, term: 3 };
  return records.task.create({ ...base, plan: 'p', ...changes });
}

async function put(changes: Partial<TaskRecord>): Promise<Claim> {
  const record = recordOf(changes);
  const revision = await store.create('tasks', key, records.task.encode(record));
  return { key, attempt: record.attempt, revision, record };
}

async function stored(): Promise<TaskRecord | undefined> {
  const entry = await store.get('tasks', key);
  return entry && records.task.decode(entry.value);
}

/** Writes, and loses the first answer. */
function forgetful(): Store {
  let lost = false;
  return {
    ...{ get: store.get.bind(store), create: store.create.bind(store) },
    async update(...write: Parameters<Store['update']>) {
      const revision = await store.update(...write);
      if (lost) return revision;
      lost = true;
      throw new TimeoutError('write', 1);
    },
  } as unknown as Store;
}

describe('claim', () => {
  it.each<[string, Partial<TaskRecord>, boolean]>([
    ['is free for the attempt offered', {}, true],
    ['is free for an offer of a later leader', { term: 2 }, true],
    ['is claimed', { state: TaskState.CLAIMED }, false],
    ['is done', { state: TaskState.DONE }, false],
    ['failed', { state: TaskState.FAILED }, false],
    ['admits a later attempt', { attempt: 3 }, false],
    ['admits an earlier attempt', { attempt: 1 }, false],
    ['was written under a later leader', { term: 4 }, false],
    ['has an error of this attempt', { errors: [{ attempt: 2 }] as never }, false],
    ['has an error of another attempt', { errors: [{ attempt: 1 }] as never }, true],
  ])('[P43] of a record that %s', (_, changes, allowed) => {
    expect(claimable(recordOf(changes), offer)).toBe(allowed);
  });

  it('[F22] of its own, made when the answer was lost, is found in the record', async () => {
    await put({});
    await expect(claimTask(forgetful(), offer, w1, () => '')).rejects.toThrow(TimeoutError);
    expect(await claimTask(store, offer, w1, () => '')).toMatchObject({ attempt: 2 });
    expect(await claimTask(store, offer, w2, () => '')).toBeNull();
  });

  it('[F20] of a former process under the same name is not its own', async () => {
    await put({ state: TaskState.CLAIMED, ...w1 });
    expect(await claimTask(store, offer, w1Again, () => '')).toBeNull();
  });
});

describe('commit', () => {
  it('[F22] is found in the record when its answer was lost, and counts once', async () => {
    const claim = await put({ state: TaskState.CLAIMED, ...w1 });
    await expect(commitTask(forgetful(), claim, w1, result)).rejects.toThrow(TimeoutError);
    expect(await commitTask(store, claim, w1, result)).toBe('committed');
    expect((await store.get('tasks', key))?.revision).toBe(2);
  });

  it.each<[string, Partial<TaskRecord>]>([
    ['admitted the next attempt', { state: TaskState.PENDING, attempt: 3 }],
    ['is claimed by another node', { state: TaskState.CLAIMED, attempt: 3, ...w2 }],
    ['names another process of the node', { state: TaskState.CLAIMED, ...w1Again }],
    ['is done by another', { state: TaskState.DONE, attempt: 3, ...w2, result: result.digest }],
  ])('[P43] [F4] is refused by a record that %s meanwhile', async (_, changes) => {
    const claim = await put({ state: TaskState.CLAIMED, ...w1 });
    const bytes = records.task.encode(recordOf(changes));
    const revision = await store.update('tasks', key, bytes, claim.revision);
    expect(await commitTask(store, claim, w1, result)).toBe('refused');
    expect(await reportFailure(store, claim, w1, failure)).toBe(false);
    expect(await claimStands(store, claim, w1)).toBe(false);
    expect((await store.get('tasks', key))?.revision).toBe(revision);
  });

  it.each<[string, Partial<TaskRecord>]>([
    ['is done by the attempt beside it', { state: TaskState.DONE, ...w2, result: result.digest }],
    ['gave the copy to another process of the node', { copy: { attempt: 3, ...w1Again } as never }],
    ['has dropped the copy', { copy: { attempt: 3, node: '', nonce: '' } as never }],
  ])('[P63] of a copy is refused by a record that %s', async (_, changes) => {
    const copy = { attempt: 3, ...w1 } as never;
    const claim = { ...(await put({ state: TaskState.CLAIMED, ...w2, copy })), attempt: 3 };
    const now = recordOf({ state: TaskState.CLAIMED, ...w2, copy, ...changes });
    await store.update('tasks', key, records.task.encode(now), claim.revision);
    expect(await commitTask(store, claim, w1, result)).toBe('refused');
  });

  it('[P43] goes on over a change that leaves the claim as it is', async () => {
    const claim = await put({ state: TaskState.CLAIMED, ...w1 });
    const same = recordOf({ state: TaskState.CLAIMED, ...w1, isolated: true });
    await store.update('tasks', key, records.task.encode(same), claim.revision);
    expect(await commitTask(store, claim, w1, result)).toBe('committed');
    expect(await stored()).toMatchObject({ state: TaskState.DONE, isolated: true });
  });

  it('raises the alarm over another result than the one that is done', async () => {
    const claim = await put({ state: TaskState.CLAIMED, ...w1 });
    const done = { state: TaskState.DONE, attempt: 3, ...w2, result: 'b'.repeat(64) };
    await store.update('tasks', key, records.task.encode(recordOf(done)), claim.revision);
    expect(await commitTask(store, claim, w1, result)).toBe('differs');
  });
});

describe('report', () => {
  it('[F22] frees the task once, also when its answer was lost', async () => {
    const claim = await put({ state: TaskState.CLAIMED, ...w1 });
    await expect(reportFailure(forgetful(), claim, w1, failure)).rejects.toThrow(TimeoutError);
    expect(await reportFailure(store, claim, w1, failure)).toBe(true);
    const { state, node, nonce, errors } = (await stored()) as TaskRecord;
    expect({ state, node, nonce, errors: errors.length }).toEqual({
      ...{ state: TaskState.PENDING, node: '', nonce: '', errors: 1 },
    });
  });
});
