/**
 * The frame of a process that runs one actor: log, connection, ready line, signals, end.
 *
 * The first SIGINT or SIGTERM drains, a second one ends at once. What nobody caught is logged as
 * JSON and ends the process with 1, so that its supervisor starts it again from its records.
 */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { learnersWithToy } from '../learners/catalogue.ts';
import type { Learners } from '../learners/learner.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Log, LogLevel } from '../runtime/log.ts';
import { Metrics } from '../runtime/metrics.ts';
import { announceService, type ServiceDescription } from '../runtime/microservice.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { learnerUrl, loadLearners } from '../runtime/node/learner-modules.ts';
import { installCrashHandlers, nodeLogger } from '../runtime/node/logger.ts';
import { type MetricsServer, serveMetrics } from '../runtime/node/metrics-server.ts';
import { nodeRandom } from '../runtime/node/random.ts';
import { startTelemetry } from '../runtime/otel/telemetry.ts';
import type { Clock } from '../runtime/ports/clock.ts';
import type { Random } from '../runtime/ports/random.ts';
import type { Tracer } from '../runtime/trace.ts';
import { type NodeId, parseNodeId } from '../schemas/ids.ts';
import { queryVerbs } from '../schemas/views.ts';
import { onParentGone } from './child.ts';
import { type BusSettings, busSettings, type OpenOptions, openBus } from './connection.ts';
import { nodeOfCreds } from './creds.ts';
import { tellOfLink } from './link-news.ts';
import { nodeName } from './node-name.ts';
import type { ActorFlags } from './routes/actors.ts';
import type { Session } from './session.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

export interface ActorContext {
  readonly tracer: Tracer;
  readonly metrics: Metrics;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly node: NodeId;
  readonly log: Log;
  readonly learners: Learners;
  /** Modules of user-supplied learners, for threads and child processes. */
  readonly learnerUrls: readonly string[];
}

export interface StartedActor {
  readonly nonce: string;
  /** Resolves when the actor has ended in good order, rejects when it is lost. */
  readonly ended: Promise<void>;
  /** Finish, then end. */
  drain(): void;
  stop(): Promise<void>;
}

type Role = 'coordinator' | 'worker' | 'aggregator';

/** A handle that something else keeps must not keep a finished process. */
const lingerMs = 2_000;
/** A wait is explained: when the server has not answered for this long. */
const waitingMs = 2_000;
const levels: readonly string[] = ['debug', 'info', 'warn', 'error'];

export async function runActor(
  session: Session,
  flags: ActorFlags,
  role: Role,
  start: (context: ActorContext) => Promise<StartedActor>,
  open: Pick<OpenOptions, 'replicas' | 'monitors' | 'allowUnsynced' | 'acceptLosses'> = {},
): Promise<void> {
  onParentGone(() => process.exit(1));
  const settings = busSettings(session, flags);
  const node = parseNodeId(flags.name ?? (await nodeBound(settings)) ?? nodeName(role));
  const log = nodeLogger({ level: logLevel(session, flags, 'info'), node, role });
  installCrashHandlers(log);
  const learnerUrls = (flags.learner ?? []).map(learnerUrl);
  const learners = await loadLearners(learnersWithToy, learnerUrls);
  const telemetry = await startTelemetry({
    ...{ service: role, node, version: version(), env: session.env, log },
  });
  const bus = await connectActor(session, settings, `${role}/${node}`, log, {
    createLayout: role === 'coordinator',
    ...open,
  });
  session.ownSignals();
  const clock = nodeClock();
  const metrics = new Metrics();
  const { tracer } = telemetry;
  const parts = { bus, clock, random: nodeRandom(), node, log, learners, learnerUrls };
  const actor = await start({ ...parts, tracer, metrics });
  const service = announceService(bus.transport, describe(role, node, bus, clock));
  const scrape = await openMetrics(session, flags, role, node, bus, metrics);
  if (scrape !== null) log('info', 'metrics are served', { url: scrape.url });
  const withdraw = drainOnSignals(actor, log);
  announce(session, node, role, bus);
  log('info', 'actor started', { nonce: actor.nonce, server: bus.url, cluster: bus.cluster });
  const link = tellOfLink(bus, log);
  // Whoever went on without the ledger would begin with nothing: its supervisor tries again.
  const broken = new Promise<never>((_, reject) => bus.onFault(reject));
  try {
    await Promise.race([actor.ended, broken, link.refused]);
    log('info', 'actor ended');
  } finally {
    withdraw();
    link.stop();
    service.stop();
    await scrape?.stop();
    await actor.stop();
    await telemetry.shutdown();
    await bus.close();
    leaveSoon();
  }
}

/** The node that the credentials speak for; a file that cannot be read is told of at connecting. */
async function nodeBound({ creds }: BusSettings): Promise<string | null> {
  return creds === undefined ? null : readFile(creds, 'utf8').then(nodeOfCreds, () => null);
}

/** Waits for the server and the cluster without end, and says so. */
async function connectActor(
  session: Session,
  settings: BusSettings,
  name: string,
  log: Log,
  open: Omit<OpenOptions, 'name'>,
): Promise<Bus> {
  const waiting = setTimeout(() => {
    log('warn', 'waiting for nats-server, and for a coordinator to make the cluster', {
      server: settings.servers.replaceAll(/\/\/[^/@]*@/g, '//'),
    });
  }, waitingMs);
  const bus = await openBus(settings, {
    name,
    waitForServer: true,
    signal: session.signal,
    ...open,
  })
    .catch((error: unknown) => {
      leaveSoon();
      // Told to end while it still waited for the server: there is nothing to drain.
      throw session.signal.aborted ? session.signal.reason : error;
    })
    .finally(() => clearTimeout(waiting));
  if (session.signal.aborted) {
    // Told to end just as the connection stood: nobody would tell it again.
    leaveSoon();
    await bus.close();
    throw session.signal.reason;
  }
  return bus;
}

/** Whatever handle is still open, the process does not outlive its work. */
function leaveSoon(): void {
  setTimeout(() => process.exit(), lingerMs).unref();
}

/** What the stock `nats micro` command shows of this process. */
function describe(role: Role, node: NodeId, bus: Bus, clock: Clock): ServiceDescription {
  const { subjects } = bus;
  return {
    name: `shoal-${role}`,
    id: node,
    version: version(),
    description: `shoal ${role} "${node}" of cluster "${bus.cluster}"`,
    metadata: { cluster: bus.cluster, host: hostname(), pid: String(process.pid) },
    startedMs: clock.wallMs(),
    endpoints:
      role === 'coordinator'
        ? queryVerbs.map((verb) => ({ name: verb, subject: subjects.query(verb) }))
        : [{ name: 'control', subject: subjects.control(node) }],
  };
}

async function openMetrics(
  session: Session,
  flags: ActorFlags,
  role: Role,
  node: NodeId,
  bus: Bus,
  metrics: Metrics,
): Promise<MetricsServer | null> {
  const port = flags.metricsPort ?? (Number(session.env.SHOAL_METRICS_PORT) || undefined);
  if (port === undefined) return null;
  return serveMetrics({
    port,
    render: () => metrics.render({ node, role }),
    trouble: () => (bus.transport.connected() ? null : 'not connected to nats-server'),
  });
}

function announce(session: Session, node: NodeId, role: Role, bus: Bus): void {
  const { screen } = session;
  screen.print(`${role} ${node} is ready at ${bus.url}`);
  if (screen.json) screen.value({ ready: true, node, role, pid: process.pid, nats: bus.url });
}

function drainOnSignals(actor: StartedActor, log: Log): () => void {
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    if (signals > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
    log('info', 'draining; a second signal ends it at once', { signal });
    actor.drain();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}

/** Flag, then `SHOAL_LOG`, then config file, then the command's own default. */
export function logLevel(
  session: Session,
  flags: { readonly logLevel?: LogLevel },
  otherwise: LogLevel,
): LogLevel {
  const named = flags.logLevel ?? (session.env.SHOAL_LOG || undefined) ?? session.config.logLevel;
  if (named === undefined) return otherwise;
  if (!levels.includes(named)) {
    throw new UsageError(`log level "${named}" is not known`, `use ${levels.join(', ')}`);
  }
  return named as LogLevel;
}
