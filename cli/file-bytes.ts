/**
 * Files as imports read them: ahead, into two buffers that take turns; and a scratch file.
 *
 * Lighter than a read stream, which allocates a buffer for every chunk.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../datasets/csv-types.ts';
import type { Scratch } from '../datasets/number-spool.ts';

const readBytes = 4 * 1024 * 1024;

/** The bytes of a file; a chunk is good until the next is asked for. The signal ends the reading. */
export function fileBytes(path: string, signal?: AbortSignal): ByteSource {
  return async function* () {
    const file = await open(path);
    try {
      yield* chunksOf(file, signal);
    } finally {
      await file.close();
    }
  };
}

async function* chunksOf(file: FileHandle, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
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
  }
}

/** A scratch in a new file, which the caller removes. */
export async function fileScratch(path: string): Promise<Scratch & AsyncDisposable> {
  const file = await open(path, 'w+', 0o600);
  let end = 0;
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        at += (await file.write(bytes, at, bytes.length - at, end + at)).bytesWritten;
      }
      end += bytes.length;
    },
    read: () => chunksOf(file),
    [Symbol.asyncDispose]: () => file.close(),
  };
}
