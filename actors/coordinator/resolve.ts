/**
 * Resolves a spec against its data set and learner: from what the user asked to a plan.
 *
 * Pure. All that is wrong is found at once, in the form of spec issues: path, value, fix. The plan
 * depends on spec, data set and learner only, never on the nodes that happen to be there.
 */
import type { DataColumn } from '../../datasets/data-schema.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import { slicesPerShard } from '../../datasets/slices.ts';
import {
  type AnyLearner,
  type AnyRoundsLearner,
  type Problem,
  type TaskKind,
  trainsInRounds,
} from '../../learners/learner.ts';
import type { Digest } from '../../schemas/ids.ts';
import type { JobPlan, LeftOutShard, RoundsPlan } from '../../schemas/job-plan.ts';
import type { SearchStep } from '../../schemas/job-search.ts';
import { type JobSpec, SpecError, type SpecIssue, showValue } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { problemOf } from '../task-runner/problem.ts';
import { checkParams } from './check-params.ts';
import { chooseFeatures, planSteps, unknownColumn } from './features.ts';
import { planFits, trialsPerStep } from './fits.ts';
import { searchIssues, trialsOf } from './search-space.ts';
import { fullResource, type MeasuredStep, nextStep, type PlannedStep } from './search-steps.ts';
import { testIssues, testOf } from './test-data.ts';

/** Integer targets with at most this many different values are classes. */
const classNumbersMax = 20;

export interface ResolvedDataset {
  readonly name: string;
  readonly version: number;
  readonly digest: Digest;
  /** Where shards are left out, of what is left. */
  readonly manifest: Manifest;
  /** As the data set counts them; absent where none is left out. */
  readonly without?: readonly LeftOutShard[];
}

/** Whether the target's values can be classes. */
function canClassify(target: DataColumn): boolean {
  if (target.kind === 'category' || target.kind === 'boolean') return true;
  return (
    target.kind === 'number' && target.stats.integer === true && target.stats.values !== undefined
  );
}

/** Classification or regression: as told, else what target and algorithm suggest. */
export function kindOf(
  spec: JobSpec,
  target: DataColumn,
  kinds: readonly TaskKind[] = ['classification', 'regression'],
): TaskKind | SpecIssue {
  const fewIntegers = canClassify(target) && (target.stats.values?.length ?? 0) <= classNumbersMax;
  const natural = target.kind === 'number' && !fewIntegers ? 'regression' : 'classification';
  const fits = (kind: TaskKind) =>
    kind === 'regression' ? target.kind === 'number' : canClassify(target);
  // An algorithm that does only the other kind settles it, where the values allow.
  const other = natural === 'regression' ? 'classification' : 'regression';
  const settled = !kinds.includes(natural) && kinds.includes(other) && fits(other);
  const kind = spec.task ?? (settled ? other : natural);
  if (fits(kind)) return kind;
  return {
    path: spec.task === undefined ? 'target' : 'task',
    value: showValue(spec.task ?? target.name),
    message: `column ${JSON.stringify(target.name)} of type ${target.kind} cannot be used for ${kind}`,
    fix:
      target.kind === 'text'
        ? 'import the data set with --type to make the target a category'
        : `use "task":${JSON.stringify(natural)}`,
  };
}

function checkShape(spec: JobSpec, dataset: ResolvedDataset, issues: SpecIssue[]): void {
  if (spec.evaluate !== false && 'folds' in spec.evaluate && !spec.refit) {
    issues.push({
      path: 'refit',
      value: 'false',
      message: 'folds give no single model to keep',
      fix: 'leave refit out, or use {"holdout":0.2}',
    });
  }
  if (
    spec.evaluate !== false &&
    'folds' in spec.evaluate &&
    dataset.manifest.rows < spec.evaluate.folds
  ) {
    issues.push({
      path: 'evaluate.folds',
      value: showValue(spec.evaluate.folds),
      message: `${spec.evaluate.folds} folds of ${dataset.manifest.rows} rows`,
      fix: `give at most ${dataset.manifest.rows}`,
    });
  }
}

/**
 * Makes the plan.
 * @param before what the steps of the job's search have measured so far
 * @throws SpecError with every issue found
 */
export function resolvePlan(
  spec: JobSpec,
  dataset: ResolvedDataset,
  learner: AnyLearner,
  before: readonly MeasuredStep[] = [],
): JobPlan {
  return resolveStep(spec, dataset, learner, before).plan;
}

/** Like `resolvePlan`, with the step that the plan is of where the job searches. */
export function resolveStep(
  spec: JobSpec,
  dataset: ResolvedDataset,
  learner: AnyLearner,
  before: readonly MeasuredStep[],
  test: ResolvedDataset | null = null,
): { plan: JobPlan; step: PlannedStep | null } {
  const { manifest } = dataset;
  const issues: SpecIssue[] = [];
  const kind = clusters(spec, learner)
    ? checkClustering(spec, learner, issues)
    : checkTarget(spec, manifest, learner, issues);
  checkWay(spec, learner, issues);
  const features = chooseFeatures(spec, manifest, issues);
  if (features.length === 0 && issues.length === 0) {
    issues.push({
      path: 'features',
      value: null,
      message: 'no column is left to train on',
      fix: 'include at least one column',
    });
  }
  const preprocess = planSteps(spec, manifest, features, issues);
  const { params: given, issues: paramIssues } = checkParams(learner.params, spec.params);
  issues.push(...paramIssues);
  checkShape(spec, dataset, issues);
  const { search } = spec;
  if (test !== null) issues.push(...testIssues(spec, manifest, features, test));
  if (search !== undefined) issues.push(...searchIssues(spec, search, learner.params, kind));
  if (issues.length > 0 || kind === null) throw new SpecError(issues);

  const draft: JobPlan = {
    format: 1,
    learner: learner.name,
    numerics: learner.numerics,
    kind,
    seed: spec.seed,
    params: given,
    dataset: { name: dataset.name, version: dataset.version, manifest: dataset.digest },
    target: kind === 'clustering' ? '' : (spec.target ?? ''),
    features,
    rowCount: manifest.rows,
    shardCount: manifest.shards.length,
    ...(dataset.without === undefined ? {} : { without: dataset.without }),
    rows: spec.rows,
    ...(preprocess === null ? {} : { preprocess }),
    ...(test === null || kind === 'clustering' ? {} : { test: testOf(test) }),
    fits: [],
    memoryBytes: 0,
    memoryPerSlot: 0,
  };
  const rounds = trainsInRounds(learner);
  const perShard = slicesPerShard(draft.rowCount, draft.shardCount);
  const way = { mode: spec.mode, slicesPerShard: perShard, sliceBytes: 0 };
  const problem = problemOf(rounds ? { ...draft, rounds: way } : draft, manifest);
  const step = stepOf(spec, { kind, problem, given }, learner, draft.shardCount, before);
  const params = { ...given, ...step?.chosen?.params };
  const fits = planFits(spec, { problem, kind, params }, learner, step);
  const searched = step === null ? {} : { search: searchOf(step) };
  const plan = withMemory({ ...draft, params, fits, ...searched }, problem, learner);
  if (!trainsInRounds(learner)) {
    checkSize(spec, plan);
    return { plan, step };
  }
  return { plan: withRounds(spec, plan, problem, learner, way), step };
}

/** The parameters of every fit. */
function variantsOf({ fits, params }: JobPlan): Record<string, unknown>[] {
  return fits.map((fit) => ({ ...(fit.params ?? params) }));
}

/** What a node needs for whichever fit needs most. */
function withMemory(plan: JobPlan, problem: Problem, learner: AnyLearner): JobPlan {
  const most = (slots: number) =>
    Math.ceil(Math.max(...variantsOf(plan).map((own) => learner.memoryBytes(problem, own, slots))));
  const memoryBytes = most(1);
  return { ...plan, memoryBytes, memoryPerSlot: most(2) - memoryBytes };
}

/** How the plan trains in rounds: every slice is held for all fits together. */
function withRounds(
  spec: JobSpec,
  plan: JobPlan,
  problem: Problem,
  learner: AnyRoundsLearner,
  way: RoundsPlan,
): JobPlan {
  const slices = plan.shardCount * way.slicesPerShard;
  if (slices > limits.slicesMax) {
    const message = `the data set makes ${slices} slices, a job in rounds has at most ${limits.slicesMax}`;
    const fix = 'import it with larger shards';
    throw new SpecError([{ path: 'dataset', value: showValue(spec.dataset), message, fix }]);
  }
  const rowsPerSlice = Math.ceil(plan.rowCount / slices);
  const each = variantsOf(plan).map((own) => learner.sliceBytes(problem, own, rowsPerSlice));
  const sliceBytes = Math.ceil(each.reduce((sum, bytes) => sum + bytes, 0));
  return { ...plan, rounds: { ...way, sliceBytes } };
}

/** The step of a search that comes next; null for a job that does not search. */
function stepOf(
  spec: JobSpec,
  { kind, problem, given }: { kind: TaskKind; problem: Problem; given: Record<string, unknown> },
  learner: AnyLearner,
  shards: number,
  before: readonly MeasuredStep[],
): PlannedStep | null {
  const { search } = spec;
  if (search === undefined) return null;
  const table = learner.params;
  const tasksOf = (own: Record<string, unknown>) =>
    trainsInRounds(learner) ? 1 : learner.taskCount(problem, own);
  const trials = trialsOf(search, spec.seed, table);
  const most = () =>
    Math.max(
      ...trials.map((trial) => tasksOf({ ...given, ...trial.params, ...fullResource(search) })),
    );
  const perStep = trialsPerStep(spec, learner, shards, most);
  return nextStep(spec, search, { kind, table, perStep }, before);
}

function searchOf({ step, of, metric, trials }: PlannedStep): SearchStep {
  return { step, of, metric, trials };
}

/** Whether the job groups rows instead of learning a target. */
function clusters(spec: JobSpec, learner: AnyLearner): boolean {
  if (spec.task !== undefined) return spec.task === 'clustering';
  return learner.kinds.every((kind) => kind === 'clustering');
}

function checkClustering(spec: JobSpec, learner: AnyLearner, issues: SpecIssue[]): TaskKind | null {
  if (!learner.kinds.includes('clustering')) {
    issues.push({
      path: 'algorithm',
      value: showValue(spec.algorithm),
      message: `${learner.name} cannot be used for clustering`,
      fix: 'choose another algorithm, or leave task out',
    });
  }
  if (spec.target === undefined) return 'clustering';
  issues.push({
    path: 'target',
    value: showValue(spec.target),
    message: 'clustering learns no target',
    fix: 'leave target out; to keep the column out of the features, name it in features.exclude',
  });
  return null;
}

/** What kind of task the target makes; null, with an issue noted, where it makes none. */
function checkTarget(
  spec: JobSpec,
  manifest: Manifest,
  learner: AnyLearner,
  issues: SpecIssue[],
): TaskKind | null {
  const names = manifest.columns.map((column) => column.name);
  if (spec.target === undefined) {
    const some = `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', ...' : ''}`;
    const fix = `add it; the columns are ${some}`;
    throw new SpecError([{ path: 'target', value: null, message: 'is missing', fix }]);
  }
  const target = manifest.columns.find((column) => column.name === spec.target);
  if (target === undefined) throw new SpecError([unknownColumn('target', spec.target, names)]);
  if (target.stats.missing === (manifest.leftOut?.rows ?? manifest.rows)) {
    issues.push({
      path: 'target',
      value: showValue(spec.target),
      message: `column ${JSON.stringify(spec.target)} has no value in any row`,
      fix: 'choose another target',
    });
  }
  const kind = kindOf(spec, target, learner.kinds);
  if (typeof kind !== 'string') {
    issues.push(kind);
    return null;
  }
  if (!learner.kinds.includes(kind)) {
    issues.push({
      path: 'algorithm',
      value: showValue(spec.algorithm),
      message: `${learner.name} cannot be used for ${kind}`,
      fix: 'choose another algorithm or target',
    });
  }
  return kind;
}

/** Whether the learner trains in the way that the spec asks for. */
function checkWay(spec: JobSpec, learner: AnyLearner, issues: SpecIssue[]): void {
  const rounds = trainsInRounds(learner);
  const modes: readonly string[] = rounds ? learner.modes : ['sync'];
  if (!modes.includes(spec.mode)) {
    issues.push({
      path: 'mode',
      value: showValue(spec.mode),
      message: `${learner.name} cannot train in mode ${JSON.stringify(spec.mode)}`,
      fix: `use ${modes.map((mode) => JSON.stringify(mode)).join(' or ')}`,
    });
  }
  if (rounds && spec.rows === 'shard') {
    issues.push({
      path: 'rows',
      value: '"shard"',
      message: `${learner.name} trains on all rows, each node on the slices that it holds`,
      fix: 'leave rows out',
    });
  }
}

function checkSize(spec: JobSpec, plan: JobPlan): void {
  const total = plan.fits.reduce((sum, fit) => sum + fit.tasks, 0);
  if (total > limits.tasksPerStageMax) {
    throw new SpecError([
      {
        path: 'params',
        value: null,
        message: `the job has ${total} tasks, at most ${limits.tasksPerStageMax} are possible`,
        fix: 'ask for less in one job, or use fewer folds',
      },
    ]);
  }
  const perFit = plan.fits[0]?.tasks ?? 0;
  if (spec.rows === 'shard' && perFit < plan.shardCount) {
    throw new SpecError([
      {
        path: 'rows',
        value: '"shard"',
        message: `${perFit} tasks cannot cover ${plan.shardCount} shards`,
        fix: 'ask for more trees, import with larger shards, or use "rows":"all"',
      },
    ]);
  }
}
