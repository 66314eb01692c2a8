/**
 * Histograms of gradients as they travel: blocks of words, one for each node that was built.
 *
 * A block begins with its number of rows, which decides how it goes on: nothing for no rows; pairs of
 * place and word for few; one packed word for each bin while the rows' words fit one; else a plane of
 * gradient levels and a plane of hessian levels. All are sums of whole numbers, so blocks may be
 * added in any order. Knows no trees.
 */
import type { Quanta } from './boosting-task.ts';

/** What a block's length follows from. */
export interface HistogramShape {
  readonly features: number;
  /** First place of each feature, and the number of places in all at the end. */
  readonly places: Int32Array;
  /** Places in all: one a bin, missing included. */
  readonly width: number;
  readonly quanta: Quanta;
}

/** @param missing code of missing of each feature: its number of value bins */
export function histogramShape(missing: Uint16Array, quanta: Quanta): HistogramShape {
  const places = new Int32Array(missing.length + 1);
  for (let f = 0; f < missing.length; f++) places[f + 1] = places[f]! + missing[f]! + 1;
  const width = places[missing.length]!;
  return { features: missing.length, places, width, quanta };
}

type Kind = 'empty' | 'listed' | 'packed' | 'wide';

export function kindOf({ features, width, quanta }: HistogramShape, rows: number): Kind {
  if (rows === 0) return 'empty';
  if (rows > quanta.rows) return 'wide';
  return rows * features * 4 <= width ? 'listed' : 'packed';
}

/** Words of the block that begins at `at`, its head included. */
function blockLength(shape: HistogramShape, words: Int32Array, at: number): number {
  switch (kindOf(shape, words[at]!)) {
    case 'empty':
      return 1;
    case 'listed':
      return 2 + 2 * words[at + 1]!;
    case 'packed':
      return 1 + shape.width;
    case 'wide':
      return 1 + 2 * shape.width;
  }
}

/** Words that grow; what was appended is in `words` up to `length`. */
export class Words {
  words: Int32Array<ArrayBuffer>;
  length: number;

  constructor(head: Int32Array, room: number) {
    this.words = new Int32Array(Math.max(head.length + room, 64));
    this.words.set(head);
    this.length = head.length;
  }

  /** Makes room and returns where it begins; the room holds zeros. */
  take(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.words.length) {
      const grown = new Int32Array(Math.max(this.length, Math.ceil(1.5 * this.words.length)));
      grown.set(this.words.subarray(0, at));
      this.words = grown;
    }
    return at;
  }

  finish(): Uint8Array {
    return new Uint8Array(this.words.buffer, 0, 4 * this.length);
  }
}

/** Adds the blocks of two lists that are of the same nodes; `from` words lead, which are the left's. */
export function addBlocks(
  shape: HistogramShape,
  left: Int32Array,
  right: Int32Array,
  from: number,
): Uint8Array {
  const out = new Words(left.subarray(0, from), Math.max(left.length, right.length));
  let [a, b] = [from, from];
  while (a < left.length) {
    const [lengthA, lengthB] = [blockLength(shape, left, a), blockLength(shape, right, b)];
    if (left[a] === 0) append(out, right, b, lengthB);
    else if (right[b] === 0) append(out, left, a, lengthA);
    else addBlock(shape, left, a, right, b, out);
    a += lengthA;
    b += lengthB;
  }
  return out.finish();
}

function append(out: Words, words: Int32Array, from: number, length: number): void {
  const at = out.take(length);
  out.words.set(words.subarray(from, from + length), at);
}

function addBlock(
  shape: HistogramShape,
  left: Int32Array,
  a: number,
  right: Int32Array,
  b: number,
  out: Words,
): void {
  const { width } = shape;
  const rows = left[a]! + right[b]!;
  const kind = kindOf(shape, rows);
  if (kind === 'listed') {
    mergeLists(left, a, right, b, out);
    return;
  }
  const at = out.take(1 + (kind === 'wide' ? 2 * width : width));
  out.words[at] = rows;
  if (kind === 'packed') {
    addPacked(shape, left, a, out.words, at + 1);
    addPacked(shape, right, b, out.words, at + 1);
    return;
  }
  const gradients = out.words.subarray(at + 1, at + 1 + width);
  const hessians = out.words.subarray(at + 1 + width, at + 1 + 2 * width);
  addWide(shape, left, a, gradients, hessians, 1);
  addWide(shape, right, b, gradients, hessians, 1);
}

function mergeLists(left: Int32Array, a: number, right: Int32Array, b: number, out: Words): void {
  const endA = a + 2 + 2 * left[a + 1]!;
  const endB = b + 2 + 2 * right[b + 1]!;
  const head = out.take(2 + (endA - a - 2) + (endB - b - 2));
  const { words } = out;
  words[head] = left[a]! + right[b]!;
  let [i, j, at] = [a + 2, b + 2, head + 2];
  while (i < endA || j < endB) {
    const placeA = i < endA ? left[i]! : Number.MAX_SAFE_INTEGER;
    const placeB = j < endB ? right[j]! : Number.MAX_SAFE_INTEGER;
    let word = 0;
    if (placeA <= placeB) word += left[i + 1]!;
    if (placeB <= placeA) word += right[j + 1]!;
    if (placeA <= placeB) i += 2;
    if (placeB <= placeA) j += 2;
    if (word === 0) continue;
    words[at++] = Math.min(placeA, placeB);
    words[at++] = word;
  }
  words[head + 1] = (at - head - 2) / 2;
  out.length = at;
}

/** Adds a block of packed words to packed words. */
function addPacked(
  shape: HistogramShape,
  words: Int32Array,
  at: number,
  out: Int32Array,
  to: number,
): void {
  if (kindOf(shape, words[at]!) === 'listed') {
    const end = at + 2 + 2 * words[at + 1]!;
    for (let i = at + 2; i < end; i += 2) out[to + words[i]!]! += words[i + 1]!;
    return;
  }
  for (let i = 0, from = at + 1; i < shape.width; i++) out[to + i]! += words[from + i]!;
}

/** Adds a block of any kind to two planes, or takes it away. @param sign 1 or -1 */
export function addWide(
  shape: HistogramShape,
  words: Int32Array,
  at: number,
  gradients: Int32Array,
  hessians: Int32Array,
  sign: 1 | -1,
): void {
  const { width, quanta } = shape;
  const { shift } = quanta;
  const mask = (1 << shift) - 1;
  switch (kindOf(shape, words[at]!)) {
    case 'empty':
      return;
    case 'listed': {
      const end = at + 2 + 2 * words[at + 1]!;
      for (let i = at + 2; i < end; i += 2) {
        gradients[words[i]!]! += sign * (words[i + 1]! >> shift);
        hessians[words[i]!]! += sign * (words[i + 1]! & mask);
      }
      return;
    }
    case 'packed':
      for (let i = 0, from = at + 1; i < width; i++) {
        const word = words[from + i]!;
        gradients[i]! += sign * (word >> shift);
        hessians[i]! += sign * (word & mask);
      }
      return;
    case 'wide':
      for (let i = 0, from = at + 1; i < width; i++) {
        gradients[i]! += sign * words[from + i]!;
        hessians[i]! += sign * words[from + width + i]!;
      }
  }
}

/** Where each block begins. @param from first word of the first block */
export function blockStarts(shape: HistogramShape, words: Int32Array, from: number): number[] {
  const starts: number[] = [];
  for (let at = from; at < words.length; at += blockLength(shape, words, at)) starts.push(at);
  return starts;
}

/** A node's histogram in full: levels of all bins, and its number of rows. */
export interface Histogram {
  readonly rows: number;
  readonly gradients: Int32Array;
  readonly hessians: Int32Array;
}

export function openBlock(shape: HistogramShape, words: Int32Array, at: number): Histogram {
  const gradients = new Int32Array(shape.width);
  const hessians = new Int32Array(shape.width);
  addWide(shape, words, at, gradients, hessians, 1);
  return { rows: words[at]!, gradients, hessians };
}

/** Takes a child away from its parent, in place: what is left is the other child. */
export function subtract(parent: Histogram, child: Histogram): Histogram {
  const { gradients, hessians } = parent;
  for (let i = 0; i < gradients.length; i++) gradients[i]! -= child.gradients[i]!;
  for (let i = 0; i < hessians.length; i++) hessians[i]! -= child.hessians[i]!;
  return { rows: parent.rows - child.rows, gradients, hessians };
}

/** Histograms as blocks, packed where their rows allow it. */
export function closeBlocks(shape: HistogramShape, histograms: readonly Histogram[]): Uint8Array {
  const { width, quanta } = shape;
  const out = new Words(new Int32Array(0), histograms.length * (width + 1));
  for (const { rows, gradients, hessians } of histograms) {
    const kind = kindOf(shape, rows);
    const wide = kind === 'wide';
    const at = out.take(kind === 'empty' ? 1 : kind === 'listed' ? 2 + 2 * width : 1);
    out.words[at] = rows;
    if (kind === 'empty') continue;
    if (kind === 'listed') {
      let to = at + 2;
      for (let i = 0; i < width; i++) {
        const word = (gradients[i]! << quanta.shift) + hessians[i]!;
        if (word === 0) continue;
        out.words[to++] = i;
        out.words[to++] = word;
      }
      out.words[at + 1] = (to - at - 2) / 2;
      out.length = to;
      continue;
    }
    const plane = out.take(wide ? 2 * width : width);
    if (wide) {
      out.words.set(gradients, plane);
      out.words.set(hessians, plane + width);
      continue;
    }
    for (let i = 0; i < width; i++) {
      out.words[plane + i] = (gradients[i]! << quanta.shift) + hessians[i]!;
    }
  }
  return out.finish();
}
