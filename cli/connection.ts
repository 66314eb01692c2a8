/**
 * Opening the bus and the client for a command: settings in, connection out.
 */
import { clientOver, type ShoalClient } from '../client/client.ts';
import type { Learners } from '../learners/learner.ts';
import type { Bus } from '../runtime/bus.ts';
import type { NatsOptions } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { nodeRandom } from '../runtime/node/random.ts';
import { limits } from '../schemas/limits.ts';
import type { BusFlags } from './flags.ts';
import type { Session } from './session.ts';
import { UsageError } from './usage-error.ts';

export const defaultUrl = 'nats://127.0.0.1:4222';

/** A person waits: a command gives up sooner than a program would. */
const connectMs = 2_000;
const lingerMs = 500;

export interface BusSettings {
  readonly servers: string;
  readonly creds: string | undefined;
  readonly tlsCa: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly prefix: string | undefined;
  readonly allowOldServer: boolean;
}

/** Flag, then environment, then config file, then default. */
export function busSettings(session: Session, flags: BusFlags): BusSettings {
  const { env, config } = session;
  const child = env.SHOAL_CHILD === '1';
  return {
    servers: flags.nats ?? (env.SHOAL_NATS || undefined) ?? config.nats ?? defaultUrl,
    creds: flags.creds ?? (child ? undefined : env.SHOAL_CREDS || undefined) ?? config.creds,
    tlsCa: flags.tlsCa ?? config.tlsCa,
    tlsCert: flags.tlsCert ?? config.tlsCert,
    tlsKey: flags.tlsKey ?? config.tlsKey,
    prefix: flags.prefix ?? (env.SHOAL_PREFIX || undefined) ?? config.prefix,
    allowOldServer: flags.allowOldServer || env.SHOAL_ALLOW_OLD_NATS === '1',
  };
}

/** The flags that make a child process open the same bus. */
export function busArguments(settings: BusSettings): string[] {
  const flag = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`--${name}`, value];
  return [
    ...flag('nats', settings.servers),
    ...flag('creds', settings.creds),
    ...flag('tls-ca', settings.tlsCa),
    ...flag('tls-cert', settings.tlsCert),
    ...flag('tls-key', settings.tlsKey),
    ...flag('prefix', settings.prefix),
    ...(settings.allowOldServer ? ['--allow-old-server'] : []),
  ];
}

export interface OpenOptions {
  /** Shown to operators of the nats-server. */
  readonly name: string;
  /** Create streams and buckets where there are none: coordinators do. */
  readonly createLayout?: boolean;
  /** Wait without end for the server and the cluster: actors do. */
  readonly waitForServer?: boolean;
  readonly signal?: AbortSignal;
  /** How long to try, where it does not wait without end. */
  readonly connectMs?: number;
  /** Of streams that are created now; 3 in a cluster of servers, else 1. */
  readonly replicas?: number;
  /** Monitoring addresses, to see that what the servers acknowledge is on disk. */
  readonly monitors?: readonly string[];
  readonly allowUnsynced?: boolean;
  /** Go on with streams that have lost what was stored. */
  readonly acceptLosses?: boolean;
}

export async function openBus(settings: BusSettings, options: OpenOptions): Promise<Bus> {
  const { connectNats } = await import('../runtime/nats/connect.ts');
  return connectNats(natsOptions(settings, options));
}

/** What the adapter is told, from flags and what the command wants. */
export function natsOptions(settings: BusSettings, options: OpenOptions): NatsOptions {
  const { tlsCa, tlsCert, tlsKey } = settings;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('--tls-cert and --tls-key go together', 'give both or neither');
  }
  const tls = {
    ...(tlsCa === undefined ? {} : { caFile: tlsCa }),
    ...(tlsCert === undefined ? {} : { certFile: tlsCert }),
    ...(tlsKey === undefined ? {} : { keyFile: tlsKey }),
  };
  return {
    servers: settings.servers,
    name: options.name,
    clock: nodeClock(),
    createLayout: options.createLayout ?? false,
    waitForServer: options.waitForServer ?? false,
    allowOldServer: settings.allowOldServer,
    ...(settings.creds === undefined ? {} : { creds: settings.creds }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
    ...(settings.prefix === undefined ? {} : { prefix: settings.prefix }),
    ...(options.connectMs === undefined ? {} : { connectMs: options.connectMs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.replicas === undefined ? {} : { replicas: options.replicas }),
    ...(options.monitors === undefined ? {} : { monitors: options.monitors }),
    ...(options.acceptLosses === undefined ? {} : { acceptLosses: options.acceptLosses }),
    ...(options.allowUnsynced === undefined ? {} : { allowUnsynced: options.allowUnsynced }),
  };
}

/** A leader that is gone is replaced within seconds: who waits for that is told so. */
function sayOnce({ screen }: Session): () => void {
  let said = false;
  return () => {
    if (said) return;
    said = true;
    const seconds = limits.takeoverMs / 1_000;
    screen.note(
      `waiting up to ${seconds} s for a coordinator: none answers, a standby may take over`,
    );
  };
}

/**
 * Runs with a client and closes it, whatever happens.
 * @param known learners whose models can be opened
 */
export async function withClient<T>(
  session: Session,
  flags: BusFlags,
  work: (client: ShoalClient) => Promise<T>,
  known?: Learners,
): Promise<T> {
  const bus = await openBus(busSettings(session, flags), {
    name: 'shoal-cli',
    signal: session.signal,
    connectMs: flags.connectTimeout ?? connectMs,
  }).catch((error: unknown) => {
    // An attempt to connect that nobody answers must not keep a command that has failed.
    setTimeout(() => process.exit(), lingerMs).unref();
    throw error;
  });
  const options = {
    ...{ learners: known, requestMs: flags.requestTimeout, patienceMs: limits.takeoverMs },
    onWait: sayOnce(session),
  };
  await using client = clientOver(bus, nodeClock(), nodeRandom(), options);
  return await work(client);
}
