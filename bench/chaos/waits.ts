/**
 * Waiting in real time, which is what benchmarks of real processes do.
 */
const pollMs = 20;

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @returns whether it came to hold within the time */
export async function until(holds: () => boolean, maxMs: number): Promise<boolean> {
  const endMs = performance.now() + maxMs;
  while (!holds()) {
    if (performance.now() > endMs) return false;
    await wait(pollMs);
  }
  return true;
}
