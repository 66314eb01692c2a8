/**
 * The state of rounds as it is put by, where answers of the store do not come: what the record names
 * stays whole.
 */
import { describe, expect, it } from 'vitest';
import type { LeadPlace, OpenState } from '../../actors/rounds/lead-events.ts';
import { RoundStates } from '../../actors/rounds/round-states.ts';
import { TimeoutError } from '../../runtime/errors.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { type JobId, parseNodeId } from '../../schemas/ids.ts';

const key = 'j.0';
const large = 600_000;

function place(attempt: number): LeadPlace {
  const node = parseNodeId('a');
  const plan = { plan: 'p', replanned: false };
  return { job: 'j' as JobId, fit: 0, slices: 2, node, nonce: 'n', attempt, ...plan };
}

function stateOf(round: number): OpenState & { bytes: Uint8Array } {
  const bytes = new Uint8Array(large).fill(round);
  return { round, digest: sha256Hex(bytes), size: large, bytes, nodes: [] };
}

/** A store whose writes of the record go wrong on demand; time passes as it is needed. */
function rig() {
  const clock = new ManualClock();
  const broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
  const { store } = broker.connect({ name: 'a' });
  const plan: ('lost' | 'answer-lost')[] = [];
  let chunksLeft = Number.POSITIVE_INFINITY;
  const write = async (at: string, put: () => Promise<number>) => {
    if (at !== key && chunksLeft-- <= 0) throw new TimeoutError(`write of "${at}"`, 1);
    const fate = at === key ? plan.shift() : undefined;
    if (fate === 'lost') throw new TimeoutError(`write of "${at}"`, 1);
    const revision = await put();
    if (fate === 'answer-lost') throw new TimeoutError(`write of "${at}"`, 1);
    return revision;
  };
  const faulty = {
    get: (bucket, at) => store.get(bucket, at),
    create: (bucket, at, value) => write(at, () => store.create(bucket, at, value)),
    update: (bucket, at, value, revision) =>
      write(at, () => store.update(bucket, at, value, revision)),
  } as Store;
  const settled = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const finish = () => {
      done = true;
    };
    work.then(finish, finish);
    await clock.advanceUntil(() => done, 60_000);
    return work;
  };
  const states = (attempt: number, over: Store = faulty) =>
    new RoundStates(over, clock, place(attempt));
  const stopChunksAfter = (count: number) => {
    chunksLeft = count;
  };
  return { states, settled, plan, store, stopChunksAfter };
}

describe('the state put by', () => {
  for (const fate of ['lost', 'answer-lost'] as const) {
    it(`stays whole after a write was ${fate} and the next is broken off`, async () => {
      const { states, settled, plan, store, stopChunksAfter } = rig();
      const first = states(1);
      expect(await settled(first.claim())).toMatchObject({ first: true, record: null });
      expect(await settled(first.put(stateOf(1), stateOf(1).bytes, {}))).toBe(true);
      plan.push(fate);
      await expect(settled(first.put(stateOf(2), stateOf(2).bytes, {}))).rejects.toThrow('write');
      // The leader dies in the midst of the chunks.
      stopChunksAfter(1);
      await expect(settled(first.put(stateOf(3), stateOf(3).bytes, {}))).rejects.toThrow('write');
      const next = states(2, store);
      const round = fate === 'lost' ? 1 : 2;
      expect(await settled(next.claim())).toMatchObject({ first: false, record: { round } });
      expect(await settled(next.load())).toMatchObject({ round, digest: stateOf(round).digest });
    });
  }

  it('is put by again after an answer was lost, and said to be so only then', async () => {
    const { states, settled, plan } = rig();
    const first = states(1);
    await settled(first.claim());
    plan.push('answer-lost');
    await expect(settled(first.put(stateOf(1), stateOf(1).bytes, {}))).rejects.toThrow('write');
    expect(await settled(first.put(stateOf(2), stateOf(2).bytes, {}))).toBe(true);
    const next = states(2);
    expect(await settled(next.claim())).toMatchObject({ record: { round: 2 } });
    expect(await settled(first.put(stateOf(3), stateOf(3).bytes, {}))).toBe(false);
    expect(await settled(next.load())).toMatchObject({ round: 2 });
  });

  it('[F4] is not claimed by a leader whose successor has it', async () => {
    const { states, settled } = rig();
    await settled(states(3).claim());
    expect(await settled(states(2).claim())).toBeNull();
    expect(await settled(states(3).claim())).not.toBeNull();
  });

  it('[F28] is not handed out when its bytes are not those that the record names', async () => {
    const { states, settled, store } = rig();
    const first = states(1);
    await settled(first.claim());
    await settled(first.put(stateOf(1), stateOf(1).bytes, {}));
    const [chunk] = await settled(store.list('rounds', `${key}.`));
    const wrong = new Uint8Array(chunk?.value ?? new Uint8Array());
    wrong[0] = (wrong[0] ?? 0) ^ 1;
    await settled(store.update('rounds', chunk?.key ?? '', wrong, chunk?.revision ?? 0));
    const next = states(2);
    expect(await settled(next.claim())).toMatchObject({ record: { round: 1 } });
    expect(await settled(next.load())).toBeNull();
  });
});
