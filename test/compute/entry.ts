/**
 * A thread entry for tests: functions that meet, hang, throw and die.
 */
import { isMainThread, parentPort, threadId } from 'node:worker_threads';
import { serveCalls, type ThreadFunction } from '../../runtime/node/compute-channel.ts';
import { computePool } from '../../runtime/node/compute-pool.ts';
import { serveProcess } from '../../runtime/node/compute-process.ts';
import { TerminalError } from '../../schemas/errors.ts';

const functions: Record<string, ThreadFunction> = {
  echo: (input: unknown) => input,
  where: () => ({ pid: process.pid, threadId }),
  bytes: (input: { length: number }) => new Uint8Array(input.length).fill(7),
  /** Waits until `count` calls are inside at once. [0] is who is in, [1] the most ever seen. */
  meet(input: { room: SharedArrayBuffer; count: number }) {
    const room = new Int32Array(input.room);
    const now = Atomics.add(room, 0, 1) + 1;
    if (now > Atomics.load(room, 1)) Atomics.store(room, 1, now);
    Atomics.notify(room, 0);
    for (let seen = now; seen < input.count; seen = Atomics.load(room, 0)) {
      Atomics.wait(room, 0, seen, 5_000);
    }
    return now;
  },
  /** Counts for ever, until progress throws. */
  count(_input: unknown, progress: (done: number, total: number) => void) {
    for (let i = 0; ; i++) progress(i, Number.POSITIVE_INFINITY);
  },
  /** Never looks at anything again. */
  hang: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  fail: () => {
    throw new TerminalError('bad-thing', 'the thing is bad', { path: 'a.b', fix: 'mend it' });
  },
  bug: () => (undefined as unknown as { x: number }).x,
  uncloneable: () => () => 1,
  share(input: SharedArrayBuffer) {
    Atomics.add(new Int32Array(input), 0, 1);
  },
  broken: () => {
    throw new TerminalError('broken', 'it is broken');
  },
  exit: () => process.exit(3),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  hoard() {
    const all: string[][] = [];
    for (;;) all.push(new Array(1e5).fill('x'));
  },
};

if (isMainThread) {
  serveProcess(() => computePool({ slots: 1, entry: new URL(import.meta.url) }));
} else if (parentPort !== null) {
  serveCalls(parentPort, functions);
}
