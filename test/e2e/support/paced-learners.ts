/**
 * The toy learners at a pace of the worker's own: `--learner file:…/paced-learners.ts?ms=40` has
 * each task, and each slice of a round, take so long. It waits instead of computing, so that slow
 * and fast workers can share one small machine.
 */
import { toyLearner } from '../../../learners/toy.ts';
import { toyRounds } from '../../../learners/toy-rounds.ts';

const ms = Number(new URL(import.meta.url).searchParams.get('ms') ?? 0);
const never = new Int32Array(new SharedArrayBuffer(4));

function wait(): void {
  if (ms > 0) Atomics.wait(never, 0, 0, ms);
}

export const pacedTasks: typeof toyLearner = {
  ...toyLearner,
  name: 'paced-tasks',
  train(...given) {
    wait();
    return toyLearner.train(...given);
  },
};

export const pacedRounds: typeof toyRounds = {
  ...toyRounds,
  name: 'paced-rounds',
  contribute(...given) {
    wait();
    return toyRounds.contribute(...given);
  },
};
