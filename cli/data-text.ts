/**
 * Columns of a data set as text and as JSON: types, missing values, ranges, and how values spread.
 */
import type { DataColumn } from '../datasets/data-schema.ts';
import { count, figure, table } from './table.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const levelsShown = 4;

/** What a person should see before relying on a schema; once it is stored, with the profile. */
export function schemaTable(columns: readonly DataColumn[]): string {
  const profiled = columns.some(({ stats }) => (stats.histogram ?? stats.frequent) !== undefined);
  return table(
    [
      { title: 'COLUMN' },
      { title: 'TYPE' },
      { title: 'MISSING', right: true },
      { title: 'DISTINCT', right: true },
      ...(profiled ? [{ title: 'HISTOGRAM' }] : []),
      { title: 'VALUES' },
    ],
    columns.map((column) => [
      column.name,
      column.kind === 'number' ? (column.storage ?? 'float64') : column.kind,
      count(column.stats.missing),
      distinctText(column),
      ...(profiled ? [histogramText(column)] : []),
      valuesOf(column),
    ]),
  );
}

/** Exact where it was counted; with a tilde where it is estimated. */
function distinctText({ stats }: DataColumn): string {
  if (stats.distinct !== null) return count(stats.distinct);
  return stats.estimate === undefined ? 'many' : `~${count(stats.estimate)}`;
}

/** A bar for each step of the range, the highest as high as a line; a step with no value is empty. */
export function histogramText({ stats: { histogram } }: DataColumn): string {
  if (histogram === undefined) return '';
  const most = Math.max(...histogram);
  return histogram
    .map((n) => (n === 0 ? ' ' : bars[Math.min(7, Math.floor((8 * n) / (most + 1)))]))
    .join('')
    .trimEnd();
}

function valuesOf({ kind, levels, stats }: DataColumn): string {
  if (levels !== undefined) return levelsText(levels, stats.frequent);
  if (kind !== 'number' || stats.min === undefined || stats.max === undefined) return '';
  const mean = stats.mean === undefined ? '' : `, mean ${figure(stats.mean)}`;
  return `${figure(stats.min)} to ${figure(stats.max)}${mean}`;
}

function levelsText(
  levels: readonly string[],
  frequent: readonly (readonly [code: number, count: number])[] | undefined,
): string {
  const shown =
    frequent === undefined
      ? levels.slice(0, levelsShown + 1)
      : frequent.slice(0, levelsShown).map(([code, n]) => `${levels[code]} (${count(n)})`);
  return shown.join(', ') + (levels.length > shown.length ? ', ...' : '');
}

/** The columns for programs; `frequent` and `histogram` once the data set is stored. */
export function schemaJson(columns: readonly DataColumn[]): unknown {
  return columns.map(({ name, kind, storage, levels, stats }) => ({
    name,
    kind,
    ...(storage === undefined ? {} : { storage }),
    ...(levels === undefined ? {} : { levels: levels.length }),
    missing: stats.missing,
    distinct: stats.distinct,
    ...(stats.estimate === undefined ? {} : { estimate: stats.estimate }),
    ...(stats.min === undefined ? {} : { min: stats.min, max: stats.max }),
    ...(stats.mean === undefined ? {} : { mean: stats.mean }),
    ...(stats.histogram === undefined ? {} : { histogram: stats.histogram }),
    ...(stats.frequent === undefined
      ? {}
      : {
          frequent: stats.frequent.map(([code, n]) => ({ level: levels?.[code] ?? '', count: n })),
        }),
  }));
}
