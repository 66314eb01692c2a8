/**
 * Shards of this host as files in one folder, shared by all its workers: a disk cache by digest.
 *
 * A file appears whole or not at all (written aside, then renamed), so processes may share the
 * folder without a lock. Whether the bytes are right is checked by whoever reads them; a wrong file
 * is dropped and fetched anew. The folder is kept below a bound by leaving out the least recently
 * used files, but never one that was used within the last minutes.
 */
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShardFiles } from '../actors/task-runner/shard-files.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import type { Digest } from '../schemas/ids.ts';

export interface ShardFolderOptions {
  readonly dir: string;
  readonly blobs: Blobs;
  readonly bytesMax?: number;
}

const bytesMaxDefault = 32 * 1024 ** 3;
const restMs = 10 * 60_000;

export function shardFolder(options: ShardFolderOptions): ShardFiles {
  return new ShardFolder(options);
}

class ShardFolder implements ShardFiles {
  private readonly dir: string;
  private readonly blobs: Blobs;
  private readonly bytesMax: number;
  private readonly fetching = new Map<Digest, Promise<string>>();

  constructor(options: ShardFolderOptions) {
    this.dir = options.dir;
    this.blobs = options.blobs;
    this.bytesMax = options.bytesMax ?? bytesMaxDefault;
  }

  async path(digest: Digest): Promise<string> {
    const file = join(this.dir, `${digest}.arrow`);
    try {
      const now = new Date();
      await utimes(file, now, now); // when it was last used, for what is left out
      return file;
    } catch {
      // not there yet
    }
    const under = this.fetching.get(digest) ?? this.fetch(digest, file);
    this.fetching.set(digest, under);
    try {
      return await under;
    } finally {
      this.fetching.delete(digest);
    }
  }

  async drop(digest: Digest): Promise<void> {
    await rm(join(this.dir, `${digest}.arrow`), { force: true });
  }

  private async fetch(digest: Digest, file: string): Promise<string> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const bytes = await this.blobs.get(digest);
    const part = `${file}.${process.pid}.part`;
    try {
      await writeFile(part, bytes, { mode: 0o600 });
      await rename(part, file);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    await this.trim();
    return file;
  }

  private async trim(): Promise<void> {
    const files: { path: string; bytes: number; usedMs: number }[] = [];
    for (const name of await readdir(this.dir)) {
      const path = join(this.dir, name);
      const facts = await stat(path).catch(() => null); // another worker may have dropped it
      if (facts !== null) files.push({ path, bytes: facts.size, usedMs: facts.mtimeMs });
    }
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    files.sort((a, b) => a.usedMs - b.usedMs);
    for (const { path, bytes, usedMs } of files) {
      if (total <= this.bytesMax || Date.now() - usedMs < restMs) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }
}
