/**
 * Jobs that stand still on the real actors: a thread that hangs, a process that is frozen, a holder
 * that hangs in a round. Each is named, with its node, before anybody is judged.
 */
import { describe, expect, it } from 'vitest';
import { clientOver } from '../../client/client.ts';
import type { JobView, Standstill } from '../../schemas/views.ts';
import { dataSet } from '../task-runner/data.ts';
import { outcomeOf } from './checks.ts';
import { SimCluster } from './sim-cluster.ts';

const data = await dataSet();
const spec = { dataset: 'demo', target: 'label', evaluate: false } as const;

async function started(seed: number, algorithm: string, params: object): Promise<SimCluster> {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  await cluster.submit({ ...spec, id: 'j', algorithm, params: { ...params } });
  return cluster;
}

/** The job as `job show` has it, once it reports a standstill. */
async function standing(cluster: SimCluster): Promise<JobView & { standstill: Standstill }> {
  const client = clientOver(cluster.bus, cluster.clock, cluster.random);
  for (let tries = 0; tries < 60; tries++) {
    await cluster.clock.advanceUntil(() => false, 1_000);
    const view = await cluster.settled(client.job('j').view());
    if (view.standstill !== null) return view as JobView & { standstill: Standstill };
  }
  throw new Error(`no standstill:\n${cluster.story.join('\n')}`);
}

async function slowEvents(cluster: SimCluster) {
  const { outcome } = await outcomeOf(cluster, 'j');
  return outcome.events.filter(({ kind }) => kind === 'slow');
}

describe('hang report of real actors', () => {
  it('names a task whose thread hangs, its node, and that nothing grows there', async () => {
    const cluster = await started(1, 'toy-sum', { tasks: 3 });
    // All workers at once: no copy can help.
    for (const name of ['w1', 'w2', 'w3']) cluster.slowness.set(name, 10_000);
    const { standstill } = await standing(cluster);
    expect(standstill.seconds).toBeGreaterThanOrEqual(15);
    expect(standstill.node).toMatch(/^w[123]$/);
    expect(standstill.what).toMatch(
      /^train\.\d on w\d for \d+ s; w\d says: running \d+ s, progress/,
    );
    expect(standstill.tasks[0]).toMatchObject({ nodeState: 'alive', attempt: 1 });
    expect((await slowEvents(cluster))[0]).toMatchObject({ tasks: [{ task: /train/ }, {}, {}] });
  });

  it('names the slice that a round waits for, and who holds it', async () => {
    const cluster = await started(2, 'toy-rounds', { rounds: 3_000 });
    const opened = () => cluster.tasks.some(({ key }) => key.includes('.rounds.'));
    await cluster.clock.advanceUntil(opened, 20_000);
    await cluster.clock.advanceUntil(() => false, 2_000);
    for (const name of ['w1', 'w2', 'w3']) cluster.slowness.set(name, 10_000);
    const { standstill } = await standing(cluster);
    expect(standstill.what).toMatch(/^round \d+ of fit final, open for \d+ s: hold\.\d+ on w\d/);
    expect(standstill.tasks[0]?.task).toMatch(/^hold\./);
  });

  it('explains a frozen worker as lost, and goes on without it', async () => {
    const cluster = await started(3, 'toy-sum', { tasks: 12 });
    const held = () => cluster.tasks.some(({ record }) => record.node === 'w1');
    await cluster.clock.advanceUntil(held, 20_000);
    cluster.broker.freeze('w1');
    await cluster.clock.advanceUntil(() => cluster.ended('j'), 60_000);
    await cluster.clock.advanceUntil(() => cluster.job('j')?.outbox.length === 0, 5_000);
    const client = clientOver(cluster.bus, cluster.clock, cluster.random);
    const { story } = await cluster.settled(client.job('j').explain());
    expect(story.outcome?.kind).toBe('completed');
    expect(story.lostNodes).toMatchObject([{ node: 'w1', reason: 'lost' }]);
    expect(story.lostNodes[0]?.tasks.every(({ to }) => to !== null && to !== 'w1')).toBe(true);
    expect(story.time?.redone.attempts).toBe(story.reassigned);
    expect(story.time?.redone.ms).toBeGreaterThan(1_000);
  });
});
