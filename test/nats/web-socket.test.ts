/**
 * A connection over WebSocket outlives its server like any other, frozen or killed.
 */
import { expect, it } from 'vitest';
import type { LinkState } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { freePorts } from '../support/nats-cluster.ts';
import { pauseServer, startTestServer } from '../support/nats-server.ts';

it('[P12] notices a frozen server, and comes back to it and to one that was killed', async () => {
  const [port] = await freePorts(1);
  const config = `websocket { host: "127.0.0.1", port: ${port}, no_tls: true }`;
  await using server = await startTestServer({ config });
  const servers = `ws://127.0.0.1:${port}`;
  const bus = await connectNats({ servers, name: 'test', clock: nodeClock(), createLayout: true });
  const states: LinkState[] = [];
  let news = () => {};
  bus.onLink((state) => {
    states.push(state);
    news();
  });
  const next = () =>
    new Promise<void>((resolve) => {
      news = resolve;
    });
  let told = next();
  await pauseServer(server);
  await told;
  expect(states).toEqual(['disconnected']);
  told = next();
  server.kill('SIGCONT');
  await told;
  expect(await bus.transport.ping(2_000)).toBeGreaterThan(0);
  told = next();
  server.kill('SIGKILL');
  await told;
  told = next();
  await server.restart();
  await told;
  expect(await bus.transport.ping(2_000)).toBeGreaterThan(0);
  expect(states).toEqual(['disconnected', 'connected', 'disconnected', 'connected']);
  await bus.close();
}, 30_000);
