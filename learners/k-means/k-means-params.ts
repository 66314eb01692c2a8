/**
 * Parameters of k-means, and what sizes follow from them for one problem.
 */
import { type DesignLayout, designLayout } from '../encoding/design-layout.ts';
import { momentsLength } from '../encoding/moments.ts';
import { LearnerError } from '../errors.ts';
import type { Problem } from '../learner.ts';
import type { ParamTable } from '../params.ts';

export type KMeansParams = {
  k: number;
  start: 'sample' | 'first';
  standardise: boolean;
  tolerance: number;
  maxRounds: number;
};

export const kMeansParams: ParamTable<KMeansParams> = {
  k: { type: 'integer', min: 1, max: 4096, default: 8, about: 'number of clusters' },
  start: {
    type: 'choice',
    of: ['sample', 'first'],
    default: 'sample',
    about:
      'first centres: spread by k-means++ over a sample of the rows, or the first k distinct rows',
  },
  standardise: {
    type: 'boolean',
    default: true,
    about: 'bring numbers to mean 0 and standard deviation 1; levels are columns of 0 and 1 always',
  },
  tolerance: {
    type: 'number',
    min: 0,
    max: 1,
    default: 1e-4,
    about: 'ends when all centres together moved, squared, this share of the mean column variance',
  },
  maxRounds: {
    type: 'integer',
    min: 1,
    max: 1_000_000,
    default: 300,
    about: 'rounds that move the centres, at most; the round that finds the start is not one',
  },
};

/** Most numbers in all centres together. */
const CENTRES_MAX = 2 ** 24;
const SAMPLE_ROWS = 4096;
/** Most numbers in a sample, unless so many are needed for k rows. */
const SAMPLE_MAX = 2 ** 20;

/** What every function of the learner derives from problem and parameters. */
export interface Shape {
  readonly layout: DesignLayout;
  readonly k: number;
  /** Number columns. */
  readonly numbers: number;
  /** Candidates for the first centres that are kept at most. */
  readonly candidatesMax: number;
  /** Numbers that describe one row in a sum: two for its place, numbers, set columns. */
  readonly record: number;
}

/** @throws LearnerError for a problem that cannot be clustered */
export function shapeOf(problem: Problem, params: KMeansParams): Shape {
  const layout = designLayout(problem.features);
  const { k } = params;
  if (layout.width === 0) throw new LearnerError('no feature has a number or a level');
  if (k * layout.width > CENTRES_MAX) {
    throw new LearnerError(
      `${k} centres of ${layout.width} columns are more than ${CENTRES_MAX} numbers; lower k or leave out categories with many levels`,
    );
  }
  const numbers = layout.numbers.length;
  const record = 2 + numbers + layout.codes;
  const sample = Math.max(2 * k, Math.min(SAMPLE_ROWS, Math.floor(SAMPLE_MAX / record)));
  return { layout, k, numbers, record, candidatesMax: params.start === 'first' ? k : sample };
}

/** Numbers in a state. */
export function stateLength({ layout, k, numbers }: Shape): number {
  return 4 + 2 * numbers + k * layout.width + k;
}

/** Most numbers in a sum, of whichever round. */
export function sumLengthMax(shape: Shape): number {
  const { layout, k, numbers, record, candidatesMax } = shape;
  const survey = 3 + momentsLength(numbers) + layout.width + candidatesMax * record;
  return Math.max(survey, 5 + k + k * layout.width + k * record);
}
