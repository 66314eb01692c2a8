/**
 * Compute: runs work off the thread that keeps the heartbeat.
 */
export interface ComputeOptions {
  readonly signal?: AbortSignal;
  /** Called with a counter that grows while the work makes progress. */
  readonly onProgress?: (count: number) => void;
  /** Told before the call ends, where it can be measured: processor time that it took, milliseconds. */
  readonly onCpu?: (ms: number) => void;
  /** Run in a process of its own, so that a crash there harms nothing else. */
  readonly isolated?: boolean;
  /**
   * Does not wait behind calls that are not urgent, for which the threads may be taken for long: as
   * many urgent calls as there are slots run beside them, and share the processor with them.
   */
  readonly urgent?: boolean;
}

/**
 * A result may name, under this key, buffers of its own that are to move to the caller instead of
 * being copied; nobody may use them on the thread afterwards.
 */
export const moved = Symbol.for('shoal.compute.moved');

export interface Compute {
  /** How many calls run at the same time, of either urgency. */
  readonly slots: number;
  /**
   * Runs the named function with data that can be cloned between threads; SharedArrayBuffers are shared.
   * @throws what the function threw, RetryableError('compute-crashed') when its thread or process died,
   * TerminalError('cancelled') after the signal.
   */
  run(name: string, input: unknown, options?: ComputeOptions): Promise<unknown>;
  stop(): Promise<void>;
}
