/**
 * Reads one column of a manifest: schema and statistics, checked against each other.
 */
import {
  type ColumnStatistics,
  columnKinds,
  type DataColumn,
  numberValuesMax,
} from './data-schema.ts';
import type { ColumnKind } from './frame.ts';
import { compareUtf8 } from './level-order.ts';
import { Fields, unsound } from './manifest-fields.ts';

/** Bounds for reading: wider than what import writes by default, narrow enough to be safe. */
const levelsReadMax = 1_000_000;
const textMax = 65_536;
const histogramReadMax = 1024;

/** The column in `fields`; `rows` bounds its counts. */
export function readColumn(fields: Fields, rows: number): DataColumn {
  const name = fields.text('name', textMax);
  if (name === '') throw fields.fail('name', 'a name');
  const kind = fields.get('kind') as ColumnKind;
  if (!columnKinds.includes(kind)) throw fields.fail('kind', columnKinds.join(', '));
  const stats = readStatistics(new Fields(fields.get('stats'), `column "${name}" stats`), rows);
  if (kind === 'number') {
    const storage = fields.get('storage');
    if (storage !== 'float32' && storage !== 'float64') {
      throw fields.fail('storage', '"float32" or "float64"');
    }
    return { name, kind, storage, stats };
  }
  if (kind === 'text') return { name, kind, stats };
  const levels = fields.texts('levels', 0, levelsReadMax, textMax);
  for (let i = 1; i < levels.length; i++) {
    if (compareUtf8(levels[i - 1]!, levels[i]!) >= 0) {
      throw unsound(`levels of column "${name}" are not in ascending order of their UTF-8 bytes`);
    }
  }
  return { name, kind, levels, stats };
}

function readStatistics(fields: Fields, rows: number): ColumnStatistics {
  const distinct = fields.get('distinct') === null ? null : fields.whole('distinct', 0, rows);
  const integer = fields.get('integer');
  if (integer !== undefined && typeof integer !== 'boolean') throw fields.fail('integer', 'a flag');
  return {
    missing: fields.whole('missing', 0, rows),
    distinct,
    ...(integer === undefined ? {} : { integer }),
    ...(fields.has('min') ? { min: fields.number('min') } : {}),
    ...(fields.has('max') ? { max: fields.number('max') } : {}),
    ...(fields.has('mean') ? { mean: fields.number('mean') } : {}),
    ...(fields.has('values') ? { values: readValues(fields) } : {}),
    ...(fields.has('estimate') ? { estimate: fields.whole('estimate', 0, 2 ** 53 - 1) } : {}),
    ...(fields.has('histogram') ? { histogram: readCounts(fields, rows) } : {}),
    ...(fields.has('frequent') ? { frequent: readFrequent(fields, rows) } : {}),
    ...(fields.has('bytes') ? { bytes: fields.whole('bytes', 0, Number.MAX_SAFE_INTEGER) } : {}),
  };
}

function readCounts(fields: Fields, rows: number): number[] {
  return fields.list('histogram', 1, histogramReadMax).map((count) => {
    if (Number.isSafeInteger(count) && (count as number) >= 0 && (count as number) <= rows) {
      return count as number;
    }
    throw fields.fail('histogram', `counts of at most ${rows} rows`);
  });
}

function readFrequent(fields: Fields, rows: number): (readonly [number, number])[] {
  return fields.list('frequent', 0, levelsReadMax).map((item) => {
    const [code, count] = Array.isArray(item) ? item : [];
    const isCode = Number.isSafeInteger(code) && code >= 0 && code < levelsReadMax;
    if (isCode && Number.isSafeInteger(count) && count >= 0 && count <= rows) return [code, count];
    throw fields.fail('frequent', 'pairs of code and count');
  });
}

function readValues(fields: Fields): number[] {
  const values = fields.list('values', 0, numberValuesMax);
  return values.map((value, i) => {
    if (typeof value === 'number' && (i === 0 || value > (values[i - 1] as number))) return value;
    throw fields.fail('values', 'ascending numbers');
  });
}
