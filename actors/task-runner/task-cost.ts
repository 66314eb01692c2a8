/**
 * What an attempt costs beside its time: fetching, storing, processor time and bytes.
 *
 * A sum that grows while the attempt goes on and stands in its record with the commit. For people:
 * nothing is decided by it, and a node that counts nothing is as good a worker.
 */
import { shoal } from '../../schemas/generated/shoal.js';

/** Milliseconds and bytes. */
export interface TaskCost {
  readonly fetchMs: number;
  readonly storeMs: number;
  /** Of the compute threads. */
  readonly cpuMs: number;
  /** That crossed the network. */
  readonly fetchedBytes: number;
  readonly storedBytes: number;
}

/** Which spans of an attempt are fetching and which storing; all else is computing. */
const spent: Readonly<Record<string, 'fetchMs' | 'storeMs'>> = {
  'blob.get': 'fetchMs',
  'shard.get': 'fetchMs',
  'blob.put': 'storeMs',
};

export class CostMeter {
  readonly #sums = { fetchMs: 0, storeMs: 0, cpuMs: 0, fetchedBytes: 0, storedBytes: 0 };

  add(cost: Partial<TaskCost>): void {
    for (const key of Object.keys(cost) as (keyof TaskCost)[]) this.#sums[key] += cost[key] ?? 0;
  }

  /** Runs a part of the attempt and counts how long it took, where it is one of those counted. */
  async time<T>(part: string, nowMs: () => number, work: () => Promise<T>): Promise<T> {
    const key = spent[part];
    if (key === undefined) return work();
    const startedMs = nowMs();
    try {
      return await work();
    } finally {
      this.#sums[key] += nowMs() - startedMs;
    }
  }

  /** For heartbeats, of what is still at work: empty while there is nothing to say. */
  soFar(): { readonly cpuMs?: number; readonly fetchedBytes?: number } {
    const { cpuMs, fetchedBytes } = this.#sums;
    return cpuMs === 0 && fetchedBytes === 0 ? {} : { cpuMs: Math.round(cpuMs), fetchedBytes };
  }

  /** For the record: whole numbers, each within its field. */
  sum(): shoal.TaskCost {
    const { fetchMs, storeMs, cpuMs, fetchedBytes, storedBytes } = this.#sums;
    const ms = (value: number) => Math.min(2 ** 32 - 1, Math.max(0, Math.round(value)));
    return shoal.TaskCost.create({
      ...{ fetchMs: ms(fetchMs), storeMs: ms(storeMs), cpuMs: ms(cpuMs) },
      ...{ fetchedBytes, storedBytes },
    });
  }
}
