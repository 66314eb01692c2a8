/**
 * The data set of the coordinator's tests, 60 rows in 3 shards, and a model that fits it, as planning
 * finds them.
 */
import { leaveOut } from '../../actors/coordinator/left-out.ts';
import { type FoundModel, resolvePrediction } from '../../actors/coordinator/predictions.ts';
import { type ResolvedDataset, resolvePlan } from '../../actors/coordinator/resolve.ts';
import { problemOf } from '../../actors/task-runner/problem.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { type ModelHeader, modelHeader } from '../../learners/model.ts';
import { toyLearner } from '../../learners/toy.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { Digest } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import type { JobSpec } from '../../schemas/job-spec.ts';
import { dataSet } from '../task-runner/data.ts';

export async function resolvedDataset(): Promise<ResolvedDataset> {
  const { manifest, manifestBytes } = await dataSet();
  return { name: 'demo', version: 1, digest: sha256Hex(manifestBytes) as Digest, manifest };
}

/** A model of the toy learner for the label, by size and colour. */
export function sceneModel(
  { manifest }: ResolvedDataset,
  change: Partial<ModelHeader> = {},
): FoundModel {
  const features = ['size', 'colour'];
  const problem = problemOf(
    { kind: 'classification', target: 'label', features, seed: 0 },
    manifest,
  );
  const header = { ...modelHeader(toyLearner, problem, 0), ...change };
  return { name: 'toy@1', digest: 'ab'.repeat(32) as Digest, bytes: 100, header };
}

/** The plan of a spec without the shards that were skipped, as `lookup.ts` makes it. */
export function scenePlan(
  spec: JobSpec,
  dataset: ResolvedDataset,
  skipped: readonly number[],
): JobPlan {
  const left = leaveOut(spec, dataset, skipped);
  if (spec.predict !== undefined)
    return resolvePrediction(spec, left, sceneModel(dataset), learnersWithToy);
  return resolvePlan(spec, left, learnersWithToy.get(spec.algorithm ?? '') ?? toyLearner);
}
