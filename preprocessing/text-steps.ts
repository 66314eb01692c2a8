/**
 * Steps on text: words hashed into weighted counts, and dates to numbers.
 */
import type { Column, ColumnSchema } from '../datasets/frame.ts';
import { log } from '../learners/math.ts';
import { BugError } from '../schemas/errors.ts';
import type { StepNamed } from '../schemas/preprocess.ts';
import { dateParts } from './date-parts.ts';
import { padded, type StepRule } from './step-rule.ts';
import { bucketsOfWords, textBytes } from './words.ts';

/**
 * Counts of words by bucket, each times `ln((1 + rows) / (1 + rows with it)) + 1`, so that a word that
 * is everywhere counts least; then of length 1. A text without a word is 0 everywhere.
 */
export const text: StepRule<StepNamed<'text'>> = {
  takes: 'text',
  suits: (_, { kind }) => kind === 'text',
  outputs: ({ buckets }, { name }) =>
    Array.from({ length: buckets }, (_, i) => ({
      ...{ name: `${name}#${padded(i, buckets)}`, kind: 'number' },
    })),
  wants: ({ idf, buckets }) => (idf ? { kind: 'documents', size: buckets } : null),
  fit(_step, _column, statistic) {
    if (statistic?.kind !== 'documents') return {};
    const { rows, counts } = statistic;
    return { weights: counts.map((count) => log((1 + rows) / (1 + count)) + 1) };
  },
  apply({ buckets, normalise }, _column, { weights }, values) {
    if (values.kind !== 'text') throw new BugError('preprocess', `${values.kind} has no words`);
    const rows = values.present.length;
    const columns = Array.from({ length: buckets }, () => new Float64Array(rows));
    const counts = new Float64Array(buckets);
    for (let row = 0; row < rows; row++) {
      const used: number[] = [];
      bucketsOfWords(values, row, buckets, (bucket) => {
        if (counts[bucket] === 0) used.push(bucket);
        counts[bucket]! += 1;
      });
      // In the order of the buckets, so that the sum does not depend on the order of the words.
      used.sort((a, b) => a - b);
      let squares = 0;
      for (const bucket of used) {
        counts[bucket]! *= weights?.[bucket] ?? 1;
        squares += counts[bucket]! * counts[bucket]!;
      }
      const length = normalise && squares > 0 ? Math.sqrt(squares) : 1;
      for (const bucket of used) {
        columns[bucket]![row] = counts[bucket]! / length;
        counts[bucket] = 0;
      }
    }
    return columns.map((own) => ({ kind: 'number', values: own }));
  },
};

export const date: StepRule<StepNamed<'date'>> = {
  takes: 'text or categories',
  suits: (_, { kind }) => kind === 'text' || kind === 'category',
  outputs: ({ parts }, { name }) =>
    parts.map((part): ColumnSchema => ({ name: `${name} ${part}`, kind: 'number' })),
  wants: () => null,
  fit: () => ({}),
  apply({ parts }, { levels = [] }, _fitted, values) {
    const rows = rowsOf(values);
    const columns = parts.map(() => new Float64Array(rows).fill(Number.NaN));
    const put = (row: number, found: readonly number[] | null | undefined) => {
      for (let p = 0; found && p < columns.length; p++) columns[p]![row] = found[p]!;
    };
    if (values.kind === 'category') {
      const found = levels.map((level) => dateParts(level, parts));
      values.codes.forEach((code, row) => {
        put(row, found[code]);
      });
    } else if (values.kind === 'text') {
      const decoder = new TextDecoder();
      for (let row = 0; row < rows; row++) {
        // A copy: the decoder refuses shared memory.
        const bytes = Uint8Array.from(textBytes(values, row));
        if (values.present[row] === 1) put(row, dateParts(decoder.decode(bytes), parts));
      }
    }
    return columns.map((own) => ({ kind: 'number', values: own }));
  },
};

function rowsOf(values: Column): number {
  if (values.kind === 'number') return values.values.length;
  return values.kind === 'text' ? values.present.length : values.codes.length;
}
