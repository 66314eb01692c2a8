/** A file of 200 MB over a real server: in chunks, broken off half-way, gone on with, whole. */
import { createHash, randomFillSync } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { limits } from '../../schemas/limits.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';

const size = 200 * 1000 * 1000;
const chunkCount = Math.ceil(size / limits.chunkBytes);

function open(server: TestServer, name: string): Promise<Bus> {
  const clock = nodeClock();
  return connectNats({ servers: server.url, name, clock, createLayout: true });
}

it('[P08] 200 MB travel in chunks; what a broken transfer stored is not sent again', {
  timeout: 120_000,
}, async () => {
  await using server = await startTestServer();
  const file = randomFillSync(new Uint8Array(size));
  const digest = createHash('sha256').update(file).digest('hex');
  const first = await open(server, 'first');
  let closed: Promise<void> | null = null;
  const broken = first.blobs.put(file, (done) => {
    if (done > size / 2) closed ??= first.close();
  });
  await expect(broken).rejects.toThrow();
  await closed;
  const nc = await connect({ servers: server.url });
  const stored = async () => {
    const info = (await nc.request('$JS.API.STREAM.INFO.SHOAL_BLOBS')).json();
    return (info as { state: { messages: number; last_seq: number } }).state;
  };
  const before = await stored();
  expect(before.messages).toBeGreaterThan(chunkCount / 3);
  expect(before.messages).toBeLessThan(chunkCount);

  const second = await open(server, 'second');
  expect(await second.blobs.has(digest as never)).toBe(false);
  expect(await second.blobs.put(file)).toBe(digest);
  // Whatever was ever stored has a number: no chunk was stored twice.
  expect(await stored()).toMatchObject({ messages: chunkCount, last_seq: chunkCount });
  const back = await second.blobs.get(digest as never);
  expect(createHash('sha256').update(back).digest('hex')).toBe(digest);
  await second.close();
  await nc.close();
});
