/**
 * What the rounds of a fit give: the last state with how it came about, in a canonical encoding.
 *
 * Equal rounds give equal bytes, whoever led them and however often a lead changed hands: no node,
 * no time, no attempt; and no metrics of earlier rounds, which a later leader has not seen.
 */
import { LearnerError } from '../../learners/errors.ts';
import type { AnyRoundsLearner, Problem } from '../../learners/learner.ts';
import type { Closed } from '../../learners/rounds-learner.ts';
import { CanonicalError, CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { TerminalError } from '../../schemas/errors.ts';

export type RoundMetrics = Closed['metrics'];
export type Ended = NonNullable<Closed['ended']>;

export interface RoundResult {
  /** The last state, in memory of its own. */
  readonly state: Uint8Array;
  /** Rounds closed. */
  readonly rounds: number;
  readonly ended: Ended;
  /** Metrics of the round closed last. */
  readonly metrics: RoundMetrics;
}

const format = 1;
const metricsMax = 1000;
const reasons = ['rounds', 'converged', 'early-stop'] as const;

/**
 * Checks what a learner closed a round with, since what is wrong with it would show elsewhere, and
 * far too late.
 * @throws LearnerError
 */
export function checkClosed({ state, ended, metrics }: Closed): void {
  if (!(state instanceof Uint8Array)) throw new LearnerError('a round was closed without a state');
  if (ended !== null && !reasons.includes(ended)) {
    const known = reasons.join('", "');
    throw new LearnerError(`rounds end with ${shown(ended)}, allowed are null, "${known}"`);
  }
  const values = typeof metrics === 'object' && metrics !== null ? Object.values(metrics) : null;
  if (values === null || values.some((value) => typeof value !== 'number')) {
    throw new LearnerError('metrics of a round are an object of numbers; give {} for none');
  }
  if (values.length > metricsMax) {
    throw new LearnerError(`a round has ${values.length} metrics, at most ${metricsMax} allowed`);
  }
}

function shown(value: unknown): string {
  return JSON.stringify(String(value).slice(0, 80));
}

export function encodeRoundResult(result: RoundResult): Uint8Array {
  const writer = new CanonicalWriter(result.state.length + 4096);
  writer.text('shoal-rounds').uint(format).uint(result.rounds).text(result.ended);
  writeMetrics(writer, result.metrics);
  return writer.bytes(result.state).finish();
}

/** @throws TerminalError('bad-rounds') on anything that is not the result of rounds */
export function decodeRoundResult(bytes: Uint8Array): RoundResult {
  try {
    return read(new CanonicalReader(bytes));
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error;
    throw badResult(error.message);
  }
}

function read(reader: CanonicalReader): RoundResult {
  if (reader.text(64) !== 'shoal-rounds') throw badResult('it does not begin as one');
  const found = reader.uint();
  if (found !== format) throw badResult(`it has format ${found}, this process reads ${format}`);
  const rounds = reader.uint();
  const reason = reader.text(64);
  const ended = reasons.find((known) => known === reason);
  if (ended === undefined) throw badResult(`it ended for the reason ${JSON.stringify(reason)}`);
  const metrics = readMetrics(reader);
  // A copy, so that arrays of numbers can be laid over it.
  const state = new Uint8Array(reader.bytes());
  reader.end();
  return { state, rounds, ended, metrics };
}

/** The model's canonical bytes, from the result of a fit's rounds. */
export function finishRounds(
  learner: AnyRoundsLearner,
  problem: Problem,
  params: Record<string, unknown>,
  result: Uint8Array,
): Uint8Array {
  return learner.finish(problem, params, decodeRoundResult(result).state);
}

function writeMetrics(writer: CanonicalWriter, metrics: RoundMetrics): void {
  const names = Object.keys(metrics).sort();
  writer.uint(names.length);
  for (const name of names) writer.text(name).float(metrics[name] as number);
}

function readMetrics(reader: CanonicalReader): RoundMetrics {
  const metrics: Record<string, number> = {};
  const count = reader.uint(metricsMax);
  for (let i = 0; i < count; i += 1) {
    const name = reader.text(1024);
    metrics[name] = reader.float();
  }
  return metrics;
}

function badResult(why: string): TerminalError {
  return new TerminalError('bad-rounds', `this is no result of rounds: ${why}`);
}
