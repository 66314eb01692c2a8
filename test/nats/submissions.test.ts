/**
 * Submissions that come many times over, and while the broker is killed: one job each, none lost.
 */
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { parseJobId } from '../../schemas/ids.ts';
import { failure } from '../contract/harness.ts';
import { startCluster } from '../e2e/support/cluster.ts';
import { startTestServer } from '../support/nats-server.ts';

const wait = { timeoutMs: 60_000 };
const clients = 100;

const toy = {
  ...{ dataset: 'dense', target: syntheticTarget.dense, algorithm: 'toy-sum' },
  ...{ params: { tasks: 4 }, evaluate: false },
};

it('[F23] one id from a hundred clients at once is one job, and another spec under it none', async () => {
  await using cluster = await startCluster({ workers: 1 });
  await cluster.client.importCsv('dense', () =>
    syntheticCsv({ kind: 'dense', rows: 300, seed: 1 }),
  );
  const { bus } = cluster;
  const spec = Buffer.from(JSON.stringify({ ...toy, id: 'once' }));
  const other = Buffer.from(JSON.stringify({ ...toy, id: 'once', seed: 2 }));
  await Promise.all(
    Array.from({ length: clients }, () => bus.journal.append(bus.subjects.submit, spec)),
  );
  const { seq } = await bus.journal.append(bus.subjects.submit, other);
  const view = await cluster.client.job('once').result(wait);
  expect(view).toMatchObject({ phase: 'completed', attempts: 1 });
  const kinds: string[] = [];
  for await (const { kind } of cluster.client.job('once').events()) kinds.push(kind);
  expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'completed')).toHaveLength(1);
  const refused = await failure(cluster.client.job(`j-SHOAL_JOBS-${seq}`).ended(wait));
  expect(refused.message).toContain('job "once" exists already, with another spec');
  expect((await bus.store.list('jobs', '')).map(({ key }) => key).sort()).toEqual(
    ['once', `j-SHOAL_JOBS-${seq}`].sort(),
  );
}, 60_000);

it('[F13] loses no acknowledged submission to kills of nats-server', async () => {
  await using server = await startTestServer({ syncAlways: true });
  const bus = await connectNats({
    ...{ servers: server.url, name: 'test', clock: nodeClock(), createLayout: true },
  });
  const seen = new Set<string>();
  const consumption = await bus.journal.consume('submissions', 64, (delivery) => {
    seen.add(Buffer.from(delivery.bytes).toString());
    delivery.ack().catch(() => {});
  });
  const acked: string[] = [];
  let over = false;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (!over) {
      const id = parseJobId(`s-${next++}`);
      await bus.journal.append(bus.subjects.submit, Buffer.from(id)).then(
        () => acked.push(id),
        () => bus.transport.ping(1_000).catch(() => {}),
      );
    }
  };
  const lanes = Array.from({ length: 16 }, lane);
  for (let kills = 1; kills <= 5; kills += 1) {
    await expect.poll(() => acked.length, { timeout: 20_000 }).toBeGreaterThan(kills * 100);
    const back = new Promise<void>((resolve) => {
      bus.onLink((state) => state === 'connected' && resolve());
    });
    server.kill('SIGKILL');
    await server.exited;
    await server.restart();
    await back;
  }
  over = true;
  await Promise.all(lanes);
  await expect.poll(() => acked.filter((id) => !seen.has(id)), { timeout: 20_000 }).toEqual([]);
  expect(acked.length).toBeGreaterThan(500);
  await consumption.stop();
  await bus.close();
}, 60_000);
