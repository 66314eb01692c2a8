/**
 * The trials of a search: which values of which parameters are tried.
 *
 * They follow from the spec's search and seed alone. A draw is a hash of (seed, trial, place of the
 * parameter among the searched ones, in the order of their names), so no trial depends on another.
 */
import { hashRow } from '../../datasets/row-hash.ts';
import type { TaskKind } from '../../learners/learner.ts';
import { exp, log } from '../../learners/math.ts';
import type { Param, ParamTable } from '../../learners/params.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import {
  type SearchSpec,
  type SearchStrategy,
  type Trial,
  trialsMax,
} from '../../schemas/job-search.ts';
import { type JobSpec, type SpecIssue, showValue } from '../../schemas/job-spec.ts';
import { checkParams } from './check-params.ts';

type Table = ParamTable<Record<string, unknown>>;
type Choice = SearchSpec['params'][string];

/** Draws that repeat an earlier trial are drawn again so often, then the space counts as used up. */
const drawsPerTrial = 20;

export function strategyOf({ strategy, params }: SearchSpec): SearchStrategy {
  const ranges = Object.values(params).some((choice) => !Array.isArray(choice));
  return strategy ?? (ranges ? 'random' : 'grid');
}

/** All trials, before any resource is given to them. */
export function trialsOf(search: SearchSpec, seed: number, table: Table): Trial[] {
  const names = Object.keys(search.params).sort();
  return strategyOf(search) === 'grid' ? grid(search, names) : drawn(search, names, seed, table);
}

/** Every combination, the values of the last name changing fastest. */
function grid({ params }: SearchSpec, names: readonly string[]): Trial[] {
  let all: Record<string, unknown>[] = [{}];
  for (const name of names) {
    const values = params[name] as readonly unknown[];
    all = all.flatMap((own) => values.map((value) => ({ ...own, [name]: value })));
  }
  return all.map((own, trial) => ({ trial, params: own }));
}

function drawn(
  { params, trials }: SearchSpec,
  names: readonly string[],
  seed: number,
  table: Table,
): Trial[] {
  const found: Trial[] = [];
  const known = new Set<string>();
  for (let draw = 0; found.length < trials && draw < trials * drawsPerTrial; draw++) {
    const entries = names.map((name, place) => {
      const share = hashRow(hashRow(seed, draw), place) / 2 ** 32;
      return [name, pick(params[name] as Choice, share, table[name])];
    });
    const own = Object.fromEntries(entries) as Record<string, unknown>;
    const key = canonicalJson(own);
    if (known.has(key)) continue;
    known.add(key);
    found.push({ trial: found.length, params: own });
  }
  return found;
}

/** The value at this share of the choice, from 0 up to 1. */
function pick(choice: Choice, share: number, param: Param | undefined): unknown {
  if (Array.isArray(choice)) return choice[Math.floor(share * choice.length)];
  const { min, max } = choice;
  if (isWhole(param)) {
    if (!choice.log) return min + Math.floor(share * (max - min + 1));
    const value = exp(log(min) + share * (log(max + 1) - log(min)));
    return Math.min(max, Math.max(min, Math.floor(value)));
  }
  if (!choice.log) return min + share * (max - min);
  return Math.min(max, Math.max(min, exp(log(min) + share * (log(max) - log(min)))));
}

export function isWhole(param: Param | undefined): boolean {
  if (param?.type === 'limit') return param.integer;
  return param?.type === 'integer' || param?.type === 'number-or-word';
}

/** All that is wrong with a search, whatever the data. */
export function searchIssues(
  spec: JobSpec,
  search: SearchSpec,
  table: Table,
  kind: TaskKind | null,
): SpecIssue[] {
  const issues: SpecIssue[] = [];
  const note = (path: string, value: unknown, message: string, fix: string) =>
    issues.push({ path, value: value === undefined ? null : showValue(value), message, fix });
  if (kind === 'clustering') {
    const message = 'clustering has no target to score held-out rows by';
    note('search', search, message, 'remove it, and submit a job for each value');
  }
  if (spec.evaluate === false) {
    const fix = 'leave evaluate out, or use {"folds":5}';
    note('evaluate', false, 'a search compares trials by held-out rows', fix);
  }
  if (!spec.refit) note('refit', false, 'the best trial is trained on all rows', 'leave refit out');
  const names = Object.keys(search.params);
  if (names.length === 0) note('search.params', {}, 'nothing to search', 'name a parameter');
  for (const name of names) {
    const choice = search.params[name] as Choice;
    issues.push(...choiceIssues(name, choice, table));
    if (Object.hasOwn(spec.params, name)) {
      note(`params.${name}`, spec.params[name], 'is searched, too', 'give it in one place');
    }
  }
  const strategy = strategyOf(search);
  const combinations = names.reduce((n, name) => n * sizeOf(search.params[name] as Choice), 1);
  if (strategy === 'grid' && combinations > trialsMax) {
    const ranges = combinations === Number.POSITIVE_INFINITY;
    const what = ranges
      ? 'a range has no grid'
      : `a grid of ${combinations} trials, at most ${trialsMax} are possible`;
    const fix = ranges ? 'list its values, or use "random"' : 'use "strategy":"random"';
    note('search.strategy', strategy, what, fix);
  }
  issues.push(...resourceIssues(spec, search, strategy, table));
  return issues;
}

function sizeOf(choice: Choice): number {
  return Array.isArray(choice) ? choice.length : Number.POSITIVE_INFINITY;
}

/** What is wrong with one value of a parameter, at the place where the search has it. */
function valueIssues(path: string, name: string, value: unknown, table: Table): SpecIssue[] {
  const found = checkParams(table, { [name]: value }).issues;
  return found.map((issue) => ({ ...issue, path }));
}

function choiceIssues(name: string, choice: Choice, table: Table): SpecIssue[] {
  const path = `search.params.${name}`;
  if (Array.isArray(choice)) {
    const all = choice.flatMap((value, i) => valueIssues(`${path}.${i}`, name, value, table));
    // A name that nobody knows is told of once.
    return Object.hasOwn(table, name) ? all : all.slice(0, 1);
  }
  const { min, max } = choice;
  const ends = [
    ...valueIssues(`${path}.min`, name, min, table),
    ...valueIssues(`${path}.max`, name, max, table),
  ];
  if (ends.length > 0) return Object.hasOwn(table, name) ? ends : ends.slice(0, 1);
  const value = showValue(choice);
  if (min > max) {
    return [{ path, value, message: `min ${min} is above max ${max}`, fix: 'swap them' }];
  }
  if (choice.log && !(min > 0)) {
    const message = `min ${min} is not above 0, a range by logarithm needs that`;
    return [{ path, value, message, fix: 'give a min above 0, or leave log out' }];
  }
  return [];
}

function resourceIssues(
  spec: JobSpec,
  { resource, params }: SearchSpec,
  strategy: SearchStrategy,
  table: Table,
): SpecIssue[] {
  const path = 'search.resource';
  if (resource === undefined) {
    if (strategy !== 'halving') return [];
    const fix = 'add it, e.g. {"param":"trees","min":10,"max":270}';
    return [{ path, value: null, message: 'halving needs a resource', fix }];
  }
  const value = showValue(resource);
  if (strategy !== 'halving') {
    const message = `means nothing in a ${strategy} search`;
    return [{ path, value, message, fix: 'remove it, or use "strategy":"halving"' }];
  }
  const { param, min, max } = resource;
  const ends = [
    ...valueIssues(`${path}.min`, param, min, table),
    ...valueIssues(`${path}.max`, param, max, table),
  ];
  if (ends.length > 0) return ends;
  if (!(min > 0 && min < max)) {
    const message = `min ${min} and max ${max} leave nothing to halve`;
    return [{ path, value, message, fix: 'give a min above 0 and a larger max' }];
  }
  if (!Object.hasOwn(params, param) && !Object.hasOwn(spec.params, param)) return [];
  const message = `${JSON.stringify(param)} is given elsewhere, too`;
  return [{ path, value, message, fix: 'give it in one place' }];
}
