/**
 * Breakers: what the coordinator depends on, and whether it has lately answered.
 *
 * Three failures in a row open a breaker: nothing is asked of the dependency for a while, jobs say
 * what they wait for, and one try after another finds out whether it is back. Kept as plain data
 * that questions can be answered from even while a write is insisted on. Knows no broker.
 */

export type Dependency = 'storage' | 'blobs';

export interface Breaker {
  readonly dependency: Dependency;
  state: 'closed' | 'open' | 'half-open';
  /** Failures in a row. */
  failures: number;
  /** What the dependency said last. */
  cause: string;
  /** Wall clock, for people. */
  openedAtMs: number;
  /** Monotonic: when it may be tried again. */
  tryAtMs: number;
}

export type Breakers = ReadonlyMap<Dependency, Breaker>;

const failuresMax = 3;
const firstWaitMs = 500;
const longestWaitMs = 4_000;

/** What people call it. */
export const dependencyNames: Readonly<Record<Dependency, string>> = {
  storage: "the broker's storage",
  blobs: 'the blob store',
};

export function newBreakers(): Breakers {
  return new Map(
    (['storage', 'blobs'] as const).map((dependency) => [
      dependency,
      { dependency, state: 'closed', failures: 0, cause: '', openedAtMs: 0, tryAtMs: 0 },
    ]),
  );
}

/** Whether the dependency may be asked now; while a breaker is open, one at a time. */
export function admits(breaker: Breaker, nowMs: number): boolean {
  if (breaker.state === 'closed') return true;
  if (breaker.state === 'half-open' || nowMs < breaker.tryAtMs) return false;
  breaker.state = 'half-open';
  return true;
}

/** @returns whether the breaker has opened by this failure, and was closed before */
export function noteFailure(
  breaker: Breaker,
  cause: string,
  nowMs: number,
  wallMs: number,
): boolean {
  breaker.failures += 1;
  breaker.cause = cause;
  if (breaker.failures < failuresMax) return false;
  const tries = breaker.failures - failuresMax;
  breaker.tryAtMs = nowMs + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tries, 8));
  const opened = breaker.state === 'closed';
  if (opened) breaker.openedAtMs = wallMs;
  breaker.state = 'open';
  return opened;
}

/** @returns whether the breaker was open */
export function noteSuccess(breaker: Breaker): boolean {
  const was = breaker.state !== 'closed';
  breaker.failures = 0;
  breaker.state = 'closed';
  return was;
}

/** The breaker that keeps everybody waiting, if there is one. */
export function openBreaker(breakers: Breakers): Breaker | null {
  return [...breakers.values()].find(({ state }) => state !== 'closed') ?? null;
}
