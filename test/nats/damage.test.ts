/**
 * Records that a damaged store has lost, though nats-server says nothing of it, are named.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import type { ShoalError } from '../../schemas/errors.ts';
import { keys } from '../../schemas/subjects.ts';
import { failure } from '../contract/harness.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';

function open(server: TestServer, acceptLosses = false): Promise<Bus> {
  const { url: servers } = server;
  return connectNats({
    ...{ servers, name: 'test', clock: nodeClock(), createLayout: true, acceptLosses },
  });
}

/** Six records of 300 bytes each. */
async function fill(bus: Bus): Promise<void> {
  for (let i = 0; i < 6; i += 1) {
    await bus.store.create('models', `k${i}`, new Uint8Array(300).fill(i));
  }
}

/** Turns one bit over, in the second record. */
function damage(server: TestServer): void {
  const streams = join(server.dataDir, 'store', 'jetstream', '$G', 'streams');
  const file = join(streams, 'KV_SHOAL_MODELS', 'msgs', '1.blk');
  const bytes = readFileSync(file);
  bytes[800] = (bytes[800] ?? 0) ^ 4;
  writeFileSync(file, bytes);
}

it('[F18] a record that cannot be read is an error of its own, not an absence', async () => {
  await using server = await startTestServer({ syncAlways: true });
  const bus = await open(server);
  await fill(bus);
  server.kill('SIGTERM');
  await server.exited;
  damage(server);
  const back = new Promise<void>((resolve) => {
    bus.onLink((state) => state === 'connected' && resolve());
  });
  await server.restart();
  await back;
  const error = (await failure(bus.store.get('models', 'k1'))) as ShoalError;
  expect(error).toMatchObject({ code: 'damaged-record', family: 'terminal' });
  expect(error.message).toContain('"k1" in KV_SHOAL_MODELS');
  expect(error.fix).toContain('backup');
  expect(await failure(bus.store.list('models', ''))).toMatchObject({ code: 'damaged-record' });
  expect((await bus.store.get('models', 'k2'))?.value[0]).toBe(2);
  expect(await bus.store.get('models', 'k9')).toBeUndefined();
  await bus.close();
}, 20_000);

it('[F18] a stream that has lost its end is told to who wrote it, and at the next start', async () => {
  await using server = await startTestServer({ syncAlways: true });
  const bus = await open(server);
  await fill(bus);
  // As a coordinator puts it by after a while.
  const marks = Buffer.from(JSON.stringify({ KV_SHOAL_MODELS: 6 }));
  await bus.store.create('cluster', keys.marks, marks);
  const fault = new Promise<ShoalError>((resolve) => bus.onFault(resolve));
  server.kill('SIGKILL');
  await server.exited;
  damage(server);
  await server.restart();
  expect(await fault).toMatchObject({ code: 'layout-broken' });
  expect((await fault).message).toContain('"KV_SHOAL_MODELS" ends at 1, 6 had been stored');
  await bus.close();
  expect(await failure(open(server))).toMatchObject({ code: 'layout-broken' });
  const accepting = await open(server, true);
  await accepting.close();
  const later = await open(server);
  expect((await later.store.list('models', '')).map(({ key }) => key)).toEqual(['k0']);
  await later.close();
}, 20_000);
