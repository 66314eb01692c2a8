/**
 * The order of a put over a bad network: a blob is called complete after its last chunk is stored,
 * whatever was lost on the way.
 */
import { expect, it } from 'vitest';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { limits } from '../../schemas/limits.ts';
import { records } from '../../schemas/wire.ts';

it.each(['call', 'answer'] as const)(
  '[F22] [F24] a put that loses the first %s of every chunk completes the blob last of all',
  async (kind) => {
    const clock = new ManualClock();
    const broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
    const { blobs } = broker.connect({ name: 'w1' });
    const chunks: string[] = [];
    let chunksWhenComplete: number | null = null;
    broker.spy({
      stored: ({ subject, bytes }) => {
        if (subject.startsWith('shoal.blobs.')) chunks.push(subject);
        else if (records.blob.decode(Uint8Array.from(bytes)).complete) {
          chunksWhenComplete = chunks.length;
        }
      },
      ...{ settled: () => {}, message: () => {} },
    });
    const lost = new Set<string>();
    broker.faults = (hop) => {
      const first = hop.kind === kind && !lost.has(hop.subject);
      if (!first || !hop.subject.includes('shoal.blobs.')) return 'deliver';
      lost.add(hop.subject);
      return 'drop';
    };
    const bytes = new Uint8Array(2 * limits.chunkBytes + 1).fill(7);
    let done = false;
    const put = blobs.put(bytes).then(() => {
      done = true;
    });
    await clock.advanceUntil(() => done, 30_000);
    await put;
    expect(lost.size).toBe(3);
    expect(chunks.length).toBe(3);
    expect(chunksWhenComplete).toBe(3);
  },
);
