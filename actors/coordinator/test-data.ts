/** A data set of its own that a job is measured on: whether it fits, and how the plan names it. */
import { columnSchema } from '../../datasets/data-schema.ts';
import { type Manifest, manifestDigest } from '../../datasets/manifest.ts';
import type { TestPlan } from '../../schemas/job-plan.ts';
import { type JobSpec, type SpecIssue, showValue } from '../../schemas/job-spec.ts';
import { suits } from './predictions.ts';
import type { ResolvedDataset } from './resolve.ts';

/** Columns of the training data that the test data lack, or have of another kind. */
export function testIssues(
  spec: JobSpec,
  trained: Manifest,
  features: readonly string[],
  { name, version, digest, manifest }: ResolvedDataset,
): SpecIssue[] {
  const path = 'evaluate.dataset';
  const value = showValue(`${name}@${version}`);
  if (digest === manifestDigest(trained)) {
    const message = 'is what the job trains on: it would be measured on rows that it has seen';
    return [{ path, value, message, fix: 'use another data set, or {"holdout":0.2}' }];
  }
  const needed = new Set([...features, ...(spec.target === undefined ? [] : [spec.target])]);
  return trained.columns.flatMap((column): SpecIssue[] => {
    if (!needed.has(column.name)) return [];
    const found = manifest.columns.find((own) => own.name === column.name);
    const named = JSON.stringify(column.name);
    if (found === undefined) {
      const message = `the test data have no column ${named}`;
      return [{ path, value, message, fix: 'import them with that column' }];
    }
    if (suits(found, columnSchema(column))) return [];
    const message = `column ${named} of the test data is of type ${found.kind}, not ${column.kind}`;
    return [{ path, value, message, fix: `import them with --type ${column.name}=${column.kind}` }];
  });
}

export function testOf({ name, version, digest, manifest }: ResolvedDataset): TestPlan {
  const { rows: rowCount, shards } = manifest;
  return { name, version, manifest: digest, rowCount, shardCount: shards.length };
}
