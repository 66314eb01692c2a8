/**
 * Asks the coordinator before bytes are purged, and has nodes look for their copies afterwards.
 *
 * Jobs under way that use what is to go are a reason to refuse, or are failed by name with `force`.
 * Without a coordinator nobody knows of jobs: then only `force` goes on.
 */
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/ports/clock.ts';
import { TerminalError } from '../schemas/errors.ts';
import { limits } from '../schemas/limits.ts';
import type { PurgeQuestion } from '../schemas/views.ts';
import { NoCoordinatorError } from './errors.ts';
import { type AskOptions, ask } from './queries.ts';

export interface RemoveVersionsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether the bytes go as well, from the cluster and from every node. */
  readonly purge?: boolean;
  /** Whether jobs under way that use them are failed; else they are a reason to refuse. */
  readonly force?: boolean;
}

/** @throws the coordinator's refusal: `in-use` names the jobs */
export async function purging<T>(
  bus: Bus,
  clock: Clock,
  question: PurgeQuestion,
  asking: AskOptions,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await ask(bus, clock, 'purge', question, { ...asking, patienceMs: limits.takeoverMs });
  } catch (error) {
    if (!(error instanceof NoCoordinatorError)) throw error;
    if (question.force !== true) {
      const what = question.kind === 'dataset' ? 'data set' : 'model';
      throw new TerminalError(
        'no-coordinator',
        `no coordinator answers: whether a job uses ${what} "${question.id}" is not known`,
        { fix: 'start one, or purge with --force', cause: error },
      );
    }
  }
  const done = await work();
  try {
    await ask(bus, clock, 'purge', { ...question, done: true }, { ...asking, patienceMs: 0 });
  } catch {
    // Nodes look by themselves now and then.
  }
  return done;
}
