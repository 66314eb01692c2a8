/**
 * Compute by plain calls in this thread, from a table of functions; durations pass on the clock.
 *
 * As strict as the real pool: at most `slots` calls at a time and as many urgent ones, inputs and
 * results are cloned, the signal ends a call even if the function does not listen, and a crash can
 * be asked for.
 */
import { RetryableError, TerminalError } from '../../schemas/errors.ts';
import { CancelledError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Compute, ComputeOptions } from '../ports/compute.ts';

/** What a function of the table is given beside its input. */
export interface InlineContext {
  readonly signal: AbortSignal;
  progress(count: number): void;
  /** Lets simulated time pass. @throws CancelledError when the signal comes first */
  pass(ms: number): Promise<void>;
}

export type InlineFunction = (input: unknown, context: InlineContext) => unknown;

export interface InlineComputeOptions {
  readonly slots: number;
  readonly clock: Clock;
  readonly functions: Readonly<Record<string, InlineFunction>>;
  /** How long a call takes, before its function runs; nothing by default. */
  readonly durationMs?: (name: string, input: unknown) => number;
}

export class InlineCompute implements Compute {
  readonly slots: number;
  private readonly options: InlineComputeOptions;
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<AbortController>();
  /** Slots free for usual calls and for urgent ones. */
  private readonly free: { usual: number; urgent: number };
  private stopped = false;

  constructor(options: InlineComputeOptions) {
    this.slots = options.slots;
    this.free = { usual: options.slots, urgent: options.slots };
    this.options = options;
  }

  async run(name: string, input: unknown, options: ComputeOptions = {}): Promise<unknown> {
    const work = this.options.functions[name];
    if (work === undefined) {
      throw new TerminalError('unknown-function', `function ${JSON.stringify(name)} is unknown`);
    }
    // Cloned first: the caller may change its input while the call waits.
    const copy = structuredClone(input);
    const lane = options.urgent === true ? 'urgent' : 'usual';
    await this.enter(name, lane, options.signal);
    const own = new AbortController();
    const abort = () => own.abort();
    options.signal?.addEventListener('abort', abort);
    this.running.add(own);
    try {
      if (this.stopped || options.signal?.aborted === true) throw new CancelledError(name);
      const context = this.context(name, own.signal, options);
      const done = this.call(work, name, copy, context, options.onCpu);
      return structuredClone(await Promise.race([done, cancelled(name, own.signal)]));
    } finally {
      options.signal?.removeEventListener('abort', abort);
      this.running.delete(own);
      this.free[lane] += 1;
      // All of them: the first in line may have been cancelled meanwhile.
      for (const wake of this.waiting.splice(0)) wake();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const call of this.running) call.abort();
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Ends everything that runs the way a crashed thread does. */
  crash(): void {
    for (const call of this.running) call.abort(crashed());
  }

  private async call(
    work: InlineFunction,
    name: string,
    input: unknown,
    context: InlineContext,
    onCpu: ComputeOptions['onCpu'],
  ): Promise<unknown> {
    // Never in the caller's own turn: the real pool answers later, too.
    await null;
    const durationMs = this.options.durationMs?.(name, input) ?? 0;
    await context.pass(durationMs);
    const value = await work(input, context);
    // Simulated time stands for the processor's.
    onCpu?.(durationMs);
    return value;
  }

  private context(name: string, signal: AbortSignal, options: ComputeOptions): InlineContext {
    return {
      signal,
      progress: (count) => {
        if (!signal.aborted) options.onProgress?.(count);
      },
      pass: (ms) => {
        if (ms <= 0) return Promise.resolve();
        const time = new Promise<void>((resolve) => {
          this.options.clock.after(ms, resolve);
        });
        return Promise.race([time, cancelled(name, signal)]);
      },
    };
  }

  private async enter(
    name: string,
    lane: 'usual' | 'urgent',
    signal: AbortSignal | undefined,
  ): Promise<void> {
    while (this.free[lane] <= 0 && !this.stopped) {
      if (signal?.aborted === true) throw new CancelledError(name);
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    if (this.stopped) throw new CancelledError(name);
    this.free[lane] -= 1;
  }
}

function crashed(): RetryableError {
  return new RetryableError('compute-crashed', 'the thread that computed has died', 0);
}

/** Rejects when the signal comes; a race only, never left pending where it could leak a failure. */
function cancelled(name: string, signal: AbortSignal): Promise<never> {
  const why = () =>
    signal.reason instanceof RetryableError ? signal.reason : new CancelledError(name);
  const end = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(why());
    signal.addEventListener('abort', () => reject(why()), { once: true });
  });
  end.catch(() => {});
  return end;
}
