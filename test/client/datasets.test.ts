/** Data sets through the SDK: versions, idempotence, failures that leave nothing, removal. */
import { describe, expect, it } from 'vitest';
import { DatasetRegistry } from '../../client/datasets.ts';
import type { Frame, NumberColumn } from '../../datasets/frame.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { memoryCluster } from './memory-cluster.ts';

const text = (rows: number, salt = ''): Uint8Array =>
  new TextEncoder().encode(
    `x,c\n${Array.from({ length: rows }, (_, i) => `${i}${salt},${i % 2 ? 'a' : 'b'}`).join('\n')}\n`,
  );

describe('data sets', () => {
  it('appear whole: a manifest whose shards are all stored', async () => {
    const { client, bus } = memoryCluster();
    const set = await client.importCsv('d', () => [text(100)], { rowsPerShard: 30 });
    expect(set).toMatchObject({ name: 'd', version: 1, rows: 100, columns: 2, shards: 4 });
    for (const shard of set.manifest.shards) {
      expect(await bus.blobs.has(parseDigest(shard.sha256))).toBe(true);
    }
    expect(await client.dataset('d@1')).toMatchObject({ digest: set.digest });
    expect(await client.datasets()).toHaveLength(1);
  });

  it('[P25] are read in the order of their rows, a frame a shard, with the columns asked for', async () => {
    const { client } = memoryCluster();
    await client.importCsv('d', () => [text(100)], { rowsPerShard: 30 });
    const frames: Frame[] = [];
    for await (const frame of client.frames('d', { columns: ['x'] })) frames.push(frame);
    expect(frames.map(({ firstRow, rows }) => [firstRow, rows])).toEqual([
      ...[0, 25, 50, 75].map((first) => [first, 25]),
    ]);
    const values = frames.flatMap(({ columns }) => [...(columns.get('x') as NumberColumn).values]);
    expect(values).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...(frames[0]?.columns.keys() ?? [])]).toEqual(['x']);
    const stop = new AbortController();
    const stopped = client.frames('d', { signal: stop.signal });
    await stopped.next();
    stop.abort(new Error('enough'));
    await expect(stopped.next()).rejects.toThrow('enough');
    await expect(client.frames('e').next()).rejects.toMatchObject({ code: 'unknown-dataset' });
    await expect(client.frames('d', { columns: ['z'] }).next()).rejects.toMatchObject({
      code: 'data-unknown-column',
    });
  });

  it('give the same content the same version, and other content the next', async () => {
    const { client } = memoryCluster();
    expect(await client.importCsv('d', () => [text(10)])).toMatchObject({ version: 1 });
    expect(await client.importCsv('d', () => [text(10)])).toMatchObject({ version: 1 });
    expect(await client.importCsv('d', () => [text(11)])).toMatchObject({ version: 2 });
    expect(await client.dataset('d')).toMatchObject({ version: 2, rows: 11 });
    expect((await client.datasetVersions('d')).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('come one version each from imports at the same time', async () => {
    const { client } = memoryCluster();
    const all = await Promise.all(
      Array.from({ length: 5 }, (_, i) => client.importCsv('d', () => [text(10 + i)])),
    );
    expect(all.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('leave nothing behind when the file breaks half-way', async () => {
    const { client, bus } = memoryCluster();
    const kept = await client.importCsv('good', () => [text(20)], { rowsPerShard: 20 });
    let opened = 0;
    const open = (): Uint8Array[] => {
      opened += 1;
      // The passes that settle the schema see a whole file, the one that stores sees it cut off.
      return opened <= 2
        ? [text(60)]
        : [text(60).subarray(0, 300), new TextEncoder().encode('\n1,2,3\n')];
    };
    const put: string[] = [];
    const store = bus.blobs.put.bind(bus.blobs);
    bus.blobs.put = async (bytes) => {
      const digest = await store(bytes);
      put.push(digest);
      return digest;
    };
    await expect(client.importCsv('bad', open, { rowsPerShard: 20 })).rejects.toMatchObject({
      code: expect.stringMatching(/^data-/),
    });
    expect(await client.datasets()).toMatchObject([{ name: 'good' }]);
    const shared = new Set(kept.manifest.shards.map((shard) => shard.sha256));
    expect(put.some((digest) => !shared.has(digest))).toBe(true);
    for (const digest of put) {
      expect(await bus.blobs.has(parseDigest(digest))).toBe(shared.has(digest));
    }
  });

  it('are not collected while an import lasts for hours, however early they were stored', async () => {
    const { client, bus } = memoryCluster();
    let nowMs = 0;
    const slow = new DatasetRegistry(bus, { ...nodeClock(), nowMs: () => nowMs });
    const whole = await client.importCsv('whole', () => [text(60)], { rowsPerShard: 20 });
    const shards = await Promise.all(
      whole.manifest.shards.map(({ sha256 }) => bus.blobs.get(parseDigest(sha256))),
    );
    const revision = async () => {
      const entry = await bus.store.get('blobs', whole.manifest.shards[0]!.sha256);
      return entry!.revision;
    };
    const seen: number[] = [];
    await slow.publish('slow', async (put) => {
      for (const shard of shards) {
        await put(shard);
        seen.push(await revision());
        nowMs += limits.blobGraceMs / 4;
      }
      return whole.manifest;
    });
    expect(seen[1]).toBeGreaterThan(seen[0]!);
    expect(seen[2]).toBeGreaterThan(seen[1]!);
    expect((await client.dataset('slow')).rows).toBe(60);
  });

  it('end an import at a signal, with nothing listed', async () => {
    const { client } = memoryCluster();
    const stop = new AbortController();
    const open = (): Uint8Array[] => {
      stop.abort(new Error('enough'));
      return [text(50)];
    };
    await expect(client.importCsv('d', open, { signal: stop.signal })).rejects.toThrow('enough');
    expect(await client.datasets()).toEqual([]);
  });

  it('are removed by name or version, and never reuse a version', async () => {
    const { client, bus } = memoryCluster();
    const first = await client.importCsv('d', () => [text(10)]);
    await client.importCsv('d', () => [text(11)]);
    await client.importCsv('e', () => [text(10)]);
    const asked: unknown[] = [];
    bus.transport.subscribe(bus.subjects.query('purge'), (message) => {
      asked.push(JSON.parse(new TextDecoder().decode(message.bytes)));
      message.respond(new TextEncoder().encode('{"ok":true,"value":{"failed":[]}}'));
    });
    await client.removeDataset('d', { purge: true });
    const question = { id: 'd', kind: 'dataset', versions: [1, 2], force: false };
    expect(asked).toEqual([question, { ...question, done: true }]);
    await expect(client.dataset('d')).rejects.toMatchObject({ code: 'unknown-dataset' });
    const shard = parseDigest(first.manifest.shards[0]!.sha256);
    expect(await bus.blobs.has(shard)).toBe(true); // "e" names it too
    await client.removeDataset('e', { purge: true });
    expect(await bus.blobs.has(shard)).toBe(false);
    expect(await client.importCsv('d', () => [text(10)])).toMatchObject({ version: 3 });
  });

  it('are named wrongly with a hint', async () => {
    const { client } = memoryCluster();
    await client.importCsv('adult', () => [text(10)]);
    await expect(client.dataset('adlut')).rejects.toMatchObject({
      code: 'unknown-dataset',
      fix: 'did you mean "adult"?',
    });
    await expect(client.dataset('adult@7')).rejects.toMatchObject({ code: 'unknown-dataset' });
    await expect(client.dataset('adult@x')).rejects.toMatchObject({ code: 'bad-name' });
  });
});
