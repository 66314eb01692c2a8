/**
 * Closes a level: from the histograms of its nodes to the splits, and to the nodes of the next.
 *
 * With a limit on leaves, a round splits the better half of what the limit leaves room for; nodes of
 * less gain wait for the rounds that follow. So trees come near to those that always split the best
 * leaf, in few rounds.
 *
 * A node's histogram came as a sum, its sibling's is the parent's less that one. The sibling that
 * the next round builds is the one of the smaller hessian over all rows, which all holders agree on.
 */
import { LearnerError } from '../errors.ts';
import { hash32 } from '../random.ts';
import { type BinTree, FEATURE, LEAF } from './bin-tree.ts';
import {
  type BoostingState,
  decodeBins,
  type Growing,
  HEAD,
  type Pair,
  PHASE,
  waits,
} from './boosting-state.ts';
import type { BoostingTask } from './boosting-task.ts';
import {
  blockStarts,
  closeBlocks,
  type Histogram,
  type HistogramShape,
  histogramShape,
  openBlock,
  subtract,
} from './histograms.ts';
import { type Range, type Split, SplitFinder, unbounded } from './split-finder.ts';

/** Keys the draw of features. */
const COLUMNS = 0x636f6c73;

interface Candidate {
  readonly output: number;
  readonly node: number;
  readonly histogram: Histogram;
  readonly split: Split | null;
}

/** Trees of one node each, and the pairs that the first level builds. */
export function roots({
  outputs,
  constrained,
}: BoostingTask): Pick<BoostingState, 'growing' | 'pairs'> {
  const tree: Growing = {
    ...{
      feature: Uint16Array.of(LEAF),
      left: new Uint16Array(1),
      cut: new Uint8Array(1),
      sets: new Uint32Array(0),
    },
    bounds: constrained ? Float64Array.of(unbounded.low, unbounded.high) : new Float64Array(0),
    fresh: 1,
  };
  return {
    growing: Array.from({ length: outputs }, () => tree),
    pairs: Array.from({ length: outputs }, (_, output) => ({
      ...{ output, parent: -1, left: 0, right: -1, build: 0 },
    })),
  };
}

/** What a level came to: the state but for its head, and how many nodes were split. */
export interface Level extends Pick<BoostingState, 'growing' | 'pairs' | 'parents' | 'gains'> {
  readonly splits: number;
}

/** @param words the sum, with its blocks from word `from` on */
export function closeLevel(
  task: BoostingTask,
  state: BoostingState,
  words: Int32Array,
  from: number,
): Level {
  const bins = decodeBins(state.bins);
  const shape = histogramShape(
    Uint16Array.from(bins, ({ count }) => count),
    task.quanta,
  );
  const { quanta } = task;
  const finder = new SplitFinder(task, shape, bins, {
    gradient: state.head[HEAD.gradient]! / quanta.gradient,
    hessian: state.head[HEAD.hessian]! / quanta.hessian,
  });
  const allowed = task.features.length > 0 ? allowedFeatures(task, state) : [];
  const candidates: Candidate[] = [];
  for (const { output, node, histogram } of nodesOf(shape, state, words, from)) {
    const split = finder.find(histogram, rangeOf(state.growing[output]!, node), allowed[output]!);
    candidates.push({ output, node, histogram, split });
  }
  return splitNodes(task, state, shape, candidates);
}

/** The features that each output's tree may use, ascending. */
function allowedFeatures(
  { features, outputs, params, problem }: BoostingTask,
  { head }: BoostingState,
): number[][] {
  const all = features.map((_, f) => f);
  const count = Math.max(1, Math.ceil(params.columnSample * features.length));
  return Array.from({ length: outputs }, (_, k) => {
    if (count >= features.length) return all;
    const keys = all.map((f) => hash32(problem.seed, COLUMNS, head[HEAD.step]!, k, f));
    const drawn = all.toSorted((a, b) => keys[a]! - keys[b]! || a - b).slice(0, count);
    return drawn.sort((a, b) => a - b);
  });
}

/** The level's nodes in the order in which they were made. */
function* nodesOf(shape: HistogramShape, state: BoostingState, words: Int32Array, from: number) {
  const parents = wordsOf(state.parents);
  const parentStarts = blockStarts(shape, parents, 0);
  const starts = blockStarts(shape, words, from).values();
  for (const pair of state.pairs) {
    const { output, parent, left, right, build } = pair;
    if (waits(pair)) {
      yield { output, node: left, histogram: openBlock(shape, parents, parentStarts[parent]!) };
      continue;
    }
    const built = openBlock(shape, words, starts.next().value ?? -1);
    if (parent < 0) {
      yield { output, node: left, histogram: built };
      continue;
    }
    const whole = openBlock(shape, parents, parentStarts[parent]!);
    if (built.rows > whole.rows) {
      throw new LearnerError(
        `node ${build} of tree ${output} came with ${built.rows} rows, its parent had ${whole.rows}`,
      );
    }
    const other = subtract(whole, built);
    yield { output, node: left, histogram: build === left ? built : other };
    yield { output, node: right, histogram: build === left ? other : built };
  }
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const own = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(own.buffer, own.byteOffset, own.length / 4);
}

function rangeOf({ bounds }: Growing, node: number): Range {
  if (bounds.length === 0) return unbounded;
  return { low: bounds[2 * node]!, high: bounds[2 * node + 1]! };
}

/**
 * The candidates that are split now: all that have a split, or the best where leaves are limited;
 * and those that may be split later: for what is beyond the limit there never will be room.
 */
function chosenOf(
  { params, outputs }: BoostingTask,
  { growing }: BoostingState,
  candidates: readonly Candidate[],
  last: boolean,
): { readonly chosen: ReadonlySet<Candidate>; readonly waiting: ReadonlySet<Candidate> } {
  const worth = candidates.filter(({ split }) => split !== null);
  const waiting = new Set<Candidate>();
  if (params.maxLeaves === null) return { chosen: new Set(worth), waiting };
  const chosen = new Set<Candidate>();
  for (let k = 0; k < outputs; k++) {
    const leaves = growing[k]!.feature.filter((code) => code === LEAF).length;
    const room = Math.max(0, params.maxLeaves - leaves);
    const own = worth.filter(({ output }) => output === k);
    own.sort((a, b) => b.split!.gain - a.split!.gain || a.node - b.node);
    const now = last ? room : Math.ceil(room / 2);
    for (const one of own.slice(0, now)) chosen.add(one);
    for (const one of own.slice(now, room)) waiting.add(one);
  }
  return { chosen, waiting };
}

function splitNodes(
  task: BoostingTask,
  state: BoostingState,
  shape: HistogramShape,
  candidates: readonly Candidate[],
): Level {
  const trees = state.growing.map((tree) => new TreeGrowth(tree, task.constrained));
  const last = state.head[HEAD.level]! + 1 >= task.depth;
  const { chosen, waiting } = chosenOf(task, state, candidates, last);
  const gains = state.gains.slice();
  const parents: Histogram[] = [];
  const pairs: Pair[] = [];
  for (const candidate of candidates) {
    const { output, node, histogram, split } = candidate;
    if (split === null || !(chosen.has(candidate) || waiting.has(candidate))) continue;
    let pair = { output, parent: parents.length, left: node, right: -1, build: 0 };
    if (chosen.has(candidate)) {
      const feature = split.code & FEATURE;
      gains[feature]! += split.gain;
      const left = trees[output]!.split(node, split, task.monotone[feature]!);
      const build = split.leftWeight <= split.rightWeight ? left : left + 1;
      pair = { ...pair, left, right: left + 1, build };
    }
    pairs.push(pair);
    parents.push(histogram);
  }
  const growing = trees.map((tree) => tree.finish());
  const full = growing.map(({ feature }) => feature.length + 1 >= task.nodesMax);
  const open = last ? [] : pairs.filter(({ output }) => !full[output]);
  return {
    growing,
    pairs: open.map((pair, parent) => ({ ...pair, parent })),
    parents: closeBlocks(
      shape,
      open.map(({ parent }) => parents[parent]!),
    ),
    gains,
    splits: chosen.size,
  };
}

/** The next phase of a level's end. */
export function phaseAfter(level: Level): number {
  return level.pairs.length > 0 ? PHASE.level : PHASE.leaves;
}

/** A tree to which nodes are added. */
class TreeGrowth {
  readonly #feature: number[];
  readonly #left: number[];
  readonly #cut: number[];
  readonly #sets: number[];
  readonly #bounds: number[];
  readonly #constrained: boolean;
  readonly #fresh: number;

  constructor(tree: Growing, constrained: boolean) {
    this.#feature = [...tree.feature];
    this.#left = [...tree.left];
    this.#cut = [...tree.cut];
    this.#sets = [...tree.sets];
    this.#bounds = [...tree.bounds];
    this.#constrained = constrained;
    this.#fresh = tree.feature.length;
  }

  /** @returns the left child */
  split(node: number, split: Split, sign: number): number {
    const left = this.#feature.length;
    this.#feature[node] = split.code;
    this.#left[node] = left;
    this.#cut[node] = split.cut;
    if (split.set !== null) this.#sets.push(...split.set);
    this.#feature.push(LEAF, LEAF);
    this.#left.push(0, 0);
    this.#cut.push(0, 0);
    if (!this.#constrained) return left;
    const [low, high] = [this.#bounds[2 * node]!, this.#bounds[2 * node + 1]!];
    const middle = (split.leftValue + split.rightValue) / 2;
    if (sign > 0) this.#bounds.push(low, middle, middle, high);
    else if (sign < 0) this.#bounds.push(middle, high, low, middle);
    else this.#bounds.push(low, high, low, high);
    return left;
  }

  finish(): Growing {
    return {
      feature: Uint16Array.from(this.#feature),
      left: Uint16Array.from(this.#left),
      cut: Uint8Array.from(this.#cut),
      sets: Uint32Array.from(this.#sets),
      bounds: Float64Array.from(this.#bounds),
      fresh: this.#fresh,
    };
  }
}

/** A tree without what only growing needs. */
export function grown({ feature, left, cut, sets }: BinTree): BinTree {
  return { feature, left, cut, sets };
}
