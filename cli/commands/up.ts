/**
 * `shoal up`: nats-server, coordinator, aggregator and workers on this machine, as processes.
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { resolveNatsServer } from '../../runtime/node/nats-binary.ts';
import { type NatsServer, startNatsServer } from '../../runtime/node/nats-server.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { logLevel } from '../actor-process.ts';
import { startChild } from '../child.ts';
import { type BusSettings, busArguments, busSettings } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import type { UpFlags } from '../routes/up.ts';
import type { Session } from '../session.ts';
import { Supervisor } from '../supervisor.ts';
import { tempDir } from '../temp-dir.ts';

const defaultPort = 4222;
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
  let server: NatsServer | undefined;
  let supervisor: Supervisor | undefined;
  try {
    const given = flags.nats;
    if (given === undefined) {
      const binary = await resolveNatsServer({
        env: session.env,
        log: (line) => screen.note(line),
      });
      server = await startNatsServer({
        binary,
        dataDir: join(dataDir, 'nats'),
        port: flags.natsPort ?? defaultPort,
      });
    }
    session.signal.throwIfAborted();
    const settings: BusSettings = {
      ...busSettings(session, flags),
      ...(server === undefined ? {} : { servers: server.url, creds: undefined }),
    };
    const plan = namesOf(flags, config.workers, server === undefined);
    supervisor = new Supervisor({
      start: (name) => startChild(childArguments(session, flags, plan, settings, dataDir, name)),
      tell: (line) => screen.note(line),
      drainMs,
    });
    const pids = await startAll(supervisor, plan, session.signal);
    const { servers } = settings;
    screen.print(`ready: ${servers}, ${plan.worker.length} workers, data in ${dataDir}`);
    if (screen.json) {
      screen.value({ nats: servers, dataDir, pids: { nats: server?.pid ?? null, ...pids } });
    }
    const reason = await untilTold(session.signal, supervisor, server);
    if (reason !== null) throw new TerminalError('actor-lost', reason);
    screen.note('stopping; a second Ctrl-C ends everything at once');
    session.exitCode = exitCodes.done;
  } catch (error) {
    // Ctrl-C before all was ready is an order to stop like any other.
    if (!session.signal.aborted) throw error;
    session.exitCode = exitCodes.interrupted;
  } finally {
    await supervisor?.stop();
    await server?.stop();
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

function childArguments(
  session: Session,
  flags: UpFlags,
  plan: Plan,
  settings: BusSettings,
  dataDir: string,
  name: string,
): string[] {
  const role = plan.worker.includes(name)
    ? 'worker'
    : plan.aggregator.includes(name)
      ? 'aggregator'
      : 'coordinator';
  const slots =
    flags.slots ??
    session.config.slots ??
    Math.max(1, Math.floor(availableParallelism() / Math.max(1, plan.worker.length)));
  return [
    role,
    ...['--name', name],
    ...['--log-level', logLevel(session, flags, 'warn')],
    ...busArguments(settings),
    ...(flags.learner ?? []).flatMap((module) => ['--learner', module]),
    ...(role === 'coordinator' ? [] : ['--cache-dir', join(dataDir, 'cache')]),
    ...(role === 'worker' ? ['--slots', String(slots)] : []),
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
  server: NatsServer | undefined,
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
      ...(server === undefined ? [] : [keptServer(server, signal)]),
    ]);
  } finally {
    clearInterval(keepAlive);
  }
}

/** A broker that died is started again on its data, a few times. */
async function keptServer(server: NatsServer, signal: AbortSignal): Promise<string> {
  for (let restarts = 0; restarts < 5; restarts++) {
    await server.exited;
    if (signal.aborted) return new Promise(() => {});
    await server.restart();
  }
  return 'nats-server ended too often';
}
