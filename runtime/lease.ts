/**
 * The leader's lease: a record renewed by compare-and-set, watched on each candidate's own clock.
 *
 * Pure: `observe` notes what the record says, `decide` says what to write next. Safety never rests
 * on it, since every write of a leader is itself a compare-and-set; the lease only keeps two
 * leaders from working at cross purposes. The term grows with every change of holder.
 */
import { limits } from '../schemas/limits.ts';

export interface LeaseView {
  readonly node: string;
  readonly nonce: string;
  readonly term: number;
  readonly released: boolean;
  readonly revision: number;
}

export interface Candidate {
  readonly node: string;
  readonly nonce: string;
  /** The last lease record seen; null when there is none. */
  seen: LeaseView | null;
  /** Monotonic milliseconds since when `seen` has stood unchanged. */
  unchangedSinceMs: number;
  /** When the last renewal that succeeded was sent; 0 when not leading. */
  renewedMs: number;
  /** When the last look at the record that found it held by this candidate was asked for. */
  confirmedMs: number;
}

export function candidate(node: string, nonce: string): Candidate {
  return { node, nonce, seen: null, unchangedSinceMs: 0, renewedMs: 0, confirmedMs: 0 };
}

/**
 * Notes what the record says now.
 * @param askedMs when it was asked for: what was true then may be over by now
 */
export function observe(
  state: Candidate,
  lease: LeaseView | null,
  nowMs: number,
  askedMs = nowMs,
): void {
  if (lease?.revision !== state.seen?.revision || state.unchangedSinceMs === 0) {
    state.unchangedSinceMs = nowMs;
  }
  state.seen = lease;
  if (holds(state)) state.confirmedMs = askedMs;
}

export type LeaseMove =
  | { readonly kind: 'wait' }
  /** Write the record as new holder, under this term. */
  | { readonly kind: 'take'; readonly term: number }
  | { readonly kind: 'renew'; readonly term: number };

export function holds(state: Candidate): boolean {
  return state.seen !== null && state.seen.nonce === state.nonce && !state.seen.released;
}

/** Whether a holder may still act: its last renewal is younger than the lease. */
export function mayAct(state: Candidate, nowMs: number): boolean {
  return holds(state) && nowMs - state.renewedMs < limits.leaseMs;
}

/**
 * Whether what a holder knows is how things are: it was seen to hold the lease less than a lease
 * ago. Unlike to act, to tell does not need a store that takes writes.
 */
export function mayTell(state: Candidate, nowMs: number): boolean {
  return holds(state) && nowMs - state.confirmedMs < limits.leaseMs;
}

/** What to do now. */
export function decide(state: Candidate, nowMs: number): LeaseMove {
  const { seen } = state;
  if (seen === null) return { kind: 'take', term: 1 };
  if (holds(state)) {
    return nowMs - state.renewedMs >= limits.leaseRenewMs
      ? { kind: 'renew', term: seen.term }
      : { kind: 'wait' };
  }
  // The same node under a new nonce is the restarted process, unless two were given one name: one
  // renewal's time without a renewal tells them apart.
  const unchangedMs = nowMs - state.unchangedSinceMs;
  const patienceMs = seen.node === state.node ? 1.5 * limits.leaseRenewMs : limits.leaseMs;
  const free = seen.released || unchangedMs >= patienceMs;
  return free ? { kind: 'take', term: seen.term + 1 } : { kind: 'wait' };
}
