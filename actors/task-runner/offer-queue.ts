/**
 * Offers that wait at a node for a free slot, and which of them goes next.
 *
 * Later attempts go first, since whoever lost them has waited already; then the highest priority;
 * then the job that has the least running here and, of those, whose turn is longest ago: a few tasks
 * never wait behind thousands.
 * Order is all that it decides: an offer is a hint, and losing one costs a repetition.
 */
import type { TermOffer } from './events.ts';

/** Jobs whose last turn is remembered. */
const turnsKept = 256;

function rank(offer: TermOffer): number {
  return (offer.attempt > 1 ? 1_000 : 0) + (offer.priority ?? 0);
}

/**
 * Takes offers out of the queue.
 * @param most how many slots are free
 * @param running tasks that run here, by job
 * @param turns number of the run that a job was given last, by job; later ones are higher
 */
export function takeNext(
  queue: readonly TermOffer[],
  most: number,
  running: ReadonlyMap<string, number>,
  turns: ReadonlyMap<string, number>,
): { readonly taken: readonly TermOffer[]; readonly left: readonly TermOffer[] } {
  const left = [...queue];
  const counts = new Map(running);
  const taken: TermOffer[] = [];
  while (taken.length < most && left.length > 0) {
    let best = 0;
    for (let i = 1; i < left.length; i++) {
      if (before(left[i] as TermOffer, left[best] as TermOffer, counts, turns)) best = i;
    }
    const [next] = left.splice(best, 1);
    if (next === undefined) break;
    taken.push(next);
    counts.set(next.job, (counts.get(next.job) ?? 0) + 1);
  }
  return { taken, left };
}

/** Whether `a` goes before `b`, which came earlier. */
function before(
  a: TermOffer,
  b: TermOffer,
  counts: ReadonlyMap<string, number>,
  turns: ReadonlyMap<string, number>,
): boolean {
  const order =
    rank(b) - rank(a) ||
    (counts.get(a.job) ?? 0) - (counts.get(b.job) ?? 0) ||
    (turns.get(a.job) ?? 0) - (turns.get(b.job) ?? 0);
  return order < 0;
}

/** The turns after some runs were given out; of jobs that are long gone nothing is kept. */
export function turnsAfter(
  turns: ReadonlyMap<string, number>,
  taken: readonly TermOffer[],
  firstRun: number,
): ReadonlyMap<string, number> {
  const after = new Map(turns);
  for (const [i, { job }] of taken.entries()) {
    after.delete(job);
    after.set(job, firstRun + i);
  }
  for (const job of after.keys()) {
    if (after.size <= turnsKept) break;
    after.delete(job);
  }
  return after;
}
