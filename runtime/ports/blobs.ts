/**
 * Blobs: immutable bytes named by their own SHA-256, in chunks, checked on every read.
 */
import type { Digest } from '../../schemas/ids.ts';

export type BlobProgress = (doneBytes: number, totalBytes: number) => void;

export interface Blobs {
  /** Stores the bytes; a blob that is there already is touched, not sent again. Resumes a broken put. */
  put(bytes: Uint8Array, onProgress?: BlobProgress): Promise<Digest>;
  /**
   * Fetches and checks. @throws TerminalError('no-blob') when unknown or incomplete,
   * RetryableError('corrupt-blob') when the bytes do not match the name.
   */
  get(digest: Digest, onProgress?: BlobProgress): Promise<Uint8Array>;
  has(digest: Digest): Promise<boolean>;
  /** Removes chunks and record. */
  remove(digest: Digest): Promise<void>;
}
