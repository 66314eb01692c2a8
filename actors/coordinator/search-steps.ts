/**
 * The steps of a search: which trials come next, and which parameters were chosen.
 *
 * Pure, from the spec and from what earlier steps have measured: whoever plans the next step, after
 * any death, comes to the same one, and no step that was measured is done again.
 */
import type { TaskKind } from '../../learners/learner.ts';
import type { ParamTable } from '../../learners/params.ts';
import type { Digest } from '../../schemas/ids.ts';
import {
  bestOf,
  byScore,
  classificationMetricNames,
  regressionMetricNames,
  type SearchSpec,
  type SearchStep,
  type SearchView,
  type Trial,
  type TrialResult,
} from '../../schemas/job-search.ts';
import { type JobSpec, SpecError, showValue } from '../../schemas/job-spec.ts';
import { isWhole, strategyOf, trialsOf } from './search-space.ts';

type Table = ParamTable<Record<string, unknown>>;

/** What a step has measured, and where that is stored. */
export interface MeasuredStep {
  readonly digest: Digest;
  readonly trials: readonly TrialResult[];
}

export interface PlannedStep extends SearchStep {
  /** The parameters that were chosen, and the step that measured them; null while trials go on. */
  readonly chosen: { readonly params: Trial['params']; readonly measured: Digest } | null;
  readonly view: SearchView;
}

/** Trials with the same resource; the best of one rung make up the next. */
interface Rung {
  readonly count: number;
  readonly resource: number | null;
}

/** @throws SpecError where the metric is not of the task, or no trial could be measured */
export function nextStep(
  { seed }: Pick<JobSpec, 'seed'>,
  search: SearchSpec,
  { kind, table, perStep }: { kind: TaskKind; table: Table; perStep: number },
  before: readonly MeasuredStep[],
): PlannedStep {
  const metric = metricOf(search, kind);
  const first = trialsOf(search, seed, table);
  const rungs = rungsOf(search, first.length, isWhole(table[search.resource?.param ?? '']));
  const of = rungs.reduce((sum, { count }) => sum + Math.ceil(count / perStep), 0) + 1;
  const scoreOf = (result: TrialResult) => result.metrics[metric] ?? null;
  const measured = before.flatMap(({ trials }) => trials);
  let trials: readonly Trial[] = first;
  let done = 0;
  for (const { count, resource } of rungs) {
    const own = trials.slice(0, count).map((trial) => withResource(trial, search, resource));
    const results = measured.slice(done, done + count);
    if (results.length < count) {
      const next = own.slice(results.length, results.length + perStep);
      const planned = { step: before.length, of, metric, trials: next };
      return { ...planned, chosen: null, view: viewOf(search, planned, before) };
    }
    done += count;
    const score = (place: number) => scoreOf(results[place] as TrialResult);
    const places = [...results.keys()].sort((a, b) => byScore(metric, score(a), score(b)) || a - b);
    trials = places.map((place) => first[(results[place] as TrialResult).trial] as Trial);
  }
  const last = rungs.at(-1) as Rung;
  const results = measured.slice(done - last.count, done);
  const best = results[bestOf(metric, results.map(scoreOf))];
  if (best === undefined) throw unmeasured(metric);
  const from = before.findLast((own) => own.trials.includes(best)) as MeasuredStep;
  const params = { ...best.params, ...fullResource(search) };
  const planned = { step: before.length, of, metric, trials: [] };
  return {
    ...planned,
    chosen: { params, measured: from.digest },
    view: viewOf(search, planned, before),
  };
}

function metricOf({ metric }: SearchSpec, kind: TaskKind): string {
  const names: readonly string[] =
    kind === 'classification' ? classificationMetricNames : regressionMetricNames;
  if (metric === undefined) return kind === 'classification' ? 'logLoss' : 'rmse';
  if (names.includes(metric)) return metric;
  const message = `${kind} has no metric ${showValue(metric)}`;
  const fix = `use ${names.join(', ')}`;
  throw new SpecError([{ path: 'search.metric', value: showValue(metric), message, fix }]);
}

function unmeasured(metric: string): SpecError {
  const message = `no trial has a ${metric} on the rows held out`;
  const fix = 'search by another metric, or hold out more rows';
  return new SpecError([{ path: 'search.metric', value: showValue(metric), message, fix }]);
}

/** How many trials each rung has, and with how much. */
export function rungsOf(search: SearchSpec, trials: number, whole: boolean): Rung[] {
  const { resource, factor } = search;
  if (strategyOf(search) !== 'halving' || resource === undefined) {
    return [{ count: trials, resource: null }];
  }
  const rungs: Rung[] = [];
  const rounded = (value: number) => (whole ? Math.round(value) : value);
  let count = trials;
  for (let own = resource.min; ; own *= factor) {
    rungs.push({ count, resource: Math.min(resource.max, rounded(own)) });
    if (own >= resource.max || count === 1) return rungs;
    count = Math.max(1, Math.floor(count / factor));
  }
}

function withResource({ trial, params }: Trial, { resource }: SearchSpec, value: number | null) {
  if (resource === undefined || value === null) return { trial, params };
  return { trial, params: { ...params, [resource.param]: value } };
}

/** The model is trained with all of the resource, however far its trial came. */
export function fullResource({ resource }: SearchSpec): Record<string, unknown> {
  return resource === undefined ? {} : { [resource.param]: resource.max };
}

function viewOf(
  search: SearchSpec,
  { step, of, metric }: SearchStep,
  before: readonly MeasuredStep[],
): SearchView {
  const trials = before.flatMap((own, at) =>
    own.trials.map(({ trial, params, metrics, spread }) => ({
      ...{ trial, params, step: at },
      ...{ score: metrics[metric] ?? null, spread: spread[metric] ?? null },
    })),
  );
  // Who came furthest leads, whatever those had that were left behind with less of the resource.
  const { param } = search.resource ?? {};
  const reach = (params: Trial['params']) => (param === undefined ? 0 : Number(params[param]));
  const furthest = Math.max(...trials.map(({ params }) => reach(params)));
  const last = trials.filter(({ params }) => reach(params) === furthest);
  const best =
    last[
      bestOf(
        metric,
        last.map(({ score }) => score),
      )
    ]?.trial ?? null;
  return { strategy: strategyOf(search), metric, step, of, trials, best };
}
