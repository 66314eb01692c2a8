/**
 * Random forest for classification and regression (Breiman 2001): trees grown on bootstrap samples,
 * each node choosing among a few features drawn for it; the forest averages what its trees say.
 *
 * Merge law: parts are lists of trees and merging appends them in tree order, which is associative.
 * Tree t depends on hash(seed, t), the prepared rows and the parameters only, so no grouping of
 * trees into tasks, and no placement of tasks on nodes, changes a byte of the model.
 */
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { LearnerError, ModelError } from '../errors.ts';
import type { Learner, Predictor, Problem, Progress } from '../learner.ts';
import { asModelError, modelHeader, readModelHeader, writeModelHeader } from '../model.ts';
import { hash32 } from '../random.ts';
import { ForestSums, figuresOf, readNotes } from './forest-notes.ts';
import { type ForestParams, forestParams, limitsOf } from './forest-params.ts';
import { forestMemory, tasksOf, taskTrees } from './forest-plan.ts';
import { forestPredictor } from './forest-predictor.ts';
import { checkProblem, type ForestTable, makeTable } from './forest-table.ts';
import { decodeTree, encodeTree } from './tree-codec.ts';
import { growTrees } from './tree-kernel-choice.ts';

const PART = 'shoal-forest-part';
/** Keys the stream of each tree. */
const TREE_STREAM = 0x74726565;

export const randomForest: Learner<ForestParams, ForestTable> = {
  name: 'random-forest',
  summary: 'random forest of quantile-binned decision trees; exact for any number of workers',
  kinds: ['classification', 'regression'],
  numerics: 1,
  params: forestParams,

  taskCount(problem, params) {
    checkProblem(problem);
    if (params.outOfBag && !params.bootstrap) {
      throw new LearnerError(
        'params.outOfBag is true and params.bootstrap is false, which leaves no row out of a bag; set one of them otherwise',
      );
    }
    if (params.classWeight !== 'none' && problem.kind === 'regression') {
      throw new LearnerError(
        `params.classWeight is "${params.classWeight}" and target "${problem.target.name}" has no classes; leave it out`,
      );
    }
    return tasksOf(problem, params);
  },
  memoryBytes: forestMemory,
  prepare: (problem, params, source, progress) => makeTable(problem, params, source, progress),

  train(problem, params, prepared, task, progress) {
    const { from, to } = taskTrees(problem, params, task);
    return trainTrees(problem, params, prepared, from, to, progress);
  },

  merge: (problem, params, parts, progress) =>
    asModelError(() => mergeForest(problem, params, parts, progress)),
  decode: (bytes) => asModelError(() => decodeForest(bytes)),
};

/** A part of the forest: the trees from the first to before the last, whatever the tasks are. */
export function trainTrees(
  problem: Problem,
  params: ForestParams,
  prepared: ForestTable,
  from: number,
  to: number,
  progress: Progress,
): Uint8Array {
  const limits = limitsOf(problem, params);
  const kernel = growTrees(prepared, limits);
  const sums = new ForestSums(params, prepared.features, prepared);
  const writer = new CanonicalWriter(1 << 20);
  writer
    .text(PART)
    .uint(from)
    .uint(to - from);
  for (let tree = from; tree < to; tree++) {
    const seed = hash32(problem.seed, TREE_STREAM, tree);
    const grown = kernel.grow(seed, () => progress(tree - from, to - from));
    writer.bytes(encodeTree(grown, prepared));
    sums.add(grown, prepared, limits, seed);
  }
  sums.write(writer);
  progress(to - from, to - from);
  return writer.finish();
}

/** Appends the trees of the parts; they must be all trees from the first to the last, in order. */
function mergeForest(
  problem: Problem,
  params: ForestParams,
  parts: readonly Uint8Array[],
  progress?: Progress,
): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 4096);
  const writer = new CanonicalWriter(size);
  writeModelHeader(writer, modelHeader(randomForest, problem, params.trees));
  const sums = new ForestSums(params, problem.features.length);
  let trees = 0;
  parts.forEach((part, task) => {
    const reader = new CanonicalReader(part);
    if (reader.text(64) !== PART) throw new ModelError(`part ${task} is not a part of a forest`);
    const from = reader.uint();
    const count = reader.uint(params.trees);
    if (from !== trees) {
      throw new ModelError(`part ${task} begins with tree ${from}, tree ${trees} is next`);
    }
    for (let i = 0; i < count; i++) writer.bytes(reader.bytes());
    sums.addFrom(reader, params, problem.classes.length);
    reader.end();
    trees += count;
    progress?.(task + 1, parts.length);
  });
  if (trees !== params.trees) {
    throw new ModelError(`the parts hold ${trees} trees, ${params.trees} are expected`);
  }
  sums.close(writer);
  return writer.finish();
}

function decodeForest(bytes: Uint8Array): Predictor {
  const reader = new CanonicalReader(bytes);
  const header = readModelHeader(reader);
  if (header.learner !== randomForest.name) {
    throw new ModelError(`model of "${header.learner}" given to "${randomForest.name}"`);
  }
  if (header.numerics !== randomForest.numerics) {
    throw new ModelError(
      `model has numerics ${header.numerics}, this version reads ${randomForest.numerics}`,
    );
  }
  // A tree takes 26 bytes at least, so a false count cannot make a long loop.
  if (header.trees < 1 || header.trees * 26 > reader.remaining) {
    throw new ModelError(`${header.trees} trees announced, ${reader.remaining} bytes are left`);
  }
  const features = header.features.length;
  const classes = header.classes.length;
  const trees = Array.from({ length: header.trees }, () =>
    decodeTree(reader.bytes(), features, classes),
  );
  const notes = readNotes(reader, header);
  reader.end();
  const predictor = forestPredictor(header, trees);
  return notes === null ? predictor : { ...predictor, figures: figuresOf(notes, header) };
}
