/**
 * Whether many small jobs leave anything behind where little is kept: messages and bytes of every
 * stream and bucket while they run, and at the end.
 *
 *   node bench/soak-retention.ts [--jobs 200] [--gate]
 *
 * Real processes: nats-server, coordinator, aggregator, two workers. Twenty ended jobs are kept, and
 * bytes that nothing names for 4 s; models are removed from the lists as soon as they are there.
 * Prints JSON; with `--gate` ends with 1 where more is left than that.
 */
import { parseArgs } from 'node:util';
import { startLocalCluster } from '../cli/local-cluster.ts';
import { syntheticCsv } from '../datasets/synthetic.ts';
import { layoutOf } from '../runtime/layout.ts';
import { nodeClock } from '../runtime/node/clock.ts';

const { values: flags } = parseArgs({
  options: { jobs: { type: 'string', default: '200' }, gate: { type: 'boolean', default: false } },
});
const jobs = Number(flags.jobs);
const kept = 20;
const atOnce = 4;
/** Looks at what is left until it is little, for at most this long. */
const settleMs = 60_000;

type Sizes = Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>;

await using cluster = await startLocalCluster({
  ...{ workers: 2, slots: 1, tell: () => {}, signal: new AbortController().signal },
  coordinatorFlags: ['--keep-jobs', String(kept), '--keep-blobs-for', '4s', '--log-level', 'warn'],
});
const { client } = cluster;
const { bus } = client;
const clock = nodeClock();

async function sizes(): Promise<Sizes> {
  const found: Record<string, { messages: number; bytes: number }> = {};
  for (const { name } of layoutOf().all) {
    const answer = await bus.transport.request(`$JS.API.STREAM.INFO.${name}`, new Uint8Array(), {
      timeoutMs: 5_000,
    });
    const { state } = JSON.parse(new TextDecoder().decode(answer.bytes)) as {
      state: { messages: number; bytes: number };
    };
    found[name] = { messages: state.messages, bytes: state.bytes };
  }
  return found;
}

await client.importCsv('soak', () => syntheticCsv({ kind: 'dense', rows: 2_000, seed: 1 }));
const before = await sizes();
const most: Record<string, { messages: number; bytes: number }> = {};
let next = 0;
const startedMs = clock.nowMs();
const runSome = async () => {
  for (let i = next++; i < jobs; i = next++) {
    const job = await client.submit({
      ...{ id: `small-${i}`, dataset: 'soak', target: 'label', algorithm: 'toy-sum', seed: i },
      params: { tasks: 4 },
    });
    const view = await job.result();
    await client.removeModel(view.model ?? '');
    if (i % 10 !== 0) continue;
    for (const [name, { messages, bytes }] of Object.entries(await sizes())) {
      const seen = most[name] ?? { messages: 0, bytes: 0 };
      most[name] = {
        messages: Math.max(seen.messages, messages),
        bytes: Math.max(seen.bytes, bytes),
      };
    }
  }
};
await Promise.all(Array.from({ length: atOnce }, runSome));
const seconds = (clock.nowMs() - startedMs) / 1_000;

/** The data set, and what the jobs that are kept need: a plan each. */
const blobsMost = (before.KV_SHOAL_BLOB_RECORDS?.messages ?? 0) + kept;
const little = (left: Sizes) =>
  (left.KV_SHOAL_JOB_RECORDS?.messages ?? 0) <= kept &&
  (left.KV_SHOAL_TASK_RECORDS?.messages ?? 0) === 0 &&
  (left.KV_SHOAL_BLOB_RECORDS?.messages ?? 0) <= blobsMost;
let after = await sizes();
const untilMs = clock.nowMs() + settleMs + 30_000;
while (!little(after) && clock.nowMs() < untilMs) {
  await new Promise<void>((resolve) => {
    clock.after(1_000, resolve);
  });
  after = await sizes();
}
const settledSeconds = (clock.nowMs() - startedMs) / 1_000 - seconds;
const bounded = little(after);
console.log(
  JSON.stringify({ jobs, seconds, settledSeconds, bounded, before, most, after }, null, 2),
);
if (!bounded) console.log(cluster.logTails());
if (flags.gate && !bounded) process.exitCode = 1;
