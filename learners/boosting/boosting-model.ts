/**
 * A boosted model as canonical bytes, and back.
 *
 * Bins have become values: a row goes left when its value is at most the threshold, or its level is
 * in the set. Nodes stand level by level, so the children of the n-th split node are nodes 2n + 1 and
 * 2n + 2: there can be no cycle, and no index out of range.
 */
import type { ColumnSchema } from '../../datasets/frame.ts';
import type { ColumnBins } from '../../datasets/quantile-bins.ts';
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { ModelError } from '../errors.ts';
import { type ModelHeader, modelHeader, readModelHeader, writeModelHeader } from '../model.ts';
import {
  decodeTrees,
  FEATURE,
  type FinishedTree,
  LEAF,
  MISSING_LEFT,
  placesOf,
  SET_WORDS,
  UNORDERED,
} from './bin-tree.ts';
import { type BoostingState, decodeBins, HEAD } from './boosting-state.ts';
import type { BoostingTask, Objective } from './boosting-task.ts';

const OBJECTIVES: readonly Objective[] = ['logistic', 'softmax', 'squared', 'absolute', 'poisson'];

/** A tree over values. */
export interface ValueTree {
  /** Feature with its flags, or LEAF; as in `bin-tree.ts`. */
  readonly feature: Uint16Array;
  /** One a node; NaN for leaves and sets. */
  readonly thresholds: Float64Array;
  /** One a node: the value of a leaf, else 0. */
  readonly values: Float64Array;
  /** Left child of each node, the right one is the next; 0 for a leaf. */
  readonly left: Int32Array;
  /** First word of a set in `sets`. */
  readonly setAt: Int32Array;
  /** Levels that go left, one bit each; missing ones follow MISSING_LEFT. */
  readonly sets: Uint32Array;
}

export interface BoostingModel {
  readonly header: ModelHeader;
  readonly objective: Objective;
  readonly outputs: number;
  /** Margin that every row begins with, one for each output. */
  readonly base: Float64Array;
  /** Sum of the gains of each feature's splits: how much the model owes to it. */
  readonly gains: Float64Array;
  /** Outputs change fastest. */
  readonly trees: readonly ValueTree[];
}

interface Named {
  readonly name: string;
  readonly numerics: number;
}

export function encodeModel(named: Named, task: BoostingTask, state: BoostingState): Uint8Array {
  const { problem, features, outputs, objective } = task;
  const { head } = state;
  const steps = head[HEAD.heldBack]! > 0 ? head[HEAD.bestStep]! : head[HEAD.step]!;
  const all = state.head[HEAD.step]! > 0 ? treesOf(state) : [];
  const trees = all.slice(0, steps * outputs);
  const writer = new CanonicalWriter(1 << 16);
  writeModelHeader(writer, modelHeader(named, { ...problem, features }, trees.length));
  writer.uint(OBJECTIVES.indexOf(objective)).f64s(state.base).f64s(state.gains);
  const bins = state.bins.length > 0 ? decodeBins(state.bins) : [];
  for (const tree of trees) writeTree(writer, tree, bins, features);
  return writer.finish();
}

function treesOf(state: BoostingState): FinishedTree[] {
  return [...decodeTrees(state.trees), ...decodeTrees(state.latest)];
}

/** Nodes are numbered anew, level by level, whatever the order in which they were split. */
function writeTree(
  writer: CanonicalWriter,
  tree: FinishedTree,
  bins: readonly ColumnBins[],
  features: readonly ColumnSchema[],
): void {
  const places = placesOf(tree);
  const codes: number[] = [];
  const thresholds: number[] = [];
  const words: number[] = [];
  const values: number[] = [];
  const order = [0];
  for (let n = 0; n < order.length; n++) {
    const node = order[n]!;
    const code = tree.feature[node]!;
    codes.push(code);
    if (code === LEAF) {
      values.push(tree.values[places[node]!]!);
      continue;
    }
    order.push(tree.left[node]!, tree.left[node]! + 1);
    const column = bins[code & FEATURE]!;
    if ((code & UNORDERED) === 0) {
      // The last bin's edge is Infinity: all values left, missing right.
      thresholds.push(column.edges[tree.cut[node]!]!);
      continue;
    }
    const own = tree.sets.subarray(places[node]!, places[node]! + SET_WORDS);
    words.push(...levelsOf(own, column, features[code & FEATURE]!));
    if (hasBin(own, column.count)) codes[n] = code | MISSING_LEFT;
  }
  writer.u16s(Uint16Array.from(codes)).f64s(Float64Array.from(thresholds));
  writer.u32s(Uint32Array.from(words)).f64s(Float64Array.from(values));
}

function hasBin(set: Uint32Array, bin: number): boolean {
  return ((set[bin >> 5]! >>> (bin & 31)) & 1) === 1;
}

/** The set of bins as a set of levels. */
function levelsOf(set: Uint32Array, { count, upper }: ColumnBins, { levels }: ColumnSchema) {
  const all = levels?.length ?? 0;
  const words = new Uint32Array(setWords(all));
  for (let level = 0, bin = 0; level < all; level++) {
    while (bin + 1 < count && level > upper[bin]!) bin++;
    if (hasBin(set, bin)) words[level >> 5]! |= 1 << (level & 31);
  }
  return words;
}

function setWords(levels: number): number {
  return Math.max(1, (levels + 31) >> 5);
}

/** @throws ModelError, or CanonicalError, on anything that `encodeModel` cannot have written */
export function decodeModel(named: Named, bytes: Uint8Array): BoostingModel {
  const reader = new CanonicalReader(bytes);
  const header = readModelHeader(reader);
  if (header.learner !== named.name) {
    throw new ModelError(`model of "${header.learner}" given to "${named.name}"`);
  }
  if (header.numerics !== named.numerics) {
    throw new ModelError(
      `model has numerics ${header.numerics}, this version reads ${named.numerics}`,
    );
  }
  const objective = OBJECTIVES[reader.uint(OBJECTIVES.length - 1)]!;
  const [base, gains] = [reader.f64s(), reader.f64s()];
  const outputs = objective === 'softmax' ? header.classes.length : 1;
  checkHead(header, objective, outputs, base, gains);
  // A tree takes 20 bytes at least, so a false count cannot make a long loop.
  if (header.trees % outputs !== 0 || header.trees * 20 > reader.remaining) {
    throw new ModelError(`${header.trees} trees announced, ${reader.remaining} bytes are left`);
  }
  const trees = Array.from({ length: header.trees }, (_, t) => readTree(reader, header, t));
  reader.end();
  return { header, objective, outputs, base, gains, trees };
}

function checkHead(
  header: ModelHeader,
  objective: Objective,
  outputs: number,
  base: Float64Array,
  gains: Float64Array,
): void {
  const classifies = objective === 'logistic' || objective === 'softmax';
  if (classifies !== (header.kind === 'classification') || header.kind === 'clustering') {
    throw new ModelError(`a ${header.kind} model cannot have the objective "${objective}"`);
  }
  if (objective === 'logistic' && header.classes.length > 2) {
    throw new ModelError(`the objective "logistic" cannot have ${header.classes.length} classes`);
  }
  if (base.length !== outputs || gains.length !== header.features.length) {
    throw new ModelError(
      `${base.length} base margins and ${gains.length} gains, ${outputs} and ${header.features.length} are expected`,
    );
  }
  if (![...base, ...gains].every(Number.isFinite)) {
    throw new ModelError('a base margin or a gain is not finite');
  }
}

function readTree(reader: CanonicalReader, { features }: ModelHeader, t: number): ValueTree {
  const feature = reader.u16s();
  const [cuts, sets, leaves] = [reader.f64s(), reader.u32s(), reader.f64s()];
  const nodes = feature.length;
  const thresholds = new Float64Array(nodes).fill(Number.NaN);
  const values = new Float64Array(nodes);
  const left = new Int32Array(nodes);
  const setAt = new Int32Array(nodes);
  let [cut, set, leaf, next] = [0, 0, 0, 1];
  for (let node = 0; node < nodes; node++) {
    const code = feature[node]!;
    if (node >= next) throw new ModelError(`node ${node} of tree ${t} has no parent`);
    if (code === LEAF) {
      const value = leaves[leaf++]!;
      if (!Number.isFinite(value)) throw new ModelError(`leaf ${node} of tree ${t} is ${value}`);
      values[node] = value;
      continue;
    }
    const column = features[code & FEATURE];
    if (column === undefined) {
      throw new ModelError(
        `node ${node} of tree ${t} asks for feature ${code & FEATURE} of ${features.length}`,
      );
    }
    left[node] = next;
    next += 2;
    if ((code & UNORDERED) !== 0) {
      if (column.kind === 'number') {
        throw new ModelError(`node ${node} of tree ${t} has a set for the number "${column.name}"`);
      }
      setAt[node] = set;
      set += setWords(column.levels?.length ?? 0);
      continue;
    }
    const threshold = cuts[cut++]!;
    if (threshold === undefined || Number.isNaN(threshold)) {
      throw new ModelError(`node ${node} of tree ${t} has no threshold`);
    }
    thresholds[node] = threshold;
  }
  if (next !== nodes || cut !== cuts.length || set !== sets.length || leaf !== leaves.length) {
    throw new ModelError(
      `tree ${t} has ${nodes} nodes, ${cuts.length} thresholds, ${sets.length} words of sets and ${leaves.length} leaves, which do not fit`,
    );
  }
  return { feature, thresholds, values, left, setAt, sets };
}
