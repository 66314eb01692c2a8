/** Imports by real threads that read a real file, through the client. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importCrew } from '../../cli/import-crew.ts';
import { tempDir } from '../../cli/temp-dir.ts';
import { syntheticCsv } from '../../datasets/synthetic.ts';
import { fileBytes } from '../../runtime/node/file-bytes.ts';
import { memoryCluster } from '../client/memory-cluster.ts';
import { dataErrorOf } from '../support/csv-text.ts';

/** As if the file were large enough for threads to pay. */
const large = 1e9;

async function withFile(text: string | Uint8Array, work: (path: string) => Promise<void>) {
  const folder = await tempDir('shoal-test-');
  try {
    const path = join(folder.path, 'data.csv');
    await writeFile(path, text);
    await work(path);
  } finally {
    await folder.remove();
  }
}

const started: Worker[] = [];
const keep = (worker: Worker) => started.push(worker);
/** Threads begun in this test, and those of them that still run. */
const threads = () => [started.length, started.filter(({ threadId }) => threadId !== -1).length];

beforeEach(() => {
  started.length = 0;
  process.on('worker', keep);
});
afterEach(() => process.off('worker', keep));

describe('an import by threads', () => {
  it('[P86] gives the version that one thread gives, for any number of threads', async () => {
    const text = Buffer.concat([...syntheticCsv({ kind: 'mixed', rows: 20_000, seed: 3 })]);
    await withFile(text, async (path) => {
      const { client } = memoryCluster();
      const digests = new Set<string>();
      for (const count of [1, 2, 3]) {
        await using members = importCrew(path, large, count);
        expect(members.crew === undefined).toBe(count === 1);
        const options = { file: path, crew: members.crew, rowsPerShard: 3_000 };
        const { digest, version } = await client.importCsv('d', fileBytes(path), options);
        digests.add(digest);
        expect(version).toBe(1);
      }
      expect(digests.size).toBe(1);
      expect(threads()).toEqual([5, 0]);
    });
  });

  it('leaves small files to one thread', () => {
    expect(importCrew('small.csv', 1_000_000, 2).crew).toBeUndefined();
  });

  it('leaves no data set and no thread behind after a fault, and says where it is', async () => {
    await withFile(`a,b\n${'1,2\n'.repeat(300_000)}3\n`, async (path) => {
      const { client } = memoryCluster();
      const options = { file: 'data.csv' };
      const alone = await dataErrorOf(client.importCsv('d', fileBytes(path), options));
      {
        await using members = importCrew(path, large, 2);
        const { crew } = members;
        const work = client.importCsv('d', fileBytes(path), { ...options, crew });
        expect(await dataErrorOf(work)).toEqual(alone);
      }
      expect([alone.code, alone.line]).toEqual(['data-ragged-row', 300_002]);
      expect(await client.datasets()).toEqual([]);
      expect(threads()).toEqual([2, 0]);
    });
  });

  it.each(['sniff', 'import'] as const)(
    'leaves no data set and no thread behind when interrupted in its phase %s',
    async (phase) => {
      await withFile(`a,b\n${'1.5,2.25\n'.repeat(1_000_000)}`, async (path) => {
        const { client, bus } = memoryCluster();
        const stop = new AbortController();
        const stored: string[] = [];
        process.once('worker', (worker) =>
          worker.once('online', () => {
            if (phase === 'sniff') stop.abort(new Error('enough'));
          }),
        );
        const put = bus.blobs.put.bind(bus.blobs);
        bus.blobs.put = async (bytes) => {
          const digest = await put(bytes);
          stored.push(digest);
          if (phase === 'import') stop.abort(new Error('enough'));
          return digest;
        };
        {
          await using members = importCrew(path, large, 2);
          const work = client.importCsv('d', fileBytes(path, stop.signal), {
            crew: members.crew,
            signal: stop.signal,
            rowsPerShard: 50_000,
          });
          await expect(work).rejects.toThrow('enough');
        }
        expect(await client.datasets()).toEqual([]);
        expect(stored.length).toBe(phase === 'sniff' ? 0 : 1);
        for (const digest of stored) expect(await bus.blobs.has(digest as never)).toBe(false);
        expect(threads()).toEqual([2, 0]);
      });
    },
  );
});
