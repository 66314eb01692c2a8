/**
 * The disk of nats-server fills up in the middle of a job, and is freed again a while later.
 *
 * The store lies on a small tmpfs of its own (root is needed), below a `shoal up`. While it is full submissions are refused with a code and the job says what it
 * waits for; once there is room it goes on by itself, and nothing that was acknowledged is lost.
 *
 * Usage: node bench/broker/disk-full.ts [--runs 3] [--mebibytes 96] [--seconds 8]
 */
import { execFileSync } from 'node:child_process';
import { statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { records } from '../../schemas/wire.ts';
import { startUp, type Up } from '../../test/support/up.ts';
import { openBus, report, until, wait } from './report.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    mebibytes: { type: 'string', default: '96' },
    seconds: { type: 'string', default: '8' },
  },
});
const seconds = Number(values.seconds);

/** Mounts a tmpfs; gives back how to fill it, free it and remove it. */
async function smallDisk(mebibytes: number) {
  const path = await mkdtemp(join(tmpdir(), 'shoal-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]);
  const ballast = join(path, 'ballast');
  return {
    path,
    /** Leaves not one free block. */
    fill(): void {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(ballast, '');
      try {
        execFileSync('fallocate', ['-l', String(bavail * bsize), ballast], { stdio: 'ignore' });
      } catch {
        // what is left is less than it asked for
      }
      try {
        for (;;) writeFileSync(ballast, Buffer.alloc(4096), { flag: 'a' });
      } catch {
        // full
      }
    },
    free: () => truncateSync(ballast, 0),
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['-l', path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

function toy(id: string) {
  const job = { dataset: 'dense', target: syntheticTarget.dense, algorithm: 'toy-sum' };
  return { ...job, id, params: { tasks: 60, spin: 1e7 }, evaluate: false as const };
}

/** What the job waits for, and how many of its tasks are done; null while nobody says. */
async function look(cluster: Up, id: string) {
  const view = await cluster.client
    .job(id)
    .view()
    .catch(() => null);
  if (view === null) return null;
  return { done: view.tasks?.done ?? 0, waits: view.waitingFor?.what ?? '', phase: view.phase };
}

async function run(cluster: Up, disk: Awaited<ReturnType<typeof smallDisk>>, n: number) {
  const bus = await openBus(cluster.url);
  const calm = await (await cluster.client.submit(toy(`calm-${n}`))).result({ timeoutMs: 60_000 });
  const job = await cluster.client.submit(toy(`full-${n}`));
  await until('some tasks', 60_000, async () => ((await look(cluster, job.id))?.done ?? 0) >= 3);
  disk.fill();
  const fullMs = performance.now();
  const codes = new Set<string>();
  const waits = new Set<string>();
  const acked: string[] = [];
  while (performance.now() - fullMs < seconds * 1_000) {
    const id = `late-${n}-${acked.length}-${codes.size}`;
    const spec = Buffer.from(JSON.stringify({ ...toy(id), dataset: 'absent' }));
    await bus.journal.append(bus.subjects.submit, spec).then(
      () => acked.push(id),
      (error: { code?: string }) => codes.add(error.code ?? String(error)),
    );
    const seen = await look(cluster, job.id);
    if (seen !== null) waits.add(seen.waits);
    await wait(250);
  }
  const before = (await look(cluster, job.id))?.done ?? 0;
  disk.free();
  const freedMs = performance.now();
  let resumeMs = Number.NaN;
  try {
    await until('the job to move', 30_000, async () => {
      const now = await look(cluster, job.id);
      return now !== null && (now.done > before || now.phase === 'completed');
    });
    resumeMs = performance.now() - freedMs;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${cluster.said()}\n`);
  }
  const view = Number.isNaN(resumeMs) ? null : await job.result({ timeoutMs: 120_000 });
  const jobs = new Set<string>();
  await until('acknowledged submissions to be found', 20_000, async () => {
    for (const { key, value } of await bus.store.list('jobs', '')) {
      if (records.job.decode(value).job === key) jobs.add(key);
    }
    return acked.every((id) => jobs.has(id));
  }).catch(() => {});
  const lost = acked.filter((id) => !jobs.has(id)).length;
  const held = resumeMs <= 10_000 && view?.digest === calm.digest && lost === 0 && codes.size > 0;
  await bus.close();
  report(
    `disk full for ${seconds} s: refused with ${[...codes].join(', ') || 'nothing'}; the job waited for ` +
      `"${[...waits].at(-1)}"; moves ${resumeMs.toFixed(0)} ms after room, ${acked.length} acknowledged, ${lost} lost`,
    held,
    {
      bench: 'disk-full',
      ...{ resumeMs: Math.round(resumeMs), codes: [...codes], waits: [...waits] },
      ...{ acked: acked.length, lost, same: view?.digest === calm.digest },
    },
  );
}

for (let n = 0; n < Number(values.runs); n += 1) {
  await using disk = await smallDisk(Number(values.mebibytes));
  await using cluster = await startUp(['--data-dir', join(disk.path, 'data')]);
  await cluster.client.importCsv('dense', () =>
    syntheticCsv({ kind: 'dense', rows: 500, seed: 1 }),
  );
  await run(cluster, disk, n);
}
