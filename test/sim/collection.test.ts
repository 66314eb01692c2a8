/**
 * Jobs one after the other while leaders come and go, and next to nothing is kept that is not in use:
 * whatever the collector does and whenever it is interrupted, no job misses a byte, every digest is
 * that of a calm run, and in the end only what is in use is left.
 */
import { expect, it } from 'vitest';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { KeptCluster } from '../coordinator/kept-cluster.ts';

const seeds = Number(process.env.SHOAL_COLLECT_SEEDS ?? 6);
const first = Number(process.env.SHOAL_COLLECT_FROM ?? 1);
const short = { graceMs: 8_000, restMs: 3_000, lookMs: 1_000, jobsMax: 3, jobsMs: 30_000 };
const jobs = 6;

/** Kills, freezes and cuts off whoever leads, now and then, and starts others. */
async function trouble(cluster: KeptCluster, random: SeededRandom, over: () => boolean) {
  const living = ['c1', 'c2'];
  for (let n = 3; !over(); n += 1) {
    await pause(cluster, 1_000 + random.next() * 6_000);
    const name = living[Math.floor(random.next() * living.length)] as string;
    const what = random.next();
    if (what < 0.3) {
      cluster.broker.kill(name);
      living.splice(living.indexOf(name), 1, `c${n}`);
      cluster.coordinator(`c${n}`, short);
    } else if (what < 0.7) {
      cluster.broker.freeze(name);
      await pause(cluster, random.next() * 12_000);
      cluster.broker.thaw(name);
    } else {
      cluster.broker.disconnect(name);
      await pause(cluster, random.next() * 6_000);
      cluster.broker.reconnect(name);
    }
  }
}

function pause(cluster: KeptCluster, ms: number): Promise<void> {
  return new Promise((resolve) => {
    cluster.clock.after(ms, resolve);
  });
}

async function run(seed: number, rough: boolean) {
  const cluster = await new KeptCluster().open(short);
  cluster.coordinator('c2', short);
  const random = new SeededRandom(seed);
  let done = !rough;
  void trouble(cluster, random, () => done);
  const digests: (string | null)[] = [];
  for (let i = 0; i < jobs; i += 1) {
    const spec =
      i % 3 === 2
        ? { id: `p${i}`, predict: 'kept', dataset: 'demo', output: `scored${i}` }
        : {
            ...{ id: `t${i}`, dataset: 'demo', target: 'label', algorithm: 'toy-sum' },
            ...{ seed: i, model: i === 0 ? 'kept' : `m${i}`, params: { tasks: 5 } },
          };
    const result = async () => {
      const job = await cluster.client.submit(spec);
      const events = job.events();
      for await (const { kind, error, digest } of events) {
        if (kind === 'published') digests.push(digest as string);
        if (kind === 'failed' || kind === 'rejected') throw new Error(JSON.stringify(error));
      }
    };
    await cluster.settled(result());
    await cluster.pass(3_000 + random.next() * 4_000);
  }
  done = true;
  await cluster.pass(90_000);
  return { cluster, digests };
}

it('[F5][F19] collects under leaders that come and go, and takes nothing that is needed', async () => {
  const calm = await run(0, false);
  expect(calm.digests).toHaveLength(jobs);
  for (let seed = first; seed < first + seeds; seed += 1) {
    const { cluster, digests } = await run(seed, true);
    const what = `seed ${seed}\n${cluster.logs.slice(-30).join('\n')}`;
    expect(digests, what).toEqual(calm.digests);
    for (const model of await cluster.settled(cluster.client.models())) {
      await cluster.settled(cluster.client.exportModel(model.name));
    }
    for (const set of await cluster.settled(cluster.client.datasets())) {
      const { manifest } = await cluster.settled(cluster.client.dataset(set.name));
      for (const { sha256 } of manifest.shards) {
        await cluster.settled(cluster.bus.blobs.get(parseDigest(sha256)));
      }
    }
    expect(await cluster.count('jobs'), what).toBeLessThanOrEqual(short.jobsMax);
    expect(await cluster.count('tasks'), what).toBe(0);
    expect(await cluster.count('blobs'), what).toBe(await calm.cluster.count('blobs'));
  }
}, 600_000);
