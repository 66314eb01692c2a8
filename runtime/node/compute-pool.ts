/**
 * Compute on worker threads: N long-lived threads, started when first needed, and as many again
 * for urgent calls once there are any while the others are taken.
 *
 * A thread that dies fails its call with `compute-crashed` and is replaced; cancelled work is asked
 * to stop through shared memory, and its thread is ended when it does not listen. Isolated calls run
 * in a process of their own. The pool knows its functions by name only; the entry file has them.
 */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { BugError, RetryableError } from '../../schemas/errors.ts';
import { CancelledError } from '../errors.ts';
import type { Compute, ComputeOptions } from '../ports/compute.ts';
import {
  type Call,
  counterOf,
  errorFromPlain,
  newControl,
  type Reply,
  requestCancel,
  type ThreadData,
} from './compute-channel.ts';
import { runInProcess } from './compute-process.ts';
import { exhaustion } from './exhaustion.ts';

export interface ComputePoolOptions {
  readonly slots: number;
  /** File that each thread runs: it serves calls (`cli/compute-thread.ts`). */
  readonly entry: URL;
  /** Modules of user-supplied learners, as absolute URLs. */
  readonly learners?: readonly string[];
  /** Heap limits of each thread; shared memory does not count. */
  readonly resourceLimits?: ResourceLimits;
}

export type ComputePool = Compute;

/** How long cancelled work may take to notice before its thread is ended. */
const cancelMs = 2_000;
const pollMs = 100;

interface Job {
  readonly call: Call;
  readonly options: ComputeOptions;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  lastCount: number;
}

/** One thread and the job that it runs now. */
class Thread {
  readonly worker: Worker;
  job: Job | null = null;
  /** What the thread said of its own death. */
  fault: Error | null = null;

  constructor(worker: Worker) {
    this.worker = worker;
  }
}

const noThread = ({ call }: Job) => `no thread for "${call.name}" can be started`;

export function computePool(options: ComputePoolOptions): ComputePool {
  return new ThreadPool(options);
}

/** Calls of one urgency: those that wait, and how many run. */
class Lane {
  readonly waiting: Job[] = [];
  busy = 0;
}

class ThreadPool implements Compute {
  readonly slots: number;
  readonly #options: ComputePoolOptions;
  readonly #threads = new Set<Thread>();
  readonly #usual = new Lane();
  readonly #urgent = new Lane();
  readonly #processes = new Set<AbortController>();
  #nextId = 1;
  #poll: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: ComputePoolOptions) {
    if (!Number.isInteger(options.slots) || options.slots < 1) {
      throw new BugError('slots', `slots is ${options.slots}, must be a whole number from 1`);
    }
    this.slots = options.slots;
    this.#options = options;
  }

  run(name: string, input: unknown, options: ComputeOptions = {}): Promise<unknown> {
    if (this.#stopped || options.signal?.aborted) {
      return Promise.reject(new CancelledError(`"${name}"`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call: Call = { id: this.#nextId++, name, input, control: newControl() };
    const job: Job = { call, options, resolve, reject, lastCount: 0 };
    this.#laneOf(job).waiting.push(job);
    const abort = () => this.#cancel(job);
    options.signal?.addEventListener('abort', abort, { once: true });
    this.#dispatch();
    return promise.finally(() => options.signal?.removeEventListener('abort', abort));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const job of [...this.#usual.waiting.splice(0), ...this.#urgent.waiting.splice(0)]) {
      job.reject(new CancelledError(`"${job.call.name}"`));
    }
    for (const abort of this.#processes) abort.abort();
    await Promise.all([...this.#threads].map((thread) => thread.worker.terminate()));
    this.#pollWhileBusy();
  }

  #laneOf(job: Job): Lane {
    return job.options.urgent === true ? this.#urgent : this.#usual;
  }

  #dispatch(): void {
    for (const lane of [this.#urgent, this.#usual]) {
      while (lane.busy < this.slots && !this.#stopped) {
        const job = lane.waiting.shift();
        if (job === undefined) break;
        lane.busy += 1;
        if (job.options.isolated === true) this.#runIsolated(job);
        else this.#runOnThread(job);
      }
    }
    this.#pollWhileBusy();
  }

  #runOnThread(job: Job): void {
    const thread = this.#idleThread(job);
    if (thread === null) return;
    thread.job = job;
    thread.worker.ref();
    try {
      thread.worker.postMessage(job.call);
    } catch (error) {
      // The input cannot be cloned: the caller's fault, the thread is as good as before.
      this.#release(thread, job);
      job.reject(error);
    }
  }

  #runIsolated(job: Job): void {
    const abort = new AbortController();
    this.#processes.add(abort);
    const { signal } = job.options;
    const work = runInProcess({
      entry: this.#options.entry,
      learners: this.#options.learners ?? [],
      name: job.call.name,
      input: job.call.input,
      signal: signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]),
      onProgress: (count) => job.options.onProgress?.(count),
      onCpu: (ms) => job.options.onCpu?.(ms),
    });
    work.then(job.resolve, job.reject).finally(() => {
      this.#processes.delete(abort);
      this.#laneOf(job).busy -= 1;
      this.#dispatch();
    });
  }

  /** A thread without a job, or a new one; null where none can be had, which the job is told. */
  #idleThread(job: Job): Thread | null {
    const idle = [...this.#threads].find((thread) => thread.job === null);
    if (idle !== undefined) return idle;
    try {
      return this.#startThread();
    } catch (error) {
      this.#laneOf(job).busy -= 1;
      job.reject(exhaustion(error, noThread(job)) ?? error);
      return null;
    }
  }

  #startThread(): Thread {
    const workerData: ThreadData = { learners: this.#options.learners ?? [] };
    const { resourceLimits } = this.#options;
    const worker = new Worker(this.#options.entry, {
      workerData,
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    const thread = new Thread(worker);
    this.#threads.add(thread);
    worker.on('message', (reply: Reply) => this.#answered(thread, reply));
    worker.on('error', (error) => {
      thread.fault = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', (code) => this.#died(thread, code));
    return thread;
  }

  #answered(thread: Thread, reply: Reply): void {
    const job = thread.job;
    if (job === null || job.call.id !== reply.id) return;
    this.#release(thread, job);
    if ('error' in reply) job.reject(errorFromPlain(reply.error));
    else {
      // The last count is told too, so that short work is seen to have moved.
      this.#tellProgress(job);
      job.options.onCpu?.(reply.cpuMs ?? 0);
      job.resolve(reply.value);
    }
  }

  #release(thread: Thread, job: Job): void {
    thread.job = null;
    // An idle thread does not keep the process alive.
    thread.worker.unref();
    this.#laneOf(job).busy -= 1;
    this.#dispatch();
  }

  #died(thread: Thread, code: number): void {
    this.#threads.delete(thread);
    const job = thread.job;
    if (job === null) return;
    thread.job = null;
    this.#laneOf(job).busy -= 1;
    const cancelled = this.#stopped || job.options.signal?.aborted === true;
    const cause = thread.fault?.message ?? `it ended with code ${code}`;
    const crash = `the compute thread of "${job.call.name}" died: ${cause}`;
    job.reject(
      cancelled
        ? new CancelledError(`"${job.call.name}"`)
        : (exhaustion(thread.fault, noThread(job)) ??
            new RetryableError('compute-crashed', crash, 0, { cause: thread.fault })),
    );
    this.#dispatch();
  }

  #cancel(job: Job): void {
    const { waiting } = this.#laneOf(job);
    const at = waiting.indexOf(job);
    if (at >= 0) {
      waiting.splice(at, 1);
      job.reject(new CancelledError(`"${job.call.name}"`));
      return;
    }
    requestCancel(job.call.control);
    const thread = [...this.#threads].find((candidate) => candidate.job === job);
    if (thread === undefined) return;
    setTimeout(() => {
      if (thread.job === job) void thread.worker.terminate();
    }, cancelMs).unref();
  }

  #pollWhileBusy(): void {
    const busy = this.#usual.busy + this.#urgent.busy > 0 && !this.#stopped;
    if (!busy && this.#poll !== null) {
      clearInterval(this.#poll);
      this.#poll = null;
    }
    if (busy && this.#poll === null) {
      this.#poll = setInterval(() => {
        for (const thread of this.#threads) if (thread.job !== null) this.#tellProgress(thread.job);
      }, pollMs);
      this.#poll.unref();
    }
  }

  #tellProgress(job: Job): void {
    const count = counterOf(job.call.control);
    if (count === job.lastCount) return;
    job.lastCount = count;
    job.options.onProgress?.(count);
  }
}
