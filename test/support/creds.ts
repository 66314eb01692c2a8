/**
 * A nats-server with generated credentials, and raw connections that report what was denied.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credsAuthenticator, type NatsConnection, errors as nats } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { initCreds } from '../../cli/creds.ts';
import { inboxPrefix } from '../../schemas/roles.ts';
import { startTestServer, type TestServer } from './nats-server.ts';

export interface SecuredServer extends AsyncDisposable {
  readonly server: TestServer;
  /** The folder that `shoal creds init` wrote. */
  readonly dir: string;
}

/** Calls `prepare` on the folder before the server reads it: more tenants, more users. */
export async function startSecuredServer(
  prepare?: (dir: string) => Promise<unknown>,
): Promise<SecuredServer> {
  const parent = await mkdtemp(join(tmpdir(), 'shoal-creds-'));
  const dir = join(parent, 'creds');
  await initCreds(dir);
  await prepare?.(dir);
  const config = await readFile(join(dir, 'nats-auth.conf'), 'utf8');
  const server = await startTestServer({ config });
  return {
    server,
    dir,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** A raw connection of one user that remembers which subjects the server refused. */
export class RawUser implements AsyncDisposable {
  readonly nc: NatsConnection;
  readonly name: string;
  private readonly refused: InstanceType<typeof nats.PermissionViolationError>[] = [];

  private constructor(nc: NatsConnection, name: string) {
    this.nc = nc;
    this.name = name;
    void this.collect();
  }

  static async connect(secured: SecuredServer, file: string): Promise<RawUser> {
    const name = file.replace(/^.*\//, '').replace(/\.creds$/, '');
    const nc = await connect({
      servers: secured.server.url,
      authenticator: credsAuthenticator(await readFile(join(secured.dir, file))),
      inboxPrefix: inboxPrefix(name),
      noAsyncTraces: true,
    });
    return new RawUser(nc, name);
  }

  /** The subjects among these that this user may publish to. */
  async publishable(subjects: readonly string[]): Promise<Set<string>> {
    this.refused.length = 0;
    for (const subject of subjects) this.nc.publish(subject, 'x');
    await this.nc.flush();
    await this.nc.flush();
    const denied = new Set(
      this.refused.filter((e) => e.operation === 'publish').map((e) => e.subject),
    );
    return new Set(subjects.filter((subject) => !denied.has(subject)));
  }

  /** The patterns among these that this user may subscribe to, also as a member of a queue. */
  async subscribable(patterns: readonly string[], queue?: string): Promise<Set<string>> {
    this.refused.length = 0;
    const subscriptions = patterns.map((pattern) =>
      this.nc.subscribe(pattern, { ...(queue === undefined ? {} : { queue }), callback: () => {} }),
    );
    await this.nc.flush();
    await this.nc.flush();
    const denied = new Set(
      this.refused.filter((e) => e.operation === 'subscription').map((e) => e.subject),
    );
    for (const subscription of subscriptions) {
      if (!subscription.isClosed()) subscription.unsubscribe();
    }
    return new Set(patterns.filter((pattern) => !denied.has(pattern)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nc.close();
  }

  private async collect(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (status.type !== 'error') continue;
      if (status.error instanceof nats.PermissionViolationError) this.refused.push(status.error);
    }
  }
}
