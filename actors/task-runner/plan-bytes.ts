/**
 * Plans and stage inputs as read from blobs: checked as far as the work relies on them.
 *
 * A plan is written by the coordinator and named by its digest, so this guards against another
 * version's format, not against malice; the only errors are `TerminalError`s.
 */
import { TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import type { FitPlan, JobPlan, RoundsPlan, StageInputs } from '../../schemas/job-plan.ts';

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
    (plan.rows === 'all' || plan.rows === 'shard') &&
    Array.isArray(plan.fits) &&
    plan.fits.every(isFit) &&
    (plan.rounds === undefined || isRounds(plan.rounds));
  if (!sound) throw new TerminalError('bad-plan', 'plan lacks a field, or has one of another type');
  parseDigest(String(plan.dataset?.manifest));
  return plan;
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
