/**
 * A broker that has lost data, has no room, or is configured so that promises could not be kept:
 * each is refused by name, with the figure and the fix, and never taken for an empty start.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../runtime/layout.ts';
import { connectNats, type NatsOptions } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import type { ShoalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import { bytesOf, failure } from '../contract/harness.ts';
import { freePorts } from '../support/nats-cluster.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';

const clock = nodeClock();

function open(servers: string, more: Partial<NatsOptions> = {}) {
  return connectNats({ servers, name: 'test', clock, createLayout: true, ...more });
}

/** A JetStream call as an administrator makes it, past everything of ours. */
async function admin(server: TestServer, ...verbs: readonly string[]): Promise<void> {
  const nc = await connect({ servers: server.url });
  for (const verb of verbs) await nc.request(`$JS.API.${verb}`);
  await nc.close();
}

describe('[F17] a stream or bucket that is missing', () => {
  it('at the start is named, whichever it is, and nothing is made in its place', async () => {
    await using server = await startTestServer();
    for (const [i] of layoutOf().all.entries()) {
      const prefix = `c${i}`;
      const bus = await open(server.url, { prefix });
      await bus.store.create('jobs', 'kept', bytesOf('x'));
      await bus.close();
      const lost = layoutOf(prefix).all[i]?.name ?? '';
      await admin(server, `STREAM.DELETE.${lost}`);
      for (let again = 0; again < 2; again += 1) {
        const error = await failure(open(server.url, { prefix }));
        expect([lost, error]).toMatchObject([lost, { code: 'layout-broken', family: 'terminal' }]);
        expect(error.message).toContain('the ledger is missing');
        expect(`${error.message} ${(error as ShoalError).fix}`).toContain(`"${lost}"`);
      }
    }
  }, 30_000);

  it('while a process runs is told to it, by name', async () => {
    await using server = await startTestServer();
    const bus = await open(server.url);
    const fault = new Promise<ShoalError>((resolve) => bus.onFault(resolve));
    await admin(server, 'STREAM.DELETE.KV_SHOAL_TASK_RECORDS');
    expect(await failure(bus.store.create('tasks', 'a.b', bytesOf('x')))).toMatchObject({
      code: 'no-stream',
      family: 'retryable',
    });
    expect(await fault).toMatchObject({ code: 'layout-broken' });
    expect((await fault).message).toContain('KV_SHOAL_TASK_RECORDS');
    await bus.close();
  }, 15_000);

  it('with all others, since the server came back with an empty disk, is told too', async () => {
    await using server = await startTestServer();
    const bus = await open(server.url);
    const fault = new Promise<ShoalError>((resolve) => bus.onFault(resolve));
    server.kill('SIGKILL');
    await server.exited;
    await rm(join(server.dataDir, 'store'), { recursive: true });
    await server.restart();
    expect(await fault).toMatchObject({ code: 'layout-broken' });
    await bus.close();
  }, 15_000);
});

describe('[F15] a broker without room', () => {
  it('refuses what it cannot keep with a code and a fix, and takes it when there is room', async () => {
    await using server = await startTestServer({ fileStoreBytesMax: 3 * 1024 * 1024 });
    const bus = await open(server.url);
    const { subjects, journal, blobs } = bus;
    const small = await blobs.put(new Uint8Array(1024 * 1024));
    const error = await failure(blobs.put(new Uint8Array(8 * 1024 * 1024).fill(1)));
    expect(error).toMatchObject({ code: 'storage-full', family: 'retryable' });
    expect((error as ShoalError).fix).toContain('max_file_store');
    const refused = await failure(journal.append(subjects.submit, new Uint8Array(900_000)));
    expect(refused).toMatchObject({ code: 'storage-full' });
    await admin(server, 'STREAM.PURGE.SHOAL_BLOBS');
    expect(await journal.append(subjects.submit, new Uint8Array(900_000))).toMatchObject({
      duplicate: false,
    });
    expect(small).toHaveLength(64);
    await bus.close();
  }, 20_000);
});

describe('a configuration that cannot keep the promises', () => {
  it('is refused for a small max_payload, with both figures', async () => {
    await using server = await startTestServer({ config: 'max_payload: 64KB' });
    const error = await failure(open(server.url));
    expect(error).toMatchObject({ code: 'small-payload', family: 'terminal' });
    expect(error.message).toContain('65536');
    expect(error.message).toContain(String(limits.payloadMax));
  });

  it('[F14] is refused where the monitoring says that it does not sync, unless accepted', async () => {
    const [port] = (await freePorts(1)) as [number];
    const monitors = [`http://127.0.0.1:${port}`];
    const config = `http: "127.0.0.1:${port}"`;
    await using server = await startTestServer({ config, syncAlways: false });
    const error = await failure(open(server.url, { monitors }));
    expect(error).toMatchObject({ code: 'not-durable', family: 'terminal' });
    expect(error.message).toContain('120 s');
    expect((error as ShoalError).fix).toContain('sync_interval: always');
    await (await open(server.url, { monitors, allowUnsynced: true })).close();
    await server.stop();
    await using synced = await startTestServer({ config, syncAlways: true });
    await (await open(synced.url, { monitors })).close();
  });
});

describe('[F35] what is too long', () => {
  it('is refused before it is sent, with its size and the bound', async () => {
    await using server = await startTestServer();
    const bus = await open(server.url);
    const { transport, journal, subjects } = bus;
    const big = new Uint8Array(limits.payloadMax + 1);
    const bound = String(limits.payloadMax);
    const timeoutMs = 1_000;
    for (const refused of [
      await failure(transport.request('a.b', big, { timeoutMs })),
      await failure(journal.append(subjects.submit, big)),
      await failure(
        transport.request('a.b', bytesOf(''), {
          timeoutMs,
          headers: { x: 'y'.repeat(big.length) },
        }),
      ),
    ]) {
      expect(refused).toMatchObject({ code: 'too-large', family: 'terminal' });
      expect(refused.message).toMatch(new RegExp(`has 1048\\d+ bytes, .* at most ${bound}`));
    }
    expect(() => transport.publish('a.b', big)).toThrow(/1048577 bytes/);
    const long = `a.${'b'.repeat(40_000)}`;
    const subject = await failure(transport.request(long, bytesOf(''), { timeoutMs }));
    expect(subject).toMatchObject({ code: 'too-large' });
    expect(subject.message).toContain('has 40002 bytes, at most 3840');
    // The connection is none the worse for it.
    expect(await transport.ping(1_000)).toBeGreaterThan(0);
    await bus.close();
  });
});

describe('[F37] credentials that are revoked while a process runs', () => {
  it('cut it off with a reason, and let it back in when they are granted again', async () => {
    const users = (names: readonly string[]) =>
      `authorization { users: [ ${names.map((n) => `{ user: "${n}", password: "x" }`).join(', ')} ] }`;
    await using server = await startTestServer({ config: users(['ann', 'bob']) });
    const bus = await open(server.url.replace('//', '//ann:x@'));
    const told: (string | null)[] = [];
    let news = () => {};
    bus.onLink((state) => {
      told.push(state, bus.linkTrouble());
      news();
    });
    const next = () =>
      new Promise<void>((resolve) => {
        news = resolve;
      });
    const reload = async (names: readonly string[]) => {
      const file = join(server.dataDir, 'nats-server.conf');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/^authorization .*$/m, users(names)));
      server.kill('SIGHUP');
    };
    let change = next();
    await reload(['bob']);
    await change;
    expect(told[0]).toBe('disconnected');
    await expect.poll(() => bus.linkTrouble(), { timeout: 5_000 }).toMatch(/auth/i);
    change = next();
    await reload(['ann', 'bob']);
    await change;
    expect(told.slice(2)).toEqual(['connected', null]);
    expect(await bus.transport.ping(2_000)).toBeGreaterThan(0);
    await bus.close();
  }, 20_000);
});
