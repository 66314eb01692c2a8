/**
 * Connecting: what stands in the way is named with its fix, and the layout is made once and kept.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { connectNats, type NatsOptions } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { isOlder } from '../../runtime/node/nats-release.ts';
import { bytesOf, failure } from '../contract/harness.ts';
import { startTestServer } from '../support/nats-server.ts';

const clock = nodeClock();

function options(servers: string, more: Partial<NatsOptions> = {}): NatsOptions {
  return { servers, name: 'test', clock, createLayout: true, allowOldServer: true, ...more };
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** Says what a nats-server of this version says, and answers pings; no more. */
async function fakeServer(version: string) {
  const server = createServer((socket) => {
    const info = { server_id: 'x', version, max_payload: 1048576, headers: true, proto: 1 };
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.on('data', (data) => data.toString().includes('PING') && socket.write('PONG\r\n'));
    socket.on('error', () => {});
  });
  const port = await listen(server);
  return {
    url: `nats://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe('what stands in the way', () => {
  it('names the address, and how to get a server, when none answers', async () => {
    const url = `nats://127.0.0.1:${await freePort()}`;
    const start = clock.nowMs();
    const error = await failure(connectNats(options(url, { connectMs: 300 })));
    expect(error).toMatchObject({ code: 'not-connected', family: 'retryable' });
    expect(error.message).toContain(url);
    expect(error).toHaveProperty('fix', expect.stringContaining('shoal up'));
    expect(clock.nowMs() - start).toBeLessThan(2_000);
  });

  it('gives up in time on a server that takes connections and says nothing', async () => {
    const server = createServer(() => {});
    const port = await listen(server);
    const error = await failure(
      connectNats(options(`nats://127.0.0.1:${port}`, { connectMs: 300 })),
    );
    expect(error).toMatchObject({ code: 'not-connected' });
    server.close();
  });

  it('refuses an old server unless told otherwise', async () => {
    await using server = await fakeServer('2.12.6');
    const error = await failure(connectNats(options(server.url, { allowOldServer: false })));
    expect(error).toMatchObject({ code: 'old-server', family: 'terminal' });
    expect(error.message).toContain('2.12.6');
    expect(error.message).toContain('2.12.7');
    expect(isOlder('2.9.10', '2.12.7')).toBe(true);
    expect(isOlder('2.12.7', '2.12.7')).toBe(false);
    expect(isOlder('2.14.0-beta.1', '2.12.7')).toBe(false);
  });

  it('says that wrong or missing credentials are refused, without showing them', async () => {
    const config = 'authorization { users: [ { user: "ann", password: "secret" } ] }';
    await using server = await startTestServer({ config });
    const missing = await failure(connectNats(options(server.url)));
    expect(missing).toMatchObject({ code: 'denied', family: 'terminal' });
    const wrong = server.url.replace('//', '//ann:wrong@');
    const refused = await failure(connectNats(options(wrong)));
    expect(refused).toMatchObject({ code: 'denied' });
    expect(refused.message).not.toContain('wrong');
    const right = await connectNats(options(server.url.replace('//', '//ann:secret@')));
    expect(right.url).toBe(server.url);
    await right.close();
    const noFile = await failure(connectNats(options(server.url, { creds: '/nowhere.creds' })));
    expect(noFile).toMatchObject({ code: 'no-file' });
  });

  it('[F34] leaves no socket open to a server that says nothing', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const tried = failure(connectNats({ ...options(`nats://127.0.0.1:${port}`), connectMs: 100 }));
    await once(silent, 'connection');
    expect(await tried).toMatchObject({ code: 'not-connected', family: 'retryable' });
    const open = () => new Promise((resolve) => silent.getConnections((_, n) => resolve(n)));
    await expect.poll(open, { timeout: 5_000 }).toBe(0);
    silent.close();
  }, 15_000);

  it('says that JetStream is off for the account', async () => {
    const config = [
      'accounts { bare: { users: [ { user: "ann", password: "x" } ] } }',
      'no_auth_user: ann',
    ].join('\n');
    await using server = await startTestServer({ config });
    const error = await failure(connectNats(options(server.url)));
    expect(error).toMatchObject({ code: 'no-jetstream', family: 'terminal' });
  });

  it('says that what it may not do is denied', async () => {
    const permissions = 'permissions: { publish: { deny: ["secret.>"] } }';
    const config = `authorization { users: [ { user: "ann", password: "x", ${permissions} } ] }`;
    await using server = await startTestServer({ config });
    const bus = await connectNats(options(server.url.replace('//', '//ann:x@')));
    const request = bus.transport.request('secret.x', bytesOf(''), { timeoutMs: 2_000 });
    expect(await failure(request)).toMatchObject({ code: 'denied', family: 'terminal' });
    await bus.close();
  });
});

describe('layout', () => {
  it('is made once, however many begin at the same moment', async () => {
    await using server = await startTestServer();
    const buses = await Promise.all(
      Array.from({ length: 5 }, () => connectNats(options(server.url))),
    );
    expect(new Set(buses.map((bus) => bus.cluster)).size).toBe(1);
    const later = await connectNats(options(server.url, { createLayout: false }));
    expect(later.cluster).toBe(buses[0]?.cluster);
    await Promise.all([...buses, later].map((bus) => bus.close()));
  });

  it('is not made by who may not, who can wait for it', async () => {
    await using server = await startTestServer();
    const error = await failure(connectNats(options(server.url, { createLayout: false })));
    expect(error).toMatchObject({ code: 'no-cluster', family: 'terminal' });
    const waiting = connectNats(options(server.url, { createLayout: false, waitForServer: true }));
    const maker = await connectNats(options(server.url));
    const waited = await waiting;
    expect(waited.cluster).toBe(maker.cluster);
    await Promise.all([waited.close(), maker.close()]);
  });

  it('with a stream missing is a fault, never an empty start', async () => {
    await using server = await startTestServer();
    const bus = await connectNats(options(server.url));
    await bus.close();
    const nc = await connect({ servers: server.url });
    await nc.request('$JS.API.STREAM.DELETE.SHOAL_EVENTS');
    const error = await failure(connectNats(options(server.url)));
    expect(error).toMatchObject({ code: 'layout-broken', family: 'terminal' });
    expect(error.message).toContain('SHOAL_EVENTS');
    await nc.close();
  });

  it('that somebody changed is refused, with what differs', async () => {
    await using server = await startTestServer();
    const nc = await connect({ servers: server.url });
    const config = { name: 'SHOAL_JOBS', subjects: ['jobs.submit'], retention: 'limits' };
    await nc.request('$JS.API.STREAM.CREATE.SHOAL_JOBS', JSON.stringify(config));
    const error = await failure(connectNats(options(server.url)));
    expect(error).toMatchObject({ code: 'layout-differs' });
    expect(error.message).toMatch(/SHOAL_JOBS.*retention "limits", expected "workqueue"/);
    await nc.close();
  });
});

describe('one connection', () => {
  it('[P22] is all that a process has, whatever it does, over a restart of the server', async () => {
    const config = [
      'accounts {',
      '  SYS: { users: [ { user: "sys", password: "x" } ] }',
      '  APP: { jetstream: enabled, users: [ { user: "app", password: "x" } ] }',
      '}',
      'system_account: SYS',
    ].join('\n');
    await using server = await startTestServer({ config });
    const bus = await connectNats(options(server.url.replace('//', '//app:x@')));
    const stop = new AbortController();
    await bus.store.watch('jobs', '', () => {});
    await bus.journal.consume('submissions', 4, () => {});
    const reading = (async () => {
      const follow = { follow: true, signal: stop.signal };
      for await (const _ of bus.journal.read(bus.subjects.allEvents, follow));
    })();
    await bus.blobs.put(new Uint8Array(3_000_000));
    const back = new Promise<void>((resolve) => {
      bus.onLink((state) => state === 'connected' && resolve());
    });
    await server.restart();
    await back;
    await bus.transport.ping(2_000);
    const system = await connect({ servers: server.url, user: 'sys', pass: 'x' });
    const answer = await system.request('$SYS.REQ.SERVER.PING.CONNZ', '{"acc":"APP"}');
    const { data } = answer.json<{ data: { connections: { name: string }[] } }>();
    expect(data.connections.map(({ name }) => name)).toEqual(['test']);
    await system.close();
    stop.abort();
    await reading;
    await bus.close();
  });
});
