/**
 * Records and blobs over a real nats-server that forces every write to disk, against the stock
 * libraries on the same server in the same run: `@nats-io/kv` for records, plain JetStream publishes
 * of equal chunks for blobs (which neither hash nor resume).
 *
 * Usage: node bench/store.ts [--records 4000] [--mebibytes 256] [--repeats 3]
 */
import { randomFillSync } from 'node:crypto';
import { parseArgs } from 'node:util';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { connectNats } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { resolveNatsServer } from '../runtime/node/nats-binary.ts';
import { startNatsServer } from '../runtime/node/nats-server.ts';
import { limits } from '../schemas/limits.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '4000' },
    mebibytes: { type: 'string', default: '256' },
    repeats: { type: 'string', default: '3' },
  },
});
const [count, mebibytes, repeats] = [values.records, values.mebibytes, values.repeats].map(
  Number,
) as [number, number, number];

await using server = await startNatsServer({
  binary: await resolveNatsServer({ env: process.env }),
  syncAlways: true,
});
const bus = await connectNats({
  servers: server.url,
  name: 'bench',
  clock: nodeClock(),
  createLayout: true,
});
const nc = await connect({ servers: server.url, name: 'peer' });
const kv = await new Kvm(jetstream(nc)).create('peer');
const jsm = await jetstreamManager(nc);
await jsm.streams.add({ name: 'PEER', subjects: ['peer.>'], allow_direct: true });

const value = randomFillSync(new Uint8Array(200));
const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1] ?? 0;

/** Runs the work `total` times, `lanes` at a time. @returns how many a second */
async function rate(total: number, lanes: number, work: (i: number) => Promise<unknown>) {
  let next = 0;
  const start = performance.now();
  const lane = async () => {
    for (let i = next++; i < total; i = next++) await work(i);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (total / (performance.now() - start)) * 1_000;
}

/** Medians of ours and the peer's, measured in turn. */
async function compare(
  name: string,
  unit: string,
  ours: (run: number) => Promise<number>,
  peer: (run: number) => Promise<number>,
): Promise<void> {
  const [own, other]: [number[], number[]] = [[], []];
  for (let run = 0; run < repeats; run += 1) {
    own.push(await ours(run));
    other.push(await peer(run));
  }
  const [mine, theirs] = [median(own), median(other)];
  const row = [name.padEnd(28), mine.toFixed(0).padStart(8), theirs.toFixed(0).padStart(8)];
  console.log(`${row.join(' ')} ${unit.padEnd(5)} ratio ${(mine / theirs).toFixed(2)}`);
}

interface Keys {
  create(key: string, value: Uint8Array): Promise<number>;
  update(key: string, value: Uint8Array, revision: number): Promise<number>;
}
const ourKeys: Keys = {
  create: (key, bytes) => bus.store.create('tasks', key, bytes),
  update: (key, bytes, revision) => bus.store.update('tasks', key, bytes, revision),
};
const peerKeys: Keys = {
  create: (key, bytes) => kv.create(key, bytes),
  update: (key, bytes, revision) => kv.update(key, bytes, revision),
};

/** Compare-and-set chains, one key a lane. */
async function updates(lanes: number, total: number, name: string, keys: Keys): Promise<number> {
  const each = Math.ceil(total / lanes);
  return rate(lanes, lanes, async (lane) => {
    let revision = await keys.create(`${name}.${lane}`, value);
    for (let i = 1; i < each; i += 1) {
      revision = await keys.update(`${name}.${lane}`, value, revision);
    }
  }).then((chains) => chains * each);
}

async function blobs(): Promise<void> {
  const bytes = new Uint8Array(mebibytes * 2 ** 20);
  for (let at = 0; at < bytes.length; at += 2 ** 20) {
    randomFillSync(bytes, at, Math.min(2 ** 20, bytes.length - at));
  }
  const js = jetstream(nc, { timeout: 10_000 });
  const chunks = Math.ceil(bytes.length / limits.chunkBytes);
  const perChunk = bytes.length / chunks / 2 ** 20;
  const mibRate = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return (mebibytes / (performance.now() - start)) * 1_000;
  };
  const part = (n: number) => bytes.subarray(n * limits.chunkBytes, (n + 1) * limits.chunkBytes);
  await compare(
    `blob of ${mebibytes} MiB, put`,
    'MiB/s',
    (run) => {
      bytes[0] = run;
      return mibRate(() => bus.blobs.put(bytes));
    },
    async (run) =>
      perChunk *
      (await rate(chunks, limits.chunksInFlight, (n) => js.publish(`peer.${run}.${n}`, part(n)))),
  );
  bytes[0] = 0;
  const digest = await bus.blobs.put(bytes);
  await compare(
    `blob of ${mebibytes} MiB, get`,
    'MiB/s',
    () => mibRate(() => bus.blobs.get(digest)),
    async () =>
      perChunk *
      (await rate(chunks, limits.chunksInFlight, (n) =>
        jsm.direct.getMessage('PEER', { last_by_subj: `peer.0.${n}` }),
      )),
  );
}

console.log(`nats-server ${server.version}, node ${process.version}, sync always`);
console.log(`${''.padEnd(28)} ${'shoal'.padStart(8)} ${'peer'.padStart(8)}`);
for (const lanes of [1, 16, 64]) {
  const total = lanes === 1 ? Math.ceil(count / 8) : count;
  await compare(
    `create, ${lanes} in flight`,
    '/s',
    (run) => rate(total, lanes, (i) => bus.store.create('tasks', `c${lanes}r${run}.${i}`, value)),
    (run) => rate(total, lanes, (i) => kv.create(`c${lanes}r${run}.${i}`, value)),
  );
  await compare(
    `update, ${lanes} in flight`,
    '/s',
    (run) => updates(lanes, total, `u${lanes}r${run}`, ourKeys),
    (run) => updates(lanes, total, `u${lanes}r${run}`, peerKeys),
  );
}
await compare(
  'list of all records',
  '/s',
  async () => {
    const start = performance.now();
    return ((await bus.store.list('tasks', '')).length / (performance.now() - start)) * 1_000;
  },
  async () => {
    const start = performance.now();
    let seen = 0;
    for await (const _ of await kv.history()) seen += 1;
    return (seen / (performance.now() - start)) * 1_000;
  },
);
await blobs();
await nc.close();
await bus.close();
