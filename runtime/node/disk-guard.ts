/**
 * Sees that the disk of an embedded nats-server was full and has room again.
 *
 * A stream whose write failed stays as it is until the server is started again, whatever room there
 * is: nothing is lost, and nothing is taken. The server says so in its log alone. Whoever owns the
 * server starts it again once this resolves. The log lies on the same disk, so it is not asked.
 */
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const lookMs = 1_000;
/** With less than this nats-server is about to fail, if it has not. */
const lowBytes = 1024 ** 2;
/** Room that makes another start worth while. */
const roomBytes = 8 * 1024 ** 2;

/**
 * Resolves when the disk was full, so that writes may have failed, and there is room again.
 * @param dataDir folder of the server
 * @param tell is told once when the disk is full
 */
export async function untilRoomAgain(
  dataDir: string,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let full = false;
  while (!signal.aborted) {
    await sleep(lookMs, undefined, { signal, ref: false }).catch(() => {});
    const free = await freeBytes(dataDir);
    if (!full && free < lowBytes) {
      full = true;
      tell(`the disk of nats-server is full: nothing is stored until there is room in ${dataDir}`);
    }
    if (full && free >= roomBytes) return;
  }
}

/** @returns infinity where it cannot be seen */
async function freeBytes(dataDir: string): Promise<number> {
  const found = await statfs(dataDir).catch(() => null);
  return found === null ? Number.POSITIVE_INFINITY : found.bavail * found.bsize;
}
