/**
 * The embedded nats-server: ready means ready, one owner a data folder, gone with its owner.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { natsConf } from '../../runtime/node/nats-conf.ts';
import { serverNameAt } from '../../runtime/node/nats-process.ts';
import { isServerOld, startTestServer } from '../support/nats-server.ts';
import { untilGone } from '../support/process-state.ts';

const old = await isServerOld();

describe('embedded nats-server', () => {
  it('answers under its own name with JetStream as soon as it is started', async () => {
    await using server = await startTestServer();
    const connection = await connect({ servers: server.url });
    expect(connection.info?.server_name).toBe(server.serverName);
    expect(connection.info?.jetstream).toBe(true);
    await connection.close();
  });

  it('removes its folder and its port when it is stopped, and may be stopped twice', async () => {
    const server = await startTestServer();
    await server.stop();
    await server.stop();
    expect(existsSync(server.dataDir)).toBe(false);
    expect(await serverNameAt(server.host, server.port)).toBeUndefined();
  });

  it('comes back on the same address after a SIGKILL', async () => {
    await using server = await startTestServer();
    const pid = server.pid;
    server.kill('SIGKILL');
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await serverNameAt(server.host, server.port)).toBe(server.serverName);
  });

  it('stops even when it was paused', async () => {
    const server = await startTestServer();
    server.kill('SIGSTOP');
    await server.stop();
    const { signal } = await server.exited;
    expect(signal).toBeNull(); // it ended by itself, not by SIGKILL
  });

  it('names a port that is in use and the way out', async () => {
    await using server = await startTestServer();
    await expect(startTestServer({ port: server.port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`port ${server.port} on 127.0.0.1 is in use`),
    });
  });

  it('refuses a data folder on which another server runs', async () => {
    await using server = await startTestServer();
    await expect(startTestServer({ dataDir: server.dataDir })).rejects.toMatchObject({
      code: 'data-dir-in-use',
    });
  });

  it('refuses to listen beyond loopback without credentials', async () => {
    await expect(startTestServer({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'credentials-required',
    });
  });

  it('reports what nats-server said about a configuration it refuses', async () => {
    await expect(startTestServer({ config: 'no_such_key: 1' })).rejects.toMatchObject({
      code: 'nats-server-failed',
      message: expect.stringContaining('no_such_key'),
    });
  });

  it('does not outlive an owner that is killed with SIGKILL, nor does its temporary folder', async () => {
    const program = `
      import { startTestServer } from './test/support/nats-server.ts';
      const server = await startTestServer();
      console.log(JSON.stringify([server.pid, server.dataDir]));
      await new Promise(() => setInterval(() => {}, 1000));
    `;
    const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => {
      owner.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
    });
    const [pid, dataDir] = JSON.parse(line) as [number, string];
    expect(existsSync(dataDir)).toBe(true);
    owner.kill('SIGKILL');
    await untilGone(pid);
    await expect.poll(() => existsSync(dataDir), { timeout: 10_000 }).toBe(false);
  });
});

describe('nats-server.conf', () => {
  it('is a template whose durable settings reach the embedded server', async () => {
    const text = natsConf({
      serverName: 'x',
      host: '127.0.0.1',
      port: 0,
      storeDir: '/data/store',
      syncAlways: true,
    });
    expect(text).toMatch(/^server_name: "x"$/m);
    expect(text).toMatch(/^port: -1$/m);
    expect(text).toMatch(/^ {2}store_dir: "\/data\/store"$/m);
    expect(text).toMatch(/^ {2}sync_interval: always$/m);
    expect(text).toMatch(/^ {2}max_file_store: \d+GB$/m);
  });

  it.skipIf(old)('is what a started server runs on', async () => {
    await using server = await startTestServer({ syncAlways: true });
    const text = await readFile(join(server.dataDir, 'nats-server.conf'), 'utf8');
    expect(text).toContain('sync_interval: always');
    expect(text).toContain(server.serverName);
  });
});
