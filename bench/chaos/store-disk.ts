/**
 * A small file system in memory for the server's data, so that a full disk can be had on purpose
 * without filling anybody's. Needs the right to mount; where that is missing there is none.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StoreDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes all the room that is left but for this much. */
  fill(leftBytes: number): void;
  /** Gives the room back. */
  free(): void;
  freeBytes(): number;
}

const chunk = new Uint8Array(1024 * 1024);

/** @returns null where nothing can be mounted */
export function mountStore(path: string, sizeMiB: number): StoreDisk | null {
  mkdirSync(path, { recursive: true });
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'shoal-chaos', path]);
  if (made.status !== 0) return null;
  const filler = join(path, 'filler');
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  };
  return {
    path,
    freeBytes,
    fill(leftBytes) {
      const most = Math.max(0, freeBytes() - leftBytes);
      spawnSync('fallocate', ['-l', String(most), filler]);
      // The server goes on writing meanwhile: the rest, and what does not fit is left out.
      try {
        while (freeBytes() > leftBytes) {
          const size = Math.min(chunk.length, freeBytes() - leftBytes);
          writeFileSync(filler, chunk.subarray(0, size), { flag: 'a' });
        }
      } catch {
        // full: that was the purpose
      }
    },
    free() {
      rmSync(filler, { force: true });
    },
    async [Symbol.asyncDispose]() {
      spawnSync('umount', ['-l', path]);
    },
  };
}
