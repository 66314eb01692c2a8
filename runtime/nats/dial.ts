/**
 * Opens the one connection of a process: by scheme over TCP, TLS or WebSocket, with its login.
 *
 * Once connected it comes back for good: attempts go on without end, each a random while after the
 * last, rarer the longer the server is away, so that a thousand processes do not storm the one that
 * has just come up. What trying again cannot mend comes as a terminal error with the fix.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  type NatsConnection,
  errors as nats,
  nkeyAuthenticator,
  wsconnect,
} from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { RetryableError, type ShoalError, TerminalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import type { NatsOptions } from './connect.ts';
import { RedialPace } from './redial-pace.ts';
import { closeSilentSockets } from './silent-sockets.ts';
import { WebSockets } from './web-sockets.ts';

export interface Dialled {
  readonly nc: NatsConnection;
  readonly inboxPrefix: string;
  /** To be called whenever the link is back. */
  connected(): void;
  /** To be called when the server does not answer: gives the socket up without its consent. */
  abandon(): void;
}

interface Login {
  readonly inboxPrefix: string;
  readonly authenticator?: Authenticator;
  readonly user?: string;
  readonly pass?: string;
}

async function loginOf(options: NatsOptions): Promise<Login> {
  const first = addressOf(serversOf(options)[0] ?? '');
  const user = decodeURIComponent(first.username);
  if (options.creds === undefined) {
    const inboxPrefix = options.inboxPrefix ?? inboxOf(user);
    return user === ''
      ? { inboxPrefix }
      : { inboxPrefix, user, pass: decodeURIComponent(first.password) };
  }
  const text = await readNamed(options.creds, 'credentials', '--creds', 'bad-creds');
  const jwt = /BEGIN NATS USER JWT-+\s+(\S+)/.exec(text.toString());
  if (jwt === null) {
    return {
      inboxPrefix: options.inboxPrefix ?? '_INBOX',
      authenticator: nkeyAuthenticator(Buffer.from(text.toString().trim())),
    };
  }
  return {
    inboxPrefix: options.inboxPrefix ?? inboxOf(userOfJwt(jwt[1] as string)),
    authenticator: credsAuthenticator(credsAt(options.creds, text)),
  };
}

/** Read anew at each attempt: the file may have been replaced by one that is valid for longer. */
function credsAt(path: string, read: Buffer): () => Uint8Array {
  let last = read;
  return () => {
    try {
      last = readFileSync(path);
    } catch {
      // It may be about to be replaced: what was read before may still do.
    }
    return last;
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

/** @throws ShoalError not-connected, denied, bad-address, bad-connection, bad-creds, mixed-transports */
export async function dial(options: NatsOptions): Promise<Dialled> {
  await prepareTransport(options);
  const login = await loginOf(options);
  const web = isWeb(options);
  const pace = new RedialPace(() => options.clock.nowMs(), Math.random);
  const settings = settingsOf(options, login, pace);
  for (const url of serversOf(options)) closeSilentSockets(Number(addressOf(url).port || natsPort));
  const sockets = new WebSockets();
  const wsFactory = (url: string) => sockets.open(url);
  const deadline = options.clock.nowMs() + (options.connectMs ?? limits.connectMs);
  for (;;) {
    try {
      const nc = await (web ? wsconnect({ ...settings, wsFactory }) : connect(settings));
      pace.connected();
      const connected = () => pace.connected();
      return { nc, inboxPrefix: login.inboxPrefix, connected, abandon: () => sockets.abandon() };
    } catch (error) {
      const failure = connectError(error, options);
      const waitMs = pace.nextMs();
      const late = options.clock.nowMs() + waitMs > deadline;
      if (failure.family === 'terminal' || options.signal?.aborted === true) throw failure;
      if (late && options.waitForServer !== true) throw failure;
      await new Promise<void>((resolve) => options.clock.after(waitMs, resolve));
    }
  }
}

function settingsOf(options: NatsOptions, login: Login, pace: RedialPace): ConnectionOptions {
  return {
    servers: serversOf(options).map(withoutUser),
    name: options.name,
    timeout: 2_000,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => pace.nextMs(),
    // A half-open link is noticed within about six seconds.
    pingInterval: 2_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ignoreAuthErrorAbort: true,
    inboxPrefix: login.inboxPrefix,
    ...(login.authenticator === undefined ? {} : { authenticator: login.authenticator }),
    ...(login.user === undefined ? {} : { user: login.user }),
    ...(login.pass === undefined ? {} : { pass: login.pass }),
    ...(options.tls === undefined || isWeb(options) ? {} : { tls: { ...options.tls } }),
  };
}

/** The client library keeps one kind of connection for the whole process, also to redial with. */
let kindInUse: 'tcp' | 'websocket' | null = null;

/** Whether the servers are reached over WebSocket. Settles what is special about that. */
function isWeb(options: NatsOptions): boolean {
  const schemes = serversOf(options).map((url) => addressOf(url).protocol);
  const web = schemes.filter((scheme) => scheme === 'ws:' || scheme === 'wss:').length;
  if (web > 0 && web < schemes.length) {
    throw new TerminalError('bad-connection', `"${redacted(options)}" mixes WebSocket and TCP`, {
      fix: 'give URLs of one kind: ws:// and wss://, or nats:// and tls://',
    });
  }
  return web > 0;
}

/** @throws TerminalError where the URLs and what is asked for do not go together */
async function prepareTransport(options: NatsOptions): Promise<void> {
  const kind = isWeb(options) ? 'websocket' : 'tcp';
  if (kindInUse !== null && kindInUse !== kind) {
    throw new TerminalError('mixed-transports', `this process is connected over ${kindInUse}`, {
      fix: 'use URLs of one kind in one process: WebSocket or TCP',
    });
  }
  kindInUse = kind;
  const { caFile, certFile, keyFile } = options.tls ?? {};
  const named = (path: string | undefined, what: string, flag: string) =>
    path === undefined ? undefined : readNamed(path, what, flag, 'bad-connection');
  const authority = await named(caFile, 'authority', '--tls-ca');
  await named(certFile, 'certificate', '--tls-cert');
  await named(keyFile, 'key', '--tls-key');
  if (kind === 'tcp' || options.tls === undefined) return;
  if (certFile !== undefined) {
    throw new TerminalError('bad-connection', 'no own certificate can be shown over WebSocket', {
      fix: 'log in with --creds instead, or use a tls:// URL',
    });
  }
  // WebSockets know no authorities but those of the process.
  if (authority === undefined) return;
  setDefaultCACertificates([...getCACertificates('default'), authority.toString()]);
}

/** @throws TerminalError 'no-file', or the code given where the file cannot be read */
function readNamed(path: string, what: string, flag: string, code: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const absent = cause.code === 'ENOENT';
    const fault = absent ? 'does not exist' : `cannot be read (${cause.code ?? cause.message})`;
    throw new TerminalError(absent ? 'no-file' : code, `${what} file "${path}" ${fault}`, {
      fix: `check the path given with ${flag}`,
      cause,
    });
  });
}

function connectError(error: unknown, options: NatsOptions): ShoalError {
  const where = redacted(options);
  const said = error instanceof Error ? error.message : String(error);
  const text = said === '' ? 'no WebSocket is answered there' : said;
  if (error instanceof nats.AuthorizationError || /authorization|authentication/i.test(text)) {
    return new TerminalError('denied', `nats-server at ${where} refused the credentials`, {
      fix:
        options.creds === undefined
          ? 'give credentials with --creds FILE or SHOAL_CREDS'
          : 'check the credentials: they may be of another server, revoked or expired',
      cause: error,
    });
  }
  const used = /\bE[MN]FILE\b/.exec(text)?.[0];
  if (used !== undefined) {
    const fault = `no connection to ${where} can be opened: too many open files (${used})`;
    const fix = 'raise the limit of this process (`ulimit -n`, LimitNOFILE= of systemd)';
    return new TerminalError('exhausted', fault, { fix, cause: error });
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

function serversOf(options: NatsOptions): readonly string[] {
  return typeof options.servers === 'string' ? options.servers.split(',') : options.servers;
}

const natsPort = 4222;
const schemesKnown = ['nats:', 'tls:', 'ws:', 'wss:'];

/** @throws TerminalError('bad-address') */
function addressOf(url: string): URL {
  const address = URL.parse(withScheme(url));
  if (address !== null && address.hostname !== '' && schemesKnown.includes(address.protocol)) {
    return address;
  }
  throw new TerminalError('bad-address', `"${withoutUser(url)}" is no address of nats-server`, {
    fix: 'write nats://HOST:PORT, or the same with tls, ws or wss',
  });
}

function withScheme(url: string): string {
  return /^[a-z]+:\/\//.test(url) ? url : `nats://${url}`;
}

function withoutUser(url: string): string {
  return withScheme(url).replace(/\/\/[^/]*@/, '//');
}

/** For people and logs: no user, no password. */
export function redacted(options: NatsOptions): string {
  return serversOf(options).map(withoutUser).join(',');
}
