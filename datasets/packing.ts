/**
 * Files packed with gzip or zstd as their plain bytes, unpacked as they are read.
 *
 * Node's zlib checks what it reads; a file that is cut off, damaged, or swells beyond reason is a
 * typed error. Memory is a few chunks.
 */
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { ByteSource } from './csv-types.ts';
import { DataError } from './data-error.ts';

export type Packing = 'none' | 'gzip' | 'zstd';

/** A table packs to a hundredth at best; what swells far more is made to fill memory or disk. */
const swellMax = 500;
const swellFrom = 64 * 1024 * 1024;

/** The bytes that are packed in `open`; a chunk is the reader's to keep. */
export function unpacked(open: ByteSource, packing: Packing, file: string): ByteSource {
  return packing === 'none' ? open : () => unpack(open, packing, file);
}

async function* unpack(
  open: ByteSource,
  packing: 'gzip' | 'zstd',
  file: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const unzip = packing === 'gzip' ? createGunzip() : createZstdDecompress();
  let taken = 0;
  let given = 0;
  const feeding = (async () => {
    for await (const chunk of open()) {
      taken += chunk.length;
      // A chunk is good until the next is asked for: the writing must be over by then.
      await written(unzip, chunk);
    }
    unzip.end();
  })();
  feeding.catch((error) => unzip.destroy(error as Error));
  try {
    for await (const part of unzip) {
      given += (part as Uint8Array).length;
      if (given > swellFrom && given > swellMax * taken) throw swellError(taken, given, file);
      yield part as Uint8Array;
    }
    await feeding;
  } catch (error) {
    throw isUnpackError(error) ? damagedError(error, packing, taken, file) : error;
  } finally {
    unzip.destroy();
    await feeding.catch(() => {});
  }
}

/** Resolves once the chunk has been taken; after a fault nobody says that it has not. */
function written(stream: Transform, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the stream was closed'));
    stream.once('close', closed);
    stream.write(chunk, (error) => {
      stream.off('close', closed);
      if (error) reject(error);
      else resolve();
    });
  });
}

function isUnpackError(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB)/i.test(code);
}

function damagedError(error: Error, packing: string, taken: number, file: string): DataError {
  return new DataError(
    'data-packing',
    `the ${packing} file is damaged or cut off (${error.message})`,
    'write or copy it again',
    { file, byteOffset: taken },
  );
}

function swellError(taken: number, given: number, file: string): DataError {
  return new DataError(
    'data-packing',
    `${taken} packed bytes come to more than ${given}, the most is ${swellMax} times as many`,
    'unpack the file first if it is what it should be',
    { file },
  );
}
