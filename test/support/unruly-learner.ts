/**
 * The toy learner with bad habits: one of its tasks hangs, kills its process or fills its heap, and
 * all of them may take naps.
 *
 * How often, all processes of a host together, is counted by files in the folder that the variable
 * SHOAL_TEST_DIR names; after that the task behaves, with the very result of the toy learner.
 */
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { defineLearner } from '../../index.ts';
import { type ToyParams, toyLearner } from '../../learners/toy.ts';

type Params = ToyParams & {
  habit: 'none' | 'hang' | 'die' | 'eat';
  times: number;
  salt: number;
  nap: number;
};

const still = new Int32Array(new SharedArrayBuffer(4));

export const unruly = defineLearner<Params, Parameters<typeof toyLearner.train>[2]>({
  ...toyLearner,
  name: 'unruly',
  params: {
    ...toyLearner.params,
    habit: {
      type: 'choice',
      of: ['none', 'hang', 'die', 'eat'],
      default: 'none',
      about: 'what task failTask does',
    },
    times: { type: 'integer', min: 0, max: 1_000, default: 1, about: 'how often' },
    nap: { type: 'integer', min: 0, max: 10_000, default: 0, about: 'naps of 10 ms a task' },
    salt: { type: 'integer', min: 0, max: 1e6, default: 0, about: 'tells jobs from each other' },
  },
  train(problem, params, prepared, task, progress) {
    progress(0, 1);
    if (task === params.failTask && params.habit !== 'none' && hasAnother(params)) {
      misbehave(params.habit);
    }
    // Many short ones: whoever is stopped most of the time takes so much longer.
    for (let n = 0; n < params.nap; n++) {
      Atomics.wait(still, 0, 0, 10);
      progress(n, params.nap);
    }
    return toyLearner.train(problem, params, prepared, task, progress);
  },
});

/** Whether it is one of the first so many times: each makes a file that must not be there yet. */
function hasAnother({ habit, salt, times }: Params): boolean {
  const folder = process.env.SHOAL_TEST_DIR ?? '';
  for (let time = 0; time < times; time++) {
    try {
      openSync(join(folder, `${habit}-${salt}-${time}`), 'wx');
      return true;
    } catch {
      // That one has been.
    }
  }
  return false;
}

function misbehave(habit: 'hang' | 'die' | 'eat'): void {
  if (habit === 'die') process.kill(process.pid, 'SIGKILL');
  const eaten: number[][] = [];
  for (;;) if (habit === 'eat') eaten.push(new Array(1_000_000).fill(eaten.length));
}
