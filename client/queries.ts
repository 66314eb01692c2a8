/**
 * Questions to the leading coordinator: JSON out, JSON back, typed by `schemas/views.ts`.
 *
 * While a leader is being replaced nobody listens for a moment, so a question is repeated for as
 * long as its asker is patient before it is reported that no coordinator is there.
 */
import type { Bus } from '../runtime/bus.ts';
import { NoRespondersError, TimeoutError } from '../runtime/errors.ts';
import type { Clock } from '../runtime/ports/clock.ts';
import { ShoalError, TerminalError } from '../schemas/errors.ts';
import { limits } from '../schemas/limits.ts';
import type { Queries, QueryReply, QueryVerb } from '../schemas/views.ts';
import { abortable, pause } from './abort.ts';
import { errorOfReply, NoCoordinatorError } from './errors.ts';

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to look for a coordinator; 0, the default, asks once. */
  readonly patienceMs?: number | undefined;
  /** Told, once a question, when nobody has answered it for a second. */
  readonly onWait?: (() => void) | undefined;
  /** How long one answer may take. */
  readonly requestMs?: number | undefined;
}

const RETRY_MS = 200;
const TELL_MS = 1_000;

/** What may be asked twice although the first answer may only have been lost. */
const repeatable: ReadonlySet<QueryVerb> = new Set([
  'jobs',
  'job',
  'tasks',
  'nodes',
  'status',
  'purge',
] as const satisfies readonly QueryVerb[]);

/**
 * @throws NoCoordinatorError when nobody listens, TimeoutError when nobody answers in time, and the coordinator's own refusal by its code.
 */
export async function ask<V extends QueryVerb>(
  bus: Bus,
  clock: Clock,
  verb: V,
  question: Queries[V]['ask'],
  options: AskOptions = {},
): Promise<Queries[V]['answer']> {
  const bytes = new TextEncoder().encode(JSON.stringify(question));
  const started = clock.nowMs();
  const until = started + (options.patienceMs ?? 0);
  using _ = waiting(clock, options.onWait);
  for (;;) {
    try {
      const request = bus.transport.request(bus.subjects.query(verb), bytes, {
        timeoutMs: options.requestMs ?? limits.requestMs,
      });
      const reply = await abortable(request, options.signal);
      return readReply<Queries[V]['answer']>(reply.bytes);
    } catch (error) {
      const nobody = error instanceof NoRespondersError;
      const starting = error instanceof ShoalError && error.code === 'starting';
      const silent = error instanceof TimeoutError && repeatable.has(verb);
      if (!nobody && !starting && !silent) throw error;
      const limit = starting ? Math.max(until, started + limits.takeoverMs) : until;
      if (clock.nowMs() >= limit) throw nobody ? new NoCoordinatorError(bus.url, error) : error;
      await pause(clock, RETRY_MS, options.signal);
    }
  }
}

function waiting(clock: Clock, tell: (() => void) | undefined): Disposable {
  const timer = tell === undefined ? null : clock.after(TELL_MS, tell);
  return { [Symbol.dispose]: () => timer?.cancel() };
}

/** All pages of a list, asked for one after the other. */
export async function askAll<T>(askFrom: (from: number) => Promise<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await askFrom(all.length);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

function readReply<T>(bytes: Uint8Array): T {
  let reply: QueryReply<T>;
  try {
    reply = JSON.parse(new TextDecoder().decode(bytes)) as QueryReply<T>;
  } catch (cause) {
    throw new TerminalError('bad-message', `answer of ${bytes.length} bytes is not JSON`, {
      cause,
    });
  }
  if (reply.ok) return reply.value;
  throw errorOfReply(reply.error);
}
