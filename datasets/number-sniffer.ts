/**
 * The first pass over a column taken for numbers: extremes, mean, what storage is exact, and the
 * different values while they are few. It gives up at the first value that is no number.
 */
import { type Misfit, type PassContext, parseNumbers } from './column-tile.ts';
import type { CsvTile } from './csv-reader.ts';
import { type DataColumn, numberValuesMax } from './data-schema.ts';

const smallIntegers = 256;

export class NumberSniffer {
  readonly column: number;
  /** The value that ended it; the column is not one of numbers then. */
  misfit: Misfit | undefined;
  missing = 0;
  count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #integer = true;
  #float32 = true;
  /** Which of 0 to 255 occurred, and other different values; too many end the count. */
  readonly #small = new Uint8Array(smallIntegers);
  readonly #others = new Float64Array(numberValuesMax + 1);
  #othersCount = 0;

  constructor(column: number) {
    this.column = column;
  }

  /** Takes in the rows of a tile; returns false when it has met its misfit. */
  take(context: PassContext, tile: CsvTile): boolean {
    if (this.misfit !== undefined) return false;
    const outcome = parseNumbers(context, this.column, tile);
    if (typeof outcome !== 'number') {
      this.misfit = outcome;
      return false;
    }
    this.takeValues(context.reader.kernel.values, tile.rows, outcome);
    return true;
  }

  /** Takes in the first `rows` values, `missing` of which are NaN. */
  takeValues(values: Float64Array, rows: number, missing: number): void {
    this.missing += missing;
    this.#measure(values, rows);
    if (this.#othersCount <= numberValuesMax) this.#countValues(values, rows);
  }

  /** Schema and statistics of the finished column. */
  finish(name: string, storage: 'float32' | 'float64' | undefined): DataColumn {
    const values = this.#distinctValues();
    const mean = this.#sum / this.count;
    return {
      name,
      kind: 'number',
      storage: storage ?? (this.#float32 ? 'float32' : 'float64'),
      stats: {
        missing: this.missing,
        distinct: values?.length ?? null,
        integer: this.#integer,
        ...(this.count === 0 ? {} : { min: this.#min, max: this.#max }),
        // A sum past the range of float64 has no mean to show.
        ...(Number.isFinite(mean) ? { mean } : {}),
        ...(values === undefined ? {} : { values }),
      },
    };
  }

  #measure(values: Float64Array, rows: number): void {
    let min = this.#min;
    let max = this.#max;
    let sum = this.#sum;
    let count = this.count;
    let integer = this.#integer;
    let float32 = this.#float32;
    for (let row = 0; row < rows; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      count++;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
      if (float32 && Math.fround(value) !== value) float32 = false;
      if (integer && Math.floor(value) !== value) integer = false;
    }
    this.#min = min;
    this.#max = max;
    this.#sum = sum;
    this.count = count;
    this.#integer = integer;
    this.#float32 = float32;
  }

  #countValues(values: Float64Array, rows: number): void {
    const others = this.#others;
    for (let row = 0; row < rows; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      const whole = value | 0;
      if (whole === value && whole >= 0 && whole < smallIntegers) {
        this.#small[whole] = 1;
        continue;
      }
      let i = 0;
      while (i < this.#othersCount && others[i] !== value) i++;
      if (i < this.#othersCount) continue;
      others[this.#othersCount++] = value;
      if (this.#othersCount > numberValuesMax) return;
    }
  }

  #distinctValues(): number[] | undefined {
    if (this.#othersCount > numberValuesMax) return undefined;
    const values = [...this.#others.subarray(0, this.#othersCount)];
    this.#small.forEach((seen, value) => {
      if (seen === 1) values.push(value);
    });
    return values.length > numberValuesMax ? undefined : values.sort((a, b) => a - b);
  }
}
