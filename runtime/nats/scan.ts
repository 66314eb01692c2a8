/**
 * Reads of a stream: `scan` yields what it holds now and ends; `follow` goes on with what comes.
 *
 * Both use an ephemeral consumer without acknowledgements and check its numbering. The server
 * itself says when nothing is left, since counting is fooled by entries replaced meanwhile. A
 * follower outlives restarts of the server: it begins again after the last entry that it yielded.
 */
import { limits } from '../../schemas/limits.ts';
import { DisconnectedError, NoRespondersError, TimeoutError } from '../errors.ts';
import { faultCodes, isFault } from './broker-error.ts';
import type { Link } from './link.ts';
import { type Pulled, PullSession } from './pull-session.ts';

/** The real bound is that of the bytes of a pull; fewer pulls are fewer round trips. */
const batchMax = 10_000;
const retryMs = 250;

export interface ScanOptions {
  readonly stream: string;
  readonly filter: string;
  readonly deliver: 'all' | 'last_per_subject' | 'by_start_sequence';
  readonly startSeq?: number;
}

/** A step of a follower; `caughtUp` from when all that was stored at its start has been yielded. */
export interface FollowStep {
  readonly entries: readonly Pulled[];
  readonly caughtUp: boolean;
}

interface Reader {
  readonly session: PullSession;
  readonly pending: number;
  close(): void;
}

/** While servers elect who leads a stream nobody answers, for longer than one request may take. */
const electionMs = 10_000;

async function openReader(link: Link, options: ScanOptions): Promise<Reader> {
  const deadline = link.clock.nowMs() + electionMs;
  for (let tries = 1; ; tries++) {
    try {
      return await tryOpenReader(link, options);
    } catch (error) {
      const silent = error instanceof TimeoutError;
      const unheard = silent || error instanceof NoRespondersError;
      const electing = link.replicated && (unheard || isFault(error, faultCodes.unavailable));
      // A server that reads its configuration anew drops requests of that moment.
      const dropped = silent && tries === 1;
      if (!(electing || dropped) || !link.connected || link.clock.nowMs() > deadline) throw error;
      await link.pause(retryMs);
    }
  }
}

async function tryOpenReader(link: Link, options: ScanOptions): Promise<Reader> {
  const name = `read-${link.inbox().split('.').at(-1)}`;
  const path = `${options.stream}.${name}`;
  const info = await link.api<{ num_pending: number }>(
    `CONSUMER.CREATE.${path}.${options.filter}`,
    {
      stream_name: options.stream,
      config: {
        name,
        filter_subject: options.filter,
        deliver_policy: options.deliver,
        ...(options.startSeq === undefined ? {} : { opt_start_seq: options.startSeq }),
        ack_policy: 'none',
        mem_storage: true,
        num_replicas: 1,
        inactive_threshold: 30e9,
      },
    },
  );
  const session = new PullSession(link, options.stream, name);
  return {
    session,
    pending: info.num_pending,
    close() {
      session.close();
      // The server forgets it by itself when this is lost.
      if (link.connected) link.publish(`$JS.API.CONSUMER.DELETE.${path}`, new Uint8Array());
    },
  };
}

/** Yields the entries that are stored now, in batches, oldest first. */
export async function* scan(link: Link, options: ScanOptions): AsyncGenerator<readonly Pulled[]> {
  const reader = await openReader(link, options);
  let left = reader.pending;
  let count = 0;
  try {
    while (left > 0) {
      const entries = await reader.session.next({ batch: Math.min(left, batchMax), wait: false });
      if (entries.length === 0) return;
      for (const entry of entries) {
        count += 1;
        if (entry.consumerSeq !== count) throw new Error('entries got lost on the way');
      }
      left -= entries.length;
      // An entry replaced meanwhile comes last, behind those that are new: do not stop before it.
      if (options.deliver === 'last_per_subject') {
        left = Math.max(left, entries.at(-1)?.pending ?? 0);
      }
      yield entries;
    }
  } finally {
    reader.close();
  }
}

/**
 * @throws when the stream cannot be read at the start, a link that is down being waited for a while;
 * later failures are retried for ever
 */
export async function* follow(
  link: Link,
  options: ScanOptions,
  signal: AbortSignal,
): AsyncGenerator<FollowStep> {
  let lastSeq = 0;
  let caughtUp = false;
  let opened = false;
  const patienceMs = link.clock.nowMs() + electionMs;
  while (!signal.aborted && !link.closed) {
    let reader: Reader | null = null;
    const interrupt = () => reader?.session.interrupt();
    signal.addEventListener('abort', interrupt);
    try {
      reader = await openReader(
        link,
        lastSeq === 0
          ? options
          : { ...options, deliver: 'by_start_sequence', startSeq: lastSeq + 1 },
      );
      opened = true;
      let count = 0;
      while (!signal.aborted) {
        const entries = await reader.session.next({ batch: batchMax, wait: caughtUp });
        if (signal.aborted) return;
        for (const entry of entries) {
          count += 1;
          if (entry.consumerSeq !== count) throw new Error('entries got lost on the way');
        }
        lastSeq = entries.at(-1)?.seq ?? lastSeq;
        if (entries.length > 0) yield { entries, caughtUp };
        else if (!caughtUp) {
          caughtUp = true;
          yield { entries, caughtUp };
        }
      }
    } catch (error) {
      const down = error instanceof DisconnectedError && link.clock.nowMs() < patienceMs;
      if (!opened && !down) throw error;
      if (link.closed) return;
      await untilRetry(link, signal);
    } finally {
      signal.removeEventListener('abort', interrupt);
      reader?.close();
    }
  }
}

/** Waits a moment before the next attempt, less when the link comes back. */
export function untilRetry(link: Link, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wait = link.connected ? retryMs : limits.storeMs;
    const timer = link.clock.after(wait, () => done());
    const forget = link.onChange((connected) => (connected || link.closed) && done());
    const done = () => {
      timer.cancel();
      forget();
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
  });
}
