/**
 * Prepared data in shared memory: made once, used by all threads, bounded by bytes.
 *
 * The least recently used entry goes first; what was asked for last stays even when it alone is
 * over the bound, since the work in hand needs it. An entry of a cancelled job goes at once.
 */
import type { AbortReason } from './effects.ts';

export interface PreparedUse {
  readonly key: string;
  readonly job: string;
  readonly manifest: string;
  /** Raised when the task is of no use any more, with an `AbortReason`. */
  readonly signal: AbortSignal;
  /** Called whenever the making moves on, if it is not made yet. */
  onProgress(): void;
}

export type Prepare = (signal: AbortSignal, onProgress: () => void) => Promise<unknown>;

interface Entry {
  readonly manifest: string;
  readonly jobs: Set<string>;
  readonly listeners: Set<() => void>;
  readonly abort: AbortController;
  readonly value: Promise<unknown>;
  /** 0 until it is made. */
  bytes: number;
  usedAtMs: number;
}

const heldDigits = 16;
/** Data that no task asked for during this time is dropped; a next job would have come by then. */
const idleMs = 30 * 60_000;

export class PreparedCache {
  readonly #budgetBytes: number;
  readonly #entries = new Map<string, Entry>();
  #nowMs = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  async get(use: PreparedUse, prepare: Prepare): Promise<unknown> {
    const entry = this.#entries.get(use.key) ?? this.#make(use, prepare);
    entry.jobs.add(use.job);
    entry.usedAtMs = this.#nowMs;
    this.#entries.delete(use.key);
    this.#entries.set(use.key, entry);
    const listener = () => use.onProgress();
    entry.listeners.add(listener);
    const stop = () => this.#stopped(use, entry, listener);
    use.signal.addEventListener('abort', stop, { once: true });
    try {
      return await entry.value;
    } finally {
      use.signal.removeEventListener('abort', stop);
      entry.listeners.delete(listener);
    }
  }

  /** All tasks that wait for a making that hangs were told to stop: it must not keep its thread. */
  #stopped(use: PreparedUse, entry: Entry, listener: () => void): void {
    if (use.signal.reason !== ('stopped' satisfies AbortReason)) return;
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0 || entry.bytes > 0) return;
    entry.abort.abort();
    if (this.#entries.get(use.key) === entry) this.#entries.delete(use.key);
  }

  /** Drops what only this job uses; a making under way is aborted. */
  forget(job: string): void {
    for (const [key, entry] of this.#entries) {
      if (!entry.jobs.delete(job) || entry.jobs.size > 0) continue;
      entry.abort.abort();
      this.#entries.delete(key);
    }
  }

  /** Manifests of the data that is kept. */
  manifests(): string[] {
    return [...new Set([...this.#entries.values()].map((entry) => entry.manifest))];
  }

  /** Drops the data of a manifest; work that has it in hand goes on with it. */
  drop(manifest: string): void {
    for (const [key, entry] of this.#entries) {
      if (entry.manifest === manifest && entry.bytes > 0) this.#entries.delete(key);
    }
  }

  /** Called now and then with the time: drops what has lain idle. */
  rest(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const [key, entry] of this.#entries) {
      if (entry.bytes > 0 && nowMs - entry.usedAtMs > idleMs) this.#entries.delete(key);
    }
  }

  /** First digits of the manifests whose data is ready in memory. */
  held(): string[] {
    const ready = [...this.#entries.values()].filter((entry) => entry.bytes > 0);
    return [...new Set(ready.map((entry) => entry.manifest.slice(0, heldDigits)))];
  }

  #make(use: PreparedUse, prepare: Prepare): Entry {
    const abort = new AbortController();
    const listeners = new Set<() => void>();
    const tell = () => {
      for (const listener of listeners) listener();
    };
    const value = prepare(abort.signal, tell);
    const jobs = new Set<string>();
    const entry: Entry = {
      manifest: use.manifest,
      jobs,
      listeners,
      abort,
      value,
      bytes: 0,
      usedAtMs: this.#nowMs,
    };
    value.then(
      (prepared) => {
        entry.bytes = Math.max(1, bytesOf(prepared));
        this.#evict(use.key);
      },
      () => {
        if (this.#entries.get(use.key) === entry) this.#entries.delete(use.key);
      },
    );
    return entry;
  }

  #evict(keep: string): void {
    let total = 0;
    for (const entry of this.#entries.values()) total += entry.bytes;
    for (const [key, entry] of this.#entries) {
      if (total <= this.#budgetBytes) return;
      if (key === keep || entry.bytes === 0) continue;
      this.#entries.delete(key);
      total -= entry.bytes;
    }
  }
}

/** Bytes of all buffers in a structure, each counted once. */
export function bytesOf(value: unknown, seen = new Set<unknown>()): number {
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return bytesOf(value.buffer, seen);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return value.byteLength;
  const parts = value instanceof Map ? value.values() : Object.values(value);
  let total = 0;
  for (const part of parts) total += bytesOf(part, seen);
  return total;
}
