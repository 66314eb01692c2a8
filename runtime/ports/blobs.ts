/**
 * Blobs: immutable bytes named by their own SHA-256, in chunks, checked on every read.
 */
import type { Digest } from '../../schemas/ids.ts';

export type BlobProgress = (doneBytes: number, totalBytes: number) => void;

/** How full the place is where blobs lie, in bytes; `maxBytes` is null where nothing bounds it. */
export interface BlobUsage {
  readonly bytes: number;
  readonly maxBytes: number | null;
}

export interface Blobs {
  /** Stores the bytes; a blob that is there already is touched, not sent again. Resumes a broken put. */
  put(bytes: Uint8Array, onProgress?: BlobProgress): Promise<Digest>;
  /**
   * Fetches and checks. @throws TerminalError('no-blob') when unknown or incomplete,
   * RetryableError('corrupt-blob') when the bytes do not match the name.
   */
  get(digest: Digest, onProgress?: BlobProgress): Promise<Uint8Array>;
  has(digest: Digest): Promise<boolean>;
  /**
   * Takes away the mark that condemns the blob; with `anew` its record is written in any case, so that
   * the time in which nothing names it begins anew. @returns false where it is not to be had
   */
  touch(digest: Digest, anew?: boolean): Promise<boolean>;
  /**
   * Removes chunks and record, of the record at this revision if one is given. Whoever puts the
   * blob meanwhile has it stored anew.
   * @throws ConflictError when the record has changed
   */
  remove(digest: Digest, revision?: number): Promise<void>;
  usage(): Promise<BlobUsage>;
}
