/**
 * Files as imports read them: ahead, into two buffers that take turns; in a thread of their own,
 * straight to where the bytes are wanted.
 *
 * Lighter than a read stream, which allocates a buffer for every chunk.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { OpenRange } from '../../datasets/csv-crew-functions.ts';
import type { ByteSource } from '../../datasets/csv-types.ts';
import type { DataFile } from '../../datasets/raw-table.ts';

const readBytes = 1024 * 1024;

/** The bytes of a file; a chunk is good until the next is asked for. The signal ends the reading. */
export function fileBytes(path: string, signal?: AbortSignal): ByteSource {
  return async function* () {
    const file = await open(path, 'r');
    let current = Buffer.allocUnsafeSlow(readBytes);
    let other = Buffer.allocUnsafeSlow(readBytes);
    let at = 0;
    let reading = file.read(current, 0, readBytes, at);
    try {
      for (;;) {
        const { bytesRead } = await reading;
        signal?.throwIfAborted();
        if (bytesRead === 0) return;
        at += bytesRead;
        reading = file.read(other, 0, readBytes, at);
        yield current.subarray(0, bytesRead);
        [current, other] = [other, current];
      }
    } finally {
      // The read ahead must end before the file is closed; its error is no longer of interest.
      await reading.catch(() => {});
      await file.close();
    }
  };
}

/**
 * A file that an import reads from its beginning and in places.
 *
 * @param name for messages; absent: the path
 * @throws the error of the operating system, EISDIR for a folder
 */
export async function dataFile(
  path: string,
  signal?: AbortSignal,
  name: string = path,
): Promise<DataFile> {
  const found = await stat(path);
  if (found.isDirectory()) {
    throw Object.assign(new Error(`"${path}" is a folder`), {
      code: 'EISDIR',
      syscall: 'read',
      path,
    });
  }
  const { size } = found;
  return { file: name, bytes: size, path, open: fileBytes(path, signal), read };

  async function read(from: number, to: number): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const file = await open(path, 'r');
    try {
      const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(to, size) - from));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await file.close();
    }
  }
}

/** A part of a file, for a thread that has nothing else to do: every read blocks it. */
export const fileRange: OpenRange = (path, from, to) => {
  const file = openSync(path, 'r');
  let at = from;
  return {
    fill(target, start, end) {
      let next = start;
      while (next < end && at < to) {
        const read = readSync(file, target, next, Math.min(end - next, to - at), at);
        if (read === 0) break;
        next += read;
        at += read;
      }
      return next;
    },
    skip(count) {
      at += count;
      return count;
    },
    close: () => closeSync(file),
  };
};
