/**
 * What one slice does in a round: measure its columns, sum gradients, or take steps by itself.
 */
import { measureMoments } from '../encoding/moments.ts';
import type { TargetRows, TrainingRows } from '../encoding/training-rows.ts';
import type { Progress } from '../learner.ts';
import { hash32, Xoshiro } from '../random.ts';
import type { RoundPlace } from '../rounds-learner.ts';
import { HEAD, type LinearState, PHASE } from './linear-state.ts';
import { type LinearSum, measuredCells, newSum, SUM } from './linear-sum.ts';
import type { LinearTask } from './linear-task.ts';
import { residuals } from './losses.ts';
import { addGradient, type Block, blockRows, loadBlock, newBlock, score } from './row-block.ts';
import { takeStep } from './step-rules.ts';

/** Keys the rows of batches. */
const BATCH_STREAM = 0x62617463;

/** Round 0: rows of each class, and moments of the numbers and of a target that is a number. */
export function measureSlice(task: LinearTask, rows: TrainingRows): LinearSum {
  const { train, validation } = rows;
  const classes = task.problem.classes.length;
  const sum = newSum(task, PHASE.measure);
  sum.head[SUM.rows] = train.design.rows;
  sum.head[SUM.validationRows] = validation.design.rows;
  if (classes > 0) for (const label of train.targets) sum.body[label]!++;
  const numbers = task.layout.numbers.length;
  const cells = measuredCells(task);
  const moments = sum.body.subarray(classes);
  place(measured(train.design.numbers, numbers), moments, cells, 0);
  if (cells > numbers) place(measured(train.targets, 1), moments, cells, numbers);
  return sum;
}

function measured(values: Float64Array, columns: number): Float64Array {
  const moments = new Float64Array(3 * columns);
  measureMoments(values, columns, null, moments);
  return moments;
}

/** Puts the moments of some columns among those of all. */
function place(part: Float64Array, all: Float64Array, cells: number, at: number): void {
  const columns = part.length / 3;
  for (let i = 0; i < 3; i++) {
    all.set(part.subarray(i * columns, (i + 1) * columns), i * cells + at);
  }
}

/**
 * Adds the gradient of the sum of losses over rows.
 * @param picks rows to go through; null: all
 * @param gradient added to; null: only the loss is wanted
 * @returns the sum of losses
 */
export function addLosses(
  task: LinearTask,
  state: LinearState,
  weights: Float64Array,
  { design, targets }: TargetRows,
  picks: Int32Array | null,
  gradient: Float64Array | null,
  block: Block,
  progress: Progress,
): number {
  const { layout, outputs, loss } = task;
  const numbers = layout.numbers.length;
  const total = picks === null ? design.rows : picks.length;
  const centre = state.head[HEAD.targetMean]!;
  const scale = state.head[HEAD.targetScale]!;
  let sum = 0;
  for (let first = 0; first < total; first += blockRows) {
    loadBlock(design, state.scaling, picks, first, total, block);
    score(design, numbers, layout.codes, weights, outputs, block);
    sum += residuals(loss, targets, centre, scale, outputs, block);
    if (gradient !== null) addGradient(design, numbers, layout.codes, gradient, outputs, block);
    progress(first + block.count, total);
  }
  // Rows without a level collected here.
  gradient?.fill(0, layout.width * outputs, (layout.width + 1) * outputs);
  return sum;
}

/** A round of mode sync: loss and gradient over all rows, or over a batch. */
export function gradientOfSlice(
  task: LinearTask,
  state: LinearState,
  rows: TrainingRows,
  at: RoundPlace,
  progress: Progress,
): LinearSum {
  const sum = newSum(task, PHASE.descend);
  const block = newBlock(task.layout.numbers.length, task.outputs);
  const { train } = rows;
  const picks = drawBatch(task, train, at, 0);
  sum.head[SUM.rows] = picks === null ? train.design.rows : picks.length;
  sum.head[SUM.loss] = addLosses(
    task,
    state,
    state.weights,
    train,
    picks,
    sum.body,
    block,
    progress,
  );
  addValidation(task, state, rows, sum, block, progress);
  return sum;
}

/** A round of mode local: steps on this slice alone; its weights and moments, times its rows. */
export function stepsOfSlice(
  task: LinearTask,
  state: LinearState,
  rows: TrainingRows,
  at: RoundPlace,
  progress: Progress,
): LinearSum {
  const sum = newSum(task, PHASE.descend);
  const block = newBlock(task.layout.numbers.length, task.outputs);
  const { train } = rows;
  const count = train.design.rows;
  addValidation(task, state, rows, sum, block, progress);
  if (count === 0) return sum;
  const head = state.head.slice();
  const own = { weights: state.weights.slice(), first: state.first.slice() };
  const local = { ...own, second: state.second.slice(), head };
  const gradient = new Float64Array(task.size);
  for (let step = 0; step < task.params.syncEvery; step++) {
    const picks = drawBatch(task, train, at, step);
    const seen = picks === null ? count : picks.length;
    gradient.fill(0);
    const loss = addLosses(task, state, local.weights, train, picks, gradient, block, progress);
    sum.head[SUM.rows]! += seen;
    sum.head[SUM.loss]! += loss;
    takeStep(task, local, gradient, seen);
  }
  sum.head[SUM.weight] = count;
  const { size } = task;
  const parts = [local.weights, local.first, local.second];
  parts.forEach((part, p) => {
    for (let i = 0; i < part.length; i++) sum.body[p * size + i] = count * part[i]!;
  });
  return sum;
}

function addValidation(
  task: LinearTask,
  state: LinearState,
  { validation }: TrainingRows,
  sum: LinearSum,
  block: Block,
  progress: Progress,
): void {
  if (validation.design.rows === 0) return;
  const { weights } = state;
  sum.head[SUM.validationRows] = validation.design.rows;
  sum.head[SUM.validationLoss] = addLosses(
    task,
    state,
    weights,
    validation,
    null,
    null,
    block,
    progress,
  );
}

/** Rows of one step, with replacement; null for all rows. */
function drawBatch(
  { params, problem }: LinearTask,
  { design }: TargetRows,
  { round, slice }: RoundPlace,
  step: number,
): Int32Array | null {
  const { batch } = params;
  if (batch === null || batch >= design.rows) return null;
  const random = new Xoshiro(hash32(problem.seed, BATCH_STREAM, round, slice, step));
  const picks = new Int32Array(batch);
  for (let i = 0; i < batch; i++) picks[i] = random.below(design.rows);
  return picks;
}
