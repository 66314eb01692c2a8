/**
 * Plans and stage inputs as read from blobs: checked as far as the work relies on them.
 *
 * A plan is written by the coordinator and named by its digest, so this guards against another
 * version's format, not against malice; the only errors are `TerminalError`s.
 */
import { TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import {
  type FitPlan,
  type JobPlan,
  type LeftOutShard,
  type PredictPlan,
  type RoundsPlan,
  type StageInputs,
  trainedSplits,
} from '../../schemas/job-plan.ts';
import { type PreprocessPlan, preprocessNumerics } from '../../schemas/preprocess.ts';

function parseJson(bytes: Uint8Array, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    // A copy first: the decoder refuses shared memory.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes)));
  } catch (cause) {
    throw new TerminalError('bad-plan', `${what} of ${bytes.length} bytes is not JSON`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TerminalError('bad-plan', `${what} is not an object`);
  }
  const object = value as Record<string, unknown>;
  if (object.format !== 1) {
    throw new TerminalError(
      'bad-plan',
      `${what} has format ${JSON.stringify(object.format)}, this process reads 1`,
      { fix: 'run the same release of shoal on every host' },
    );
  }
  return object;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFit(value: unknown): value is FitPlan {
  const fit = value as FitPlan;
  return (
    typeof fit === 'object' &&
    fit !== null &&
    typeof fit.name === 'string' &&
    typeof fit.split === 'object' &&
    typeof fit.scored === 'object' &&
    isCount(fit.firstTask) &&
    isCount(fit.tasks)
  );
}

function isRounds(rounds: RoundsPlan): boolean {
  return (
    typeof rounds === 'object' &&
    rounds !== null &&
    (rounds.mode === 'sync' || rounds.mode === 'local') &&
    isCount(rounds.slicesPerShard) &&
    rounds.slicesPerShard > 0
  );
}

function isLeftOut(without: unknown): boolean {
  if (!Array.isArray(without)) return false;
  const sound = ({ shard, rows }: Partial<LeftOutShard>, i: number) =>
    isCount(shard) && isCount(rows) && (i === 0 || shard > without[i - 1].shard);
  return without.every(
    (entry, i) => typeof entry === 'object' && entry !== null && sound(entry, i),
  );
}

/** What the steps are made of is checked where they are run. */
function isPreprocess(own: PreprocessPlan, plan: JobPlan): boolean {
  const { numerics, steps, passes, fitted, output } = own;
  if (output !== undefined && typeof output !== 'string') return false;
  const { pipelines } = fitted ?? {};
  const wanted = () => trainedSplits(plan).splits.length;
  const whole = fitted === undefined || (Array.isArray(pipelines) && pipelines.length === wanted());
  return numerics === preprocessNumerics && Array.isArray(steps) && isCount(passes) && whole;
}

/** Only the model's digest is a reference; the rest names columns and the data set. */
function isPredict(predict: PredictPlan): boolean {
  if (typeof predict !== 'object' || predict === null) return false;
  const { model, name, classes, output } = predict;
  return (
    [model, name, output].every((text) => typeof text === 'string') &&
    Array.isArray(classes) &&
    classes.every((own) => typeof own === 'string')
  );
}

export function parsePlan(bytes: Uint8Array): JobPlan {
  const plan = parseJson(bytes, 'plan') as unknown as JobPlan;
  const sound =
    typeof plan.learner === 'string' &&
    isCount(plan.numerics) &&
    ['classification', 'regression', 'clustering'].includes(plan.kind) &&
    isCount(plan.seed) &&
    typeof plan.params === 'object' &&
    plan.params !== null &&
    typeof plan.target === 'string' &&
    Array.isArray(plan.features) &&
    plan.features.every((name) => typeof name === 'string') &&
    isCount(plan.shardCount) &&
    (plan.without === undefined || isLeftOut(plan.without)) &&
    (plan.rows === 'all' || plan.rows === 'shard') &&
    Array.isArray(plan.fits) &&
    plan.fits.every(isFit) &&
    (plan.preprocess === undefined || isPreprocess(plan.preprocess, plan)) &&
    (plan.test === undefined || isCount(plan.test?.shardCount)) &&
    (plan.rounds === undefined || isRounds(plan.rounds)) &&
    (plan.predict === undefined || isPredict(plan.predict));
  if (!sound) throw new TerminalError('bad-plan', 'plan lacks a field, or has one of another type');
  parseDigest(String(plan.dataset?.manifest));
  for (const digest of plan.preprocess?.fitted?.pipelines ?? []) parseDigest(String(digest));
  if (plan.predict !== undefined) checkPrediction(plan, plan.predict);
  return plan;
}

/** What a job that predicts relies on: one scored fit, and classes where and only where it classifies. */
function checkPrediction(plan: JobPlan, { model, classes }: PredictPlan): void {
  parseDigest(model);
  const [fit] = plan.fits;
  const classifies = plan.kind === 'classification';
  if (plan.fits.length === 1 && fit?.scored?.kind === 'all' && classifies === classes.length > 0)
    return;
  throw new TerminalError('bad-plan', 'plan of a job that predicts contradicts itself');
}

export function parseInputs(bytes: Uint8Array): StageInputs {
  const { results, inline = {} } = parseJson(bytes, 'stage inputs');
  if (!Array.isArray(results)) throw new TerminalError('bad-plan', 'stage inputs lack "results"');
  const whole = Object.values(inline as object).every((text) => typeof text === 'string');
  if (!whole) throw new TerminalError('bad-plan', 'stage inputs hold results that are not base64');
  return {
    format: 1,
    results: results.map((text): Digest => parseDigest(String(text))),
    inline: inline as StageInputs['inline'],
  };
}
