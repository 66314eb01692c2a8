/**
 * Blobs on this host's disk, fetched once and shared by all its processes.
 *
 * Files appear whole or not at all. One process fetches, the others wait for its file; a process
 * that dies while fetching is noticed. Bytes are checked when they arrive, and again when a process
 * first uses a file that it did not write. The least recently used make room, except those that
 * somebody touched a moment ago and may be about to open.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
} from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type ShoalError, TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import type { Blobs } from '../ports/blobs.ts';
import { exhaustion } from './exhaustion.ts';

export interface DiskCache {
  /**
   * A file with the blob's bytes.
   * @param onFetched called with their number where this call had them fetched
   * @param onMoved called now and then while they come, for this call or for another
   * @throws what `Blobs.get` throws
   */
  path(digest: Digest, onFetched?: (bytes: number) => void, onMoved?: () => void): Promise<string>;
  /** Forgets the blob here: it was removed, or its file is wrong. */
  drop(digest: Digest): Promise<void>;
  /** Removes the files of blobs that are not stored any more. @returns how many */
  sweep(): Promise<number>;
}

export interface DiskCacheOptions {
  /** Ending of the files, with its dot. */
  readonly ending?: string;
  /** A file used less than this long ago is never removed to make room. */
  readonly restMs?: number;
}

/** A file that is being fetched, and whoever waits for it here. */
interface Fetching {
  readonly work: Promise<void>;
  readonly waiting: Set<() => void>;
}

const digestName = /^([0-9a-f]{64})(.*)$/;
const lockPollMs = 50;
/** Whoever fetches signs its lock this often; one unsigned for so long belongs to nobody who runs. */
const signMs = 1_000;
const unsignedMs = 5_000;

/** @param maxBytes bound of the folder's size; the files in use may exceed it */
export function diskCache(
  blobs: Blobs,
  folder: string,
  maxBytes: number,
  options: DiskCacheOptions = {},
): DiskCache {
  return new HostCache(blobs, folder, maxBytes, options);
}

class HostCache implements DiskCache {
  private readonly blobs: Blobs;
  private readonly folder: string;
  private readonly maxBytes: number;
  private readonly ending: string;
  private readonly restMs: number;
  private readonly checked = new Set<Digest>();
  private readonly fetching = new Map<Digest, Fetching>();

  constructor(blobs: Blobs, folder: string, maxBytes: number, options: DiskCacheOptions) {
    this.blobs = blobs;
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.ending = options.ending ?? '';
    this.restMs = options.restMs ?? 60_000;
  }

  async path(
    digest: Digest,
    onFetched?: (bytes: number) => void,
    onMoved: () => void = () => {},
  ): Promise<string> {
    const file = this.file(digest);
    if (this.checked.has(digest) && (await touch(file))) return file;
    const { work, waiting } = this.fetching.get(digest) ?? this.begin(digest, file, onFetched);
    const own = () => onMoved();
    waiting.add(own);
    try {
      await work;
    } finally {
      waiting.delete(own);
    }
    return file;
  }

  private begin(digest: Digest, file: string, onFetched?: (bytes: number) => void): Fetching {
    const waiting = new Set<() => void>();
    const moved = () => {
      for (const tell of waiting) tell();
    };
    const work = this.provide(digest, file, moved, onFetched).finally(() =>
      this.fetching.delete(digest),
    );
    const fetching = { work, waiting };
    this.fetching.set(digest, fetching);
    return fetching;
  }

  async drop(digest: Digest): Promise<void> {
    this.checked.delete(digest);
    await rm(this.file(digest), { force: true });
  }

  async sweep(): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.folder).catch(() => [])) {
      const found = digestName.exec(name);
      if (found === null || found[2] !== this.ending) continue;
      const digest = parseDigest(found[1] as string);
      if (await this.blobs.has(digest)) continue;
      await this.drop(digest);
      removed += 1;
    }
    return removed;
  }

  private file(digest: Digest): string {
    return join(this.folder, `${digest}${this.ending}`);
  }

  /** Makes sure that the file is there and right. */
  private async provide(
    digest: Digest,
    file: string,
    moved: () => void,
    onFetched: ((bytes: number) => void) | undefined,
  ): Promise<void> {
    await this.onDisk(() => mkdir(this.folder, { recursive: true, mode: 0o700 }));
    for (;;) {
      if (await this.isRight(digest, file)) return;
      const release = await this.inRoom(file, () => lock(`${file}.lock`));
      if (release === null) {
        // A process that lives fetches it.
        moved();
        await pause(lockPollMs);
        continue;
      }
      try {
        // Somebody may have been quicker between the look and the lock.
        if (await this.isRight(digest, file)) return;
        const bytes = await this.fetch(digest, file, moved);
        onFetched?.(bytes);
        this.checked.add(digest);
      } finally {
        await release();
      }
      await this.trim(this.maxBytes, file);
      return;
    }
  }

  private async isRight(digest: Digest, file: string): Promise<boolean> {
    if (!(await touch(file))) return false;
    if (this.checked.has(digest)) return true;
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    if (hash.digest('hex') === digest) {
      this.checked.add(digest);
      return true;
    }
    await rm(file, { force: true });
    return false;
  }

  /** @returns the number of bytes */
  private async fetch(digest: Digest, file: string, moved: () => void): Promise<number> {
    const bytes = await this.blobs.get(digest, moved);
    await this.inRoom(file, () => this.write(file, bytes));
    return bytes.length;
  }

  /** On a full disk, which others may fill too, all that nobody has used just now makes room. */
  private async inRoom<T>(keep: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== 'ENOSPC') throw this.unwritable(error);
      await this.trim(0, keep);
      return this.onDisk(work);
    }
  }

  private async write(file: string, bytes: Uint8Array): Promise<void> {
    const part = `${file}.${process.pid}.part`;
    try {
      const handle = await open(part, 'w', 0o600);
      try {
        await handle.writeFile(bytes);
      } finally {
        await handle.close();
      }
      await rename(part, file);
    } finally {
      await rm(part, { force: true });
    }
  }

  private async onDisk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.unwritable(error);
    }
  }

  /** What a task is told that cannot have its shard on this host: another one may. */
  private unwritable(error: unknown): ShoalError {
    const exhausted = exhaustion(error, `cache folder "${this.folder}" cannot be used`);
    if (exhausted !== null) return exhausted;
    const why = codeOf(error) ?? String(error);
    return new TerminalError(
      'cache-unwritable',
      `cache folder "${this.folder}" of this host cannot be written: ${why}`,
      { fix: 'free space there, or start the worker with another --cache-dir', cause: error },
    );
  }

  /** Whichever process removed a file: of data sets that are gone not even the name is kept. */
  private forgetOthers(names: ReadonlySet<string>): void {
    for (const digest of this.checked) {
      if (!names.has(`${digest}${this.ending}`)) this.checked.delete(digest);
    }
  }

  /** Makes room for `keep`, which stays however large it is. */
  private async trim(maxBytes: number, keep: string): Promise<void> {
    const files: { path: string; bytes: number; usedMs: number }[] = [];
    const names = await readdir(this.folder);
    this.forgetOthers(new Set(names));
    for (const name of names) {
      const path = join(this.folder, name);
      // Another process may have removed it since it was listed.
      const facts = await stat(path).catch(() => null);
      if (facts?.isFile()) files.push({ path, bytes: facts.size, usedMs: facts.mtimeMs });
    }
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    files.sort((a, b) => a.usedMs - b.usedMs);
    for (const { path, bytes, usedMs } of files) {
      if (total <= maxBytes || Date.now() - usedMs < this.restMs) return;
      if (path === keep) continue;
      await rm(path, { force: true });
      total -= bytes;
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Marks a file as used now. @returns false where there is none */
async function touch(file: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(file, now, now);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes the lock of a file that is being fetched. @returns null while a living process has it
 * @throws what the disk says
 */
async function lock(path: string): Promise<(() => Promise<void>) | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (await isAbandoned(path)) await rm(path, { force: true });
    return null;
  }
  try {
    await handle.writeFile(String(process.pid));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  const signing = setInterval(() => void touch(path), signMs);
  signing.unref();
  return () => {
    clearInterval(signing);
    return rm(path, { force: true });
  };
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(path, 'utf8'));
    // Its process is frozen, or out of sight in another container.
    if (Date.now() - (await stat(path)).mtimeMs > unsignedMs) return true;
    // Just made, and not yet signed.
    if (pid === 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
