/**
 * Slows a process down from outside, by stopping it for most of the time.
 *
 * It goes on living: it sends heartbeats, computes and commits, only that much later.
 */
export interface SlowDown {
  /** Lets the process run freely again. */
  [Symbol.dispose](): void;
}

/** Runs for `runMs` out of every `cycleMs`. */
export function slowDown(pid: number, runMs: number, cycleMs: number): SlowDown {
  let timer: NodeJS.Timeout;
  const stop = (): void => {
    process.kill(pid, 'SIGSTOP');
    timer = setTimeout(run, cycleMs - runMs);
  };
  const run = (): void => {
    process.kill(pid, 'SIGCONT');
    timer = setTimeout(stop, runMs);
  };
  stop();
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      process.kill(pid, 'SIGCONT');
    },
  };
}
