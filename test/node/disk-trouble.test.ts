/** A disk that is full, read-only or no folder: room is made, or the cause is named. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskCache } from '../../runtime/node/disk-cache.ts';
import type { Blobs } from '../../runtime/ports/blobs.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';

const sha = (bytes: Uint8Array) => parseDigest(createHash('sha256').update(bytes).digest('hex'));

class HeldBlobs implements Blobs {
  readonly held = new Map<Digest, Uint8Array>();

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = sha(bytes);
    this.held.set(digest, bytes);
    return digest;
  }

  async get(digest: Digest): Promise<Uint8Array> {
    const bytes = this.held.get(digest);
    if (bytes === undefined) throw new TerminalError('no-blob', 'not stored');
    return bytes;
  }

  has = async (digest: Digest) => this.held.has(digest);
  touch = this.has;
  remove = async (digest: Digest) => void this.held.delete(digest);
  usage = async () => ({ bytes: 0, maxBytes: null });
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'shoal-disk-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A disk of its own of this size, or null where this machine mounts none for us. */
async function smallDisk(kib: number) {
  const dir = await folder();
  try {
    const what = ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', dir.path];
    execFileSync('mount', what, { stdio: 'ignore' });
  } catch {
    await dir[Symbol.asyncDispose]();
    return null;
  }
  return {
    path: dir.path,
    readOnly: () => execFileSync('mount', ['-o', 'remount,ro', dir.path], { stdio: 'ignore' }),
    async [Symbol.asyncDispose]() {
      execFileSync('umount', [dir.path], { stdio: 'ignore' });
      await dir[Symbol.asyncDispose]();
    },
  };
}

const disk = await smallDisk(64);
const mounts = disk !== null;
await disk?.[Symbol.asyncDispose]();

describe('[F16] the cache of a host', () => {
  it.skipIf(!mounts)('makes room on a full disk, and names one that stays full', async () => {
    for (let run = 0; run < 10; run += 1) {
      await using small = await smallDisk(256);
      const blobs = new HeldBlobs();
      const cache = diskCache(blobs, small?.path ?? '', 1e9, { restMs: 0 });
      for (let i = 0; i < 6; i += 1) {
        const bytes = new Uint8Array(100_000).fill(i + run);
        const file = await cache.path(await blobs.put(bytes));
        expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
      }
      const large = await blobs.put(new Uint8Array(300_000));
      await expect(cache.path(large)).rejects.toMatchObject({
        code: 'cache-unwritable',
        message: expect.stringContaining('ENOSPC'),
      });
      // Nothing half-written stays, and what fits is cached again.
      expect((await readdir(small?.path ?? '')).filter((name) => /part|lock/.test(name))).toEqual(
        [],
      );
      await cache.path(await blobs.put(new Uint8Array(100_000).fill(99)));
    }
  });

  it.skipIf(!mounts)('names a disk that is read-only', async () => {
    for (let run = 0; run < 10; run += 1) {
      await using small = await smallDisk(256);
      const blobs = new HeldBlobs();
      const cache = diskCache(blobs, small?.path ?? '', 1e9);
      const kept = await blobs.put(new Uint8Array(1_000).fill(run));
      await cache.path(kept);
      small?.readOnly();
      await expect(cache.path(await blobs.put(new Uint8Array(10)))).rejects.toMatchObject({
        code: 'cache-unwritable',
        message: expect.stringContaining('EROFS'),
      });
    }
  });

  it('names a folder that is a file', async () => {
    await using dir = await folder();
    await writeFile(join(dir.path, 'cache'), '');
    const blobs = new HeldBlobs();
    const cache = diskCache(blobs, join(dir.path, 'cache'), 1e9);
    await expect(cache.path(await blobs.put(new Uint8Array(10)))).rejects.toMatchObject({
      code: 'cache-unwritable',
      message: expect.stringMatching(/EEXIST|ENOTDIR/),
    });
  });

  it('holds a shard that is larger than its bound', async () => {
    await using dir = await folder();
    const blobs = new HeldBlobs();
    const cache = diskCache(blobs, dir.path, 100, { restMs: 0 });
    for (const fill of [1, 2]) {
      const file = await cache.path(await blobs.put(new Uint8Array(5_000).fill(fill)));
      expect((await readFile(file)).length).toBe(5_000);
    }
    expect(await readdir(dir.path)).toHaveLength(1);
  });

  it('drops files of blobs that are not stored any more, and no others', async () => {
    await using dir = await folder();
    const blobs = new HeldBlobs();
    const cache = diskCache(blobs, dir.path, 1e9, { ending: '.arrow' });
    const [kept, gone] = [
      await blobs.put(new Uint8Array([1])),
      await blobs.put(new Uint8Array([2])),
    ];
    await cache.path(kept);
    await cache.path(gone);
    await writeFile(join(dir.path, 'notes.txt'), 'mine');
    await blobs.remove(gone);
    // Of an earlier process as well: a new one looks at the folder, not at what it fetched itself.
    expect(await diskCache(blobs, dir.path, 1e9, { ending: '.arrow' }).sweep()).toBe(1);
    expect((await readdir(dir.path)).sort()).toEqual([`${kept}.arrow`, 'notes.txt'].sort());
    await expect(cache.path(gone)).rejects.toMatchObject({ code: 'no-blob' });
  });
});
