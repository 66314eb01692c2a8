/**
 * Puts and removals of one blob at the same time, in every order that a seed makes of them: once all
 * have ended, the record tells the truth about the bytes.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ChunkStore } from '../../runtime/chunked-blobs.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { records } from '../../schemas/wire.ts';

const bytes = new Uint8Array(2 * limits.chunkBytes + 3).fill(7);
const digest = parseDigest(createHash('sha256').update(bytes).digest('hex'));

type Act = 'put' | 'remove' | 'condemn' | 'touch';

interface Turn {
  readonly act: Act;
  /** When it begins, and whether its process is frozen or killed how long after. */
  readonly atMs: number;
  readonly trouble: 'none' | 'freeze' | 'kill';
  readonly afterMs: number;
}

const turn: fc.Arbitrary<Turn> = fc.record({
  act: fc.constantFrom<Act>('put', 'put', 'remove', 'remove', 'condemn', 'touch'),
  atMs: fc.integer({ min: 0, max: 40 }),
  trouble: fc.constantFrom('none', 'none', 'freeze', 'kill'),
  afterMs: fc.integer({ min: 0, max: 30 }),
});

/** Every hop takes a time of its own, so that calls of different processes mix. */
function shaken(seed: number) {
  const clock = new ManualClock();
  const random = new SeededRandom(seed);
  const broker = new MemoryBroker({ clock, random });
  broker.faults = () => ({ delayMs: Math.floor(random.next() * 12) });
  return { clock, broker };
}

async function play(seed: number, turns: readonly Turn[]) {
  const { clock, broker } = shaken(seed);
  const results: Promise<boolean>[] = [];
  for (const [i, { act, atMs, trouble, afterMs }] of turns.entries()) {
    const name = `p${i}`;
    const bus = broker.connect({ name, clock: clock.child() });
    const run = async () => {
      if (act === 'put') return (await bus.blobs.put(bytes)) === digest;
      if (act === 'remove') return bus.blobs.remove(digest).then(() => false);
      if (act === 'touch') return bus.blobs.touch(digest).then(() => false);
      const entry = await bus.store.get('blobs', digest);
      if (entry === undefined) return false;
      const record = records.blob.decode(entry.value);
      record.condemned = true;
      await bus.store.update('blobs', digest, records.blob.encode(record), entry.revision);
      return false;
    };
    clock.after(atMs, () => results.push(run().catch(() => false)));
    if (trouble === 'kill') clock.after(atMs + afterMs, () => broker.kill(name));
    if (trouble === 'freeze') {
      clock.after(atMs + afterMs, () => broker.freeze(name));
      clock.after(atMs + afterMs + 60_000, () => broker.thaw(name));
    }
  }
  await clock.advance(120_000);
  return { clock, broker };
}

it('[F19][F22] a put and a removal leave either the whole blob or none, in any order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.array(turn, { minLength: 2, maxLength: 6 }),
      async (seed, turns) => {
        const { clock, broker } = await play(seed, turns);
        broker.faults = null;
        const bus = broker.connect({ name: 'reader' });
        const settled = async <T>(work: Promise<T>): Promise<T> => {
          let done = false;
          work.finally(() => (done = true)).catch(() => {});
          await clock.advanceUntil(() => done, 60_000);
          return work;
        };
        const read = async () =>
          (await settled(bus.blobs.has(digest)))
            ? expect(Buffer.compare(await settled(bus.blobs.get(digest)), bytes)).toBe(0)
            : undefined;
        await read();
        // Whatever was left half-way, the next put makes it whole, and the next removal clears it.
        await settled(bus.blobs.put(bytes));
        expect(await settled(bus.blobs.has(digest))).toBe(true);
        await read();
        await settled(bus.blobs.remove(digest));
        expect(await settled(bus.store.list('blobs', ''))).toEqual([]);
        expect((await settled(bus.blobs.usage())).bytes).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);

it('a removal that slept for an hour takes nothing that was stored since', async () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
  for (let step = 1; step <= 12; step += 1) {
    const name = `old-${step}`;
    const old = broker.connect({ name, clock: clock.child() });
    const fresh = broker.connect({ name: `new-${step}` });
    let put = 0;
    void fresh.blobs.put(bytes).then(() => (put = 1));
    await clock.advanceUntil(() => put === 1, 60_000);
    old.blobs.remove(digest).catch(() => {});
    await clock.advance(step);
    broker.freeze(name);
    void fresh.blobs.put(bytes).then(() => (put = 2));
    await clock.advanceUntil(() => put === 2, 60_000);
    await clock.advance(3_600_000);
    broker.thaw(name);
    await clock.advance(60_000);
    let back: Uint8Array | null = null;
    void fresh.blobs.get(digest).then((found) => {
      back = found;
    });
    await clock.advanceUntil(() => back !== null, 60_000);
    expect(back).not.toBeNull();
  }
});

it('a removal by somebody who may not purge leaves the blob as it was', async () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
  const [uploader, other] = [
    broker.connect({ name: 'uploader' }),
    broker.connect({ name: 'other' }),
  ];
  const chunks = Reflect.get(uploader.blobs, 'chunks') as ChunkStore;
  chunks.purge = () => Promise.reject(new TerminalError('denied', 'not granted to this role'));
  const outcomes: string[] = [];
  const all = async () => {
    await uploader.blobs.put(bytes);
    await uploader.blobs.remove(digest).catch((error: TerminalError) => outcomes.push(error.code));
    outcomes.push(String(await other.blobs.has(digest)));
    await uploader.blobs.put(bytes);
    outcomes.push(String((await other.blobs.get(digest)).length));
  };
  const done = all();
  await clock.advanceUntil(() => outcomes.length === 3, 60_000);
  await done;
  expect(outcomes).toEqual(['denied', 'true', String(bytes.length)]);
});
