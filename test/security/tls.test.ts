/**
 * TLS between hosts: a server and clients with certificates of an own authority, made by openssl.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectNats, type NatsOptions } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let dir: string;
let server: TestServer;

/** An authority, and certificates for a server on loopback and for a client. */
async function makeCertificates(): Promise<void> {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const ca of ['ca', 'stranger']) {
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${ca}.key`,
      '-out',
      `${ca}.pem`,
      '-days',
      '2',
      '-subj',
      `/CN=${ca}`,
    );
  }
  for (const [name, usage] of [
    ['server', 'serverAuth'],
    ['client', 'clientAuth'],
  ] as const) {
    const extensions = `subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=${usage}\n`;
    await writeFile(join(dir, 'extensions'), extensions);
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signer = [
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-extfile',
      'extensions',
    ];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.pem`, '-days', '2');
  }
}

describe.skipIf(!hasOpenssl())('TLS', () => {
  const file = (name: string) => join(dir, name);
  const open = (tls: NatsOptions['tls']) =>
    connectNats({
      servers: server.url,
      name: 'tls',
      clock: nodeClock(),
      createLayout: true,
      connectMs: 1_000,
      ...(tls === undefined ? {} : { tls }),
    });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shoal-tls-'));
    await makeCertificates();
    const files = `cert_file: "${file('server.pem')}", key_file: "${file('server.key')}"`;
    server = await startTestServer({
      config: `tls { ${files}, ca_file: "${file('ca.pem')}", verify: true }`,
    });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('lets in who shows a certificate of the authority and trusts it', async () => {
    const bus = await open({
      caFile: file('ca.pem'),
      certFile: file('client.pem'),
      keyFile: file('client.key'),
    });
    expect(await bus.store.get('jobs', 'none')).toBeUndefined();
    await bus.close();
  });

  it('refuses who shows none, and does not trust a server of another authority', async () => {
    const mine = { certFile: file('client.pem'), keyFile: file('client.key') };
    for (const tls of [{ ...mine, caFile: file('stranger.pem') }, mine, undefined]) {
      await expect(open(tls)).rejects.toMatchObject({ code: 'bad-connection' });
    }
    // The server hangs up on a client without a certificate, and does not say why.
    const anonymous = open({ caFile: file('ca.pem') });
    await expect(anonymous).rejects.toMatchObject({ code: 'not-connected' });
  });
});
