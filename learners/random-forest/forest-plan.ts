/**
 * How a forest is cut into tasks, and what a node needs to hold; functions of the problem only.
 */
import type { Problem } from '../learner.ts';
import { type ForestParams, featuresPerNode } from './forest-params.ts';
import { rowBytes, SAMPLE_ROWS } from './forest-table.ts';

/** Seconds that a task should take on one core, very roughly. */
const TASK_SECONDS = 0.5;
/** Seconds to look at one row for one feature on one level, very roughly. */
const CELL_SECONDS = 5e-9;
/** With trees enough, so many tasks at least, to be spread over workers. */
const TASKS_MIN = 8;
const TASKS_MAX = 1024;

export function tasksOf(problem: Problem, params: ForestParams): number {
  const levels = Math.min(params.maxDepth ?? Number.POSITIVE_INFINITY, bitsOf(problem.rows));
  const cells = problem.rows * levels * (featuresPerNode(problem, params) + 2);
  const wanted = Math.ceil((params.trees * cells * CELL_SECONDS) / TASK_SECONDS);
  return Math.min(params.trees, TASKS_MAX, Math.max(TASKS_MIN, wanted));
}

/** Trees of a task: from the first to before the last; tasks differ by one tree at most. */
export function taskTrees(
  problem: Problem,
  params: ForestParams,
  task: number,
): { from: number; to: number } {
  const tasks = tasksOf(problem, params);
  return {
    from: Math.floor((task * params.trees) / tasks),
    to: Math.floor(((task + 1) * params.trees) / tasks),
  };
}

/** The table once, and for each slot a bag, nested row blocks, orders and the trees of a task. */
export function forestMemory(problem: Problem, params: ForestParams, slots: number): number {
  const { rows } = problem;
  const stride = rowBytes(problem);
  const numbers = problem.features.filter((feature) => feature.kind === 'number').length;
  const sample = SAMPLE_ROWS * (numbers + 2) * 8;
  const share = params.bootstrap ? 0.66 : 1;
  // The plain kernel nests blocks of rows; the other has two arenas of rows of whole 16 bytes.
  const blocks = share * rows * (stride + 4) * 1.2 + share * rows * 4;
  const arenas = 2 * share * rows * Math.ceil(stride / 16) * 16;
  // A tree has at most two nodes a row in the bag; 14 bytes a node written, twice while growing.
  const trees = Math.ceil(params.trees / tasksOf(problem, params));
  const output = share * rows * 2 * (12 + trees * 14);
  return Math.ceil(
    rows * stride + sample + slots * (rows + Math.max(blocks, arenas) + output) + 2 ** 24,
  );
}

/** Bits of a whole number: 17 for 100,000. */
function bitsOf(n: number): number {
  return Math.max(1, 32 - Math.clz32(Math.min(n, 2 ** 32 - 1)));
}
