/**
 * `shoal up`: nats-server, coordinator, aggregator and workers on this machine, as processes.
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { untilRoomAgain } from '../../runtime/node/disk-guard.ts';
import type { NatsServer } from '../../runtime/node/nats-server.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import { logLevel } from '../actor-process.ts';
import { startChild } from '../child.ts';
import { type BusSettings, busArguments } from '../connection.ts';
import { type ActorRole, type Broker, openBroker } from '../embedded-server.ts';
import { exitCodes } from '../exit-codes.ts';
import type { UpFlags } from '../routes/up.ts';
import type { Session } from '../session.ts';
import { Supervisor } from '../supervisor.ts';
import { tempDir } from '../temp-dir.ts';

const drainMs = 10_000;

interface Plan {
  readonly coordinator: readonly string[];
  readonly aggregator: readonly string[];
  readonly worker: readonly string[];
}

export async function up(session: Session, flags: UpFlags): Promise<void> {
  const { config, screen } = session;
  const temporary = flags.ephemeral ? await tempDir('shoal-up-') : undefined;
  const dataDir = temporary?.path ?? (await openDataDir(session, flags));
  let broker: Broker | undefined;
  let supervisor: Supervisor | undefined;
  try {
    broker = await openBroker(session, flags, dataDir);
    session.signal.throwIfAborted();
    const { url, settingsFor, credsDir, server } = broker;
    const plan = namesOf(flags, config.workers, server === null);
    supervisor = new Supervisor({
      start: (name) => {
        const role = roleOf(plan, name);
        const args = childArguments(session, flags, plan, role, settingsFor(role), dataDir);
        return startChild([...args, '--name', name], { env: { SHOAL_CHILD: '1' } });
      },
      tell: (line) => screen.note(line),
      drainMs,
    });
    const pids = await startAll(supervisor, plan, session.signal);
    screen.print(`ready: ${url}, ${plan.worker.length} workers, data in ${dataDir}`);
    if (credsDir !== null) screen.note(`credentials for other hosts are in ${credsDir}`);
    if (screen.json) {
      screen.value({ nats: url, dataDir, pids: { nats: server?.pid ?? null, ...pids } });
    }
    const reason = await untilTold(session.signal, supervisor, broker.server, (line) =>
      screen.note(line),
    );
    if (reason !== null) throw new TerminalError('actor-lost', reason);
    if (session.signal.aborted) screen.note('stopping; a second Ctrl-C ends everything at once');
    session.exitCode = exitCodes.done;
  } catch (error) {
    // Ctrl-C before all was ready is an order to stop like any other.
    if (!session.signal.aborted) throw error;
    screen.note('stopping before everything has started');
    session.exitCode = exitCodes.interrupted;
  } finally {
    await supervisor?.stop();
    await broker?.server?.stop();
    await temporary?.remove();
  }
}

async function openDataDir(session: Session, flags: UpFlags): Promise<string> {
  const dataDir = resolve(
    flags.dataDir ??
      (session.env.SHOAL_DATA_DIR || undefined) ??
      session.config.dataDir ??
      '.shoal',
  );
  await mkdir(dataDir, { recursive: true });
  return dataDir;
}

/** On a server that others use too, names carry host and process, so that they never collide. */
function namesOf(flags: UpFlags, workers: number | undefined, shared: boolean): Plan {
  const host = (hostname().split('.')[0] ?? '').replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 24);
  const prefix = shared ? `${host}-${process.pid}-` : '';
  const names = (role: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${prefix}${role}-${i + 1}`);
  return {
    coordinator: names('coordinator', flags.coordinators ?? 1),
    aggregator: names('aggregator', flags.aggregators ?? 1),
    worker: names('worker', flags.workers ?? workers ?? 2),
  };
}

function roleOf(plan: Plan, name: string): ActorRole {
  if (plan.worker.includes(name)) return 'worker';
  return plan.aggregator.includes(name) ? 'aggregator' : 'coordinator';
}

function childArguments(
  session: Session,
  flags: UpFlags,
  plan: Plan,
  role: ActorRole,
  settings: BusSettings,
  dataDir: string,
): string[] {
  const slots =
    flags.slots ??
    session.config.slots ??
    Math.max(1, Math.floor(availableParallelism() / Math.max(1, plan.worker.length)));
  return [
    role,
    ...['--log-level', logLevel(session, flags, 'warn')],
    ...busArguments(settings),
    ...(flags.learner ?? []).flatMap((module) => ['--learner', module]),
    ...(role === 'coordinator' ? [] : ['--cache-dir', join(dataDir, 'cache')]),
    ...(role === 'worker' ? ['--slots', String(slots)] : []),
    ...(role === 'coordinator' ? leading(flags) : []),
  ];
}

/** What coordinators alone are told. */
function leading({ idleExit, stalledAfter, placement }: UpFlags): string[] {
  return [
    ...(idleExit === undefined ? [] : ['--idle-exit', `${idleExit}ms`]),
    ...(stalledAfter === undefined ? [] : ['--stalled-after', `${stalledAfter}ms`]),
    ...(placement === undefined ? [] : ['--placement', placement]),
  ];
}

async function startAll(
  supervisor: Supervisor,
  plan: Plan,
  signal: AbortSignal,
): Promise<Record<keyof Plan, number[]>> {
  const pidsOf = async (names: readonly string[]): Promise<number[]> =>
    Promise.all(names.map(async (name) => (await supervisor.add(name)).pid));
  const all = Promise.all([pidsOf(plan.coordinator), pidsOf(plan.aggregator), pidsOf(plan.worker)]);
  all.catch(() => {});
  const [coordinator, aggregator, worker] = await Promise.race([all, aborted(signal)]);
  return { coordinator, aggregator, worker };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Null when told to stop, else what went wrong. */
async function untilTold(
  signal: AbortSignal,
  supervisor: Supervisor,
  server: NatsServer | null,
  tell: (line: string) => void,
): Promise<string | null> {
  const told = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  const keepAlive = setInterval(() => {}, 60_000);
  try {
    return await Promise.race([
      told,
      supervisor.failed,
      supervisor.emptied.then(() => null),
      ...(server === null ? [] : [keptServer(server, signal, tell)]),
    ]);
  } finally {
    clearInterval(keepAlive);
  }
}

/** A broker that died, or whose disk was full, is started again on its data, a few times a minute. */
async function keptServer(
  server: NatsServer,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<string> {
  let restarts: number[] = [];
  for (;;) {
    const exited = await untilLost(server, signal, tell);
    if (signal.aborted) return new Promise(() => {});
    const now = performance.now();
    restarts = restarts.filter((at) => at > now - limits.restartWindowMs);
    if (restarts.length >= limits.restartsMax) return 'nats-server ended too often';
    restarts.push(now);
    tell(`nats-server ${exited ? 'ended' : 'has room on its disk again'}; starting it again`);
    await server.restart();
  }
}

/** @returns whether it has ended, or else must be started again */
async function untilLost(
  server: NatsServer,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<boolean> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      server.exited.then(() => true),
      untilRoomAgain(server.dataDir, tell, AbortSignal.any([signal, stop.signal])).then(
        () => signal.aborted || stop.signal.aborted,
      ),
    ]);
  } finally {
    stop.abort();
  }
}
