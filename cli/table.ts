/**
 * A table as plain text: a header, columns as wide as their widest cell, numbers to the right.
 */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

const segments = new Intl.Segmenter();

/** Characters that a text takes on a terminal, counted as graphemes. */
function widthOf(text: string): number {
  return [...segments.segment(text)].length;
}

/** Cells longer than `cellMax` are cut; control characters never reach the terminal. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  cellMax = 60,
): string {
  const shown = rows.map((row) => row.map((cell) => clean(cell, cellMax)));
  const widths = columns.map((column, i) =>
    Math.max(widthOf(column.title), ...shown.map((row) => widthOf(row[i] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => {
        const cell = cells[i] ?? '';
        const gap = ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell)));
        return column.right === true ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...shown.map(line)].join('\n');
}

function clean(text: string, cellMax: number): string {
  const plain = text.replace(/\p{Cc}/gu, ' ');
  const graphemes = [...segments.segment(plain)];
  if (graphemes.length <= cellMax) return plain;
  return `${graphemes
    .slice(0, cellMax - 1)
    .map((part) => part.segment)
    .join('')}…`;
}

export function count(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** A metric or a similar figure. */
export function figure(value: unknown): string {
  if (typeof value !== 'number') return JSON.stringify(value) ?? '';
  return Number.isInteger(value) ? String(value) : value.toFixed(4);
}
