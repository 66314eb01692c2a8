/**
 * A sample of the rows of number columns, the same for any order and any framing of the rows.
 *
 * A row is kept when its hash lies below a threshold; when the sample is full the threshold halves
 * and the rows above it go. So all rows are kept when there are few, and memory is bounded.
 */
import { hashRow } from './row-hash.ts';

export class RowSample {
  readonly #seed: number;
  readonly #capacity: number;
  readonly #hashes: Uint32Array;
  readonly #values: readonly Float64Array[];
  #threshold = 2 ** 32;
  #count = 0;

  /** Keeps up to `capacity` rows of `columns` columns; `seed` keys the hash. */
  constructor(seed: number, columns: number, capacity: number) {
    this.#seed = seed;
    this.#capacity = capacity;
    this.#hashes = new Uint32Array(capacity);
    this.#values = Array.from({ length: columns }, () => new Float64Array(capacity));
  }

  /**
   * Considers some rows of a frame.
   *
   * @param columns values of the whole frame, one array a column
   * @param rows positions in the frame
   */
  add(firstRow: number, rows: Int32Array, columns: readonly (Float64Array | Float32Array)[]): void {
    for (const row of rows) {
      const hash = hashRow(this.#seed, firstRow + row);
      if (hash >= this.#threshold) continue;
      while (this.#count === this.#capacity) this.#thin();
      if (hash >= this.#threshold) continue;
      this.#hashes[this.#count] = hash;
      for (let c = 0; c < columns.length; c++) {
        this.#values[c]![this.#count] = columns[c]![row]!;
      }
      this.#count++;
    }
  }

  /** The sampled values of a column that are not missing, in no particular order. */
  column(c: number): Float64Array {
    const values = this.#values[c]!;
    const present = new Float64Array(this.#count);
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      const value = values[i]!;
      if (!Number.isNaN(value)) present[kept++] = value;
    }
    return present.subarray(0, kept);
  }

  #thin(): void {
    this.#threshold /= 2;
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      if (this.#hashes[i]! >= this.#threshold) continue;
      this.#hashes[kept] = this.#hashes[i]!;
      for (const values of this.#values) values[kept] = values[i]!;
      kept++;
    }
    this.#count = kept;
  }
}
