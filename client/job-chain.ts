/**
 * A job's whole event log, read and verified from its first event: what is sound of it, and the
 * place where it is broken, if it is. Held against the job itself, which names its last event.
 */
import type { Bus } from '../runtime/bus.ts';
import type { JobId } from '../schemas/ids.ts';
import type { JobEvent, JobView } from '../schemas/views.ts';
import { BrokenChainError } from './errors.ts';
import { EventChain } from './event-chain.ts';

export interface JobChain {
  /** In order, each checked against the digest of the one before. */
  readonly events: readonly JobEvent[];
  /** Digest of the last of them, and of each. */
  readonly head: string;
  readonly digests: readonly string[];
  /** Where it goes on no further; null for a sound one. */
  readonly broken: ChainFault | null;
}

export interface ChainFault {
  /** Number of the event that is missing, changed or slipped in. */
  readonly n: number;
  readonly message: string;
}

/** Reads what is stored now. A chain that is broken is no error here: it is named. */
export async function readChain(bus: Bus, job: JobId, signal?: AbortSignal): Promise<JobChain> {
  const chain = new EventChain(job);
  const events: JobEvent[] = [];
  const options = { follow: false, ...(signal === undefined ? {} : { signal }) };
  let broken: ChainFault | null = null;
  try {
    for await (const entry of bus.journal.read(bus.subjects.eventsOf(job), options)) {
      events.push(...chain.take(entry.subject, entry.bytes));
    }
    chain.end();
  } catch (error) {
    if (!(error instanceof BrokenChainError)) throw error;
    broken = { n: error.n, message: error.message };
  }
  signal?.throwIfAborted();
  return { events, head: chain.head, digests: chain.digests, broken };
}

export interface ChainReport {
  readonly job: string;
  readonly sound: boolean;
  /** Events that follow from each other, from the first on. */
  readonly events: number;
  readonly head: string;
  /** What is wrong, with its place; empty for a sound chain. */
  readonly faults: readonly ChainFault[];
}

/**
 * Holds a chain against the job's record, as its view shows it.
 * @param before as it was when the reading began
 * @param toldMax how many events there are by now at most
 */
export function checkChain(chain: JobChain, before: JobView, toldMax: number): ChainReport {
  const fault = chain.broken ?? faultOf(chain, before, toldMax);
  const { events, head } = chain;
  const faults = fault === null ? [] : [fault];
  return { job: before.id, sound: fault === null, events: events.length, head, faults };
}

function faultOf({ events, digests }: JobChain, job: JobView, toldMax: number): ChainFault | null {
  const { id, events: told, unpublished, head } = job;
  const last = events.length;
  const stored = told - unpublished;
  if (last < stored) {
    const gone = last + 1 === stored ? `event ${stored}` : `events ${last + 1} to ${stored}`;
    const message = `${gone} of job "${id}" missing: its record counts ${told}, the log has ${last}`;
    return { n: last + 1, message };
  }
  if (last > toldMax) {
    const n = toldMax + 1;
    return { n, message: `event ${n} of job "${id}" is none of its own: it has told ${toldMax}` };
  }
  const found = digests[told - 1];
  if (told === 0 || found === undefined || found === head) return null;
  const named = `${found.slice(0, 12)}... instead of ${head.slice(0, 12)}...`;
  return {
    n: told,
    message: `event ${told} of job "${id}" is not the one of its record: ${named}`,
  };
}
