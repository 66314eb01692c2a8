/**
 * What every `Blobs` must do.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { records } from '../../schemas/wire.ts';
import { bytesOf, failure, type Harness } from './harness.ts';

function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (Math.imul(i + seed, 2654435761) >>> 13) & 255;
  return bytes;
}

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export function runBlobCases(make: () => Promise<Harness>): void {
  describe('blobs', () => {
    it('stores bytes under their SHA-256 and gives them back, of any size', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      const chunk = limits.chunkBytes;
      for (const size of [0, 1, chunk - 1, chunk, chunk + 1, 20 * chunk + 7]) {
        const bytes = pattern(size);
        const steps: number[] = [];
        const digest = await broker.pass(a.blobs.put(bytes, (done) => steps.push(done)));
        expect(digest).toBe(sha(bytes));
        const back = await broker.pass(b.blobs.get(digest));
        expect(Buffer.compare(back, bytes)).toBe(0);
        expect(await b.blobs.has(digest)).toBe(true);
        if (size > 0) expect(steps.at(-1)).toBe(size);
      }
    });

    it('touches what is there, and sends nothing again', async () => {
      await using broker = await make();
      const { blobs, store } = await broker.connect('a');
      const bytes = pattern(3 * limits.chunkBytes);
      const digest = await broker.pass(blobs.put(bytes));
      const before = await store.get('blobs', digest);
      await broker.pass(blobs.put(bytes));
      const after = await store.get('blobs', digest);
      expect(after?.revision).toBeGreaterThan(before?.revision ?? 0);
      expect(records.blob.decode(after?.value ?? bytesOf('')).complete).toBe(true);
    });

    it('lets many put the same bytes at once', async () => {
      await using broker = await make();
      const buses = await Promise.all(['a', 'b', 'c', 'd'].map((name) => broker.connect(name)));
      const bytes = pattern(2 * limits.chunkBytes + 5);
      const digests = await broker.pass(Promise.all(buses.map((bus) => bus.blobs.put(bytes))));
      expect(new Set(digests).size).toBe(1);
      const back = await broker.pass(
        (buses[0] as (typeof buses)[0]).blobs.get(digests[0] as never),
      );
      expect(sha(back)).toBe(digests[0]);
    });

    it('goes on with a put that broke off, sending only what is missing', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      const bytes = pattern(12 * limits.chunkBytes);
      const digest = parseDigest(sha(bytes));
      const sent: string[] = [];
      b.transport.subscribe(b.subjects.chunksOf(digest), (message) => sent.push(message.subject));
      await b.transport.ping(1_000);
      // A process that died after five chunks left this behind.
      const record = { size: bytes.length, chunks: 12, complete: false };
      await a.store.create('blobs', digest, records.blob.encode(records.blob.create(record)));
      for (let n = 0; n < 5; n += 1) {
        const chunk = bytes.subarray(n * limits.chunkBytes, (n + 1) * limits.chunkBytes);
        await a.journal.append(a.subjects.chunk(digest, n), chunk);
      }
      expect(await b.blobs.has(digest)).toBe(false);
      expect(await failure(b.blobs.get(digest))).toMatchObject({ code: 'no-blob' });
      await broker.until(() => sent.length === 5);
      await broker.pass(a.blobs.put(bytes));
      await b.transport.ping(1_000);
      expect(new Set(sent.slice(5)).size).toBe(7);
      expect(sha(await broker.pass(b.blobs.get(digest)))).toBe(digest);
    });

    it('finds damaged and missing chunks', async () => {
      await using broker = await make();
      const { blobs, journal, subjects } = await broker.connect('a');
      const bytes = pattern(2 * limits.chunkBytes);
      const digest = await broker.pass(blobs.put(bytes));
      await broker.corrupt(subjects.chunk(digest, 1), limits.chunkBytes);
      const damaged = await failure(broker.pass(blobs.get(digest)));
      expect(damaged).toMatchObject({ code: 'corrupt-blob', family: 'retryable' });
      await journal.purge(subjects.chunk(digest, 1));
      const missing = await failure(broker.pass(blobs.get(digest)));
      expect(missing).toMatchObject({ code: 'corrupt-blob' });
      expect(missing.message).toMatch(/chunk 1 of 2/);
      // Repair: away with it, and stored anew.
      await broker.pass(blobs.remove(digest));
      await broker.pass(blobs.put(bytes));
      expect(sha(await broker.pass(blobs.get(digest)))).toBe(digest);
    });

    it('[F28] stores anew what a reader found damaged, whoever puts it', async () => {
      await using broker = await make();
      const { blobs, store, subjects } = await broker.connect('a');
      const bytes = pattern(2 * limits.chunkBytes + 1);
      const digest = await broker.pass(blobs.put(bytes));
      await broker.corrupt(subjects.chunk(digest, 0), limits.chunkBytes);
      expect(await failure(broker.pass(blobs.get(digest)))).toMatchObject({ code: 'corrupt-blob' });
      const record = await store.get('blobs', digest);
      expect(records.blob.decode(record?.value ?? bytesOf('')).damaged).toBe(true);
      expect(await broker.pass(blobs.touch(digest))).toBe(false);
      await broker.pass(blobs.put(bytes));
      expect(sha(await broker.pass(blobs.get(digest)))).toBe(digest);
    });

    it('keeps what is condemned readable, and takes the mark away at a put or a touch', async () => {
      await using broker = await make();
      const { blobs, store } = await broker.connect('a');
      const bytes = pattern(1_000);
      const digest = await broker.pass(blobs.put(bytes));
      const revivals: (() => Promise<unknown>)[] = [
        () => blobs.put(bytes),
        () => blobs.touch(digest),
      ];
      for (const revive of revivals) {
        const entry = await store.get('blobs', digest);
        const record = records.blob.decode(entry?.value ?? bytesOf(''));
        record.condemned = true;
        const at = await store.update(
          'blobs',
          digest,
          records.blob.encode(record),
          entry?.revision ?? 0,
        );
        expect(sha(await broker.pass(blobs.get(digest)))).toBe(digest);
        await broker.pass(revive());
        expect(await failure(broker.pass(blobs.remove(digest, at)))).toMatchObject({
          code: 'conflict',
        });
        expect(await blobs.has(digest)).toBe(true);
      }
    });

    it('stores anew what a removal that died half-way is after, and outlives its end', async () => {
      await using broker = await make();
      const { blobs, store, journal, subjects } = await broker.connect('a');
      const bytes = pattern(2 * limits.chunkBytes);
      const digest = await broker.pass(blobs.put(bytes));
      const entry = await store.get('blobs', digest);
      const record = records.blob.decode(entry?.value ?? bytesOf(''));
      // Another blob goes in between, so that places differ from numbers of chunks.
      await broker.pass(blobs.put(pattern(10, 9)));
      const below = (await journal.append(subjects.chunk(digest, 99), bytesOf('x'))).seq + 1;
      Object.assign(record, { complete: false, condemned: true, purgeBelow: below });
      await store.update('blobs', digest, records.blob.encode(record), entry?.revision ?? 0);
      expect(await failure(blobs.get(digest))).toMatchObject({ code: 'no-blob' });
      await broker.pass(blobs.put(bytes));
      expect(sha(await broker.pass(blobs.get(digest)))).toBe(digest);
      await broker.pass(blobs.remove(digest));
      expect(await blobs.has(digest)).toBe(false);
    });

    it('tells how much is stored', async () => {
      await using broker = await make();
      const { blobs } = await broker.connect('a');
      const before = (await blobs.usage()).bytes;
      await broker.pass(blobs.put(pattern(100_000)));
      expect((await blobs.usage()).bytes).toBeGreaterThanOrEqual(before + 100_000);
    });

    it('does not know what was never stored, or was removed', async () => {
      await using broker = await make();
      const { blobs } = await broker.connect('a');
      const unknown = parseDigest(sha(bytesOf('nobody stored this')));
      expect(await blobs.has(unknown)).toBe(false);
      expect(await failure(blobs.get(unknown))).toMatchObject({
        code: 'no-blob',
        family: 'terminal',
      });
      await blobs.remove(unknown);
      const digest = await broker.pass(blobs.put(pattern(1_000)));
      await broker.pass(blobs.remove(digest));
      expect(await blobs.has(digest)).toBe(false);
      expect(await failure(blobs.get(digest))).toMatchObject({ code: 'no-blob' });
      expect(await broker.pass(blobs.put(pattern(1_000)))).toBe(digest);
      expect(sha(await broker.pass(blobs.get(digest)))).toBe(digest);
    });

    it('[P97] keeps a stored blob over a kill of the broker', async () => {
      await using broker = await make();
      const { blobs, transport } = await broker.connect('a');
      const digest = await broker.pass(blobs.put(pattern(5 * limits.chunkBytes)));
      await broker.kill();
      await broker.until(() => !transport.connected());
      await broker.start();
      await broker.until(() => transport.connected());
      expect(sha(await broker.pass(blobs.get(digest)))).toBe(digest);
    });
  });
}
