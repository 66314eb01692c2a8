/**
 * A small data set as a cluster has it: manifest and shards by digest, and a plan for a learner.
 */
import { problemOf } from '../../actors/task-runner/problem.ts';
import { importCsv } from '../../datasets/csv-import.ts';
import { encodeManifest, type Manifest } from '../../datasets/manifest.ts';
import { shardFrames } from '../../datasets/shard-frames.ts';
import { toyLearner } from '../../learners/toy.ts';
import { canonicalJson, sha256Hex } from '../../schemas/canonical.ts';
import type { Digest } from '../../schemas/ids.ts';
import type { FitPlan, JobPlan } from '../../schemas/job-plan.ts';
import { sourceOf } from '../support/csv-text.ts';

export interface DataSet {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly shards: ReadonlyMap<string, Uint8Array>;
}

/** Rows of a number, a category and a target that follows from both. */
export async function dataSet(rows = 60, rowsPerShard = 20): Promise<DataSet> {
  const lines = ['size,colour,grade,label'];
  for (let i = 0; i < rows; i++) {
    const colour = ['red', 'green', 'blue'][i % 3];
    lines.push(`${(i * 7) % 23}.5,${colour},${(i % 4) + 1},${i % 2 === 0 ? 'yes' : 'no'}`);
  }
  const shards = new Map<string, Uint8Array>();
  const manifest = await importCsv({
    name: 'demo',
    file: 'demo.csv',
    open: sourceOf(`${lines.join('\n')}\n`),
    rowsPerShard,
    onShard: (bytes, entry) => {
      shards.set(entry.sha256, Uint8Array.from(bytes));
    },
  });
  return { manifest, manifestBytes: encodeManifest(manifest), shards };
}

const split = { kind: 'holdout', seed: 7, fraction: 0.25 } as const;

/** A hold-out fit and a final fit of the toy learner. */
export function toyPlan(data: DataSet, changes: Partial<JobPlan> = {}, tasks = 3): JobPlan {
  const fits: FitPlan[] = [
    {
      name: 'holdout',
      split: { ...split, part: 'train' },
      scored: { ...split, part: 'test' },
      firstTask: 0,
      tasks,
    },
    { name: 'final', split: { kind: 'all' }, scored: null, firstTask: tasks, tasks },
  ];
  return {
    format: 1,
    learner: 'toy-sum',
    numerics: 1,
    kind: 'classification',
    seed: 11,
    params: { tasks, spin: 0, fail: 'never', failTask: 0 },
    dataset: { name: 'demo', version: 1, manifest: sha256Hex(data.manifestBytes) as Digest },
    target: 'label',
    features: ['size', 'colour'],
    rowCount: data.manifest.rows,
    shardCount: data.manifest.shards.length,
    rows: 'all',
    fits,
    memoryBytes: 1,
    memoryPerSlot: 1,
    ...changes,
  };
}

/** Predicts all rows with a finished model. */
export function predictPlan(
  data: DataSet,
  model: { readonly digest: Digest; readonly classes: readonly string[] } = {
    digest: '00'.repeat(32) as Digest,
    classes: [],
  },
): JobPlan {
  const all = { kind: 'all' } as const;
  const { digest, classes } = model;
  return {
    ...toyPlan(data),
    kind: classes.length === 0 ? 'regression' : 'classification',
    params: {},
    target: '',
    fits: [{ name: 'predict', split: all, scored: all, firstTask: 0, tasks: 0 }],
    predict: { model: digest, name: 'toy@1', classes, output: 'scored' },
  };
}

/** A model of the toy learner, trained on all rows: it always says "no". */
export async function toyModel(data: DataSet): Promise<{ bytes: Uint8Array; digest: Digest }> {
  const plan = toyPlan(data);
  const problem = problemOf(plan, data.manifest);
  const shards = data.manifest.shards.map(({ sha256 }) => data.shards.get(sha256) as Uint8Array);
  const frames = () => shardFrames(data.manifest, (i) => shards[i] as Uint8Array);
  const params = { tasks: 1, spin: 0, fail: 'never', failTask: 0 } as const;
  const none = () => {};
  const prepared = toyLearner.prepare(problem, params, { frames, split: { kind: 'all' } }, none);
  const part = toyLearner.train(problem, params, await prepared, 0, none);
  const bytes = toyLearner.merge(problem, params, [part]);
  return { bytes, digest: sha256Hex(bytes) as Digest };
}

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}
