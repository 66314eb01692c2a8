/**
 * Steps on categories: one-hot, ordinal, and hash, which takes text as well. None of them has
 * anything to learn from the rows; a level that the schema does not have counts as missing.
 */
import type { Column, ColumnSchema, TextColumn } from '../datasets/frame.ts';
import { BugError } from '../schemas/errors.ts';
import type { StepNamed } from '../schemas/preprocess.ts';
import { isLevels, padded, type StepRule } from './step-rule.ts';
import { bucketOfBytes, textBytes } from './words.ts';

const nothing = { wants: () => null, fit: () => ({}) };

function codesIn(values: Column): Int32Array {
  if (values.kind === 'category' || values.kind === 'boolean') return values.codes;
  throw new BugError('preprocess', `a column of kind ${values.kind} has no levels`);
}

export const oneHot: StepRule<StepNamed<'one-hot'>> = {
  ...nothing,
  takes: 'categories or booleans',
  suits: (_, column) => isLevels(column),
  outputs: (_, { name, levels = [] }) =>
    levels.map((level): ColumnSchema => ({ name: `${name}=${level}`, kind: 'number' })),
  /** A row without a value has 0 in all of them. */
  apply(_step, { levels = [] }, _fitted, values) {
    const codes = codesIn(values);
    const columns = levels.map(() => new Float64Array(codes.length));
    for (let i = 0; i < codes.length; i++) {
      const column = columns[codes[i]!];
      if (column !== undefined) column[i] = 1;
    }
    return columns.map((own) => ({ kind: 'number', values: own }));
  },
};

export const ordinal: StepRule<StepNamed<'ordinal'>> = {
  ...nothing,
  takes: 'categories or booleans',
  suits: (_, column) => isLevels(column),
  outputs: (_, { name }) => [{ name, kind: 'number' }],
  apply(_step, _column, _fitted, values) {
    const numbers = Float64Array.from(codesIn(values), (code) => (code < 0 ? Number.NaN : code));
    return [{ kind: 'number', values: numbers }];
  },
};

export const hash: StepRule<StepNamed<'hash'>> = {
  ...nothing,
  takes: 'categories, booleans or text',
  suits: (_, column) => isLevels(column) || column.kind === 'text',
  outputs: ({ buckets }, { name }) => [
    {
      ...{ name, kind: 'category' },
      levels: Array.from({ length: buckets }, (_, i) => padded(i, buckets)),
    },
  ],
  apply({ buckets }, { levels = [] }, _fitted, values) {
    if (values.kind === 'text') return [{ kind: 'category', codes: textCodes(values, buckets) }];
    const encoder = new TextEncoder();
    const bucketOf = levels.map((level) => bucketOfBytes(encoder.encode(level), buckets));
    const codes = Int32Array.from(codesIn(values), (code) => (code < 0 ? -1 : bucketOf[code]!));
    return [{ kind: 'category', codes }];
  },
};

function textCodes(column: TextColumn, buckets: number): Int32Array {
  const codes = new Int32Array(column.present.length);
  for (let row = 0; row < codes.length; row++) {
    codes[row] = column.present[row] === 0 ? -1 : bucketOfBytes(textBytes(column, row), buckets);
  }
  return codes;
}
