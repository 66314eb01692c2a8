/**
 * Connects a process to its cluster over NATS: one connection, and all ports on it.
 *
 * Once connected it stays so for good: lost links are taken up again without end. What stands in
 * the way at the start (no server, no rights, an old server, no JetStream, no cluster) comes as an
 * error with a code and the fix.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type Authenticator,
  credsAuthenticator,
  type NatsConnection,
  errors as nats,
  nkeyAuthenticator,
} from '@nats-io/nats-core';
import { connect, type NodeConnectionOptions } from '@nats-io/transport-node';
import { RetryableError, ShoalError, TerminalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import type { Bus, LinkState } from '../bus.ts';
import { ChunkedBlobs } from '../chunked-blobs.ts';
import { layoutOf } from '../layout.ts';
import { NATS_FLOOR_VERSION } from '../node/nats-release.ts';
import type { Clock } from '../ports/clock.ts';
import { NatsChunks } from './chunks.ts';
import { ensureLayout } from './ensure-layout.ts';
import { NatsJournal } from './journal.ts';
import { Link } from './link.ts';
import { NatsStore } from './store.ts';
import { NatsTransport } from './transport.ts';

export interface NatsOptions {
  /** URLs of one cluster of servers; `nats://user:password@host` is understood. */
  readonly servers: string | readonly string[];
  /** Shown by the server's monitoring: `worker/w1`. */
  readonly name: string;
  /** A credentials file (JWT) or a file with an nkey seed. */
  readonly creds?: string;
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
  };
  readonly prefix?: string;
  readonly clock: Clock;
  readonly allowOldServer?: boolean;
  /** Whether streams and buckets may be created where there are none. */
  readonly createLayout: boolean;
  /** Wait without end for the server, and for the cluster where it may not be created. */
  readonly waitForServer?: boolean;
  /** How long to try before giving up. */
  readonly connectMs?: number;
  /** Where answers come back; by default `_INBOX`, with credentials `_INBOX_<user>`. */
  readonly inboxPrefix?: string;
  readonly signal?: AbortSignal;
}

const retryMs = 100;

/** @throws ShoalError not-connected, denied, old-server, no-jetstream, no-cluster, layout-broken */
export async function connectNats(options: NatsOptions): Promise<Bus> {
  const layout = layoutOf(options.prefix);
  const login = await loginOf(options);
  const nc = await dial(options, login);
  const link = new Link(nc, options.clock, login.inboxPrefix);
  try {
    checkVersion(nc, options);
    const cluster = await untilLayout(link, options, () =>
      ensureLayout(link, layout, {
        create: options.createLayout,
        cluster: `c-${randomBytes(8).toString('hex')}`,
      }),
    );
    const handlers = new Set<(state: LinkState) => void>();
    watchLink(link, handlers);
    const store = new NatsStore(link, layout);
    return {
      transport: new NatsTransport(link),
      journal: new NatsJournal(link, layout),
      store,
      blobs: new ChunkedBlobs(new NatsChunks(link, layout), store, options.clock),
      subjects: layout.subjects,
      cluster,
      url: redacted(options),
      serverVersion: nc.info?.version ?? '',
      onLink: (handler) => handlers.add(handler),
      close: () => close(link),
    };
  } catch (error) {
    await nc.close();
    throw error;
  }
}

interface Login {
  readonly inboxPrefix: string;
  readonly authenticator?: Authenticator;
  readonly user?: string;
  readonly pass?: string;
}

async function loginOf(options: NatsOptions): Promise<Login> {
  const first = new URL(withScheme(serversOf(options)[0] ?? ''));
  const user = decodeURIComponent(first.username);
  if (options.creds === undefined) {
    const inboxPrefix = options.inboxPrefix ?? inboxOf(user);
    return user === ''
      ? { inboxPrefix }
      : { inboxPrefix, user, pass: decodeURIComponent(first.password) };
  }
  const text = await readFile(options.creds).catch((cause: unknown) => {
    throw new TerminalError('bad-creds', `credentials "${options.creds}" cannot be read`, {
      fix: 'give the path of a credentials file with --creds',
      cause,
    });
  });
  const jwt = /BEGIN NATS USER JWT-+\s+(\S+)/.exec(text.toString());
  if (jwt === null) {
    return {
      inboxPrefix: options.inboxPrefix ?? '_INBOX',
      authenticator: nkeyAuthenticator(Buffer.from(text.toString().trim())),
    };
  }
  return {
    inboxPrefix: options.inboxPrefix ?? inboxOf(userOfJwt(jwt[1] as string)),
    authenticator: credsAuthenticator(text),
  };
}

/** Each user has inboxes of its own: the default ones could be read by everybody in the account. */
function inboxOf(user: string): string {
  return user === '' ? '_INBOX' : `_INBOX_${user.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
}

function userOfJwt(jwt: string): string {
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString(),
    );
    return (claims as { name?: string }).name ?? '';
  } catch {
    return '';
  }
}

async function dial(options: NatsOptions, login: Login): Promise<NatsConnection> {
  const settings: NodeConnectionOptions = {
    servers: serversOf(options).map(withoutUser),
    name: options.name,
    timeout: 2_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    reconnectJitter: 200,
    reconnectJitterTLS: 400,
    // A half-open link is noticed within about six seconds.
    pingInterval: 2_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ignoreAuthErrorAbort: true,
    inboxPrefix: login.inboxPrefix,
    ...(login.authenticator === undefined ? {} : { authenticator: login.authenticator }),
    ...(login.user === undefined ? {} : { user: login.user }),
    ...(login.pass === undefined ? {} : { pass: login.pass }),
    ...(options.tls === undefined ? {} : { tls: { ...options.tls } }),
  };
  const deadline = options.clock.nowMs() + (options.connectMs ?? limits.connectMs);
  for (;;) {
    try {
      return await connect(settings);
    } catch (error) {
      const failure = connectError(error, options);
      const late = options.clock.nowMs() + retryMs > deadline;
      if (failure.family === 'terminal' || options.signal?.aborted === true) throw failure;
      if (late && options.waitForServer !== true) throw failure;
      await new Promise<void>((resolve) => options.clock.after(retryMs, resolve));
    }
  }
}

function connectError(error: unknown, options: NatsOptions): ShoalError {
  const where = redacted(options);
  const text = error instanceof Error && error.message !== '' ? error.message : String(error);
  if (error instanceof nats.AuthorizationError || /authorization|authentication/i.test(text)) {
    return new TerminalError('denied', `nats-server at ${where} refused the credentials`, {
      fix:
        options.creds === undefined
          ? 'give credentials with --creds FILE or SHOAL_CREDS'
          : 'check the credentials: they may be of another server, or expired',
      cause: error,
    });
  }
  if (error instanceof nats.InvalidArgumentError || (error instanceof Error && isTls(error))) {
    return new TerminalError('bad-connection', `nats-server at ${where}: ${text}`, {
      fix: 'check the address and the --tls-ca, --tls-cert and --tls-key files',
      cause: error,
    });
  }
  return new RetryableError(
    'not-connected',
    `nats-server at ${where} is not reachable: ${text}`,
    500,
    {
      fix: 'start one with `shoal up`, or say where it is with --nats URL or SHOAL_NATS',
      cause: error,
    },
  );
}

function isTls(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code);
}

function checkVersion(nc: NatsConnection, options: NatsOptions): void {
  const version = nc.info?.version ?? '0.0.0';
  if (options.allowOldServer === true || !isOlder(version, NATS_FLOOR_VERSION)) return;
  throw new TerminalError(
    'old-server',
    `nats-server at ${redacted(options)} is ${version}, at least ${NATS_FLOOR_VERSION} is needed`,
    { fix: 'upgrade nats-server, or accept the risk of losing data with --allow-old-server' },
  );
}

/** Whether version `a` (`2.9.10`) comes before `b`. */
export function isOlder(a: string, b: string): boolean {
  const left = a.split(/[.-]/).map(Number);
  const right = b.split(/[.-]/).map(Number);
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] || 0) - (right[i] || 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** JetStream answers a moment after the server does; and a worker may come before its coordinator. */
async function untilLayout(
  link: Link,
  options: NatsOptions,
  ensure: () => Promise<string>,
): Promise<string> {
  const deadline = link.clock.nowMs() + (options.connectMs ?? limits.connectMs);
  for (;;) {
    try {
      return await ensure();
    } catch (error) {
      const waits = options.waitForServer === true && options.signal?.aborted !== true;
      const absent = error instanceof ShoalError && error.code === 'no-cluster';
      const passing = error instanceof ShoalError && error.family === 'retryable';
      if (!(absent && waits) && !(passing && (waits || link.clock.nowMs() < deadline))) throw error;
      await link.pause(absent ? 250 : retryMs);
    }
  }
}

function watchLink(link: Link, handlers: ReadonlySet<(state: LinkState) => void>): void {
  const tell = (state: LinkState) => {
    link.setConnected(state === 'connected');
    for (const handler of handlers) handler(state);
  };
  const follow = async () => {
    for await (const status of link.nc.status()) {
      if (status.type === 'disconnect' && link.connected) tell('disconnected');
      else if (status.type === 'reconnect') tell('connected');
    }
  };
  follow().catch(() => {});
  link.nc.closed().then(
    () => tell('closed'),
    () => tell('closed'),
  );
}

/** Sends what is still buffered, for a short while, and closes. */
async function close(link: Link): Promise<void> {
  if (link.nc.isClosed()) return;
  if (link.connected) await link.within(1_000, 'drain', link.nc.drain()).catch(() => {});
  await link.nc.close();
}

function serversOf(options: NatsOptions): readonly string[] {
  return typeof options.servers === 'string' ? options.servers.split(',') : options.servers;
}

function withScheme(url: string): string {
  return /^[a-z]+:\/\//.test(url) ? url : `nats://${url}`;
}

function withoutUser(url: string): string {
  return withScheme(url).replace(/\/\/[^/]*@/, '//');
}

/** For people and logs: no user, no password. */
function redacted(options: NatsOptions): string {
  return serversOf(options).map(withoutUser).join(',');
}
