/**
 * Sums the words of rows into histograms of nodes: where training spends its time.
 *
 * The rows of a node are added to one table of packed words, which stays in the cache; a table of as
 * many rows as a word can hold is moved to planes. The table has 256 places a feature where most
 * features have as many bins, else as many as there are. Knows no trees.
 */
import type { HeldRows } from './held-rows.ts';
import { type HistogramShape, kindOf, Words } from './histograms.ts';

/** Builds the blocks of some nodes of one holder. */
export class HistogramBuilder {
  readonly #shape: HistogramShape;
  readonly #out: Words;
  readonly #table: Int32Array;
  /** Where each feature begins in the table. */
  readonly #bases: Int32Array;
  /** Whether that is every 256 places. */
  readonly #even: boolean;
  readonly #gradients: Int32Array;
  readonly #hessians: Int32Array;

  /** @param nodes how many are expected */
  constructor(shape: HistogramShape, head: Int32Array, nodes: number) {
    this.#shape = shape;
    this.#out = new Words(head, Math.min(nodes, 64) * (shape.width + 1));
    this.#even = shape.width > 128 * shape.features;
    this.#bases = this.#even ? shape.places.map((_, f) => 256 * f) : shape.places;
    this.#table = new Int32Array(this.#bases[shape.features]!);
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
    this.#sum(held, order, from, from + count, offset);
    if (kind === 'packed') this.#packed();
    else this.#listed(held, order, from, count);
  }

  finish(): Uint8Array {
    return this.#out.finish();
  }

  #sum(held: HeldRows, order: Int32Array, from: number, to: number, offset: number): void {
    if (this.#even) sumEven(this.#table, held, this.#shape.features, order, from, to, offset);
    else sumRows(this.#table, this.#bases, held, order, from, to, offset);
  }

  #packed(): void {
    const { features, places, width } = this.#shape;
    const at = this.#out.take(width);
    if (!this.#even) {
      this.#out.words.set(this.#table, at);
      this.#table.fill(0);
      return;
    }
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
      for (let f = 0; f < features; f++) touched[found++] = this.#bases[f]! + held.bins[row + f]!;
    }
    touched.sort();
    const head = this.#out.take(1 + 2 * found);
    let at = head + 1;
    for (const cell of touched) {
      const word = table[cell]!;
      if (word === 0) continue;
      table[cell] = 0;
      this.#out.words[at++] = this.#even ? places[cell >> 8]! + (cell & 255) : cell;
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
      this.#sum(held, order, start, end, offset);
      for (let f = 0; f < features; f++) {
        unpack(
          this.#table,
          this.#bases[f]!,
          places,
          f,
          quanta.shift,
          this.#gradients,
          this.#hessians,
        );
      }
      this.#table.fill(0);
    }
    words.set(this.#gradients, at + 1);
    words.set(this.#hessians, at + 1 + width);
  }
}

/** Adds the word of each row to the places of its bins. */
function sumRows(
  table: Int32Array,
  bases: Int32Array,
  { bins, words }: HeldRows,
  order: Int32Array,
  from: number,
  to: number,
  offset: number,
): void {
  const features = bases.length - 1;
  for (let i = from; i < to; i++) {
    const row = order[i]!;
    const word = words[offset + row]!;
    const at = row * features;
    for (let f = 0; f < features; f++) table[bases[f]! + bins[at + f]!]! += word;
  }
}

/** As `sumRows` with 256 places a feature: the hot loop of dense numbers. */
function sumEven(
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
