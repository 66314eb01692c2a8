/**
 * The aggregator killed at everything that it asks of the broker while it merges and measures: before
 * and after the claim, at each input, around the storing of the result, between that and the commit, and
 * before the news of the commit is out. The job comes to the digest of a calm run, each task done once.
 */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { MemoryClient } from '../../runtime/memory/memory-client.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { checkSuccess, checkToldOnce, type Outcome, outcomeOf } from './checks.ts';
import { SimCluster } from './sim-cluster.ts';

const params = { trees: 24, maxDepth: 4 };
const training = { dataset: 'demo', target: 'label', algorithm: 'random-forest' } as const;
const spec = { ...training, id: 'j', params, evaluate: { holdout: 0.25 } };

type Call = MemoryClient['call'];
const call = MemoryClient.prototype.call;
let data: DataSet;

beforeAll(async () => {
  data = await dataSet(400, 100);
});
afterEach(() => {
  MemoryClient.prototype.call = call;
});

/** Runs the job; the aggregator is killed before or after its n-th call, and started again later. */
async function run(kill: { readonly n: number; readonly when: 'before' | 'after' } | null) {
  const asked: string[] = [];
  const cluster = new SimCluster(1, data);
  await cluster.open();
  let killed = false;
  const die = () => {
    killed = true;
    cluster.broker.kill('a1');
    cluster.clock.after(3_000, () => cluster.start('a1'));
  };
  const watched: Call = async function <T>(this: MemoryClient, ...args: unknown[]) {
    const [what] = args;
    const own = this.name === 'a1' && !killed && cluster.phase('j') !== undefined;
    if (own) asked.push(String(what));
    const due = own && asked.length === kill?.n;
    if (due && kill?.when === 'before') die();
    // A dead process is answered no more.
    const answer = (await call.apply(this, args as never)) as T;
    if (due && kill?.when === 'after') {
      die();
      return new Promise<T>(() => {});
    }
    return answer;
  } as Call;
  MemoryClient.prototype.call = watched;
  await cluster.submit(spec);
  const done = () => cluster.ended('j') && cluster.job('j')?.outbox.length === 0;
  await cluster.clock.advanceUntil(done, 120_000);
  const { outcome, broken } = await outcomeOf(cluster, 'j');
  return { outcome, asked, killed, broken: [...broken, ...cluster.watchdog.broken] };
}

it('[F24] an aggregator killed at each call while it merges: one commit, the same digest', {
  timeout: 300_000,
}, async () => {
  const calm: { outcome: Outcome; asked: string[]; broken: string[] } = await run(null);
  expect(calm.broken).toEqual([]);
  expect(calm.outcome.phase).toBe('completed');
  const inputs = calm.asked.filter((what) => what.startsWith('chunk'));
  // Parts of two fits and their scores, the plan and what the stages read; then results that it stores.
  expect(inputs.length).toBeGreaterThan(5);
  const wrong: string[] = [];
  const last = calm.asked.length;
  for (let n = 1; n <= last; n += 1) {
    // After one call is before the next, as far as anybody else can tell.
    for (const when of n === last ? (['before', 'after'] as const) : (['before'] as const)) {
      const { outcome, broken, killed } = await run({ n, when });
      const found = [...broken, ...checkSuccess(outcome, calm.outcome), ...checkToldOnce(outcome)];
      if (!killed) found.push('nobody was killed');
      wrong.push(...found.map((what) => `killed ${when} "${calm.asked[n - 1]}" (${n}): ${what}`));
    }
  }
  expect(wrong).toEqual([]);
});
