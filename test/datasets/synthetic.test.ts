import { describe, expect, it } from 'vitest';
import { sniffCsv } from '../../datasets/csv-sniff.ts';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { sha256Hex } from '../../schemas/canonical.ts';

const bytesOf = (kind: 'mixed' | 'dense' | 'regression', rows: number, seed = 1) =>
  Buffer.concat([...syntheticCsv({ kind, rows, seed })]);

describe('generated data sets', () => {
  it('are the same bytes for the same seed', () => {
    expect(sha256Hex(bytesOf('mixed', 1000))).toBe(sha256Hex(bytesOf('mixed', 1000)));
    expect(sha256Hex(bytesOf('mixed', 1000))).not.toBe(sha256Hex(bytesOf('mixed', 1000, 2)));
    const long = bytesOf('dense', 300).toString();
    expect(long.startsWith(bytesOf('dense', 100).toString())).toBe(true);
  });

  it.each([
    ['mixed', { number: 8, category: 6, boolean: 1, text: 1 }],
    ['dense', { number: 29 }],
    ['regression', { number: 11, category: 1 }],
  ] as const)('%s has its mix of columns and its target', async (kind, kinds) => {
    const bytes = bytesOf(kind, 5000);
    const schema = await sniffCsv(() => [bytes]);
    expect(schema.rows).toBe(5000);
    expect(Object.groupBy(schema.columns, (column) => column.kind)).toEqual(
      Object.fromEntries(
        Object.entries(kinds).map(([name, count]) => [
          name,
          expect.objectContaining({ length: count }),
        ]),
      ),
    );
    expect(schema.columns.some(({ name }) => name === syntheticTarget[kind])).toBe(true);
  });
});
