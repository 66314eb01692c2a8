/**
 * The inputs of a command, which can be read more than once: files, patterns of names, or standard
 * input spooled to a temporary file.
 */
import { createWriteStream } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DataFile } from '../datasets/raw-table.ts';
import { dataFile } from '../runtime/node/file-bytes.ts';
import { tempDir } from './temp-dir.ts';
import { UsageError } from './usage-error.ts';

/** `file` is the name as given, `stdin` for standard input. */
export interface InputFile extends DataFile, AsyncDisposable {
  /** Where its bytes lie as a file. */
  readonly path: string;
}

/** @param file path, or `-` for standard input */
export async function openInput(file: string, signal: AbortSignal): Promise<InputFile> {
  if (file !== '-') {
    if ((await stat(file)).isDirectory())
      throw new UsageError(`"${file}" is a folder`, 'name a file');
    const input = await dataFile(file, signal);
    return { ...input, path: file, [Symbol.asyncDispose]: async () => {} };
  }
  if (process.stdin.isTTY) {
    throw new UsageError('standard input is a terminal', 'pipe a file into it, or name one');
  }
  const folder = await tempDir('shoal-stdin-');
  const path = join(folder.path, 'stdin');
  try {
    await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }), { signal });
    const input = await dataFile(path, signal, 'stdin');
    return { ...input, path, [Symbol.asyncDispose]: () => folder.remove() };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

export interface InputFiles extends AsyncDisposable {
  /** At least one. */
  readonly files: readonly InputFile[];
  /** Of all files together. */
  readonly bytes: number;
}

/**
 * All files that are named, in the order of their names.
 *
 * @param given paths, patterns such as `part-*.csv`, or `-` alone
 */
export async function openInputs(
  given: readonly string[],
  signal: AbortSignal,
): Promise<InputFiles> {
  if (given.length > 1 && given.includes('-')) {
    throw new UsageError('standard input stands beside files', 'give one of the two');
  }
  const names = given[0] === '-' ? ['-'] : await namesOf(given);
  const files: InputFile[] = [];
  for (const name of names) files.push(await openInput(name, signal));
  return {
    files,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    [Symbol.asyncDispose]: async () => {
      for (const file of files) await file[Symbol.asyncDispose]();
    },
  };
}

async function namesOf(given: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const name of given) {
    // A file may have any name, even one that looks like a pattern.
    const isThere = await stat(name).then(
      () => true,
      () => false,
    );
    if (isThere || !/[*?[{]/.test(name)) {
      names.add(name);
      continue;
    }
    const before = names.size;
    for await (const found of glob(name)) names.add(found);
    if (names.size === before) {
      throw new UsageError(`no file fits "${name}"`, 'check the pattern, and the folder');
    }
  }
  return [...names].sort();
}

const named = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', '\\t': '\t' } as const;

/** A delimiter by name or as the character itself. */
export function delimiterOf(given: string): ',' | ';' | '\t' | '|' {
  if (Object.hasOwn(named, given)) return named[given as keyof typeof named];
  const known = Object.values(named).find((delimiter) => delimiter === given);
  if (known !== undefined) return known;
  throw new UsageError(`delimiter "${given}" is not known`, 'use comma, semicolon, tab or pipe');
}
