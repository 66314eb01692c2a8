/**
 * An embedded nats-server with JetStream, owned by this process.
 *
 * Promises: its own data folder, on which no second server can start; durable by default
 * (`sync_interval: always`); loopback unless credentials are configured; ended with its owner.
 * It does not find the program (`nats-binary.ts`) and knows nothing of streams or jobs.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { NatsBinary } from './nats-binary.ts';
import { natsConf, withoutSync } from './nats-conf.ts';
import { launchNats, type NatsExit, type NatsProcess, serverNameAt } from './nats-process.ts';
import { isOlder } from './nats-release.ts';
import { NatsServerError } from './nats-server-error.ts';

export interface NatsServerOptions {
  readonly binary: NatsBinary;
  /** Folder for data, configuration and log; a temporary one when absent. */
  readonly dataDir?: string | undefined;
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  /** Address to listen on, `127.0.0.1` by default; any other than loopback needs credentials. */
  readonly host?: string | undefined;
  /** Lines of nats-server configuration put at the end: accounts, authorization, TLS. */
  readonly config?: string | undefined;
  /** Remove the data folder at the end; always so for a temporary one. */
  readonly ephemeral?: boolean | undefined;
  /** `shoal-` and a random suffix by default. */
  readonly serverName?: string | undefined;
  /** Default true. False is for measurements and tests that need no power-cut safety. */
  readonly syncAlways?: boolean | undefined;
  readonly fileStoreBytesMax?: number | undefined;
}

export interface NatsServer extends AsyncDisposable {
  /** `nats://HOST:PORT`; stays the same over `restart()`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly serverName: string;
  readonly version: string;
  readonly dataDir: string;
  /** Settles when the present run of the program has ended, for whatever reason. */
  readonly exited: Promise<NatsExit>;
  /** Sends a signal: SIGKILL for a crash, SIGSTOP and SIGCONT for a pause. */
  kill(signal: NodeJS.Signals): void;
  /** Ends the present run, if it still runs, and starts again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes an ephemeral data folder. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until it answers.
 * @throws NatsServerError `port-in-use`, `data-dir-in-use`, `credentials-required` or
 * `nats-server-failed`.
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const host = options.host ?? '127.0.0.1';
  requireCredentials(host, options.config);
  const ephemeral = options.ephemeral === true || options.dataDir === undefined;
  const dataDir =
    options.dataDir === undefined
      ? await mkdtemp(join(tmpdir(), 'shoal-nats-'))
      : resolve(options.dataDir);
  const serverName = options.serverName ?? `shoal-${randomBytes(6).toString('hex')}`;
  const ownerFile = join(dataDir, 'owner.json');
  await mkdir(dataDir, { recursive: true });
  await requireFree(dataDir, ownerFile);

  const place = { dataDir, ownerFile, host, serverName, ephemeral };
  const launch = (port: number): Promise<NatsProcess> => launchIn(place, options, port);
  const clean = async (): Promise<void> => {
    await rm(ephemeral ? dataDir : ownerFile, { recursive: true, force: true });
  };

  let current: NatsProcess;
  try {
    current = await launch(options.port ?? 0);
  } catch (error) {
    await clean();
    throw error;
  }
  const port = current.port;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= current.stop().then(clean);
    return stopping;
  };
  return {
    url: `nats://${host.includes(':') ? `[${host}]` : host}:${port}`,
    host,
    port,
    serverName,
    dataDir,
    version: options.binary.version,
    get pid() {
      return current.pid;
    },
    get exited() {
      return current.exited;
    },
    kill: (signal) => current.kill(signal),
    restart: async () => {
      await current.stop();
      current = await launch(port);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Place {
  readonly dataDir: string;
  readonly ownerFile: string;
  readonly host: string;
  readonly serverName: string;
  readonly ephemeral: boolean;
}

/** Writes the configuration, starts one run of the program and notes who owns the folder now. */
async function launchIn(
  { dataDir, ownerFile, host, serverName, ephemeral }: Place,
  options: NatsServerOptions,
  port: number,
): Promise<NatsProcess> {
  const { path, version } = options.binary;
  const text = natsConf({
    serverName,
    host,
    port,
    storeDir: join(dataDir, 'store'),
    syncAlways: options.syncAlways ?? true,
    fileStoreBytesMax: options.fileStoreBytesMax,
    extra: options.config,
  });
  const confFile = join(dataDir, 'nats-server.conf');
  await writeFile(confFile, isOlder(version, '2.10.0') ? withoutSync(text) : text, { mode: 0o600 });
  const runDir = join(dataDir, 'run');
  const guardedDir = ephemeral ? dataDir : '';
  const started = await launchNats({ path, confFile, runDir, serverName, host, port, guardedDir });
  await writeFile(ownerFile, JSON.stringify({ host, port: started.port, serverName }));
  return started;
}

/** nats-server itself would let two servers write one folder, and both would lose data. */
async function requireFree(dataDir: string, ownerFile: string): Promise<void> {
  const text = await readFile(ownerFile, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  let owner: { host: string; port: number; serverName: string };
  try {
    owner = JSON.parse(text);
  } catch {
    return; // cut off by a crash: nobody announces that file
  }
  if ((await serverNameAt(owner.host, owner.port)) !== owner.serverName) return;
  throw new NatsServerError(
    'data-dir-in-use',
    `data folder "${dataDir}" is in use by the nats-server on port ${owner.port}; ` +
      'stop it or choose another folder',
  );
}

function requireCredentials(host: string, config: string | undefined): void {
  if (/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)) return;
  if (config !== undefined && /^\s*(accounts|authorization|operator)\b/m.test(config)) return;
  throw new NatsServerError(
    'credentials-required',
    `listening on "${host}" needs credentials, and the configuration has none; ` +
      'listen on 127.0.0.1 or generate credentials first',
  );
}
