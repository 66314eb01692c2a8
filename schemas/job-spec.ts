/**
 * The job spec: what a user submits, as one schema that gives types, defaults and errors.
 *
 * Parsing checks all that can be checked without the data set and the learner; what needs them
 * (is there such a column, is this parameter known) is resolved by the coordinator at planning,
 * with errors of the same form: path, value, fix.
 */
import { z } from 'zod';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { TerminalError } from './errors.ts';
import { searchSchema } from './job-search.ts';
import { limits } from './limits.ts';
import { nearest } from './nearest.ts';
import { preprocessSchema, stepIssues, stepNames } from './preprocess.ts';

/** What is wrong with one place of a spec. */
export interface SpecIssue {
  /** Dotted path, e.g. `params.trees`; empty for the spec as a whole. */
  readonly path: string;
  /** The offending value, shortened JSON; null where a key is missing. */
  readonly value: string | null;
  readonly message: string;
  readonly fix: string;
}

/** A refusal goes into a record and an event, whose sizes are bounded, whatever was sent. */
const issuesMax = 20;
const textMax = 500;
const shardsNamedMax = 1_000;
/** Deeper JSON is no spec, and would exhaust the stack of whatever walks it. */
const depthMax = 32;

function shortened({ path, value, message, fix }: SpecIssue): SpecIssue {
  const short = (text: string) =>
    text.length > textMax ? `${text.slice(0, textMax - 3)}...` : text;
  return {
    path: short(path),
    value: value === null ? null : short(value),
    message: short(message),
    fix: short(fix),
  };
}

/** A spec that can never run; carries the first issues found, and says how many there are. */
export class SpecError extends TerminalError {
  readonly issues: readonly SpecIssue[];
  constructor(found: readonly SpecIssue[]) {
    const issues = found.slice(0, issuesMax).map(shortened);
    const first = issues[0] as SpecIssue;
    const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
    super('invalid-spec', `${first.path === '' ? 'spec' : first.path}: ${first.message}${more}`, {
      path: first.path,
      fix: first.fix,
    });
    this.issues = issues;
  }
}

const token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 of the characters A-Z a-z 0-9 _ -');
const column = z.string().min(1).max(1024);
const columns = z.array(column).min(1).max(10_000);
const count = z.int().min(1).max(10_000);
export const priorityMax = 100;
/** What may be changed while the job is under way; the same bounds then as now. */
export const settingFields = {
  workers: count,
  /** Seconds from acceptance, pauses aside, after which the job fails. */
  deadline: z.number().min(1).max(31_536_000).nullable(),
  priority: z.int().min(-priorityMax).max(priorityMax),
};

const specSchema = z.strictObject({
  dataset: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}(@[1-9]\d{0,8})?$/, 'a data set name, or name@version'),
  /** The column to be learned; every algorithm but clustering needs one. */
  target: column.optional(),
  algorithm: token.optional(),
  /** Instead of training: the model that every row of the data set is scored with. */
  predict: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}(@[1-9]\d{0,8})?$/, 'a model name, or name@version')
    .optional(),
  /** Name of the data set that predictions, or steps alone, make; of predictions the job's id without. */
  output: token.optional(),
  id: token.optional(),
  task: z.enum(['classification', 'regression', 'clustering']).optional(),
  params: z.record(z.string().max(64), z.unknown()).default({}),
  features: z
    .union([z.strictObject({ include: columns }), z.strictObject({ exclude: columns })])
    .optional(),
  /** Steps that the rows go through before training, in this order. */
  preprocess: preprocessSchema.default([]),
  evaluate: z
    .union([
      z.literal(false),
      z.strictObject({ holdout: z.number().min(0.01).max(0.9) }),
      z.strictObject({ folds: z.int().min(2).max(50) }),
      /** Trained on all rows, measured on those of another data set. */
      z.strictObject({
        dataset: z.string().regex(/^[A-Za-z0-9_-]{1,64}@[1-9]\d{0,8}$/, 'name@version'),
      }),
    ])
    .default({ holdout: 0.2 }),
  refit: z.boolean().default(true),
  /** Tries many values of parameters, and trains the model with the best. */
  search: searchSchema.optional(),
  seed: z.int().min(0).max(4_294_967_295).default(0),
  rows: z.enum(['all', 'shard']).default('all'),
  /** Of the data set's shards, the part that the job may go on without; none where it is absent. */
  skipShards: z.number().min(0).max(0.5).optional(),
  /** Shards to leave out from the start, as the data set counts them. */
  withoutShards: z
    .array(
      z
        .int()
        .min(0)
        .max(limits.shardsMax - 1),
    )
    .max(shardsNamedMax)
    .optional(),
  model: token.optional(),
  workers: z
    .strictObject({ min: settingFields.workers.default(1), max: settingFields.workers.default(8) })
    .default({ min: 1, max: 8 }),
  deadline: settingFields.deadline.default(null),
  priority: settingFields.priority.default(0),
  mode: z.enum(['sync', 'local']).default('sync'),
  updateCodec: z.enum(['none']).default('none'),
  /** Labels a node must carry to work for this job. */
  labels: z.record(z.string().min(1).max(64), z.string().max(64)).default({}),
});

/** A spec with all defaults that need no data set. */
export type JobSpec = z.output<typeof specSchema>;
/** A spec as a user writes it. */
export type JobSpecInput = z.input<typeof specSchema>;

/** JSON Schema (draft 2020-12) of a spec, for editors. */
export function jobSpecJsonSchema(): unknown {
  return z.toJSONSchema(specSchema, { io: 'input' });
}

/** Shows a value from a spec without flooding the answer. */
export function showValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let at = input;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

type ZodIssue = z.core.$ZodIssue;

function fixOf(issue: ZodIssue, present: boolean): string {
  if (!present) return 'add it';
  switch (issue.code) {
    case 'too_small':
      return `give at least ${issue.minimum}`;
    case 'too_big':
      return `give at most ${issue.maximum}`;
    case 'invalid_value':
      return `use ${issue.values.map((v) => JSON.stringify(v)).join(' or ')}`;
    case 'invalid_type':
      return `give ${issue.expected === 'int' ? 'a whole number' : `a value of type ${issue.expected}`}`;
    case 'invalid_format':
      return issue.message;
    default:
      return 'see the job spec in the README';
  }
}

function unionFix(path: string): string {
  if (path === 'evaluate') {
    return 'use {"holdout":0.2}, {"folds":5}, {"dataset":"NAME@1"} or false';
  }
  if (/^preprocess\.\d+(\.step)?$/.test(path))
    return `use a step of ${stepNames.map((own) => JSON.stringify(own)).join(', ')}`;
  if (path === 'features') return 'use {"include":["column"]} or {"exclude":["column"]}';
  if (path.startsWith('search.params.')) return 'use [1, 2, 3] or {"min":1,"max":10}';
  return 'see the job spec in the README';
}

/**
 * Turns one issue of the schema library into ours; unknown keys give one issue each.
 * @param keys those that the input may have
 */
export function translate(
  issue: ZodIssue,
  input: unknown,
  keys: readonly string[] = Object.keys(specSchema.shape),
): SpecIssue[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = path === '' ? keys : [];
    return issue.keys.map((key) => {
      const guess = nearest(key, known);
      return {
        path: path === '' ? key : `${path}.${key}`,
        value: showValue(valueAt(input, [...issue.path, key])),
        message: `unknown key ${JSON.stringify(key.slice(0, 80))}`,
        fix: guess === undefined ? 'remove it' : `did you mean ${JSON.stringify(guess)}?`,
      };
    });
  }
  const value = valueAt(input, issue.path);
  const present = value !== undefined;
  if (issue.code === 'invalid_union' && present) {
    const shown = showValue(value);
    return [{ path, value: shown, message: `${shown} is not possible here`, fix: unionFix(path) }];
  }
  const message = present ? `${showValue(value)} is not possible here` : 'is missing';
  return [{ path, value: present ? showValue(value) : null, message, fix: fixOf(issue, present) }];
}

/**
 * Reads a submitted spec.
 * @throws SpecError naming every path, value and fix.
 */
export function parseSpec(bytes: Uint8Array): JobSpec {
  if (bytes.length > limits.specMax) {
    throw new SpecError([
      {
        path: '',
        value: null,
        message: `spec has ${bytes.length} bytes, at most ${limits.specMax} are taken`,
        fix: 'name columns by features.exclude instead of listing them, or shorten params',
      },
    ]);
  }
  if (depthOf(bytes) > depthMax) {
    const message = `spec is nested deeper than ${depthMax} levels`;
    throw new SpecError([{ path: '', value: null, message, fix: 'flatten it' }]);
  }
  let input: unknown;
  try {
    input = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new SpecError([
      {
        path: '',
        value: null,
        message: `spec is not JSON: ${why.slice(0, 200)}`,
        fix: 'quote the JSON for your shell, and check commas and brackets',
      },
    ]);
  }
  return checkSpec(input);
}

/** How deep brackets nest outside of strings; told before parsing, since walking it may overflow. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (quoted) {
      if (byte === 0x5c) i += 1;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}

/** Keys that say how to train, and mean nothing where a model is given. */
const trainingKeys = [
  ...(['algorithm', 'target', 'task', 'params', 'features', 'preprocess', 'evaluate'] as const),
  ...(['refit', 'search', 'seed', 'rows', 'model', 'mode', 'updateCodec'] as const),
] as const;

/** Those that a job has a use for that makes a data set by its steps alone. */
const outputKeys: ReadonlySet<string> = new Set(['preprocess', 'features', 'seed']);

/** What the keys say together: a job trains with an algorithm, or predicts with a model. */
function purposeIssues(input: unknown): SpecIssue[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  const given = (key: string) => valueAt(input, [key]) !== undefined;
  const value = (key: string) => showValue(valueAt(input, [key]));
  if (given('predict')) {
    return trainingKeys.filter(given).map((key) => ({
      path: key,
      value: value(key),
      message: 'means nothing in a job that predicts with a finished model',
      fix: 'remove it, or remove "predict" to train',
    }));
  }
  if (given('output') && given('preprocess') && !given('algorithm')) {
    const useless = trainingKeys.filter((key) => given(key) && !outputKeys.has(key));
    const issues = useless.map((key) => ({
      path: key,
      value: value(key),
      message: 'means nothing in a job that makes a data set by its steps',
      fix: 'remove it, or name an "algorithm" in the place of "output"',
    }));
    if (value('preprocess') !== '[]') return issues;
    const fix = 'name a step, such as {"step":"impute"}';
    return [...issues, { path: 'preprocess', value: '[]', message: 'has no step', fix }];
  }
  const issues: SpecIssue[] = [];
  if (!given('algorithm'))
    issues.push({ path: 'algorithm', value: null, message: 'is missing', fix: 'add it' });
  if (given('output')) {
    const message = 'means nothing in a job that trains';
    const fix = 'name the model with "model"; without "algorithm" the steps make a data set';
    issues.push({ path: 'output', value: value('output'), message, fix });
  }
  return issues;
}

/** Like `parseSpec`, for a value that is parsed already. */
export function checkSpec(input: unknown): JobSpec {
  const parsed = specSchema.safeParse(input);
  const purpose = purposeIssues(input);
  if (!parsed.success) {
    const found = parsed.error.issues.flatMap((issue) => translate(issue, input));
    throw new SpecError([...found, ...purpose]);
  }
  const steps = stepIssues(parsed.data.preprocess);
  if (purpose.length + steps.length > 0) throw new SpecError([...purpose, ...steps]);
  checkWorkers(parsed.data.workers);
  return parsed.data;
}

/** @throws SpecError when no number of workers satisfies both */
export function checkWorkers({ min, max }: { readonly min: number; readonly max: number }): void {
  if (min <= max) return;
  const message = `min ${min} is above max ${max}`;
  const fix = `give at most ${max}`;
  throw new SpecError([{ path: 'workers.min', value: showValue(min), message, fix }]);
}

/** Tells a repeated submission from a conflicting one: equal for equal specs, whatever their id. */
export function specDigest(spec: JobSpec): string {
  const { id: _id, ...content } = spec;
  return sha256Hex(new TextEncoder().encode(canonicalJson(content)));
}
