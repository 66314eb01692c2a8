/**
 * Data sets for tests of gradient boosting, and a whole fit in one call.
 */
import type { Frame } from '../../datasets/frame.ts';
import { type BoostingParams, boostingParams } from '../../learners/boosting/boosting-params.ts';
import { gradientBoosting } from '../../learners/boosting/gradient-boosting.ts';
import { defaultParams } from '../../learners/params.ts';
import {
  prepareSlices,
  type Rounds,
  type RoundsResult,
  runRounds,
} from '../support/rounds-driver.ts';
import { type Data, slice } from './forest-fixture.ts';

export const defaults = defaultParams(boostingParams);

/** Frames of the data cut at these rows. */
export function framesOf({ problem, columns }: Data, cuts: readonly number[] = []): Frame[] {
  const bounds = [0, ...cuts, problem.rows];
  return bounds.slice(1).map((to, i) => slice(columns, bounds[i]!, to));
}

/** Cuts into so many slices of about equal rows. */
export function cutsOf(rows: number, slices: number): number[] {
  return Array.from({ length: slices - 1 }, (_, i) => Math.floor(((i + 1) * rows) / slices));
}

type Options = Pick<Rounds<BoostingParams, unknown, unknown>, 'rebuild'> & {
  readonly cuts?: readonly number[];
  readonly onRound?: Rounds<BoostingParams, unknown, unknown>['onRound'];
};

export function fitBoosting(
  data: Data,
  params: Partial<BoostingParams> = {},
  { cuts = [], rebuild = false, onRound = () => undefined }: Options = {},
): RoundsResult {
  const all = { ...defaults, ...params };
  const frames = framesOf(data, cuts).map((frame) => [frame]);
  const slices = prepareSlices(gradientBoosting, data.problem, all, frames);
  return runRounds({
    ...{ learner: gradientBoosting, problem: data.problem, params: all },
    ...{ slices, rebuild, onRound },
  });
}
