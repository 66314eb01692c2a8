/**
 * Places in a CSV file where a record begins, gathered by the first pass so that the second can
 * begin at any of them. Their number is bounded: past it they thin out evenly.
 */
import type { CsvMark } from './csv-types.ts';

const marksMax = 65_536;

export class CsvMarks {
  readonly #max: number;
  #marks: CsvMark[] = [];
  /** Bytes from one mark to the next, at least. */
  #stepBytes = 1;

  constructor(max: number = marksMax) {
    this.#max = max;
  }

  /** Takes the mark unless it is too close to the last one taken; offsets must ascend. */
  add(mark: CsvMark): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && mark.byteOffset - last.byteOffset < this.#stepBytes) return;
    this.#marks.push(mark);
    if (this.#marks.length < this.#max) return;
    const first = this.#marks[0]!;
    this.#stepBytes = Math.ceil((2 * (mark.byteOffset - first.byteOffset)) / this.#max);
    this.#marks = this.#marks.filter((_, i) => i % 2 === 0);
  }

  /** All marks, the end of the file as the last. */
  upTo(end: CsvMark): CsvMark[] {
    return [...this.#marks, end];
  }
}

/** The narrowest stretch between marks that holds the rows from `firstRow` up to `endRow`. */
export function marksAround(
  marks: readonly CsvMark[],
  firstRow: number,
  endRow: number,
): { readonly start: CsvMark; readonly end: CsvMark } {
  const after = countWhere(marks, (mark) => mark.row <= firstRow);
  const before = countWhere(marks, (mark) => mark.row < endRow);
  return { start: marks[after - 1]!, end: marks[before]! };
}

/** How many of the ascending marks, from the first on, satisfy the condition. */
function countWhere(marks: readonly CsvMark[], holds: (mark: CsvMark) => boolean): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(marks[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
