/**
 * One forest on clusters of 1, 2 and 4 workers.
 */
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { TaskLog } from '../support/task-log.ts';
import { startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 60_000 };

it('[P03] [P13] grows the same 100 trees on 1, 2 and 4 workers', async () => {
  await using cluster = await startCluster({ workers: 1 });
  const open = () => syntheticCsv({ kind: 'mixed', rows: 3_000, seed: 5 });
  await cluster.client.importCsv('mixed', open);
  await using log = await TaskLog.open(cluster.bus);
  const seen: { digest: string; predicted: string; trees: number; placed: number }[] = [];
  for (const workers of [1, 2, 4]) {
    while (cluster.actors.size < workers + 2) await cluster.startWorker();
    const job = await cluster.client.submit({
      ...{ id: `on-${workers}`, dataset: 'mixed', target: syntheticTarget.mixed },
      ...{ algorithm: 'random-forest', params: { trees: 100 }, seed: 42 },
    });
    const view = await job.result(wait);
    const model = await cluster.client.model(`${view.model}`);
    const rows = [{ age: 40, income: 30_000, visits_30d: 3, plan: 'basic' }].map((row) => ({
      ...Object.fromEntries(model.features.map(({ name }) => [name, null])),
      ...row,
    }));
    const trained = log.sights.filter(({ job: of, task }) => of === job.id && /^train/.test(task));
    seen.push({
      digest: view.digest ?? '',
      predicted: JSON.stringify(model.predict(rows)),
      trees: model.header.trees,
      placed: new Set(trained.map(({ record }) => record.node).filter((node) => node !== '')).size,
    });
  }
  expect(seen.map(({ trees }) => trees)).toEqual([100, 100, 100]);
  expect(new Set(seen.map(({ digest }) => digest)).size).toBe(1);
  expect(new Set(seen.map(({ predicted }) => predicted)).size).toBe(1);
  expect(seen[0]?.placed).toBe(1);
  expect(seen[1]?.placed).toBe(2);
  expect(seen[2]?.placed).toBeGreaterThan(2);
}, 90_000);
