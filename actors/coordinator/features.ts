/**
 * Which columns of a data set a job trains on, and the steps that they go through before.
 *
 * Pure; what is wrong is noted as spec issues: path, value, fix.
 */
import { columnSchema, type DataColumn } from '../../datasets/data-schema.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import { namedColumns, resolveSteps } from '../../preprocessing/resolve-steps.ts';
import { type JobSpec, type SpecIssue, showValue } from '../../schemas/job-spec.ts';
import { nearest } from '../../schemas/nearest.ts';
import { type PreprocessPlan, preprocessNumerics } from '../../schemas/preprocess.ts';

export function unknownColumn(path: string, name: string, columns: readonly string[]): SpecIssue {
  const guess = nearest(name, columns);
  return {
    path,
    value: showValue(name),
    message: `the data set has no column ${JSON.stringify(name)}`,
    fix:
      guess === undefined
        ? `use one of ${columns.slice(0, 20).join(', ')}${columns.length > 20 ? ', ...' : ''}`
        : `did you mean ${JSON.stringify(guess)}?`,
  };
}

/** Names of the columns to be trained on, as the data set has them and in its order. */
export function chooseFeatures(spec: JobSpec, manifest: Manifest, issues: SpecIssue[]): string[] {
  const names = manifest.columns.map((column) => column.name);
  // Text is of use where a step makes something else of it.
  const worked = namedColumns(spec.preprocess);
  const canTrain = (c: DataColumn) => c.kind !== 'text' || worked.has(c.name);
  const usable = manifest.columns.filter((c) => canTrain(c) && c.name !== spec.target);
  const { features } = spec;
  if (features === undefined) return usable.map((column) => column.name);
  const listed = 'include' in features ? features.include : features.exclude;
  const key = 'include' in features ? 'include' : 'exclude';
  listed.forEach((name, i) => {
    const path = `features.${key}.${i}`;
    const column = manifest.columns.find((c) => c.name === name);
    if (column === undefined) issues.push(unknownColumn(path, name, names));
    else if (key === 'include' && name === spec.target) {
      issues.push({
        path,
        value: showValue(name),
        message: 'the target cannot be a feature',
        fix: 'remove it',
      });
    } else if (key === 'include' && !canTrain(column)) {
      issues.push({
        path,
        value: showValue(name),
        message: 'text cannot be trained on as it is',
        fix: 'remove it, or put it through a step: {"step":"text","columns":[...]}',
      });
    }
  });
  const chosen = new Set(listed);
  return usable
    .map((column) => column.name)
    .filter((name) => ('include' in features ? chosen.has(name) : !chosen.has(name)));
}

/** The steps before training, with their columns; null for none. */
export function planSteps(
  spec: JobSpec,
  manifest: Manifest,
  features: readonly string[],
  issues: SpecIssue[],
): PreprocessPlan | null {
  if (spec.preprocess.length === 0) return null;
  const chosen = new Set(features);
  const input = manifest.columns.filter(({ name }) => chosen.has(name)).map(columnSchema);
  return { numerics: preprocessNumerics, ...resolveSteps(spec.preprocess, input, issues) };
}
