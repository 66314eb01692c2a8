/** Clusters of an older layout: refused by name, brought up to date by an explicit command. */
import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { clientOver } from '../../client/client.ts';
import { layoutSteps, layoutVersion } from '../../runtime/layout.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { migrateLayout } from '../../runtime/nats/migrate-layout.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import { keys } from '../../schemas/subjects.ts';
import { records } from '../../schemas/wire.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';

const clock = nodeClock();
const base = (server: TestServer) => ({
  ...{ servers: server.url, name: 'test', clock, allowOldServer: true },
});
const open = (server: TestServer, createLayout = false) =>
  connectNats({ ...base(server), createLayout });
const migrate = (server: TestServer, dryRun = false) =>
  migrateLayout({ ...base(server), createLayout: false, dryRun });

/** Leaves a server as a release of layout 1 would have: with data, without the newer buckets. */
async function olderStore(server: TestServer): Promise<void> {
  const bus = await open(server, true);
  const client = clientOver(bus, clock, nodeRandom());
  await client.importCsv('d', () => [new TextEncoder().encode('x,y\n1,a\n2,b\n')]);
  const entry = await bus.store.get('cluster', keys.layout);
  const record = records.layout.decode(entry?.value ?? new Uint8Array());
  record.layout = 1;
  await bus.store.update(
    'cluster',
    keys.layout,
    records.layout.encode(record),
    entry?.revision ?? 0,
  );
  await bus.close();
  const nc = await connect({ servers: server.url });
  await nc.request('$JS.API.STREAM.DELETE.KV_SHOAL_ROUND_STATES');
  await nc.close();
}

it('an older layout is refused with the fix, shown by a dry run, and migrated with its data', async () => {
  await using server = await startTestServer();
  await olderStore(server);
  await expect(open(server, true)).rejects.toMatchObject({
    code: 'older-layout',
    fix: expect.stringContaining('shoal migrate'),
  });
  const dry = await migrate(server, true);
  expect(dry).toMatchObject({ from: 1, to: layoutVersion, done: false });
  expect(dry.steps).toEqual([expect.stringContaining('SHOAL_ROUND_STATES')]);
  await expect(open(server)).rejects.toMatchObject({ code: 'older-layout' });
  expect(await migrate(server)).toMatchObject({ from: 1, to: layoutVersion, done: true });
  await using client = clientOver(await open(server), clock, nodeRandom());
  expect(await client.dataset('d')).toMatchObject({ rows: 2 });
  await client.bus.store.create('rounds', 'j.0', new Uint8Array([1]));
  // Done already: nothing is left to do.
  expect(await migrate(server)).toMatchObject({ steps: [], done: true });
});

it('a migration that broke off before its last write is begun again', async () => {
  await using server = await startTestServer();
  await olderStore(server);
  const nc = await connect({ servers: server.url });
  expect(await migrate(server)).toMatchObject({ done: true });
  // As if the record had not been written: the bucket is there, the layout says 1.
  const bus = await open(server);
  const entry = await bus.store.get('cluster', keys.layout);
  const record = records.layout.decode(entry?.value ?? new Uint8Array());
  record.layout = 1;
  await bus.store.update(
    'cluster',
    keys.layout,
    records.layout.encode(record),
    entry?.revision ?? 0,
  );
  await bus.close();
  await nc.close();
  expect(await migrate(server)).toMatchObject({ from: 1, to: layoutVersion, done: true });
});

it('is refused while a coordinator leads, and where a stream is missing or the layout is newer', async () => {
  await using server = await startTestServer();
  await expect(migrate(server)).rejects.toMatchObject({ code: 'no-cluster' });
  await olderStore(server);
  const nc = await connect({ servers: server.url });
  let renewals = 0;
  const renew = () => {
    const lease = records.lease.create({ node: 'c1', nonce: 'n', term: 3, renewals: ++renewals });
    return nc.request('$KV.SHOAL_CLUSTER.lease.coordinator', records.lease.encode(lease));
  };
  await renew();
  let leads = true;
  const goOn = () => {
    if (leads)
      renew().then(
        () => clock.after(200, goOn),
        () => {},
      );
  };
  goOn();
  await expect(migrate(server)).rejects.toMatchObject({
    code: 'coordinator-running',
    message: expect.stringContaining('"c1"'),
  });
  leads = false;
  await nc.request('$JS.API.STREAM.DELETE.KV_SHOAL_MODELS');
  await expect(migrate(server)).rejects.toMatchObject({
    code: 'layout-broken',
    message: expect.stringContaining('KV_SHOAL_MODELS'),
  });
  const newer = records.layout.create({ cluster: 'c', layout: layoutVersion + 1 });
  await nc.request('$KV.SHOAL_CLUSTER.layout', records.layout.encode(newer));
  await expect(migrate(server)).rejects.toMatchObject({ code: 'newer-layout' });
  await nc.close();
});

it('there is a step from every known layout to the next', () => {
  expect(layoutSteps.map(({ from }) => from)).toEqual(
    Array.from({ length: layoutVersion - 1 }, (_, i) => i + 1),
  );
});
