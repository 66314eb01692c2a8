/**
 * Compute whose busy time is counted: what share of its threads a node uses.
 *
 * Calls beyond the number of threads wait, so the threads at work are as many as there are calls
 * under way, and no more than there are threads. The count grows when a call begins or ends.
 */
import type { Metrics } from './metrics.ts';
import type { Clock } from './ports/clock.ts';
import type { Compute } from './ports/compute.ts';

export function meteredCompute(compute: Compute, clock: Clock, metrics: Metrics): Compute {
  let calls = 0;
  let sinceMs = clock.nowMs();
  const change = (by: number) => {
    const nowMs = clock.nowMs();
    const busy = Math.min(calls, compute.slots);
    const seconds = ((nowMs - sinceMs) * busy) / 1_000;
    metrics.count('shoal_compute_busy_seconds_total', Math.max(0, seconds));
    sinceMs = nowMs;
    calls += by;
  };
  return {
    slots: compute.slots,
    async run(name, input, options) {
      change(1);
      try {
        return await compute.run(name, input, options);
      } finally {
        change(-1);
      }
    },
    stop: () => compute.stop(),
  };
}
