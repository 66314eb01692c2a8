/**
 * What long-lived actors hold after hundreds of small jobs of every kind, and how fast it grows.
 *
 *   node bench/memory.ts [--batches 12] [--jobs 40] [--keep 20] [--warm-up 3] [--kinds LIST] [--hurt]
 *                        [--no-collect] [--snapshots DIR] [--gate]
 *
 * Real processes over a real nats-server: one coordinator, one aggregator, one worker. Jobs run in
 * batches, a few at once: forests, sums, linear models, rounds with small and large states,
 * predictions, jobs that fail, are cancelled or refused, data sets imported, read and removed. With
 * `--hurt` the broker crashes and the worker is frozen once in each batch. At rest after each batch
 * every process says what it holds (`memory-probe.ts`): resident memory, and what is live after a
 * collection, `data` being the main thread's heap without compiled code. `--no-collect` leaves the
 * collecting to V8. Slopes are by least squares over the batches after the warm-up. Prints a line a
 * batch and JSON at the end; with `--gate` ends with 1 where data grow by more than 1 MiB an hour and
 * 256 bytes a job.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type LocalCluster, startLocalCluster } from '../cli/local-cluster.ts';
import type { ShoalClient } from '../client/client.ts';
import { JobFailedError, JobRejectedError, NotFoundError } from '../client/errors.ts';
import { syntheticCsv, syntheticTarget } from '../datasets/synthetic.ts';
import { ShoalError } from '../schemas/errors.ts';
import type { JobSpecInput } from '../schemas/job-spec.ts';
import { cpuSeconds, residentMiB, slopeOf } from './chaos/measures.ts';
import { until, wait } from './chaos/waits.ts';
import type { Answer } from './memory-probe.ts';

const { values: flags } = parseArgs({
  options: {
    batches: { type: 'string', default: '12' },
    jobs: { type: 'string', default: '40' },
    keep: { type: 'string', default: '20' },
    'warm-up': { type: 'string', default: '3' },
    'no-collect': { type: 'boolean', default: false },
    hurt: { type: 'boolean', default: false },
    snapshots: { type: 'string' },
    kinds: { type: 'string' },
    gate: { type: 'boolean', default: false },
  },
});
const batches = Number(flags.batches);
const jobs = Number(flags.jobs);
const warmUp = Number(flags['warm-up']);
const atOnce = 3;
/** More plans than any memo keeps. */
const seeds = 60;
/** Time for what follows a job's end: events, removals, the last heartbeat. */
const restMs = 2_000;
const retryMs = 250;
const hurtMs = 4_000;
const answerMs = 60_000;
const MiB = 2 ** 20;

const folder = flags.snapshots ?? mkdtempSync(join(tmpdir(), 'shoal-memory-'));
process.env.SHOAL_MEMORY_DIR = folder;
const probe = new URL('./memory-probe.ts', import.meta.url).href;
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${probe}`;

const dense = { dataset: 'dense', target: syntheticTarget.dense };
const sum = { ...dense, algorithm: 'toy-sum', evaluate: false } as const;
const rounds = { ...dense, algorithm: 'toy-rounds' };
const specs: Readonly<Record<string, JobSpecInput>> = {
  forest: { ...dense, algorithm: 'random-forest', params: { trees: 12 } },
  sum: { ...sum, params: { tasks: 8 } },
  logistic: { ...dense, algorithm: 'logistic-regression' },
  rounds: { ...rounds, params: { rounds: 12 } },
  pulled: { ...rounds, params: { rounds: 6, stateBytes: 300_000, contributionBytes: 150_000 } },
  predict: { dataset: 'people', predict: 'base', output: 'scored' },
  fails: { ...sum, params: { tasks: 4, fail: 'error', failTask: 1 } },
  cancelled: { ...sum, params: { tasks: 8, spin: 2e7 } },
  refused: { ...sum, target: 'absent' },
  imported: { ...sum, dataset: '', params: { tasks: 2 } },
};
const kinds = flags.kinds?.split(',') ?? Object.keys(specs);

interface Sample {
  readonly name: string;
  readonly jobs: number;
  readonly atMs: number;
  /** Before anything was collected. */
  readonly rss: number;
  /** Processor seconds that the process has used so far. */
  readonly cpu: number;
  readonly heap: number;
  /** Of the main thread's heap what is not compiled code. */
  readonly data: number;
  /** Pages of all its heaps, used or not, and those for young objects of them. */
  readonly pages: number;
  readonly young: number;
  readonly threads: number;
  readonly threadHeaps: number;
  readonly external: number;
}

async function prepare(client: ShoalClient): Promise<void> {
  const csv = () => syntheticCsv({ kind: 'dense', rows: 2_000, seed: 1 });
  await client.importCsv('dense', csv, { rowsPerShard: 500 });
  const people = () => syntheticCsv({ kind: 'mixed', rows: 2_000, seed: 9 });
  await client.importCsv('people', people, { rowsPerShard: 500 });
  const base = { dataset: 'people', target: syntheticTarget.mixed, algorithm: 'random-forest' };
  const job = await client.submit({ ...base, params: { trees: 8 }, model: 'base', id: 'base' });
  await job.result({ timeoutMs: 120_000 });
}

/** Until the broker answers; what is tried again has the same outcome. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ShoalError) || error.family !== 'retryable') throw error;
      await wait(retryMs);
    }
  }
}

/** What many parts of a process only do in need: a broker that crashes, a worker given up for dead. */
async function hurt(): Promise<void> {
  const worker = cluster.actors.get('worker-1');
  await wait(hurtMs);
  cluster.server.kill('SIGKILL');
  await cluster.server.restart();
  await wait(hurtMs);
  worker?.kill('SIGSTOP');
  await wait(hurtMs);
  worker?.kill('SIGCONT');
}

/** One job from the submission until nothing but its record is left. */
async function runJob(client: ShoalClient, kind: string, number: number): Promise<void> {
  const id = `m-${number}`;
  if (kind === 'imported') {
    const csv = () => syntheticCsv({ kind: 'dense', rows: 200, seed: number });
    await insist(() => client.importCsv(id, csv, { rowsPerShard: 100 }));
  }
  // Few enough that what is prepared for them is made by the end of the warm-up.
  const spec = { ...specs[kind], id, ...(kind === 'predict' ? {} : { seed: number % seeds }) };
  try {
    const body = kind === 'imported' ? { ...spec, dataset: id } : spec;
    const job = await insist(() => client.submit(body as JobSpecInput));
    if (kind === 'cancelled') {
      await wait(300);
      await job.cancel().catch(() => {});
      await insist(() => job.ended());
      return;
    }
    const { model } = await insist(() => job.result());
    if (model !== null && kind !== 'predict') await insist(() => client.removeModel(model));
  } catch (error) {
    const meant = error instanceof JobFailedError || error instanceof JobRejectedError;
    // A removal whose answer was lost has nothing left to remove.
    if (!meant && !(error instanceof NotFoundError)) throw error;
  } finally {
    if (kind === 'imported')
      await insist(() => client.removeDataset(id, { purge: true })).catch(() => {});
  }
}

async function runBatch(client: ShoalClient, first: number): Promise<void> {
  let next = first;
  const some = async () => {
    for (let i = next++; i < first + jobs; i = next++) {
      await runJob(client, kinds[i % kinds.length] ?? 'sum', i);
    }
  };
  const hurting = flags.hurt ? hurt() : null;
  await Promise.all(Array.from({ length: atOnce }, some));
  await hurting;
  await wait(restMs);
}

async function ask(cluster: LocalCluster, n: number, done: number): Promise<Sample[]> {
  const snapshot = flags.snapshots !== undefined && (n === warmUp || n === batches);
  const what = { n, collect: !flags['no-collect'], snapshot };
  writeFileSync(join(folder, 'ask'), JSON.stringify(what));
  const atMs = performance.now();
  const samples: Sample[] = [];
  for (const [name, child] of cluster.actors) {
    const rss = (residentMiB(child.pid) ?? 0) * MiB;
    const cpu = cpuSeconds(child.pid);
    child.kill('SIGUSR2');
    const path = join(folder, `${child.pid}.${n}.json`);
    let answer: Answer | null = null;
    await until(() => {
      answer = read(path);
      return answer !== null;
    }, answerMs);
    const { threads } = answer ?? ({ threads: [] } as unknown as Answer);
    const [main, ...others] = threads;
    samples.push({
      ...{ name, jobs: done, atMs, rss, cpu, heap: main?.heapUsed ?? 0, threads: others.length },
      data: (main?.heapUsed ?? 0) - (main?.code ?? 0),
      pages: threads.reduce((all, { heapTotal }) => all + heapTotal, 0),
      young: threads.reduce((all, { youngTotal }) => all + youngTotal, 0),
      threadHeaps: others.reduce((all, { heapUsed }) => all + heapUsed, 0),
      external: threads.reduce((all, { external }) => all + external, 0),
    });
  }
  return samples;
}

function read(path: string): Answer | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Answer;
  } catch {
    return null;
  }
}

const fields = ['rss', 'heap', 'data', 'threadHeaps', 'external'] as const;
const round = (value: number): number => Math.round(value * 100) / 100;

/** Growth after the warm-up: MiB an hour, and bytes a job. */
function growth(samples: readonly Sample[], field: (typeof fields)[number]) {
  const perHour = slopeOf(samples.map((one) => [one.atMs / 3_600_000, one[field] / MiB]));
  const perJob = slopeOf(samples.map((one) => [one.jobs, one[field]]));
  return {
    firstMiB: round((samples[0]?.[field] ?? 0) / MiB),
    lastMiB: round((samples.at(-1)?.[field] ?? 0) / MiB),
    mibPerHour: round(perHour),
    bytesPerJob: Math.round(perJob),
  };
}

function tell(samples: readonly Sample[]): void {
  const parts = samples.map(
    ({ name, rss, heap, data, threads, threadHeaps, external, pages, young }) =>
      `${name} rss ${round(rss / MiB)} heap ${round(heap / MiB)} ` +
      `data ${round(data / MiB)} ` +
      `threads ${threads}: ${round(threadHeaps / MiB)} external ${round(external / MiB)} ` +
      `pages ${round(pages / MiB)} young ${round(young / MiB)}`,
  );
  process.stderr.write(`${samples[0]?.jobs} jobs | ${parts.join(' | ')}\n`);
}

await using cluster = await startLocalCluster({
  ...{ workers: 1, slots: 1, tell: () => {}, signal: new AbortController().signal },
  coordinatorFlags: ['--keep-jobs', flags.keep, '--keep-blobs-for', '10s', '--log-level', 'warn'],
});
const { client } = cluster;
await prepare(client);
const all: Sample[] = [];
const startedMs = performance.now();
for (let n = 1; n <= batches; n++) {
  await runBatch(client, (n - 1) * jobs);
  const samples = await ask(cluster, n, n * jobs);
  all.push(...samples);
  tell(samples);
}
const report = [...cluster.actors.keys()].map((name) => {
  const own = all.filter((sample) => sample.name === name).slice(warmUp - 1);
  const cpuSecondsUsed = round((own.at(-1)?.cpu ?? 0) - (own[0]?.cpu ?? 0));
  return {
    name,
    cpuSecondsUsed,
    ...Object.fromEntries(fields.map((field) => [field, growth(own, field)])),
  };
});
const minutes = round((performance.now() - startedMs) / 60_000);
console.log(
  JSON.stringify({ jobs: batches * jobs, minutes, kept: Number(flags.keep), report }, null, 2),
);
if (flags.snapshots === undefined) rmSync(folder, { recursive: true });
if (flags.gate) {
  for (const { data } of report as unknown as { data: ReturnType<typeof growth> }[]) {
    if (data.mibPerHour > 1 && data.bytesPerJob > 256) process.exitCode = 1;
  }
}
