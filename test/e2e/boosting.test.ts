/**
 * Boosting on real processes: one model on one worker and on three, and with a worker, then the
 * leader of the rounds, killed in the middle of a tree.
 */
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { TaskLog } from '../support/task-log.ts';
import { startCluster } from './support/cluster.ts';
import { ownerOf, roundOpened } from './support/open-rounds.ts';

const wait = { timeoutMs: 90_000 };

/** Some seconds of rounds, nine a tree, in two fits. */
function boosting(id: string) {
  return {
    ...{ id, dataset: 'mixed', target: syntheticTarget.mixed, algorithm: 'gradient-boosting' },
    params: { trees: 7 },
  };
}

it('[P80] [P53] [F1] boosts to one model on any workers, and with worker and leader killed', async () => {
  const options = { workers: 1, aggregators: 2 };
  await using cluster = await startCluster(options);
  const open = () => syntheticCsv({ kind: 'mixed', rows: 4_000, seed: 5 });
  await cluster.client.importCsv('mixed', open);
  const calm = await (await cluster.client.submit(boosting('calm'))).result(wait);
  expect(calm.metrics).toMatchObject({ accuracy: expect.any(Number) });
  await cluster.startWorker();
  await cluster.startWorker();
  await using log = await TaskLog.open(cluster.bus);
  const opened = [15, 40].map((round) => roundOpened(cluster, 'hurt', round));
  const job = await cluster.client.submit(boosting('hurt'));
  for (const [i, task] of ['hold.0', 'rounds.0'].entries()) {
    await opened[i];
    const victim = ownerOf(log, 'hurt', task);
    expect(victim, task).not.toBe('');
    await cluster.kill(victim);
  }
  const view = await job.result(wait);
  expect(view).toMatchObject({ phase: 'completed', digest: calm.digest });
  expect(view.rounds?.every(({ ended }) => ended === 'rounds')).toBe(true);
  const model = await cluster.client.model(`${view.model}`);
  const row = Object.fromEntries(model.features.map(({ name }) => [name, null]));
  const [prediction] = model.predict([row]);
  expect(model.classes).toContain(prediction?.prediction);
}, 180_000);
