/**
 * Files as the command line writes them: whole, or not there.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export { csvCell } from '../datasets/csv-cell.ts';

/**
 * A file that is whole or not there.
 *
 * @param through packs what is written, if given
 */
export async function writeWhole(
  out: string,
  parts: () => AsyncGenerator<string | Uint8Array>,
  through?: Transform,
): Promise<void> {
  const part = `${out}.${process.pid}.part`;
  try {
    const source = Readable.from(parts());
    const sink = createWriteStream(part);
    await (through === undefined ? pipeline(source, sink) : pipeline(source, through, sink));
    await rename(part, out);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
