/**
 * A tree over bins, as it is grown and as it stands in the state: nodes in the order in which they
 * were made, so that the children of the first split are nodes 1 and 2, and so on.
 *
 * A row goes left when its bin is at most the cut, or is in the set of an unordered feature; missing
 * is the last bin of a feature and goes where the node says. Knows no values and no gradients.
 */
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';

/** Code of a leaf, and what is packed into the code of a split beside its feature. */
export const LEAF = 0xffff;
export const MISSING_LEFT = 0x8000;
export const UNORDERED = 0x4000;
export const FEATURE = 0x3fff;
/** Words of a set of bins. */
export const SET_WORDS = 8;

export interface BinTree {
  /** Feature of each node with its flags, or LEAF. */
  readonly feature: Uint16Array;
  /** Left child of each node, the right one is the next; 0 for a leaf. */
  readonly left: Uint16Array;
  /** Last bin that goes left; 0 for leaves and unordered splits. */
  readonly cut: Uint8Array;
  /** Bins that go left, 256 bits for each unordered split in the order of splits. */
  readonly sets: Uint32Array;
}

/** A tree with its leaves' values, one for each leaf in the order of nodes. */
export interface FinishedTree extends BinTree {
  readonly values: Float32Array;
}

/** For an unordered split its first word in `sets`; for a leaf its number among the leaves. */
export function placesOf({ feature, left }: BinTree): Int32Array {
  const places = new Int32Array(feature.length);
  let leaf = 0;
  for (let node = 0; node < feature.length; node++) {
    if (feature[node] === LEAF) places[node] = leaf++;
  }
  const splits = new Int32Array(feature.length - leaf);
  for (let node = 0; node < feature.length; node++) {
    if (left[node]! > 0) splits[(left[node]! - 1) >> 1] = node;
  }
  let set = 0;
  for (const node of splits) {
    if ((feature[node]! & UNORDERED) === 0) continue;
    places[node] = set;
    set += SET_WORDS;
  }
  return places;
}

/** Whether a bin goes left. @param missing code of missing of the feature */
export function goesLeft(
  code: number,
  cut: number,
  sets: Uint32Array,
  set: number,
  bin: number,
  missing: number,
): boolean {
  if ((code & UNORDERED) !== 0) return ((sets[set + (bin >> 5)]! >>> (bin & 31)) & 1) === 1;
  return bin === missing ? (code & MISSING_LEFT) !== 0 : bin <= cut;
}

/** Where a row's walk ends. @param at first of the row's bins */
export function walk(
  tree: BinTree,
  places: Int32Array,
  bins: Uint8Array,
  at: number,
  missing: Uint16Array,
): number {
  let node = 0;
  for (;;) {
    const code = tree.feature[node]!;
    if (code === LEAF) return node;
    const f = code & FEATURE;
    const bin = bins[at + f]!;
    const goes = goesLeft(code, tree.cut[node]!, tree.sets, places[node]!, bin, missing[f]!);
    node = tree.left[node]! + (goes ? 0 : 1);
  }
}

export function writeTree(writer: CanonicalWriter, tree: FinishedTree): void {
  const { feature, left, cut, sets, values } = tree;
  writer.u16s(feature).u16s(left).bytes(cut).u32s(sets);
  writer.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** Several trees as bytes; bytes of more trees may be put behind them. */
export function encodeTrees(trees: readonly FinishedTree[]): Uint8Array {
  const writer = new CanonicalWriter(4096 * Math.max(1, trees.length));
  for (const tree of trees) writeTree(writer, tree);
  return writer.finish();
}

export function decodeTrees(bytes: Uint8Array): FinishedTree[] {
  const reader = new CanonicalReader(bytes);
  const trees: FinishedTree[] = [];
  while (reader.remaining > 0) {
    const [feature, left] = [reader.u16s(), reader.u16s()];
    const cut = reader.bytes().slice();
    const sets = reader.u32s();
    const values = new Float32Array(reader.bytes().slice().buffer);
    trees.push({ feature, left, cut, sets, values });
  }
  return trees;
}
