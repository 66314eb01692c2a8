/**
 * Jobs that make a data set of another one by their steps alone: what such a job's plan is.
 *
 * The steps are fitted on all rows, as for a final model; then each shard goes through them, on
 * whichever worker has room, and becomes a shard of the new data set.
 */
import type { Manifest } from '../../datasets/manifest.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { type JobSpec, SpecError, type SpecIssue, showValue } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { preprocessName, preprocessNumerics } from '../../schemas/preprocess.ts';
import { stepColumns } from '../task-runner/made-shards.ts';
import { chooseFeatures, planSteps } from './features.ts';
import { outputIssues } from './predictions.ts';
import type { ResolvedDataset } from './resolve.ts';

/** What a process needs beside the rows. */
const baseBytes = 32 * 2 ** 20;

/** Makes the plan. @throws SpecError with every issue found */
export function resolveOutput(spec: JobSpec, dataset: ResolvedDataset): JobPlan {
  const { manifest } = dataset;
  const issues: SpecIssue[] = outputIssues(spec, dataset);
  const features = chooseFeatures(spec, manifest, issues);
  const preprocess = planSteps(spec, manifest, features, issues);
  if (issues.length > 0 || preprocess === null) throw new SpecError(issues);
  const all = { kind: 'all' } as const;
  const plan: JobPlan = {
    format: 1,
    learner: preprocessName,
    numerics: preprocessNumerics,
    // Nothing is learned; a plan has to say something.
    kind: 'regression',
    seed: spec.seed,
    params: {},
    dataset: { name: dataset.name, version: dataset.version, manifest: dataset.digest },
    target: '',
    features,
    rowCount: manifest.rows,
    shardCount: manifest.shards.length,
    ...(dataset.without === undefined ? {} : { without: dataset.without }),
    rows: 'all',
    preprocess: { ...preprocess, output: spec.output ?? '' },
    fits: [{ name: 'output', split: all, scored: all, firstTask: 0, tasks: 0 }],
    memoryBytes: 0,
    memoryPerSlot: 0,
  };
  const made = shardBytes(plan, manifest);
  if (made > limits.blobMax) {
    const message = `a shard would have ${made} bytes after the steps, at most ${limits.blobMax} fit`;
    const fix = 'import the data set with fewer rows a shard (`--rows-per-shard`)';
    throw new SpecError([{ path: 'dataset', value: showValue(spec.dataset), message, fix }]);
  }
  const read = Math.max(...manifest.shards.map(({ bytes }) => bytes));
  const memoryPerSlot = 3 * (read + made);
  return { ...plan, memoryBytes: baseBytes + memoryPerSlot, memoryPerSlot };
}

/** Bytes of the largest shard that comes out, about. */
function shardBytes(plan: JobPlan, manifest: Manifest): number {
  const rows = Math.max(...manifest.shards.map((shard) => shard.rows));
  return rows * 8 * stepColumns(plan, manifest).length;
}
