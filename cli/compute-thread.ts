/**
 * The entry of compute threads, and of processes that run one call alone.
 *
 * A composition root: it gives the compute functions their learners and the file system. As a
 * process it starts one thread of itself, so that its main thread stays free to listen.
 */
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { computeFunctions } from '../actors/task-runner/compute-functions.ts';
import { learnersWithToy } from '../learners/catalogue.ts';
import { ProcessExitRequest } from '../learners/errors.ts';
import {
  serveCalls,
  type ThreadData,
  type ThreadFunction,
} from '../runtime/node/compute-channel.ts';
import { computePool } from '../runtime/node/compute-pool.ts';
import { serveProcess } from '../runtime/node/compute-process.ts';
import { loadLearners } from '../runtime/node/learner-modules.ts';
import { obeyKernels } from './kernel-setting.ts';

/** Ends the whole process where a test learner asks for it, as a crash of native code would. */
function mortal(run: ThreadFunction): ThreadFunction {
  return async (input, progress) => {
    try {
      return await run(input, progress);
    } catch (error) {
      if (error instanceof ProcessExitRequest) process.kill(process.pid, 'SIGKILL');
      throw error;
    }
  };
}

if (isMainThread) {
  const entry = new URL(import.meta.url);
  serveProcess((learners) => computePool({ slots: 1, entry, learners }));
} else {
  obeyKernels(process.env);
  const { learners: urls } = workerData as ThreadData;
  const learners = await loadLearners(learnersWithToy, urls);
  const functions = computeFunctions(learners, (path) => readFileSync(path));
  const guarded = Object.entries(functions).map(([name, run]) => [name, mortal(run)] as const);
  if (parentPort !== null) serveCalls(parentPort, Object.fromEntries(guarded));
}
