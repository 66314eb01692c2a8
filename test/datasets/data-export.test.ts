/** Export: what is written comes back as the same data set, whatever the format. */
import { describe, expect, it } from 'vitest';
import { exportedFile } from '../../datasets/data-export.ts';
import { type DataFormat, dataFormats } from '../../datasets/data-format.ts';
import { syntheticCsv } from '../../datasets/synthetic.ts';
import { memoryCluster } from '../client/memory-cluster.ts';
import { contentOf, type Imported, importedFrom, memoryFile } from '../support/data-files.ts';

async function exported({ manifest, shards }: Imported, format: DataFormat): Promise<Buffer> {
  const each = (async function* () {
    yield* shards;
  })();
  const parts: Uint8Array[] = [];
  for await (const part of exportedFile(format, manifest, each)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const awkward = `n,c,t,b,"a, ""b"""
1,x,"two
lines",true,0.1
,"y, z",,false,1e-7
-3.5," x ","say ""hi""",,123456789012
4,,ü,true,
`;

describe('export', () => {
  it.each(dataFormats)('as %s comes back as it was', async (format) => {
    const kinds = { t: 'text', c: 'category' } as const;
    const whole = await importedFrom([memoryFile('t.csv', awkward)], { kinds, rowsPerShard: 3 });
    const file = memoryFile(`t.${format}`, await exported(whole, format));
    const again = await importedFrom([file], { kinds, rowsPerShard: 3 });
    expect(contentOf(again)).toEqual(contentOf(whole));
    expect(again.manifest.source.format).toBe(format);
  });

  it.each(dataFormats)('as %s keeps a data set of several shards', async (format) => {
    const csv = Buffer.concat([...syntheticCsv({ kind: 'mixed', rows: 3_000, seed: 5 })]);
    const options = { rowsPerShard: 700 };
    const whole = await importedFrom([memoryFile('t.csv', csv)], options);
    expect(whole.shards).toHaveLength(5);
    const again = await importedFrom([memoryFile('t', await exported(whole, format))], {
      ...options,
      format,
    });
    expect(contentOf(again)).toEqual(contentOf(whole));
  });

  it('reads a data set of the registry shard by shard', async () => {
    const { client } = memoryCluster();
    await client.importCsv('d', memoryFile('d', 'x,y\n1,a\n2,b\n3,a\n').open, { rowsPerShard: 2 });
    const seen: number[] = [];
    let text = '';
    const options = { onShard: (shard: number) => void seen.push(shard) };
    for await (const part of client.exportDataset('d@1', 'jsonl', options)) text += part;
    expect(text).toBe('{"x":1,"y":"a"}\n{"x":2,"y":"b"}\n{"x":3,"y":"a"}\n');
    expect(seen).toEqual([0, 1]);
    await expect(client.exportDataset('e', 'csv').next()).rejects.toMatchObject({
      code: 'unknown-dataset',
    });
  });
});
