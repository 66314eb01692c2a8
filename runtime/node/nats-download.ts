/**
 * Fetches one release archive of nats-server, checks its SHA-256 and takes the program out of it.
 *
 * Promises: nothing is written unless the sum is right, and the target appears whole or not at all
 * (rename). Knows nothing about where else a server may come from.
 */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { NatsArchive } from './nats-release.ts';

const ARCHIVE_BYTES_MAX = 64 * 1024 * 1024;
const TAR_BLOCK = 512;

/**
 * Downloads `archive` and puts its `nats-server` at `target`, executable.
 * @throws Error when the network, the size, the sum or the archive is not as expected.
 */
export async function downloadNatsServer(
  archive: NatsArchive,
  target: string,
  timeoutMs: number,
): Promise<void> {
  const response = await fetch(archive.url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`HTTP ${response.status} from ${archive.url}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > ARCHIVE_BYTES_MAX) {
    throw new Error(`archive has ${bytes.length} bytes, at most ${ARCHIVE_BYTES_MAX} expected`);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== archive.sha256) {
    throw new Error(`SHA-256 of ${archive.url} is ${sha256}, expected ${archive.sha256}`);
  }
  await placeExecutable(extractFile(gunzipSync(bytes), 'nats-server'), target);
}

/**
 * The content of the first regular file called `name` (in any folder) in an uncompressed tar.
 * @throws Error when there is none.
 */
export function extractFile(tar: Uint8Array, name: string): Uint8Array {
  let offset = 0;
  while (offset + TAR_BLOCK <= tar.length) {
    const header = tar.subarray(offset, offset + TAR_BLOCK);
    const path = textField(header, 0, 100);
    if (path === '') break;
    const size = Number.parseInt(textField(header, 124, 12).trim(), 8);
    if (!Number.isSafeInteger(size)) throw new Error(`tar entry "${path}" has no readable size`);
    const type = header[156];
    const regular = type === 0x30 || type === 0;
    const start = offset + TAR_BLOCK;
    if (regular && path.split('/').at(-1) === name) {
      if (start + size > tar.length) throw new Error(`tar entry "${path}" is cut off`);
      return tar.subarray(start, start + size);
    }
    offset = start + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  throw new Error(`no file "${name}" in the archive`);
}

async function placeExecutable(content: Uint8Array, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.part`;
  try {
    await writeFile(temporary, content, { mode: 0o755 });
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}

function textField(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
