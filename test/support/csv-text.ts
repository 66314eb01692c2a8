/**
 * Helpers of the data tests: byte sources cut in any way, and a whole CSV read as rows of values.
 */

import { sniffDialect } from '../../datasets/csv-dialect.ts';
import { CsvField } from '../../datasets/csv-field.ts';
import type { CsvKernel } from '../../datasets/csv-kernel.ts';
import { makeCsvKernel } from '../../datasets/csv-kernel-choice.ts';
import { CsvReader } from '../../datasets/csv-reader.ts';
import type { ByteSource, CsvOptions } from '../../datasets/csv-types.ts';
import { DataError } from '../../datasets/data-error.ts';

const encoder = new TextEncoder();

/** A source over text or bytes, in chunks of the given sizes (repeated), or in one. */
export function sourceOf(content: string | Uint8Array, sizes: readonly number[] = []): ByteSource {
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return function* () {
    if (sizes.length === 0) {
      yield bytes;
      return;
    }
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length]!;
      yield bytes.subarray(at, at + size);
      at += Math.max(size, 1);
      if (size === 0) at--;
    }
  };
}

export interface ReadOptions extends CsvOptions {
  readonly blockBytes?: number;
  readonly kernel?: CsvKernel;
}

/** Header and rows as trimmed, unquoted texts. */
export async function readTable(
  open: ByteSource,
  options: ReadOptions = {},
): Promise<{ header: readonly string[]; rows: string[][] }> {
  const dialect = await sniffDialect(open, options);
  const reader = new CsvReader(
    options.kernel ?? makeCsvKernel(),
    dialect,
    options.file,
    options.blockBytes,
  );
  const rows: string[][] = [];
  const field = new CsvField();
  const stride = reader.columns + 1;
  for await (const tile of reader.tiles(open)) {
    const { block, bounds } = reader.kernel;
    for (let row = 0; row < tile.rows; row++) {
      const cells: string[] = [];
      for (let column = 0; column < reader.columns; column++) {
        const at = row * stride + column;
        field.read(block, bounds[at]! + 1, bounds[at + 1]!);
        cells.push(field.text());
      }
      rows.push(cells);
    }
  }
  return { header: dialect.names, rows };
}

/** The `DataError` that the work ends in; anything else fails the test. */
export async function dataErrorOf(work: Promise<unknown>): Promise<DataError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('expected a DataError, but nothing was thrown');
}
