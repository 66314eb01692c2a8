/**
 * Two submissions want one id with different specs: one job comes of it, and the other is refused by
 * name. The first one stored has it, unless its reader fell asleep and it had to be handed out again.
 */
import { beforeAll, expect, it } from 'vitest';
import { parseSpec, specDigest } from '../../schemas/job-spec.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { outcomeOf } from './checks.ts';
import { SimCluster } from './sim-cluster.ts';

const first = {
  ...{ id: 'j', dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false as const },
  params: { tasks: 4 },
};
const second = { ...first, seed: 99 };
const digestOf = (spec: object) =>
  specDigest(parseSpec(new TextEncoder().encode(JSON.stringify(spec))));
let data: DataSet;

beforeAll(async () => {
  data = await dataSet();
});

/** @returns which of the two the job is, and what was refused under its own id */
async function crossed(asleep: boolean, betweenMs: number) {
  const cluster = new SimCluster(1, data);
  await cluster.open();
  await cluster.clock.advance(1_000);
  if (asleep) cluster.broker.freeze('c1');
  await cluster.submit(first);
  await cluster.clock.advance(betweenMs);
  await cluster.submit(second);
  await cluster.clock.advance(10_000);
  if (asleep) cluster.broker.thaw('c1');
  expect(await cluster.clock.advanceUntil(() => cluster.ended('j'), 60_000)).toBe(true);
  await cluster.clock.advance(8_000);
  expect(cluster.watchdog.broken).toEqual([]);
  const won = cluster.job('j')?.specDigest === digestOf(first) ? 'first' : 'second';
  const refused = cluster.ended('j-SHOAL_JOBS-1') ? 'first' : 'second';
  const { outcome } = await outcomeOf(cluster, `j-SHOAL_JOBS-${refused === 'first' ? 1 : 2}`);
  expect(outcome.events.at(-1)).toMatchObject({
    ...{ kind: 'rejected', requestedId: 'j', error: { code: 'conflict' } },
  });
  expect((await outcomeOf(cluster, 'j')).outcome.phase).toBe('completed');
  return { won, refused };
}

it('[F23] the first has the id, however soon the second comes', async () => {
  for (const betweenMs of [0, 1, 200]) {
    expect(await crossed(false, betweenMs)).toEqual({ won: 'first', refused: 'second' });
  }
});

it('[F5] [F23] either may have it when a leader sleeps over the first, and the other is refused', async () => {
  const outcomes = new Set<string>();
  for (const betweenMs of [0, 2_000, 3_500, 4_500, 8_000]) {
    const { won, refused } = await crossed(true, betweenMs);
    expect(won).not.toBe(refused);
    outcomes.add(won);
  }
  expect([...outcomes].sort()).toEqual(['first', 'second']);
});
