import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvImport, importCsv } from '../../datasets/csv-import.ts';
import { sniffCsv } from '../../datasets/csv-sniff.ts';
import { manifestDigest } from '../../datasets/manifest.ts';
import { NumberSpool, type Scratch } from '../../datasets/number-spool.ts';
import { syntheticCsv } from '../../datasets/synthetic.ts';
import { dataErrorOf, sourceOf } from '../support/csv-text.ts';

/** Scratch in memory, which overwrites what it was given as soon as it may. */
class MemoryScratch implements Scratch {
  readonly parts: Uint8Array[] = [];

  async write(bytes: Uint8Array): Promise<void> {
    this.parts.push(Uint8Array.from(bytes));
    await Promise.resolve();
    bytes.fill(0xaa);
  }

  readonly read = () => this.parts;

  get bytes(): number {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }
}

async function digestOf(text: string | Uint8Array, options: Partial<CsvImport> = {}) {
  const manifest = await importCsv({
    name: 'sample',
    open: sourceOf(text),
    onShard: () => {},
    ...options,
  });
  return manifestDigest(manifest);
}

describe('numbers kept between the passes', () => {
  it.each(['mixed', 'dense', 'regression'] as const)(
    'give the same %s data set as parsing twice, and shards over the same bytes do',
    async (kind) => {
      const text = Buffer.concat([...syntheticCsv({ kind, rows: 9_000, seed: 2 })]);
      const expected = await digestOf(text, { rowsPerShard: 2_000 });
      const scratch = new MemoryScratch();
      expect(await digestOf(text, { rowsPerShard: 2_000, spool: new NumberSpool(scratch) })).toBe(
        expected,
      );
      expect(scratch.bytes).toBeGreaterThan(0);
      const again = {
        rowsPerShard: 2_000,
        spool: new NumberSpool(new MemoryScratch()),
        reuseShardBytes: true,
      };
      expect(await digestOf(text, again)).toBe(expected);
    },
  );

  it('do not change what an import gives, whatever the columns turn out to be', async () => {
    const cell = fc.oneof(
      { weight: 20, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
      { weight: 2, arbitrary: fc.constantFrom('', 'NA', '?') },
      { weight: 1, arbitrary: fc.constantFrom('x', '"a,b"') },
    );
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 20 }), async (cells, rowsPerShard) => {
        const text = `a,b,c\n${cells.map((row) => `${row.join(',')}\n`).join('')}`;
        const scratch = new MemoryScratch();
        const spooled = await digestOf(text, { rowsPerShard, spool: new NumberSpool(scratch) });
        expect(spooled).toBe(await digestOf(text, { rowsPerShard }));
      }),
      { numRuns: 200 },
    );
  });

  it('are not kept where they would take much more room than the text', async () => {
    const scratch = new MemoryScratch();
    await digestOf(`a,b\n${'1,0\n'.repeat(1000)}`, { spool: new NumberSpool(scratch) });
    expect(scratch.bytes).toBe(0);
  });

  it('are dropped for a column that turns out to hold texts', async () => {
    const text = `a,b\n${'1.000001,2.000002\n'.repeat(20_000)}x,1\n`;
    const scratch = new MemoryScratch();
    expect(await digestOf(text, { spool: new NumberSpool(scratch) })).toBe(await digestOf(text));
    expect(scratch.bytes).toBeGreaterThan(0);
  });

  it('must all be there', async () => {
    const text = `a,b\n${'1.000001,2.000002\n'.repeat(20_000)}`;
    const scratch = new MemoryScratch();
    const cut: Scratch = {
      write: (bytes) => scratch.write(bytes),
      read: () => scratch.parts.map((part, i) => (i === 0 ? part.subarray(8) : part)),
    };
    const error = await dataErrorOf(digestOf(text, { spool: new NumberSpool(cut) }));
    expect(error.message).toMatch(/scratch file is cut short/);
    const full: Scratch = { ...cut, write: () => Promise.reject(new Error('disk full')) };
    await expect(digestOf(text, { spool: new NumberSpool(full) })).rejects.toThrow('disk full');
  });

  it('may be filled by sniffCsv beforehand', async () => {
    const text = `a,b\n${'1.000001,x\n'.repeat(2_000)}`;
    const scratch = new MemoryScratch();
    const spool = new NumberSpool(scratch);
    const schema = await sniffCsv(sourceOf(text), {}, spool);
    expect(scratch.bytes).toBe(32_000);
    expect(await digestOf(text, { schema, spool })).toBe(await digestOf(text));
  });
});
