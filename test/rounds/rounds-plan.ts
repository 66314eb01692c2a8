/**
 * Plans of jobs that train in rounds, and what each of their fits must come to, found in one process.
 */

import { encodeRoundResult } from '../../actors/rounds/round-result.ts';
import { problemOf } from '../../actors/task-runner/problem.ts';
import type { Column, Frame } from '../../datasets/frame.ts';
import { decodeShard } from '../../datasets/shard.ts';
import { sliceSpan } from '../../datasets/slices.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { AnyRoundsLearner } from '../../learners/learner.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { prepareSlices, runRounds } from '../learners/rounds-driver.ts';
import { type DataSet, toyPlan } from '../task-runner/data.ts';

export const toyParams = {
  rounds: 5,
  stateBytes: 0,
  contributionBytes: 0,
  spin: 0,
  fail: 'never',
  failRound: 0,
  failSlice: 0,
};

/** Two fits of the toy learner in rounds; `perShard` slices a shard. */
export function roundsPlan(
  data: DataSet,
  params: Partial<typeof toyParams> = {},
  perShard = 2,
): JobPlan {
  const plan = toyPlan(data, {
    learner: 'toy-rounds',
    params: { ...toyParams, ...params },
    rounds: { mode: 'sync', slicesPerShard: perShard, sliceBytes: 1024 },
  });
  const fits = plan.fits.map((fit, i) => ({ ...fit, firstTask: i, tasks: 1 }));
  return { ...plan, fits };
}

export function holdTasks(plan: JobPlan): string[] {
  const count = plan.shardCount * (plan.rounds?.slicesPerShard ?? 0);
  return Array.from({ length: count }, (_, i) => `hold.${i}`);
}

export interface ExpectedFit {
  /** SHA-256 of the result of the fit's rounds. */
  readonly result: string;
  /** SHA-256 of the state that opens each round, and of the last. */
  readonly states: readonly string[];
}

export function expectedResults(data: DataSet, plan: JobPlan): string[] {
  return expectedFits(data, plan).map(({ result }) => result);
}

export function expectedFits(data: DataSet, plan: JobPlan): ExpectedFit[] {
  const learner = learnersWithToy.get(plan.learner) as AnyRoundsLearner;
  const problem = problemOf(plan, data.manifest);
  const perShard = plan.rounds?.slicesPerShard ?? 1;
  const slices = holdTasks(plan).map((_, slice): Frame[] => {
    const entry = data.manifest.shards[Math.floor(slice / perShard)];
    if (entry === undefined) throw new Error(`no shard of slice ${slice}`);
    const bytes = data.shards.get(entry.sha256) as Uint8Array;
    const whole = decodeShard(bytes, data.manifest, entry.index);
    const span = sliceSpan(data.manifest.shards, perShard, slice);
    return [rowsOf(whole, span.firstRow - whole.firstRow, span.rows)];
  });
  return plan.fits.map(({ split }) => {
    const prepared = prepareSlices(learner, problem, plan.params, slices, split);
    const states: string[] = [];
    const onRound = (_round: number, state: Uint8Array) => void states.push(sha256Hex(state));
    const rounds = { learner, problem, params: plan.params, slices: prepared, onRound };
    const run = runRounds(rounds);
    const metrics = run.metrics.at(-1) ?? {};
    states.push(sha256Hex(run.state));
    return { result: sha256Hex(encodeRoundResult({ ...run, metrics })), states };
  });
}

function rowsOf(frame: Frame, from: number, rows: number): Frame {
  const columns = new Map<string, Column>();
  for (const [name, column] of frame.columns) {
    if (column.kind === 'number') {
      columns.set(name, { ...column, values: column.values.slice(from, from + rows) });
    } else if (column.kind !== 'text') {
      columns.set(name, { ...column, codes: column.codes.slice(from, from + rows) });
    }
  }
  return { rows, firstRow: frame.firstRow + from, columns };
}
