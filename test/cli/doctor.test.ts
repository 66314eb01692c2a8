/** The doctor: what it finds on a healthy cluster, without one, and where something is wrong. */
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type DoctorOptions, doctorReport, type Finding } from '../../cli/doctor.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import type { ClusterView, NodeView } from '../../schemas/views.ts';
import { RawUser, startSecuredServer } from '../support/creds.ts';
import { startTestServer } from '../support/nats-server.ts';

const clock = nodeClock();

function optionsFor(servers: string, changes: Partial<DoctorOptions> = {}): DoctorOptions {
  return {
    servers,
    open: () =>
      connectNats({ servers, name: 'doctor', clock, createLayout: false, connectMs: 200 }),
    clock,
    env: {},
    nodeVersion: process.version,
    dataDir: '.',
    cacheDir: './not/there/yet',
    ...changes,
  };
}

function finding(findings: readonly Finding[], check: string): Finding {
  const found = findings.find((each) => each.check === check);
  if (found === undefined) throw new Error(`no finding "${check}"`);
  return found;
}

let fake: Server | undefined;
afterEach(() => fake?.close());

/** Greets like a server with these facts and says nothing more. */
async function greeter(info: object, raw?: string): Promise<string> {
  const made = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(raw ?? `INFO ${JSON.stringify(info)} \r\n`);
  });
  fake = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `nats://127.0.0.1:${(made.address() as { port: number }).port}`;
}

describe('doctor', () => {
  it('finds a cluster without coordinator, then one that answers', async () => {
    await using server = await startTestServer();
    const none = await doctorReport(optionsFor(server.url));
    expect(finding(none.findings, 'cluster')).toMatchObject({ verdict: 'warn' });
    expect(finding(none.findings, 'cluster').fix).toContain('coordinator');

    const bus = await connectNats({ servers: server.url, name: 't', clock, createLayout: true });
    const silent = await doctorReport(optionsFor(server.url));
    expect(silent.verdict).toBe('fail');
    expect(finding(silent.findings, 'coordinator')).toMatchObject({ verdict: 'fail' });

    const status: Partial<ClusterView> = { coordinator: 'c1', term: 3, slots: 4 };
    const nodes: Partial<NodeView>[] = [
      { id: 'w1', role: 'worker', state: 'alive' },
      { id: 'w2', role: 'worker', state: 'dead', silentMs: 9_000 },
    ];
    for (const [verb, value] of Object.entries({ status, nodes })) {
      bus.transport.subscribe(bus.subjects.query(verb), (message) =>
        message.respond(Buffer.from(JSON.stringify({ ok: true, value }))),
      );
    }
    await bus.transport.ping(2_000);
    const healthy = await doctorReport(optionsFor(server.url));
    expect(finding(healthy.findings, 'coordinator').found).toBe('"c1" leads in term 3');
    expect(finding(healthy.findings, 'workers')).toMatchObject({ verdict: 'ok' });
    expect(finding(healthy.findings, 'node-state')).toMatchObject({ verdict: 'warn' });
    for (const check of ['node', 'server', 'jetstream', 'max-payload', 'login', 'link', 'clock']) {
      expect(finding(healthy.findings, check)).toMatchObject({ verdict: 'ok', fix: null });
    }
    expect(finding(healthy.findings, 'clock').found).toMatch(/^the server's clock is \d+ ms/);
    await bus.close();
  });

  it('says what to do when nothing listens, or something else does', async () => {
    const away = await doctorReport(optionsFor('nats://user:secret@127.0.0.1:1'));
    const server = finding(away.findings, 'server');
    expect(server).toMatchObject({ verdict: 'fail' });
    expect(server.found).toContain('ECONNREFUSED');
    expect(server.found).not.toContain('secret');
    expect(server.fix).toContain('shoal up');
    const other = await doctorReport(optionsFor(await greeter({}, 'HTTP/1.1 400 Bad\r\n\r\n')));
    expect(finding(other.findings, 'server').found).toContain('not a nats-server');
  });

  it('finds an old server, JetStream off and payloads too small', async () => {
    const url = await greeter({ version: '2.9.10', server_name: 'old', max_payload: 1_000 });
    const report = await doctorReport(optionsFor(url, { nodeVersion: 'v20.11.1' }));
    expect(report.verdict).toBe('fail');
    for (const check of ['node', 'server-version', 'jetstream', 'max-payload']) {
      expect(finding(report.findings, check).verdict, check).toBe('fail');
      expect(finding(report.findings, check).fix).not.toBeNull();
    }
  });

  it('finds refused credentials', async () => {
    await using secured = await startSecuredServer();
    await using _user = await RawUser.connect(secured, 'observer.creds');
    const report = await doctorReport(optionsFor(secured.server.url));
    expect(finding(report.findings, 'login')).toMatchObject({ verdict: 'fail' });
    expect(finding(report.findings, 'login').fix).toContain('--creds');
  });
});
