/**
 * A process that takes its own means away and computes all the same, for tests of what it says then.
 *
 * Run as `starved-child.ts nofile|nproc`. Prints one line of JSON: what a thread and a process of its
 * own came to while there was nothing left, and both again afterwards.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { computePool } from '../../runtime/node/compute-pool.ts';

const kind = process.argv[2] === 'nproc' ? 'nproc' : 'nofile';
const entry = new URL('./entry.ts', import.meta.url);

function setLimit(soft: number): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--${kind}=${soft}:`]);
}

/** The soft limit as it was, and one below which nothing new can be had. */
const before = Number(
  execFileSync('prlimit', [
    ...['--pid', String(process.pid), `--${kind}`],
    ...['--noheadings', '--raw', '--output', 'SOFT'],
  ])
    .toString()
    .replace('unlimited', '4096'),
);
const open = readdirSync('/proc/self/fd').map((fd) => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ''; // the folder itself
  }
});
const pool = computePool({ slots: 1, entry });
const attempt = (isolated: boolean) =>
  pool.run('echo', 'done', { isolated }).catch((error: { code: string; message: string }) => {
    return `${error.code}: ${error.message}`;
  });

setLimit(kind === 'nproc' ? 1 : open.filter((path) => path !== '').length);
const starved = [await attempt(false), await attempt(true)];
// It cannot start the process that would lift the limit: whoever started it does, and says so.
process.stdout.write(`${JSON.stringify({ starved, before })}\n`);
process.once('message', () => {
  void (async () => {
    process.stdout.write(`${JSON.stringify([await attempt(false), await attempt(true)])}\n`);
    await pool.stop();
    process.disconnect();
  })();
});
