/**
 * Threads for an import, as many as cores but two at most: each takes about 50 MB, and an import is
 * to stay below 300 MB. A small file is read sooner by the main thread alone.
 */
import { availableParallelism } from 'node:os';
import type { CsvCrew } from '../datasets/csv-types.ts';
import { computePool } from '../runtime/node/compute-pool.ts';

const threadsMax = 2;
const fileBytesMin = 64 * 1024 * 1024;

export interface ImportCrew extends AsyncDisposable {
  /** Undefined where threads would not pay. */
  readonly crew: CsvCrew | undefined;
}

/**
 * Threads that read the file; they start with the first call and end when disposed of.
 *
 * @param bytes size of the file
 */
export function importCrew(
  path: string,
  bytes: number,
  threads: number = Math.min(threadsMax, availableParallelism()),
): ImportCrew {
  if (threads < 2 || bytes < fileBytesMin) {
    return { crew: undefined, [Symbol.asyncDispose]: async () => {} };
  }
  const compute = computePool({
    slots: threads,
    entry: new URL('./import-thread.ts', import.meta.url),
    // What a thread holds is short-lived and small, or outside its heap.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  return { crew: { path, compute }, [Symbol.asyncDispose]: () => compute.stop() };
}
