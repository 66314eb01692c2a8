/**
 * The rows of a tree's bag, copied together as the rows of its root.
 */
import { hash32 } from '../random.ts';
import { drawBag } from './bag.ts';
import type { BinnedRows, GrowthLimits } from './kernel.ts';
import type { RowBlocks } from './row-blocks.ts';
import type { SplitSearch } from './split-search.ts';
import { BAG } from './tree-seeds.ts';

/** Copies the rows that are in the bag to the first block, sealed; returns how many there are. */
export function fillRoot(
  table: BinnedRows,
  limits: GrowthLimits,
  blocks: RowBlocks,
  search: SplitSearch,
  seed: number,
): number {
  const { rows, stride, cells } = table;
  const bag = bagOf(rows, limits, seed);
  let inBag = 0;
  for (let row = 0; row < rows; row++) inBag += bag[row]! > 0 ? 1 : 0;
  const root = blocks.fresh(0, inBag);
  const width = stride >> 2;
  const source = new Int32Array(cells.buffer, cells.byteOffset, rows * width);
  let target = 0;
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const weight = bag[row]!;
    if (weight === 0) continue;
    for (let from = row * width, w = 0; w < width; w++) root.words[to++] = source[from++]!;
    search.seal(root.words, target++, weight);
  }
  return inBag;
}

/** How often each row is drawn for the tree of this seed. */
export function bagOf(rows: number, limits: GrowthLimits, seed: number): Uint8Array {
  const bag = new Uint8Array(rows);
  if (limits.bootstrap) drawBag(hash32(seed, BAG), bag);
  else bag.fill(1);
  return bag;
}
