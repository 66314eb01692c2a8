/**
 * Which learners there are: an allow-list by name, handed around as a value.
 *
 * A worker or aggregator knows exactly the learners in its list; no code travels over the bus. A
 * user's plug-in is made with `defineLearner` and added with `learnersOf(...builtinLearners, own)`.
 */
import { gradientBoosting } from './boosting/gradient-boosting.ts';
import { LearnerError } from './errors.ts';
import { factorisation } from './factorisation/factorisation.ts';
import { kMeans } from './k-means/k-means.ts';
import type { AnyLearner, Learner, Learners } from './learner.ts';
import { linearRegression, logisticRegression, softmaxRegression } from './linear/linear-models.ts';
import { naiveBayes } from './naive-bayes/naive-bayes.ts';
import { randomForest } from './random-forest/random-forest.ts';
import type { RoundsLearner } from './rounds-learner.ts';
import { toyLearner } from './toy.ts';
import { toyRounds } from './toy-rounds.ts';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Checks a plug-in's outer form and returns it; for algorithms in a user's own file. */
export function defineLearner<P, Prepared>(learner: Learner<P, Prepared>): Learner<P, Prepared>;
export function defineLearner<P, Prepared, Held>(
  learner: RoundsLearner<P, Prepared, Held>,
): RoundsLearner<P, Prepared, Held>;
export function defineLearner(learner: AnyLearner): AnyLearner {
  return checked(learner);
}

function checked(learner: AnyLearner): AnyLearner {
  if (!NAME.test(learner.name)) {
    throw new LearnerError(
      `learner name "${learner.name}" must be lower-case letters, digits and hyphens, at most 64`,
    );
  }
  if (!Number.isInteger(learner.numerics) || learner.numerics < 1) {
    throw new LearnerError(
      `learner "${learner.name}" has numerics ${learner.numerics}, must be 1 or more`,
    );
  }
  if (learner.kinds.length === 0) {
    throw new LearnerError(`learner "${learner.name}" names no kind of task that it does`);
  }
  return learner;
}

/** A list of learners by name; two with one name are an error. */
export function learnersOf(...learners: readonly AnyLearner[]): Learners {
  const byName = new Map<string, AnyLearner>();
  for (const learner of learners) {
    if (byName.has(learner.name)) {
      throw new LearnerError(`two learners are called "${learner.name}"`);
    }
    byName.set(learner.name, checked(learner));
  }
  return byName;
}

export const builtinLearners: readonly AnyLearner[] = [
  randomForest,
  gradientBoosting,
  kMeans,
  linearRegression,
  logisticRegression,
  softmaxRegression,
  naiveBayes,
  factorisation,
];

/** What every node knows unless told otherwise. */
export const learners: Learners = learnersOf(...builtinLearners);

/** The learners that users get and the toys that the runtime's tests run. */
export const learnersWithToy: Learners = learnersOf(...builtinLearners, toyLearner, toyRounds);
