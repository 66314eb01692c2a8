/** An import shared out to a crew: what comes out must not show it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  csvCrewFunctions,
  type EncodeInput,
  type OpenRange,
  type SniffInput,
} from '../../datasets/csv-crew-functions.ts';
import { type CsvImport, importCsv } from '../../datasets/csv-import.ts';
import { CsvMarks, marksAround } from '../../datasets/csv-marks.ts';
import { sniffCsv } from '../../datasets/csv-sniff.ts';
import type { CsvCrew } from '../../datasets/csv-types.ts';
import { manifestDigest } from '../../datasets/manifest.ts';
import { syntheticCsv } from '../../datasets/synthetic.ts';
import { CancelledError } from '../../runtime/errors.ts';
import { InlineCompute } from '../../runtime/memory/inline-compute.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { dataErrorOf, sourceOf } from '../support/csv-text.ts';

/** What a crew's members see as the file; may be another than the one that `open` gives. */
function rangesOf(bytesOf: (opening: number) => Uint8Array): OpenRange {
  let openings = 0;
  return (_path, from, to) => {
    const bytes = bytesOf(openings++).subarray(0, to);
    let at = from;
    return {
      fill(target, start, end) {
        const part = bytes.subarray(at, at + end - start);
        target.set(part, start);
        at += part.length;
        return start + part.length;
      },
      skip: (count) => {
        at += count;
        return count;
      },
      close: () => {},
    };
  };
}

interface InlineCrew extends CsvCrew {
  readonly calls: string[];
}

function crewOf(openRange: OpenRange, slots: number, onCall = (_name: string) => {}): InlineCrew {
  const functions = csvCrewFunctions(openRange);
  const calls: string[] = [];
  const compute = new InlineCompute({
    slots,
    clock: new ManualClock(),
    functions: {
      'csv-sniff': (input, { progress }) =>
        functions['csv-sniff'](input as SniffInput, () => progress(1)),
      'csv-shard': (input, { progress, signal }) =>
        functions['csv-shard'](input as EncodeInput, () => {
          progress(1);
          if (signal.aborted) throw new CancelledError('csv-shard');
        }),
    },
  });
  return {
    path: 'data.csv',
    calls,
    compute: {
      slots,
      run: (name, input, options) => {
        calls.push(name);
        onCall(name);
        return compute.run(name, input, options);
      },
    },
  };
}

/** The data set of a text, as digest and shards. */
async function imported(text: string | Uint8Array, options: Partial<CsvImport> = {}) {
  const shards: string[] = [];
  const manifest = await importCsv({
    name: 'sample',
    file: 'sample.csv',
    open: sourceOf(text),
    onShard: (bytes, entry) => {
      shards.push(sha256Hex(bytes));
      expect(entry.index).toBe(shards.length - 1);
    },
    ...options,
  });
  expect(shards).toEqual(manifest.shards.map(({ sha256 }) => sha256));
  return { digest: manifestDigest(manifest), manifest };
}

const bytesOf = (text: string | Uint8Array) =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text;

async function importedBy(slots: number, text: string | Uint8Array, options = {}) {
  const bytes = bytesOf(text);
  const crew = crewOf(
    rangesOf(() => bytes),
    slots,
  );
  return { ...(await imported(text, { ...options, crew })), calls: crew.calls };
}

const cell = fc.oneof(
  { weight: 20, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 2, arbitrary: fc.constantFrom('', 'NA', '?') },
  { weight: 1, arbitrary: fc.constantFrom('x', '"a,b"', '"two\nlines"', 'true') },
);
const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 60 });

describe('an import by a crew', () => {
  it.each(['mixed', 'dense', 'regression'] as const)(
    '[P86] gives the same %s data set for any number of threads',
    async (kind) => {
      const text = Buffer.concat([...syntheticCsv({ kind, rows: 30_000, seed: 2 })]);
      const expected = await imported(text, { rowsPerShard: 2_500 });
      for (const slots of [1, 2, 3, 7]) {
        for (const reuseShardBytes of [false, true]) {
          const { digest, calls } = await importedBy(slots, text, {
            rowsPerShard: 2_500,
            reuseShardBytes,
          });
          expect(digest).toBe(expected.digest);
          expect(calls.filter((name) => name === 'csv-sniff')).toHaveLength(
            slots === 1 ? 0 : slots,
          );
          expect(calls.filter((name) => name === 'csv-shard')).toHaveLength(12);
        }
      }
    },
  );

  it('gives the same data set and notes whatever the columns turn out to be', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 20 }), async (rows, rowsPerShard) => {
        const text = `a,b,c\n${rows.map((row) => `${row.join(',')}\n`).join('')}`;
        const options = { rowsPerShard, kinds: { c: 'text' } } as const;
        const { digest } = await imported(text, options);
        const alone = await sniffCsv(sourceOf(text), options);
        for (const slots of [1, 2, 3]) {
          expect((await importedBy(slots, text, options)).digest).toBe(digest);
          const crew = crewOf(
            rangesOf(() => bytesOf(text)),
            slots,
          );
          expect(await sniffCsv(sourceOf(text), { ...options, crew })).toEqual(alone);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('tells of the first fault in the file, as one thread does', async () => {
    const good = '1,2,3\n'.repeat(50_000);
    for (const text of [
      `a,b,c\n${good}1,2\n${good}x,y,z\n`,
      `a,b,c\n${good}1,"2\n`,
      `a,b,c\n${good}1,2,\u00003\n`,
    ]) {
      const alone = await dataErrorOf(imported(text));
      const crewed = await dataErrorOf(importedBy(3, text));
      expect(crewed).toEqual(alone);
      expect(crewed.line).toBe(50_002);
    }
    const kinds = { a: 'number', c: 'number' } as const;
    const mixed = `a,b,c\n${good}1,2,x\n${good}y,2,3\n`;
    expect(await dataErrorOf(importedBy(2, mixed, { kinds }))).toEqual(
      await dataErrorOf(imported(mixed, { kinds })),
    );
  });

  it('gives the same shards where texts outgrow the room that is made for them', async () => {
    const row = (i: number) =>
      `${'long text '.repeat(i < 3_000 ? 0 : 60)},${i},${i % 7}x,${i / 8}\n`;
    const text = `t,a,c,b\n${Array.from({ length: 4_000 }, (_, i) => row(i)).join('')}`;
    const options = { kinds: { t: 'text' }, rowsPerShard: 500 } as const;
    const { digest } = await imported(text, options);
    for (const slots of [1, 3]) {
      expect((await importedBy(slots, text, options)).digest).toBe(digest);
    }
  });

  it('leaves hashing to a caller who does it', async () => {
    const text = `a,b\n${'1,2\n'.repeat(1_000)}`;
    const seen: string[] = [];
    const digest = async (bytes: Uint8Array) => {
      seen.push(sha256Hex(bytes));
      return seen.at(-1)!;
    };
    const { manifest } = await importedBy(2, text, { digest, rowsPerShard: 300 });
    expect(manifest.shards.map(({ sha256 }) => sha256)).toEqual(seen);
    expect(manifest).toEqual((await imported(text, { rowsPerShard: 300 })).manifest);
  });

  it('judges levels that take too much room together as one thread does', async () => {
    const level = (column: number, row: number) => `${column}-${row}-${'x'.repeat(240)}`;
    const columns = [...'abcdefghijklmnopqr'];
    const rows = Array.from({ length: 9_000 }, (_, row) =>
      columns.map((_, column) => level(column, column === 0 ? row % 100 : row)).join(','),
    );
    const text = `${columns.join(',')}\n${[...rows, ...rows, ...rows].join('\n')}\n`;
    const alone = await sniffCsv(sourceOf(text));
    expect(new Set(alone.columns.map(({ kind }) => kind))).toEqual(new Set(['category', 'text']));
    const crew = crewOf(
      rangesOf(() => bytesOf(text)),
      2,
    );
    expect(await sniffCsv(sourceOf(text), { crew })).toEqual(alone);
  });

  it('refuses a file that changed between the passes', async () => {
    const then = `a,b\n${'1,2\n'.repeat(100_000)}`;
    const changes = [
      `${then}1,2\n`,
      then.slice(0, -4),
      then.replace(/1,2\n$/, ',2\n'),
      `${then.slice(0, 200_000)}11,2\n${then.slice(200_005)}`,
      `${then.slice(0, 200_000)}1,2,3${then.slice(200_005)}`,
      then.replace(/1,2\n$/, 'x,2\n'),
    ];
    for (const now of changes) {
      // Two shares look at the file first.
      const ranges = rangesOf((opening) => bytesOf(opening < 2 ? then : now));
      const work = imported(then, { crew: crewOf(ranges, 2), rowsPerShard: 10_000 });
      const error = await dataErrorOf(work);
      expect([error.code, error.file]).toEqual(['data-changed', 'sample.csv']);
    }
  });

  it('ends at the signal with its reason, and after a shard that could not be stored', async () => {
    const text = `a,b\n${'1,2\n'.repeat(100_000)}`;
    const ranges = () => rangesOf(() => bytesOf(text));
    for (const at of ['csv-sniff', 'csv-shard']) {
      const stop = new AbortController();
      const crew = crewOf(ranges(), 2, (name) => {
        if (name === at) stop.abort(new Error('enough'));
      });
      const work = imported(text, { crew, rowsPerShard: 10_000, signal: stop.signal });
      await expect(work).rejects.toThrow('enough');
    }
    const crew = crewOf(ranges(), 2);
    const full = () => Promise.reject(new Error('disk full'));
    const work = imported(text, { crew, rowsPerShard: 10_000, onShard: full });
    await expect(work).rejects.toThrow('disk full');
    expect(crew.calls.filter((name) => name === 'csv-shard')).toHaveLength(2);
  });

  it('reports progress up to the whole file', async () => {
    const text = `a,b\n${'12345,6789\n'.repeat(200_000)}`;
    const seen: [string, number, number][] = [];
    await importedBy(2, text, {
      rowsPerShard: 30_000,
      onProgress: ({ phase, bytes, rows }: { phase: string; bytes: number; rows: number }) =>
        seen.push([phase, bytes, rows]),
    });
    for (const phase of ['sniff', 'import']) {
      const bytes = seen.filter(([of]) => of === phase).map(([, done]) => done);
      expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
      expect(seen.findLast(([of]) => of === phase)).toEqual([phase, text.length, 200_000]);
    }
  });
});

describe('marks', () => {
  it('stay few and around every span', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 2, max: 20 }), (rows, max) => {
        const marks = new CsvMarks(max);
        let row = 0;
        for (const step of rows) {
          marks.add({ row, byteOffset: 10 + row * 3, line: row + 2 });
          row += step;
        }
        const end = { row, byteOffset: 10 + row * 3, line: row + 2 };
        const all = marks.upTo(end);
        expect(all.length).toBeLessThanOrEqual(max + 1);
        expect(all[0]!.row).toBe(0);
        expect(all.at(-1)).toBe(end);
        for (let first = 0; first < row; first += 7) {
          const around = marksAround(all, first, Math.min(row, first + 5));
          expect(around.start.row).toBeLessThanOrEqual(first);
          expect(around.end.row).toBeGreaterThanOrEqual(Math.min(row, first + 5));
          expect(all.indexOf(around.end)).toBeGreaterThan(all.indexOf(around.start));
        }
      }),
    );
  });
});
