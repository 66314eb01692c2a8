/**
 * What the system says about another process: a signal is sent at once and takes effect later, so
 * a test that pauses or kills a process waits here for the effect.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const POLL_MS = 2;

/** One letter as `ps` shows it (`R`, `S`, `T` stopped, `Z` zombie), or undefined where it is gone. */
export async function processState(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'state=', '-p', String(pid)]);
    return stdout.trim().charAt(0) || undefined;
  } catch {
    return undefined;
  }
}

/** Waits until SIGSTOP has taken effect, or the process is gone. */
export async function untilStopped(pid: number): Promise<void> {
  for (;;) {
    const state = await processState(pid);
    if (state === undefined || state === 'T' || state === 'Z') return;
    await sleep(POLL_MS);
  }
}

/** Waits until the process is gone; one that its parent has not yet collected counts as gone. */
export async function untilGone(pid: number): Promise<void> {
  for (;;) {
    const state = await processState(pid);
    if (state === undefined || state === 'Z') return;
    await sleep(POLL_MS);
  }
}
