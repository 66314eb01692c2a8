/**
 * A tree as canonical bytes, and back.
 *
 * Nodes stand in pre-order, so the structure needs no child indexes: a leaf ends a branch, and any
 * sequence of nodes that closes all branches exactly at its end is a tree. There can be no cycle and
 * no index out of range. Inner nodes carry a threshold; leaves a class, counts or a value.
 */

import { midway } from '../../datasets/quantile-bins.ts';
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { ModelError } from '../errors.ts';
import { weighLeaves } from './class-weights.ts';
import type { ForestTable } from './forest-table.ts';
import { FEATURE, type GrownTree, LEAF } from './kernel.ts';

/** Code of a leaf that holds more than one class; its counts stand in a list of their own. */
const MIXED = 0xffff;

export interface Tree {
  /**
   * 16 bytes a node: threshold (float64; NaN for a leaf), index of the right child (int32; its own
   * for a leaf, so that a walk stays there), feature with MISSING_LEFT (int32; 0 for a leaf).
   */
  readonly thresholds: Float64Array;
  readonly links: Int32Array;
  /** For each node that is a leaf: its number among the leaves. */
  readonly leaf: Int32Array;
  /** Classification: class of each leaf, or classes + its number among the mixed leaves. */
  readonly leafClass: Int32Array;
  /** Classification: probabilities of mixed leaves, `classes` each. Regression: value of each leaf. */
  readonly leafValues: Float64Array;
}

/** Turns a kernel's tree into canonical bytes: bins become thresholds, sums become leaf values. */
export function encodeTree(tree: GrownTree, table: ForestTable): Uint8Array {
  const thresholds = thresholdsOf(tree, table);
  const writer = new CanonicalWriter(64 + tree.nodes * 14);
  writer.u16s(tree.feature).f64s(thresholds);
  if (table.classes === 0) {
    const values = new Float64Array(tree.leaves.length / 2);
    for (let leaf = 0; leaf < values.length; leaf++) {
      const mean = tree.leaves[2 * leaf + 1]! / tree.leaves[2 * leaf]!;
      values[leaf] = table.targetMin + mean * table.targetStep;
    }
    return writer.f64s(values).finish();
  }
  return writeClasses(writer, weighLeaves(tree.leaves, table.classWeights), table.classes);
}

function thresholdsOf(tree: GrownTree, table: ForestTable): Float64Array {
  const thresholds = new Float64Array(tree.nodes);
  let inner = 0;
  for (let node = 0; node < tree.nodes; node++) {
    const code = tree.feature[node]!;
    if (code === LEAF) continue;
    const feature = code & FEATURE;
    const high = tree.high[node]!;
    thresholds[inner++] =
      high === table.binCounts[feature]
        ? Number.POSITIVE_INFINITY
        : midway(table.upper[feature * 256 + tree.low[node]!]!, table.lower[feature * 256 + high]!);
  }
  return thresholds.subarray(0, inner);
}

function writeClasses(writer: CanonicalWriter, leaves: Float64Array, classes: number): Uint8Array {
  const count = leaves.length / classes;
  const pure = new Uint16Array(count);
  const mixed = new Uint32Array(leaves.length);
  let used = 0;
  for (let leaf = 0; leaf < count; leaf++) {
    let present = 0;
    let last = 0;
    for (let c = 0; c < classes; c++) {
      const draws = leaves[leaf * classes + c]!;
      mixed[used + c] = draws;
      if (draws === 0) continue;
      present++;
      last = c;
    }
    pure[leaf] = present === 1 ? last : MIXED;
    if (present !== 1) used += classes;
  }
  return writer.u16s(pure).u32s(mixed.subarray(0, used)).finish();
}

/**
 * Reads and checks a tree.
 *
 * @param classes 0 for regression
 * @throws ModelError, or CanonicalError, on anything that `encodeTree` cannot have written
 */
export function decodeTree(bytes: Uint8Array, features: number, classes: number): Tree {
  const reader = new CanonicalReader(bytes);
  const feature = reader.u16s();
  const packed = reader.f64s();
  const { thresholds, links, leaf, inner } = linkNodes(feature, packed, features);
  if (packed.length !== inner) {
    throw new ModelError(`a tree has ${inner} inner nodes and ${packed.length} thresholds`);
  }
  const leafCount = feature.length - inner;
  const leaves = classes === 0 ? readValues(reader) : readClasses(reader, classes);
  const found = classes === 0 ? leaves.leafValues.length : leaves.leafClass.length;
  if (found !== leafCount) {
    throw new ModelError(`a tree has ${leafCount} leaves and values for ${found}`);
  }
  reader.end();
  return { thresholds, links, leaf, ...leaves };
}

type Links = Pick<Tree, 'thresholds' | 'links' | 'leaf'> & { readonly inner: number };

/** Finds each node's right child, and checks that the nodes are one whole tree. */
function linkNodes(feature: Uint16Array, packed: Float64Array, features: number): Links {
  const nodes = feature.length;
  const thresholds = new Float64Array(2 * nodes);
  const links = new Int32Array(thresholds.buffer);
  const leaf = new Int32Array(nodes);
  // Inner nodes whose right child is still to come.
  const open = new Int32Array(nodes);
  let depth = 0;
  let inner = 0;
  for (let node = 0; node < nodes; node++) {
    const code = feature[node]!;
    if (code !== LEAF) {
      const threshold = packed[inner++];
      if ((code & FEATURE) >= features) {
        throw new ModelError(`node ${node} asks for feature ${code & FEATURE} of ${features}`);
      }
      if (threshold === undefined || Number.isNaN(threshold)) {
        throw new ModelError(`node ${node} has no threshold`);
      }
      thresholds[2 * node] = threshold;
      links[4 * node + 3] = code;
      open[depth++] = node;
      continue;
    }
    thresholds[2 * node] = Number.NaN;
    links[4 * node + 2] = node;
    leaf[node] = node - inner;
    if (node === nodes - 1) break;
    if (depth === 0) throw new ModelError(`a tree ends at node ${node} of ${nodes}`);
    links[4 * open[--depth]! + 2] = node + 1;
  }
  if (nodes === 0 || depth > 0 || feature[nodes - 1] !== LEAF) {
    throw new ModelError(`a tree of ${nodes} nodes does not end`);
  }
  return { thresholds, links, leaf, inner };
}

type Leaves = Pick<Tree, 'leafClass' | 'leafValues'>;

function readValues(reader: CanonicalReader): Leaves {
  const leafValues = reader.f64s();
  for (let leaf = 0; leaf < leafValues.length; leaf++) {
    if (!Number.isFinite(leafValues[leaf])) {
      throw new ModelError(`value of leaf ${leaf} is ${leafValues[leaf]}, must be finite`);
    }
  }
  return { leafClass: new Int32Array(0), leafValues };
}

function readClasses(reader: CanonicalReader, classes: number): Leaves {
  const codes = reader.u16s();
  const counts = reader.u32s();
  const leafClass = new Int32Array(codes.length);
  let mixed = 0;
  for (let leaf = 0; leaf < codes.length; leaf++) {
    const code = codes[leaf]!;
    if (code !== MIXED && code >= classes) {
      throw new ModelError(`leaf ${leaf} has class ${code} of ${classes}`);
    }
    leafClass[leaf] = code === MIXED ? classes + mixed++ : code;
  }
  if (counts.length !== mixed * classes) {
    throw new ModelError(`${mixed} leaves of several classes have ${counts.length} counts`);
  }
  return { leafClass, leafValues: probabilitiesOf(counts, classes) };
}

/** Counts of each mixed leaf as shares of the leaf; one leaf has one encoding, so two are needed. */
function probabilitiesOf(counts: Uint32Array, classes: number): Float64Array {
  const probabilities = new Float64Array(counts.length);
  for (let from = 0; from < counts.length; from += classes) {
    let sum = 0;
    let present = 0;
    for (let c = 0; c < classes; c++) {
      sum += counts[from + c]!;
      present += counts[from + c]! > 0 ? 1 : 0;
    }
    if (present < 2) throw new ModelError('a leaf of several classes holds fewer than two');
    for (let c = 0; c < classes; c++) probabilities[from + c] = counts[from + c]! / sum;
  }
  return probabilities;
}
