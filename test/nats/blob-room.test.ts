/** How full the stream of blobs is, as a real server tells it, and what follows for imports. */
import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { clientOver } from '../../client/client.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import { startTestServer } from '../support/nats-server.ts';

const clock = nodeClock();

it('[F15] imports are refused with the figure while the stream is nearly full, and go on after', async () => {
  await using server = await startTestServer();
  const options = { servers: server.url, name: 'test', clock, allowOldServer: true };
  await using client = clientOver(
    await connectNats({ ...options, createLayout: true }),
    clock,
    nodeRandom(),
  );
  const { blobs } = client.bus;
  expect((await blobs.usage()).maxBytes).toBeNull();
  const filler = await blobs.put(new Uint8Array(100_000).fill(1));
  const nc = await connect({ servers: server.url });
  const bound = async (max_bytes: number) => {
    const info = await nc.request('$JS.API.STREAM.INFO.SHOAL_BLOBS');
    const { config } = info.json() as { config: object };
    await nc.request('$JS.API.STREAM.UPDATE.SHOAL_BLOBS', JSON.stringify({ ...config, max_bytes }));
  };
  await bound(105_000);
  const usage = await blobs.usage();
  expect(usage.maxBytes).toBe(105_000);
  expect(usage.bytes).toBeGreaterThan(100_000);
  const rows = () => [new TextEncoder().encode('x,y\n1,a\n2,b\n')];
  await expect(client.importCsv('d', rows)).rejects.toMatchObject({
    code: 'storage-full',
    message: expect.stringMatching(/of 105000 bytes \(9\d %\)/),
  });
  // A changed bound is no damage: processes go on and come in.
  await (await connectNats({ ...options, createLayout: false })).close();
  await blobs.remove(filler);
  expect(await client.importCsv('d', rows)).toMatchObject({ rows: 2 });
  // What does not fit is refused by the stream itself, and nothing half-stored is taken for whole.
  await expect(blobs.put(new Uint8Array(300_000).fill(2))).rejects.toMatchObject({
    code: 'stream-full',
  });
  await bound(10_000_000);
  await blobs.put(new Uint8Array(300_000).fill(2));
  await nc.close();
});
