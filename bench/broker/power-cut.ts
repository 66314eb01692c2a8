/**
 * The broker's host loses its power while writes are acknowledged: what was acknowledged is there.
 *
 * With --disk (root is needed) the store lies on a file system in an image of its own. At a random
 * moment the server is stopped in its tracks and the image is copied: the copy holds what had
 * reached the disk, and nothing of what only the kernel's memory held, as after a power cut. Without
 * it the folder is copied while the server runs, which mixes moments. A server is started on the
 * copy and asked for every record that had been acknowledged before. --lazy shows the same with
 * writes every two minutes, where losses are expected: the check that this finds anything at all.
 *
 * What is not shown: disks that lie about having written, and writes torn within one block.
 *
 * Usage: node bench/broker/power-cut.ts [--cuts 50] [--seed 1] [--disk] [--lazy]
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bus } from '../../runtime/bus.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { openBus, report, startBroker, wait } from './report.ts';

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    disk: { type: 'boolean', default: false },
    lazy: { type: 'boolean', default: false },
  },
});
const cuts = Number(values.cuts);
const random = new SeededRandom(Number(values.seed));
const folder = await mkdtemp(join(tmpdir(), 'shoal-power-'));
const image = join(folder, 'disk.img');
const store = join(folder, 'live');
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Mounts an image below the folder. @returns its path, and what unmounts it */
function mounted(file: string, name: string): { path: string; end: () => void } {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  run('mount', '-o', 'loop', file, path);
  return { path, end: () => void run('umount', '-l', path) };
}

interface Acked {
  readonly key: string;
  readonly revision: number;
  readonly value: number;
}

/** Creates and updates records until told to stop, some at a time, and notes what was acknowledged. */
function write(bus: Bus, stopped: () => boolean) {
  const acked = new Map<string, Acked>();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (!stopped()) {
      const key = `none.${next++}`;
      try {
        let revision = await bus.store.create('tasks', key, new Uint8Array(200));
        acked.set(key, { key, revision, value: 0 });
        revision = await bus.store.update('tasks', key, new Uint8Array(200).fill(1), revision);
        acked.set(key, { key, revision, value: 1 });
      } catch {
        await wait(20);
      }
    }
  };
  return { acked, done: Promise.all(Array.from({ length: 16 }, lane)) };
}

/** Starts a server on the copy. @returns how many acknowledged records it lacks, or has older */
async function lostIn(dataDir: string, acked: readonly Acked[]): Promise<number> {
  await using server = await startBroker({ dataDir, syncAlways: true });
  const bus = await openBus(server.url, 'after');
  try {
    const entries = await bus.store.list('tasks', '');
    const found = new Map(entries.map((entry) => [entry.key, entry]));
    return acked.filter(({ key, revision, value }) => {
      const entry = found.get(key);
      if (entry === undefined || entry.revision < revision) return true;
      return entry.revision === revision && entry.value[0] !== value;
    }).length;
  } finally {
    await bus.close();
  }
}

const tally = { cuts: 0, checked: 0, lost: 0, refused: 0 };
let live = { path: store, end: (): void => {} };
if (values.disk) {
  run('truncate', '-s', '256M', image);
  run('mkfs.ext4', '-q', '-F', image);
  live = mounted(image, 'live');
}
try {
  await using server = await startBroker({
    dataDir: join(live.path, 'nats'),
    syncAlways: !values.lazy,
  });
  const bus = await openBus(server.url);
  let over = false;
  const writer = write(bus, () => over);
  for (let i = 0; i < cuts; i += 1) {
    await wait(200 + 1_300 * random.next());
    const copy = join(folder, `copy-${i}`);
    const before = [...writer.acked.values()];
    let data: { path: string; end: () => void };
    if (values.disk) {
      server.kill('SIGSTOP');
      copyFileSync(image, `${copy}.img`);
      server.kill('SIGCONT');
      data = mounted(`${copy}.img`, `copy-${i}`);
    } else {
      cpSync(live.path, copy, { recursive: true });
      data = { path: copy, end: () => {} };
    }
    tally.cuts += 1;
    tally.checked += before.length;
    await rm(join(data.path, 'nats', 'owner.json'), { force: true });
    await lostIn(join(data.path, 'nats'), before).then(
      (lost) => {
        tally.lost += lost;
      },
      (error: Error) => {
        tally.refused += 1;
        process.stderr.write(`  cut ${i}: ${error.message}\n`);
      },
    );
    data.end();
    await rm(copy, { recursive: true, force: true });
    await rm(`${copy}.img`, { force: true });
    if (i % 10 === 9) process.stderr.write(`  ${i + 1} cuts, ${writer.acked.size} written\n`);
  }
  over = true;
  await writer.done;
  await bus.close();
} finally {
  live.end();
  await rm(folder, { recursive: true, force: true });
}
const how = values.disk ? 'what had reached the disk' : 'the folder, copied while it was written';
report(
  `${tally.cuts} power cuts by ${how}${values.lazy ? ', writing every two minutes' : ''}: ` +
    `${tally.lost} of ${tally.checked} acknowledged records lost, ${tally.refused} refused to start`,
  values.lazy ? tally.lost + tally.refused > 0 : tally.lost + tally.refused === 0,
  { bench: 'power-cut', disk: values.disk, lazy: values.lazy, seed: Number(values.seed), ...tally },
);
