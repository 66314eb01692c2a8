/**
 * Histograms of packed counts: up to five features in one pass over a node's rows.
 *
 * The word of a row is added to the bin of each feature; feature k of the group counts in the 256
 * entries from 256 k. One pass for several features reads each row's cache line once.
 */

/** Features that one pass can count. */
export const GROUP_MAX = 5;

export interface PackedRows {
  readonly cells: Uint8Array;
  readonly words: Int32Array;
  readonly order: Int32Array;
  readonly stride: number;
}

/**
 * Adds rows order[start..end) for features[from..from + count), 1 to 5 of them.
 */
export function countPacked(
  rows: PackedRows,
  packed: Int32Array,
  features: Int32Array,
  from: number,
  count: number,
  start: number,
  end: number,
): void {
  const a = features[from]!;
  const b = features[from + 1]!;
  const c = features[from + 2]!;
  const d = features[from + 3]!;
  const e = features[from + 4]!;
  if (count === 5) countFive(rows, packed, a, b, c, d, e, start, end);
  else if (count === 4) countFour(rows, packed, a, b, c, d, start, end);
  else if (count === 3) countThree(rows, packed, a, b, c, start, end);
  else if (count === 2) countTwo(rows, packed, a, b, start, end);
  else countOne(rows, packed, a, start, end);
}

function countFive(
  { cells, words, order, stride }: PackedRows,
  packed: Int32Array,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i++) {
    const at = order[i]! * stride;
    const word = words[(at + stride - 4) >> 2]!;
    packed[cells[at + a]!]! += word;
    packed[256 + cells[at + b]!]! += word;
    packed[512 + cells[at + c]!]! += word;
    packed[768 + cells[at + d]!]! += word;
    packed[1024 + cells[at + e]!]! += word;
  }
}

function countFour(
  { cells, words, order, stride }: PackedRows,
  packed: Int32Array,
  a: number,
  b: number,
  c: number,
  d: number,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i++) {
    const at = order[i]! * stride;
    const word = words[(at + stride - 4) >> 2]!;
    packed[cells[at + a]!]! += word;
    packed[256 + cells[at + b]!]! += word;
    packed[512 + cells[at + c]!]! += word;
    packed[768 + cells[at + d]!]! += word;
  }
}

function countThree(
  { cells, words, order, stride }: PackedRows,
  packed: Int32Array,
  a: number,
  b: number,
  c: number,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i++) {
    const at = order[i]! * stride;
    const word = words[(at + stride - 4) >> 2]!;
    packed[cells[at + a]!]! += word;
    packed[256 + cells[at + b]!]! += word;
    packed[512 + cells[at + c]!]! += word;
  }
}

function countTwo(
  { cells, words, order, stride }: PackedRows,
  packed: Int32Array,
  a: number,
  b: number,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i++) {
    const at = order[i]! * stride;
    const word = words[(at + stride - 4) >> 2]!;
    packed[cells[at + a]!]! += word;
    packed[256 + cells[at + b]!]! += word;
  }
}

function countOne(
  { cells, words, order, stride }: PackedRows,
  packed: Int32Array,
  a: number,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i++) {
    const at = order[i]! * stride;
    packed[cells[at + a]!]! += words[(at + stride - 4) >> 2]!;
  }
}
