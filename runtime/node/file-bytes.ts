/**
 * Files as imports read them: ahead, into two buffers that take turns; in a thread of their own,
 * straight to where the bytes are wanted.
 *
 * Lighter than a read stream, which allocates a buffer for every chunk.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { OpenRange } from '../datasets/csv-crew-functions.ts';
import type { ByteSource } from '../datasets/csv-types.ts';

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
