/**
 * Columns of a data set with their statistics, and the fingerprint that tells schemas apart.
 *
 * A model trained on one data set may predict on another when the columns that it uses have the
 * same name and kind; how numbers are stored, and statistics, do not enter the fingerprint.
 */
import { canonicalJson, sha256Hex } from '../schemas/canonical.ts';
import { DataError } from './data-error.ts';
import type { ColumnKind, ColumnSchema } from './frame.ts';

export const columnsMax = 10_000;
export const levelsMax = 10_000;
/** Distinct numbers are counted, and listed, up to this many. */
export const numberValuesMax = 64;

export interface ColumnStatistics {
  /** Rows without a value. */
  readonly missing: number;
  /**
   * Different values present: exact for categories and booleans, exact for numbers up to
   * `distinctExactMax`; null where it was not counted, and there may be an estimate.
   */
  readonly distinct: number | null;
  /** About how many different values there are, with a standard error of 3 %. */
  readonly estimate?: number;
  /** Numbers: whether every value is whole. */
  readonly integer?: boolean;
  /** Numbers: extremes and mean; absent when every value is missing. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** Numbers with at most `numberValuesMax` different values: those values, ascending. */
  readonly values?: readonly number[];
  /** Numbers: how many values lie in each of so many equal steps from `min` to `max`. */
  readonly histogram?: readonly number[];
  /** Categories and booleans: the most frequent levels, by code, with their counts. */
  readonly frequent?: readonly (readonly [code: number, count: number])[];
  /** Text: bytes of all values. */
  readonly bytes?: number;
}

export interface DataColumn extends ColumnSchema {
  readonly stats: ColumnStatistics;
}

export const columnKinds: readonly ColumnKind[] = ['number', 'category', 'boolean', 'text'];

/** SHA-256 over names, kinds and levels of the columns in order. */
export function schemaFingerprint(columns: readonly ColumnSchema[]): string {
  const content = columns.map(({ name, kind, levels }) =>
    levels === undefined ? { name, kind } : { name, kind, levels },
  );
  return sha256Hex(canonicalJson(content));
}

/** The schema part of a column, without statistics. */
export function columnSchema(column: ColumnSchema): ColumnSchema {
  return {
    name: column.name,
    kind: column.kind,
    ...(column.storage === undefined ? {} : { storage: column.storage }),
    ...(column.levels === undefined ? {} : { levels: column.levels }),
  };
}

/** The named columns in the order asked for; a name that is not there is an error that lists near ones. */
export function pickColumns<C extends ColumnSchema>(
  columns: readonly C[],
  names: readonly string[],
  file?: string,
): C[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return names.map((name) => {
    const found = byName.get(name);
    if (found !== undefined) return found;
    const near = nearestName(
      name,
      columns.map((column) => column.name),
    );
    throw new DataError(
      'data-unknown-column',
      `there is no column "${name}"`,
      near === undefined
        ? `columns are ${listed(columns.map((column) => column.name))}`
        : `did you mean "${near}"?`,
      { file, column: name },
    );
  });
}

/** Names for a message, cut after twelve. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `"${name}"`);
  return names.length > 12 ? `${shown.join(', ')} and ${names.length - 12} more` : shown.join(', ');
}

/** The name closest to a misspelt one: equal but for case and punctuation, or two edits away. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const same = names.find((candidate) => plain(candidate) === plain(name));
  if (same !== undefined) return same;
  let best: string | undefined;
  let bestEdits = Math.min(3, Math.ceil(name.length / 2));
  for (const candidate of names.slice(0, 1000)) {
    if (Math.abs(candidate.length - name.length) >= bestEdits || name.length > 256) continue;
    const edits = editDistance(name, candidate);
    if (edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
