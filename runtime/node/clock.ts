/**
 * The clock of a real process: monotonic time from `performance.now`, wall time from `Date.now`.
 *
 * Timers keep the process alive until they fire, unless `keepAlive: false` is given.
 */
import type { Clock, Timer } from '../ports/clock.ts';

/** Longest delay that `setTimeout` takes; longer ones would fire at once. */
const delayMax = 2 ** 31 - 1;

export function nodeClock(options: { readonly keepAlive?: boolean } = {}): Clock {
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    after(ms: number, run: () => void): Timer {
      const timer = setTimeout(run, Math.min(Math.max(0, ms), delayMax));
      if (options.keepAlive === false) timer.unref();
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
