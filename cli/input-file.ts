/**
 * An input that can be read more than once: a file, or standard input spooled to a temporary file.
 */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ByteSource } from '../datasets/csv-types.ts';
import { fileBytes } from './file-bytes.ts';
import { tempDir } from './temp-dir.ts';
import { UsageError } from './usage-error.ts';

export interface InputFile extends AsyncDisposable {
  /** For messages: the name as given, `stdin` for standard input. */
  readonly name: string;
  readonly bytes: number;
  /** Where its bytes lie as a file. */
  readonly path: string;
  readonly open: ByteSource;
}

/** @param file path, or `-` for standard input */
export async function openInput(file: string, signal: AbortSignal): Promise<InputFile> {
  if (file !== '-') {
    const found = await stat(file);
    if (found.isDirectory()) throw new UsageError(`"${file}" is a folder`, 'name a file');
    return {
      name: file,
      bytes: found.size,
      path: file,
      open: fileBytes(file, signal),
      [Symbol.asyncDispose]: async () => {},
    };
  }
  if (process.stdin.isTTY) {
    throw new UsageError('standard input is a terminal', 'pipe a file into it, or name one');
  }
  const folder = await tempDir('shoal-stdin-');
  const path = join(folder.path, 'stdin');
  try {
    await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }), { signal });
    const { size } = await stat(path);
    return {
      name: 'stdin',
      bytes: size,
      path,
      open: fileBytes(path, signal),
      [Symbol.asyncDispose]: () => folder.remove(),
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

const named = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', '\\t': '\t' } as const;

/** A delimiter by name or as the character itself. */
export function delimiterOf(given: string): ',' | ';' | '\t' | '|' {
  if (Object.hasOwn(named, given)) return named[given as keyof typeof named];
  const known = Object.values(named).find((delimiter) => delimiter === given);
  if (known !== undefined) return known;
  throw new UsageError(`delimiter "${given}" is not known`, 'use comma, semicolon, tab or pipe');
}
