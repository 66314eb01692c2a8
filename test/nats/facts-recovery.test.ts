/**
 * Facts about what survives a killed, paused or unreachable nats-server, and about peers that vanish.
 *
 * The server is really killed with SIGKILL and paused with SIGSTOP; nothing is simulated. Titles
 * state what happens today.
 */
import { spawn } from 'node:child_process';
import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { type NatsConnection, NoRespondersError, TimeoutError } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { pauseServer, startTestServer, type TestServer } from '../support/nats-server.ts';
import { untilStopped } from '../support/process-state.ts';

const WRONG_LAST_SEQUENCE = 10071;

describe('a server killed with SIGKILL and started again', () => {
  it('has forgotten the message id of a work queue message that was already removed', async () => {
    await using server = await startTestServer();
    await using client = await open(server);
    const { js, jsm } = client;
    await jsm.streams.add({
      name: 'QUEUE',
      subjects: ['queue'],
      retention: RetentionPolicy.Workqueue,
    });
    await jsm.consumers.add('QUEUE', { durable_name: 'worker', ack_policy: AckPolicy.Explicit });
    await js.publish('queue', '', { msgID: 'removed' });
    const message = await (await js.consumers.get('QUEUE', 'worker')).next({ expires: 5_000 });
    await message?.ackAck();
    await js.publish('queue', '', { msgID: 'kept' });
    expect((await js.publish('queue', '', { msgID: 'removed' })).duplicate).toBe(true);
    await crash(server, client.connection);
    expect((await js.publish('queue', '', { msgID: 'kept' })).duplicate).toBe(true);
    expect((await js.publish('queue', '', { msgID: 'removed' })).duplicate).toBe(false);
  });

  it('keeps every acknowledged write, its revision and the compare-and-set that follows', async () => {
    await using server = await startTestServer({ syncAlways: true });
    await using client = await open(server);
    const kv = await new Kvm(client.js).create('kept');
    const revisions = await Promise.all(
      Array.from({ length: 100 }, (_, i) => kv.create(`key-${i}`, `${i}`)),
    );
    await crash(server, client.connection);
    for (const [i, revision] of revisions.entries()) {
      const entry = await kv.get(`key-${i}`);
      expect([entry?.string(), entry?.revision]).toEqual([`${i}`, revision]);
    }
    await expect(kv.create('key-0', '')).rejects.toMatchObject({ code: WRONG_LAST_SEQUENCE });
    expect(await kv.update('key-0', 'b', revisions[0] ?? 0)).toBe(101);
  });

  it('a watch goes on by itself with the next revision', async () => {
    await using server = await startTestServer();
    await using client = await open(server);
    const kv = await new Kvm(client.js).create('watched');
    await kv.put('key', 'before');
    const updates = (await kv.watch())[Symbol.asyncIterator]();
    expect((await updates.next()).value?.string()).toBe('before');
    await crash(server, client.connection);
    await kv.put('key', 'after');
    expect((await updates.next()).value?.string()).toBe('after');
  });
});

describe('a server that is paused or away', () => {
  it('a publish that timed out may be stored all the same; a retry with its id is a duplicate', async () => {
    await using server = await startTestServer();
    await using client = await open(server);
    const { js, jsm } = client;
    await jsm.streams.add({ name: 'SLOW', subjects: ['slow'] });
    await pauseServer(server);
    const lost = js.publish('slow', 'a', { msgID: 'one', timeout: 300 });
    await expect(lost).rejects.toBeInstanceOf(TimeoutError);
    server.kill('SIGCONT');
    expect(await js.publish('slow', 'a', { msgID: 'one' })).toMatchObject({
      duplicate: true,
      seq: 1,
    });
  });

  it('an update that timed out may have won; a retry then gets 10071 and only the value tells', async () => {
    await using server = await startTestServer();
    await using client = await open(server);
    const kv = await new Kvm(client.js).create('ambiguous');
    const revision = await kv.create('key', 'free');
    await pauseServer(server);
    await expect(kv.update('key', 'nonce 1', revision, 300)).rejects.toBeInstanceOf(TimeoutError);
    server.kill('SIGCONT');
    await expect(kv.update('key', 'nonce 1', revision)).rejects.toMatchObject({
      code: WRONG_LAST_SEQUENCE,
    });
    expect((await kv.get('key'))?.string()).toBe('nonce 1');
  });

  it('what is published while disconnected is discarded, not sent later', async () => {
    await using server = await startTestServer();
    await using client = await open(server);
    const { connection, jsm } = client;
    await jsm.streams.add({ name: 'AWAY', subjects: ['away'] });
    const gone = untilStatus(connection, 'disconnect');
    const back = untilStatus(connection, 'reconnect');
    server.kill('SIGKILL');
    await gone;
    connection.publish('away', 'while disconnected');
    await server.restart();
    await back;
    // Acknowledged once it is stored: the first message of the stream, if nothing came before it.
    await client.js.publish('away', 'after');
    const stored = await jsm.streams.getMessage('AWAY', { seq: 1 });
    expect(stored?.string()).toBe('after');
  });

  it('a write begun while disconnected fails at its time limit, even if the server came back', async () => {
    await using server = await startTestServer();
    await using client = await open(server);
    const kv = await new Kvm(client.js).create('gap');
    const revision = await kv.create('key', 'a');
    const gone = untilStatus(client.connection, 'disconnect');
    const back = untilStatus(client.connection, 'reconnect');
    server.kill('SIGKILL');
    await gone;
    const write = kv.update('key', 'b', revision, 2_000).catch((error: unknown) => error);
    await server.restart();
    await back;
    expect(await write).toBeInstanceOf(TimeoutError);
    expect(await kv.update('key', 'c', revision)).toBe(revision + 1);
  });
});

describe('a request to one process', () => {
  it('is answered "no responders" within a second when the process was killed', async () => {
    await using server = await startTestServer();
    await using client = await open(server);
    const peer = await startPeer(server);
    expect((await client.connection.request('peer', '')).string()).toBe('here');
    peer.kill('SIGKILL');
    const startedAt = performance.now();
    await expect
      .poll(() => outcome(client.connection), { timeout: 5_000, interval: 10 })
      .toBe('no responders');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('gets no answer at all, and no sign, when the process is paused', async () => {
    await using server = await startTestServer();
    await using client = await open(server);
    const peer = await startPeer(server);
    peer.kill('SIGSTOP');
    await untilStopped(peer.pid ?? 0);
    expect(await outcome(client.connection)).toBe('timeout');
    peer.kill('SIGKILL');
  });
});

async function open(server: TestServer) {
  const connection = await connect({
    servers: server.url,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    reconnectJitter: 0,
  });
  const jsm = await jetstreamManager(connection);
  const js = jetstream(connection);
  return { connection, js, jsm, [Symbol.asyncDispose]: () => connection.close() };
}

async function crash(server: TestServer, connection: NatsConnection): Promise<void> {
  const back = untilStatus(connection, 'reconnect');
  server.kill('SIGKILL');
  await server.exited;
  await server.restart();
  await back;
}

async function untilStatus(connection: NatsConnection, type: string): Promise<void> {
  for await (const status of connection.status()) if (status.type === type) return;
}

async function outcome(connection: NatsConnection): Promise<string> {
  try {
    return (await connection.request('peer', '', { timeout: 250 })).string();
  } catch (error) {
    const cause = (error as Error).cause;
    if (error instanceof NoRespondersError || cause instanceof NoRespondersError) {
      return 'no responders';
    }
    return error instanceof TimeoutError ? 'timeout' : String(error);
  }
}

/** Another process that answers on `peer`. */
async function startPeer(server: TestServer) {
  const program = `
    import { connect } from '@nats-io/transport-node';
    const connection = await connect({ servers: '${server.url}' });
    connection.subscribe('peer', { callback: (_, message) => message.respond('here') });
    await connection.flush();
    console.log('ready');
  `;
  const peer = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => peer.stdout.once('data', resolve));
  return peer;
}
