/**
 * Three nats-servers that keep every stream three times: one dies, or lags, and nothing is lost.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { parseDigest } from '../../schemas/ids.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { type Bucket, buckets, streams } from '../../schemas/subjects.ts';
import { bytesOf, failure } from '../contract/harness.ts';
import { type Cluster, runCli, startCluster } from '../e2e/support/cluster.ts';
import { startTestServers, type TestServers } from '../support/nats-cluster.ts';
import { pauseServer, startTestServer, type TestServer } from '../support/nats-server.ts';

let three: TestServers;
let cluster: Cluster;
const wait = { timeoutMs: 60_000 };
const clock = nodeClock();
const name = 'test';

interface StreamInfo {
  readonly config: { readonly num_replicas: number };
  readonly cluster: {
    readonly leader: string;
    readonly replicas?: readonly { readonly current: boolean; readonly lag?: number }[];
  };
}

/** What the cluster says of a stream. */
async function infoOf(bus: Bus, stream: string): Promise<StreamInfo> {
  const subject = `$JS.API.STREAM.INFO.${stream}`;
  const answer = await bus.transport.request(subject, new Uint8Array(), { timeoutMs: 5_000 });
  return JSON.parse(Buffer.from(answer.bytes).toString());
}

async function leaderOf(bus: Bus, bucket: Bucket): Promise<TestServer> {
  const { leader } = (await infoOf(bus, `KV_${buckets[bucket]}`)).cluster;
  const found = three.servers.find(({ serverName }) => serverName === leader);
  if (found === undefined) throw new Error(`"${leader}" is none of the servers`);
  return found;
}

function toy(id: string): JobSpecInput {
  const job = { dataset: 'dense', target: syntheticTarget.dense, algorithm: 'toy-sum' };
  return { ...job, id, params: { tasks: 12, spin: 1e7 }, evaluate: false };
}

beforeAll(async () => {
  three = await startTestServers(3, { syncAlways: true });
  const [server] = three.servers;
  if (server === undefined) throw new Error('no server');
  cluster = await startCluster({ server: { ...server, url: three.url }, workers: 2 });
  await cluster.client.importCsv('dense', () =>
    syntheticCsv({ kind: 'dense', rows: 500, seed: 1 }),
  );
}, 60_000);

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await three?.[Symbol.asyncDispose]();
});

it('[P91] keeps every stream and bucket on three servers', async () => {
  const names = [
    ...Object.values(streams).map(({ name }) => name),
    ...Object.values(buckets).map((name) => `KV_${name}`),
  ];
  for (const name of names) {
    // Without a leader, for a moment, all three are listed.
    await expect
      .poll(
        async () => {
          const { config, cluster: placed } = await infoOf(cluster.bus, name);
          return [name, config.num_replicas, placed.replicas?.length];
        },
        { timeout: 10_000, interval: 50 },
      )
      .toEqual([name, 3, 2]);
  }
}, 30_000);

it('[P91] is looked at by the doctor, who says how many keep each stream', async () => {
  const { stdout } = await runCli(['doctor', '--json'], { env: { SHOAL_NATS: three.url } });
  const { findings } = JSON.parse(stdout) as { findings: { check: string; found: string }[] };
  const found = findings.find(({ check }) => check === 'replicas')?.found;
  expect(found).toContain('every stream is kept by 3 servers');
}, 30_000);

it('[P91] goes on when the server that leads the records is killed, and loses nothing', async () => {
  const calm = await (await cluster.client.submit(toy('calm'))).result(wait);
  const job = await cluster.client.submit(toy('one-killed'));
  await cluster.event(job.id, ({ kind }) => kind === 'tasks-done');
  const victim = await leaderOf(cluster.bus, 'jobs');
  victim.kill('SIGKILL');
  await victim.exited;
  const view = await job.result(wait);
  expect(view).toMatchObject({ phase: 'completed', digest: calm.digest });
  await cluster.client.ready(wait);
  // What was stored before is there, with one of three servers gone.
  expect((await cluster.bus.blobs.get(parseDigest(calm.digest ?? ''))).length).toBeGreaterThan(0);
  await victim.restart();
  await expect
    .poll(
      async () => {
        const { cluster: placed } = await infoOf(cluster.bus, `KV_${buckets.jobs}`);
        return placed.replicas?.every(({ current }) => current);
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBe(true);
}, 90_000);

it('[P91] lists what the leader of a bucket holds, whichever replica it reads from', async () => {
  await cluster.client.ready(wait);
  for (let round = 0; round < 3; round += 1) {
    const leader = await leaderOf(cluster.bus, 'tasks');
    // Its own connection is to a server that is not frozen.
    const bus = await connectNats({ servers: leader.url, name, clock, createLayout: false });
    const follower = three.servers.find((server) => server !== leader) as TestServer;
    await pauseServer(follower);
    const key = `none.${round}`;
    await bus.store.create('tasks', key, bytesOf('x'));
    follower.kill('SIGCONT');
    const listed = await bus.store.list('tasks', 'none.');
    expect(listed.map((entry) => entry.key)).toContain(key);
    await bus.store.purge('tasks', 'none.');
    await bus.close();
  }
}, 60_000);

it('[P91] waits for the servers that are to keep a stream, and says how many', async () => {
  await using alone = await startTestServer();
  const more = { name, clock, createLayout: true, connectMs: 300 };
  const error = await failure(connectNats({ servers: alone.url, ...more, replicas: 3 }));
  expect(error).toMatchObject({ code: 'too-few-servers', family: 'retryable' });
  expect(error.message).toContain('kept by 3 servers');
});
