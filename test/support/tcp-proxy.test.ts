/** The proxy that makes links bad: each of its settings does to a stream what it says. */
import { once } from 'node:events';
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let echo: Server;
const ports = { echo: 0 };
/** Connections as the far side has them, newest last. */
const farSide: Socket[] = [];

beforeAll(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    farSide.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  ports.echo = (echo.address() as { port: number }).port;
});

afterAll(() => {
  for (const socket of farSide) socket.destroy();
  echo.close();
});

async function dial(proxy: TcpProxy): Promise<Socket> {
  const socket = tcpConnect({ port: proxy.port, host: proxy.host });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes and waits until as many came back. */
async function roundTrip(socket: Socket, bytes: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  const back = new Promise<Buffer>((resolve, reject) => {
    const take = (part: Buffer): void => {
      parts.push(part);
      size += part.length;
      if (size < bytes.length) return;
      socket.off('data', take);
      resolve(Buffer.concat(parts));
    };
    socket.on('data', take);
    socket.once('close', () => reject(new Error(`closed after ${size} bytes`)));
  });
  socket.write(bytes);
  return back;
}

const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 24);

it('passes bytes unchanged, whole and in slices, late and soon', async () => {
  await using proxy = await startTcpProxy({ port: ports.echo, seed: 7 });
  const socket = await dial(proxy);
  for (const settings of [{}, { sliceBytes: 5_000 }, { latencyMs: 20, jitterMs: 20 }]) {
    proxy.set(settings);
    expect(Buffer.compare(await roundTrip(socket, noise), Buffer.from(noise))).toBe(0);
  }
  expect(proxy.bytes).toEqual({ up: 3 * noise.length, down: 3 * noise.length });
  expect(proxy).toMatchObject({ accepted: 1, standing: 1 });
  socket.destroy();
});

it('adds the delay to each way, and no more than the speed allows', async () => {
  await using proxy = await startTcpProxy({ port: ports.echo });
  const socket = await dial(proxy);
  proxy.set({ latencyMs: 60 });
  const startMs = performance.now();
  await roundTrip(socket, new Uint8Array(10));
  const delayedMs = performance.now();
  expect(delayedMs - startMs).toBeGreaterThan(115);
  proxy.set({ bytesPerSecond: 1_000_000 });
  await roundTrip(socket, noise);
  const tookMs = performance.now() - delayedMs;
  expect(tookMs).toBeGreaterThan(280);
  expect(tookMs).toBeLessThan(2_000);
  socket.destroy();
});

it('holds what is cut, one way or both, and delivers it when it heals', async () => {
  await using proxy = await startTcpProxy({ port: ports.echo });
  for (const held of [['up'], ['down'], ['up', 'down']] as const) {
    const socket = await dial(proxy);
    await roundTrip(socket, new Uint8Array(1));
    const before = { ...proxy.bytes };
    proxy.set({ held });
    const answer = roundTrip(socket, new Uint8Array([1, 2, 3]));
    if (!(held as readonly string[]).includes('up')) {
      await once(farSide.at(-1)!, 'data'); // what goes the other way arrives
      expect(proxy.bytes.up).toBe(before.up + 3);
    }
    expect(proxy.bytes.down).toBe(before.down);
    proxy.heal();
    expect([...(await answer)]).toEqual([1, 2, 3]);
    socket.destroy();
  }
});

it('does not tell the far side of an end while it is cut', async () => {
  await using proxy = await startTcpProxy({ port: ports.echo });
  const socket = await dial(proxy);
  await roundTrip(socket, new Uint8Array(1));
  const far = farSide.at(-1)!;
  proxy.set({ held: ['up', 'down'] });
  socket.destroy();
  await once(socket, 'close');
  expect(far.readableEnded).toBe(false);
  const ended = once(far, 'end');
  proxy.heal();
  await ended;
});

it('loses what is swallowed, and resets that connection when it heals', async () => {
  await using proxy = await startTcpProxy({ port: ports.echo });
  const [hit, spared] = [await dial(proxy), await dial(proxy)];
  await roundTrip(hit, new Uint8Array(1));
  await roundTrip(spared, new Uint8Array(1));
  proxy.set({ swallowed: ['down'] });
  const gone = once(hit, 'error');
  hit.write(new Uint8Array(4));
  await vi.waitUntil(() => proxy.swallowed === 4);
  proxy.heal();
  await gone;
  await roundTrip(spared, new Uint8Array(2));
  spared.destroy();
});

it('is down and up again on its port', async () => {
  await using proxy = await startTcpProxy({ port: ports.echo });
  const socket = await dial(proxy);
  const closed = once(socket, 'close');
  const { port } = proxy;
  await proxy.down();
  await closed;
  const refused = tcpConnect({ port, host: proxy.host });
  await expect(once(refused, 'connect')).rejects.toThrow(/ECONNREFUSED/);
  await proxy.up();
  expect(proxy.port).toBe(port);
  const again = await dial(proxy);
  await roundTrip(again, new Uint8Array(3));
  again.destroy();
});

it('resets peers, so that both sides see an error', async () => {
  await using proxy = await startTcpProxy({ port: ports.echo });
  const socket = await dial(proxy);
  await roundTrip(socket, new Uint8Array(1));
  const errors = [once(socket, 'error'), once(farSide.at(-1)!, 'error')];
  proxy.resetPeers();
  for (const [error] of await Promise.all(errors)) {
    expect((error as NodeJS.ErrnoException).code).toBe('ECONNRESET');
  }
});

it('closes a connection after so many bytes, after a time, and slowly', async () => {
  await using proxy = await startTcpProxy({ port: ports.echo });
  proxy.set({ limitBytes: 1_000 });
  const limited = await dial(proxy);
  await expect(roundTrip(limited, noise)).rejects.toThrow(/closed after/);
  proxy.set({ timeoutMs: 50 });
  const timed = await dial(proxy);
  await expect(roundTrip(timed, new Uint8Array(1))).rejects.toThrow(/closed after 0 bytes/);
  proxy.set({ slowCloseMs: 80 });
  const slow = await dial(proxy);
  await roundTrip(slow, new Uint8Array(1));
  const startMs = performance.now();
  slow.end();
  await once(farSide.at(-1)!, 'end');
  expect(performance.now() - startMs).toBeGreaterThan(75);
  slow.destroy();
});
