/**
 * nats-server restarted, killed, frozen, away for a while and in lame duck mode, in the middle of a
 * job: nobody gives up, nobody storms, no worker is taken for dead, and the digest is the same.
 *
 * For each disturbance: how long after the server is back the job moves again, how often one client
 * tried to reconnect (a listener stands in for the server that is away and counts), how many
 * workers were declared dead, and whether any process was restarted. Ends with 1 when one of the
 * promises is broken.
 *
 * Usage: node bench/broker/outage.ts [--kinds term,kill,freeze,away,ldm] [--runs 5] [--seconds 30]
 */
import { createServer, type Server } from 'node:net';
import { parseArgs } from 'node:util';
import { type LocalCluster, startLocalCluster } from '../../cli/local-cluster.ts';
import type { JobHandle } from '../../client/job-handle.ts';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { report, until, wait } from './report.ts';

const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'term,kill,freeze,away,ldm' },
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '30' },
  },
});
const runs = Number(values.runs);
const seconds = Number(values.seconds);

/** The job goes on within this after the server is back. */
const resumeMaxMs = 3_000;
/** The share of attempts to reconnect that one client may make, each second of a long outage. */
const attemptsPerSecondMax = 3;

let jobs = 0;

/** Long enough that every disturbance comes in the middle of it. */
function submit(cluster: LocalCluster): Promise<JobHandle> {
  jobs += 1;
  return cluster.client.submit({
    id: `run-${jobs}`,
    dataset: 'dense',
    target: syntheticTarget.dense,
    algorithm: 'toy-sum',
    params: { tasks: 40, spin: 2e7 },
    evaluate: false,
    seed: 7,
  });
}

/** Stands where the server was, hangs up on everybody and counts them. */
async function counter(port: number): Promise<{ server: Server; count: () => number }> {
  let attempts = 0;
  const server = createServer((socket) => {
    attempts += 1;
    socket.on('error', () => {});
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, count: () => attempts };
}

interface Back {
  /** When the server was back. */
  readonly atMs: number;
  readonly attempts: number;
}

const disturbances: Readonly<Record<string, (cluster: LocalCluster) => Promise<Back>>> = {
  async term({ server }) {
    await server.restart();
    return { atMs: performance.now(), attempts: 0 };
  },
  async kill({ server }) {
    server.kill('SIGKILL');
    await server.exited;
    await server.restart();
    return { atMs: performance.now(), attempts: 0 };
  },
  async freeze({ server }) {
    server.kill('SIGSTOP');
    await wait(seconds * 1_000);
    server.kill('SIGCONT');
    return { atMs: performance.now(), attempts: 0 };
  },
  async away({ server }) {
    server.kill('SIGKILL');
    await server.exited;
    const standIn = await counter(server.port);
    await wait(seconds * 1_000);
    await new Promise<void>((resolve) => standIn.server.close(() => resolve()));
    await server.restart();
    return { atMs: performance.now(), attempts: standIn.count() };
  },
  async ldm({ server }) {
    server.kill('SIGUSR2');
    await server.exited;
    await server.restart();
    return { atMs: performance.now(), attempts: 0 };
  },
};

/** The job's tasks that are done, or null while nobody answers. */
async function doneTasks(cluster: LocalCluster, job: string): Promise<number | null> {
  try {
    const view = await cluster.client.job(job).view();
    return view.phase === 'completed' ? Number.MAX_SAFE_INTEGER : (view.tasks?.done ?? 0);
  } catch {
    return null;
  }
}

async function run(cluster: LocalCluster, kind: string, digest: string): Promise<boolean> {
  const disturb = disturbances[kind];
  if (disturb === undefined) throw new Error(`there is no disturbance "${kind}"`);
  const pids = [...cluster.actors.values()].map((actor) => actor.pid).join();
  const job = await submit(cluster);
  await until('the first tasks to be done', 60_000, async () => {
    return ((await doneTasks(cluster, job.id)) ?? 0) >= 2;
  });
  const before = (await doneTasks(cluster, job.id)) ?? 0;
  const { atMs, attempts } = await disturb(cluster);
  await until('the job to move again', 60_000, async () => {
    return ((await doneTasks(cluster, job.id)) ?? 0) > before;
  });
  const resumeMs = performance.now() - atMs;
  const view = await job.result({ timeoutMs: 120_000 });
  const same = pids === [...cluster.actors.values()].map((actor) => actor.pid).join();
  const clients = cluster.actors.size + 1;
  const perSecond = attempts / clients / seconds;
  const deaths = view.reassigned;
  const held =
    view.digest === digest && same && resumeMs <= resumeMaxMs && perSecond <= attemptsPerSecondMax;
  report(
    `${kind}: moves again ${resumeMs.toFixed(0)} ms after the server is back, digest ` +
      `${view.digest === digest ? 'the same' : 'DIFFERENT'}, ${deaths} tasks reassigned` +
      (attempts > 0 ? `, ${perSecond.toFixed(2)} attempts a second and client` : ''),
    held,
    {
      bench: 'outage',
      ...{ kind, seconds, resumeMs: Math.round(resumeMs), reassigned: deaths },
      ...{ attempts, clients, attemptsPerSecond: Number(perSecond.toFixed(2)), restarted: !same },
    },
  );
  return held;
}

await using cluster = await startLocalCluster({
  ...{ workers: 2, slots: 1 },
  tell: () => {},
  signal: new AbortController().signal,
});
await cluster.client.importCsv('dense', () => syntheticCsv({ kind: 'dense', rows: 500, seed: 1 }));
const calm = await (await submit(cluster)).result({ timeoutMs: 120_000 });
for (const kind of values.kinds.split(',')) {
  let held = 0;
  for (let i = 0; i < runs; i += 1) {
    if (await run(cluster, kind, calm.digest ?? '')) held += 1;
  }
  console.log(`${kind}: ${held} of ${runs} held`);
}
