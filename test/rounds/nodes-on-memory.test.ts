/**
 * Holders and leaders of rounds on the memory broker with a clock that stands still.
 */
import { describe, expect, it } from 'vitest';
import { dataSet } from '../task-runner/data.ts';
import { RoundsCluster } from './rounds-cluster.ts';
import { expectedResults, holdTasks, roundsPlan } from './rounds-plan.ts';

const data = await dataSet();
const plan = roundsPlan(data);
const expected = expectedResults(data, plan);

describe('rounds', () => {
  it('[P65] give one digest on 1, 2 and 4 workers, that of a single process', async () => {
    for (const workers of [1, 2, 4]) {
      const cluster = new RoundsCluster(data);
      await cluster.open(plan);
      for (let i = 0; i < workers; i += 1) await cluster.worker(`w${i}`, 1 + (i % 2));
      await cluster.aggregator('a0');
      for (const [i, task] of holdTasks(plan).entries()) cluster.offer(`w${i % workers}`, [task]);
      cluster.offer('a0', ['rounds.0', 'rounds.1']);
      expect(await cluster.results()).toEqual(expected);
      await cluster.stop();
    }
  });
});
