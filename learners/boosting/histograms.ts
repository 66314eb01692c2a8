/**
 * Histograms of gradients as they travel: blocks of words, one for each node that was built.
 *
 * A block begins with its number of rows, which decides how it goes on: nothing for no rows; pairs of
 * place and word for few; one packed word for each bin while the rows' words fit one; else a plane of
 * gradient levels and a plane of hessian levels. All are sums of whole numbers, so blocks may be
 * added in any order. Knows no trees.
 */
import type { Quanta } from './boosting-task.ts';
import type { HeldRows } from './held-rows.ts';

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

function kindOf({ features, width, quanta }: HistogramShape, rows: number): Kind {
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
class Words {
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

/** Builds the blocks of some nodes of one holder. */
export class HistogramBuilder {
  readonly #shape: HistogramShape;
  readonly #out: Words;
  /** 256 places a feature. */
  readonly #table: Int32Array;
  readonly #gradients: Int32Array;
  readonly #hessians: Int32Array;

  /** @param nodes how many are expected */
  constructor(shape: HistogramShape, head: Int32Array, nodes: number) {
    this.#shape = shape;
    this.#out = new Words(head, Math.min(nodes, 64) * (shape.width + 1));
    this.#table = new Int32Array(256 * shape.features);
    this.#gradients = new Int32Array(shape.width);
    this.#hessians = new Int32Array(shape.width);
  }

  /**
   * Appends the block of the rows `order[from..from + count)`.
   * @param offset of the output's words
   */
  add(held: HeldRows, order: Int32Array, from: number, count: number, offset: number): void {
    const kind = kindOf(this.#shape, count);
    const out = this.#out;
    if (kind === 'wide') {
      this.#wide(held, order, from, count, offset);
      return;
    }
    const at = out.take(1);
    out.words[at] = count;
    if (kind === 'empty') return;
    sumRows(this.#table, held, this.#shape.features, order, from, from + count, offset);
    if (kind === 'packed') this.#packed();
    else this.#listed(held, order, from, count);
  }

  finish(): Uint8Array {
    return this.#out.finish();
  }

  #packed(): void {
    const { features, places, width } = this.#shape;
    const at = this.#out.take(width);
    for (let f = 0; f < features; f++) {
      const count = places[f + 1]! - places[f]!;
      this.#out.words.set(this.#table.subarray(256 * f, 256 * f + count), at + places[f]!);
    }
    this.#table.fill(0);
  }

  #listed(held: HeldRows, order: Int32Array, from: number, count: number): void {
    const { features, places } = this.#shape;
    const table = this.#table;
    const touched = new Int32Array(count * features);
    let found = 0;
    for (let i = from; i < from + count; i++) {
      const row = order[i]! * features;
      for (let f = 0; f < features; f++) touched[found++] = 256 * f + held.bins[row + f]!;
    }
    touched.sort();
    const head = this.#out.take(1 + 2 * found);
    let at = head + 1;
    for (const cell of touched) {
      const word = table[cell]!;
      if (word === 0) continue;
      table[cell] = 0;
      const f = cell >> 8;
      this.#out.words[at++] = places[f]! + (cell & 255);
      this.#out.words[at++] = word;
    }
    this.#out.words[head] = (at - head - 1) / 2;
    this.#out.length = at;
  }

  /** Sums as many rows at a time as a word can hold, then adds them to the planes. */
  #wide(held: HeldRows, order: Int32Array, from: number, count: number, offset: number): void {
    const { features, places, width, quanta } = this.#shape;
    const at = this.#out.take(1 + 2 * width);
    const { words } = this.#out;
    words[at] = count;
    this.#gradients.fill(0);
    this.#hessians.fill(0);
    for (let start = from; start < from + count; start += quanta.rows) {
      const end = Math.min(start + quanta.rows, from + count);
      sumRows(this.#table, held, features, order, start, end, offset);
      for (let f = 0; f < features; f++) {
        unpack(this.#table, 256 * f, places, f, quanta.shift, this.#gradients, this.#hessians);
      }
      this.#table.fill(0);
    }
    words.set(this.#gradients, at + 1);
    words.set(this.#hessians, at + 1 + width);
  }
}

/** The hot loop: adds the word of each row to the places of its bins. */
function sumRows(
  table: Int32Array,
  { bins, words }: HeldRows,
  features: number,
  order: Int32Array,
  from: number,
  to: number,
  offset: number,
): void {
  const whole = features - (features % 4);
  for (let i = from; i < to; i++) {
    const row = order[i]!;
    const word = words[offset + row]!;
    const at = row * features;
    let f = 0;
    for (; f < whole; f += 4) {
      const base = f << 8;
      table[base + bins[at + f]!]! += word;
      table[base + 256 + bins[at + f + 1]!]! += word;
      table[base + 512 + bins[at + f + 2]!]! += word;
      table[base + 768 + bins[at + f + 3]!]! += word;
    }
    for (; f < features; f++) table[(f << 8) + bins[at + f]!]! += word;
  }
}

function unpack(
  table: Int32Array,
  base: number,
  places: Int32Array,
  f: number,
  shift: number,
  gradients: Int32Array,
  hessians: Int32Array,
): void {
  const mask = (1 << shift) - 1;
  const end = places[f + 1]!;
  for (let place = places[f]!, cell = base; place < end; place++, cell++) {
    const word = table[cell]!;
    gradients[place]! += word >> shift;
    hessians[place]! += word & mask;
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

/** What is left of a parent without one of its children. */
export function subtract(parent: Histogram, child: Histogram): Histogram {
  return {
    rows: parent.rows - child.rows,
    gradients: parent.gradients.map((level, i) => level - child.gradients[i]!),
    hessians: parent.hessians.map((level, i) => level - child.hessians[i]!),
  };
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
