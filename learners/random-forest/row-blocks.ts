/**
 * The in-bag rows of one tree in nested blocks of memory.
 *
 * A node is a range of positions in a block's order. Splitting permutes the order, not the rows;
 * when a node has shrunk to an eighth of its block its rows are copied together into the next
 * block, so deep nodes work on memory that fits the cache. Blocks are used like a stack: all nodes
 * of a deeper block are done before the next node of a shallower one.
 */

/** A node's rows must be this many times fewer than its block's before they are copied. */
const SHRINK = 8;
/** Nodes of fewer rows are not worth a copy. */
const COPY_MIN = 64;

export interface RowBlock {
  readonly level: number;
  rows: number;
  /** Row-major cells; see `BinnedRows`. The last words of a row hold its weight and target. */
  readonly cells: Uint8Array;
  readonly words: Int32Array;
  /** Positions of rows in `cells`, permuted by splits. */
  readonly order: Int32Array;
}

function blockOf(level: number, capacity: number, stride: number): RowBlock {
  const buffer = new ArrayBuffer(capacity * stride);
  return {
    level,
    rows: 0,
    cells: new Uint8Array(buffer),
    words: new Int32Array(buffer),
    order: new Int32Array(capacity),
  };
}

export class RowBlocks {
  readonly #stride: number;
  readonly #blocks: RowBlock[] = [];
  #moved = new Int32Array(0);

  constructor(stride: number) {
    this.#stride = stride;
  }

  /** The block of a level, empty, with room for `rows`. */
  fresh(level: number, rows: number): RowBlock {
    let block = this.#blocks[level];
    if (!block || block.order.length < rows) {
      // A little more than asked for, as the bags of trees differ in size.
      block = blockOf(level, rows + (rows >> 5) + 16, this.#stride);
      this.#blocks[level] = block;
    }
    block.rows = rows;
    for (let i = 0; i < rows; i++) block.order[i] = i;
    if (this.#moved.length < rows) this.#moved = new Int32Array(block.order.length);
    return block;
  }

  at(level: number): RowBlock {
    return this.#blocks[level]!;
  }

  /** Whether a node of so many rows should move to the next block. */
  worthCopy(block: RowBlock, rows: number): boolean {
    return rows >= COPY_MIN && rows * SHRINK <= block.rows;
  }

  /** Copies a node's rows to the next block, in their order. */
  copy(from: RowBlock, start: number, end: number): RowBlock {
    const to = this.fresh(from.level + 1, end - start);
    const width = this.#stride >> 2;
    let target = 0;
    for (let i = start; i < end; i++) {
      let source = from.order[i]! * width;
      for (let w = 0; w < width; w++) to.words[target++] = from.words[source++]!;
    }
    return to;
  }

  /**
   * Puts the rows that go left before those that go right, each side in its order.
   *
   * @param low codes up to this go left
   * @param also another code that goes left, or -1
   * @returns position of the first row that goes right
   */
  split(
    block: RowBlock,
    start: number,
    end: number,
    feature: number,
    low: number,
    also: number,
  ): number {
    const { cells, order } = block;
    const stride = this.#stride;
    const moved = this.#moved;
    let left = start;
    let right = 0;
    if (also < 0) {
      for (let i = start; i < end; i++) {
        const row = order[i]!;
        // 1 for codes up to `low`, 0 for others, without a branch to mispredict.
        const goes = (cells[row * stride + feature]! - low - 1) >>> 31;
        order[left] = row;
        moved[right] = row;
        left += goes;
        right += 1 - goes;
      }
    } else {
      for (let i = start; i < end; i++) {
        const row = order[i]!;
        const code = cells[row * stride + feature]!;
        if (code <= low || code === also) order[left++] = row;
        else moved[right++] = row;
      }
    }
    for (let i = 0; i < right; i++) order[left + i] = moved[i]!;
    return left;
  }
}
