/**
 * The nats-server that `shoal up` starts, and how each role reaches it.
 *
 * On loopback anybody may come; on any other address everybody needs credentials, which are made
 * once per data folder and used by every process that `shoal up` starts.
 */
import { join } from 'node:path';
import { resolveNatsServer } from '../runtime/node/nats-binary.ts';
import { type NatsServer, startNatsServer } from '../runtime/node/nats-server.ts';
import { type BusSettings, busSettings } from './connection.ts';
import { ensureCreds, requireCredsFor, type ServerCreds } from './creds.ts';
import type { UpFlags } from './routes/up.ts';
import type { Session } from './session.ts';

export type ActorRole = 'coordinator' | 'aggregator' | 'worker';

export interface Broker {
  /** Null where somebody else runs the server. */
  readonly server: NatsServer | null;
  /** Where processes on this machine reach it. */
  readonly url: string;
  /** Folder with the credentials of every role; null where none are needed. */
  readonly credsDir: string | null;
  settingsFor(role: ActorRole): BusSettings;
}

const defaultPort = 4222;

export async function openBroker(
  session: Session,
  flags: UpFlags,
  dataDir: string,
): Promise<Broker> {
  const settings = busSettings(session, flags);
  if (flags.nats !== undefined) {
    return { server: null, url: settings.servers, credsDir: null, settingsFor: () => settings };
  }
  const binary = await resolveNatsServer({
    env: session.env,
    log: (line) => session.screen.note(line),
  });
  const host = flags.natsHost ?? '127.0.0.1';
  const credsDir = requireCredsFor(host) ? join(dataDir, 'creds') : null;
  const creds: ServerCreds | null = credsDir === null ? null : await ensureCreds(credsDir);
  const server = await startNatsServer({
    binary,
    dataDir: join(dataDir, 'nats'),
    port: flags.natsPort ?? defaultPort,
    host,
    ...(creds === null ? {} : { config: creds.config }),
  });
  const anywhere = host === '0.0.0.0' || host === '::';
  const url = anywhere ? `nats://127.0.0.1:${server.port}` : server.url;
  return {
    server,
    url,
    credsDir,
    settingsFor: (role) => ({ ...settings, servers: url, creds: creds?.fileOf(role) }),
  };
}
