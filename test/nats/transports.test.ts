/**
 * The same job over TCP, TLS and WebSocket, plain and encrypted: only the URL and the files differ.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { failure } from '../contract/harness.ts';
import { runCli, startCluster } from '../e2e/support/cluster.ts';
import { freePorts } from '../support/nats-cluster.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';

let dir: string;
let plain: TestServer;
let secured: TestServer;
const urls = { tcp: '', tls: '', ws: '', wss: '' };

/** A certificate for loopback that is its own authority. */
function makeCertificate(): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const out = ['-keyout', 'server.key', '-out', 'server.pem', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...out, ...subject], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shoal-transports-'));
  const [ws, wss] = (await freePorts(2)) as [number, number];
  plain = await startTestServer({
    config: `websocket { host: "127.0.0.1", port: ${ws}, no_tls: true }`,
  });
  Object.assign(urls, { tcp: plain.url, ws: `ws://127.0.0.1:${ws}` });
  if (!hasOpenssl()) return;
  makeCertificate();
  const files = `cert_file: "${join(dir, 'server.pem')}", key_file: "${join(dir, 'server.key')}"`;
  const users = 'authorization { users: [ { user: "ann", password: "secret" } ] }';
  secured = await startTestServer({
    config: [
      `tls { ${files} }`,
      `websocket { host: "127.0.0.1", port: ${wss}, tls { ${files} } }`,
      users,
    ].join('\n'),
  });
  const login = 'ann:secret@127.0.0.1';
  Object.assign(urls, { tls: `tls://${login}:${secured.port}`, wss: `wss://${login}:${wss}` });
}, 30_000);

afterAll(async () => {
  await plain?.stop();
  await secured?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Runs the job with every process on this URL, under a prefix of its own. @returns its digest */
async function digestOver(server: TestServer, url: string, more: readonly string[] = []) {
  const none = { workers: 0, aggregators: 0, coordinators: 0 };
  await using cluster = await startCluster({ server: { ...server, url }, ...none, args: more });
  await cluster.startCoordinator();
  await Promise.all([cluster.startAggregator(), cluster.startWorker()]);
  const args = ['--nats', url, ...more];
  const cli = async (command: readonly string[]) => {
    const answer = await runCli([...command, ...args, '--json', '--connect-timeout', '10s']);
    if (answer.code !== 0) throw new Error(`${command.join(' ')}: ${answer.stderr}`);
    return JSON.parse(answer.stdout.trim().split('\n').at(-1) ?? '');
  };
  const csv = join(dir, 'dense.csv');
  await writeFile(csv, syntheticCsv({ kind: 'dense', rows: 300, seed: 1 }));
  await cli(['data', 'import', 'dense', csv]);
  const spec = join(dir, 'spec.json');
  const job = { dataset: 'dense', target: syntheticTarget.dense, algorithm: 'toy-sum' };
  await writeFile(spec, JSON.stringify({ ...job, id: 'one', params: { tasks: 2 } }));
  const view = (await cli(['submit', spec])) as { phase: string; digest: string };
  expect(view.phase).toBe('completed');
  return view.digest;
}

describe('[P12] one job', () => {
  const digests: string[] = [];

  it.each(['tcp', 'ws'] as const)(
    'runs over %s',
    async (kind) => {
      digests.push(await digestOver(plain, urls[kind], ['--prefix', kind]));
    },
    60_000,
  );

  it.skipIf(!hasOpenssl()).each(['tls', 'wss'] as const)(
    'runs over %s',
    async (kind) => {
      const more = ['--prefix', kind, '--tls-ca', join(dir, 'server.pem')];
      digests.push(await digestOver(secured, urls[kind], more));
    },
    60_000,
  );

  it('has one digest', () => {
    expect(new Set(digests).size).toBe(1);
  });
});

describe('URLs that do not go together', () => {
  const open = (servers: string) =>
    connectNats({ servers, name: 'test', clock: nodeClock(), createLayout: true, connectMs: 300 });

  it('are refused by name', async () => {
    const mixed = await failure(open(`${urls.ws},${urls.tcp}`));
    expect(mixed).toMatchObject({ code: 'bad-connection' });
    const bus = await open(urls.tcp);
    expect(await failure(open(urls.ws))).toMatchObject({ code: 'mixed-transports' });
    await bus.close();
  });
});
