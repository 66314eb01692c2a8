/**
 * Stored bytes that are not what they were: flipped, cut off, missing, swapped for another's. Nothing
 * of it is ever handed out, and storing the same content again makes it whole.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clientOver } from '../../client/client.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { records } from '../../schemas/wire.ts';

const seeds = 100;
const kinds = ['flip', 'truncate', 'extend', 'missing', 'swap'] as const;

function world(seed: number) {
  const clock = new ManualClock();
  const random = new SeededRandom(seed);
  const broker = new MemoryBroker({ clock, random });
  const bus = broker.connect({ name: 'a' });
  const settled = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    work.finally(() => (done = true)).catch(() => {});
    await clock.advanceUntil(() => done, 120_000);
    return work;
  };
  const below = (n: number) => Math.floor(random.next() * n);
  /** Makes a chunk other than it was, as a disk or a bad hand would. */
  const damage = async (digest: Digest, bytes: Uint8Array, other: Uint8Array): Promise<string> => {
    const chunks = Math.max(1, Math.ceil(bytes.length / limits.chunkBytes));
    const n = below(chunks);
    const kind = kinds[below(kinds.length)] as (typeof kinds)[number];
    const subject = bus.subjects.chunk(digest, n);
    const chunk = bytes.slice(n * limits.chunkBytes, (n + 1) * limits.chunkBytes);
    await settled(bus.journal.purge(subject));
    if (kind === 'missing') return kind;
    let changed: Uint8Array = chunk;
    if (kind === 'flip') changed[below(chunk.length)]! ^= 1 << below(8);
    else if (kind === 'truncate') changed = chunk.slice(0, below(chunk.length));
    else if (kind === 'extend') changed = Uint8Array.from([...chunk.slice(0, -1), 1, 2]);
    else changed = Uint8Array.from({ length: chunk.length }, (_, i) => other[i % other.length]!);
    await settled(bus.journal.append(subject, changed));
    return kind;
  };
  const fill = (length: number) => Uint8Array.from({ length }, () => below(256));
  return { clock, broker, bus, settled, below, damage, fill };
}

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe(`${seeds} seeded damages`, () => {
  it('[F28][F29] are found at every read, named, and mended by storing the content again', async () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { bus, settled, damage, fill, below } = world(seed);
      const long = below(12) === 0 ? limits.chunkBytes : 0;
      const bytes = fill(long + 1 + below(2_000));
      const other = fill(bytes.length);
      const digest = await settled(bus.blobs.put(bytes));
      const kind = await damage(digest, bytes, other);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      for (let read = 0; read < 2; read += 1) {
        await expect(settled(bus.blobs.get(digest)), `seed ${seed}, ${kind}`).rejects.toMatchObject(
          {
            code: 'corrupt-blob',
            message: expect.stringContaining(digest),
          },
        );
      }
      expect(await settled(bus.blobs.put(bytes))).toBe(digest);
      expect(sha(await settled(bus.blobs.get(digest)))).toBe(digest);
    }
    expect([...seen.keys()].sort()).toEqual([...kinds].sort());
  });

  it('[F28] of a model: it is not served, the version before answers again on a rollback', async () => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { bus, clock, settled, damage, fill } = world(seed);
      const client = clientOver(bus, clock, new SeededRandom(seed));
      const [first, second] = [fill(700), fill(900)];
      const versions: { version: number; digest: string }[] = [];
      for (const [i, bytes] of [first, second].entries()) {
        versions.push({ version: i + 1, digest: await settled(bus.blobs.put(bytes)) });
      }
      const record = records.model.create({ name: 'm', versions });
      await settled(bus.store.create('models', 'm', records.model.encode(record)));
      const kind = await damage(parseDigest(versions[1]?.digest ?? ''), second, first);
      const what = `seed ${seed}, ${kind}`;
      await expect(settled(client.exportModel('m')), what).rejects.toMatchObject({
        code: 'model-damaged',
        message: expect.stringContaining('m@2'),
        fix: expect.stringContaining('rollback m'),
      });
      const back = await settled(client.rollback('m'));
      expect(back.version).toBe(1);
      expect(sha((await settled(client.exportModel('m'))).bytes)).toBe(versions[0]?.digest);
    }
  });
});
