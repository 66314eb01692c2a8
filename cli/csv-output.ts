/**
 * CSV as the command line writes it: cells quoted where they need it, files that are whole or not there.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A file that is whole or not there. */
export async function writeWhole(out: string, lines: () => AsyncGenerator<string>): Promise<void> {
  const part = `${out}.${process.pid}.part`;
  try {
    await pipeline(Readable.from(lines()), createWriteStream(part));
    await rename(part, out);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
