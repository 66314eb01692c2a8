/**
 * Store: small records changed only by compare-and-set. The truth of the system lives here.
 */
import type { Bucket } from '../../schemas/subjects.ts';

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
}

/** A change seen by a watch; `value` is null where the key was removed. */
export interface Change {
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly revision: number;
}

export interface Watch {
  /** Resolves when all that was stored at the start of the watch has been handed over. */
  readonly caughtUp: Promise<void>;
  stop(): Promise<void>;
}

export interface Store {
  /** Reads from the leader of the bucket: what was written before is seen. */
  get(bucket: Bucket, key: string): Promise<Entry | undefined>;
  /** Writes a key that must not exist. @returns its revision @throws ConflictError */
  create(bucket: Bucket, key: string, value: Uint8Array): Promise<number>;
  /** Writes a key that must stand at this revision. @returns the new one @throws ConflictError */
  update(bucket: Bucket, key: string, value: Uint8Array, revision: number): Promise<number>;
  /** Removes the key if it stands at this revision; it can be created again. @throws ConflictError */
  remove(bucket: Bucket, key: string, revision: number): Promise<void>;
  /** Like `remove`, and leaves no marker behind where this process may purge. @throws ConflictError */
  erase(bucket: Bucket, key: string, revision: number): Promise<void>;
  /**
   * Removes every key that starts with the prefix (a whole number of tokens), but what is written after
   * the call was made, however late the broker hears of it; they can be created again.
   */
  purge(bucket: Bucket, prefix: string): Promise<void>;
  /** All records whose key starts with the prefix ('' for all), in no promised order. */
  list(bucket: Bucket, prefix: string): Promise<Entry[]>;
  /** Every record and every later change, in order of revision. A hint: a sweep must back it up. */
  watch(bucket: Bucket, prefix: string, handler: (change: Change) => void): Promise<Watch>;
}
