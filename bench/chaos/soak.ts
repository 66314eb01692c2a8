/**
 * A soak: clients, a nemesis and the measures on one cluster for a while, then the last checks.
 *
 * For the first quarter of a long run anything may be killed; after that one actor of each role is
 * spared from kills, and after half of it nats-server is too, so that the memory of processes that
 * live long can be judged.
 */
import type { TcpProxy } from '../../test/support/tcp-proxy.ts';
import type { Arena } from './arena.ts';
import { cpuSeconds, Memory, streamSizes } from './measures.ts';
import { runNemesis } from './nemesis.ts';
import type { Report } from './report.ts';
import { commonNames } from './specs.ts';
import { lastLook, openStage, type Stage, type StageOptions, type Verdicts } from './stage.ts';
import { Traffic } from './traffic.ts';

export interface SoakOptions extends StageOptions {
  readonly clients: number;
}

const minuteMs = 60_000;
const sampleMs = 5_000;
/** A run of this length has time for memory to be judged. */
const longMinutes = 20;
const warmUpMs = 5 * minuteMs;
const drainMaxMs = 150_000;
const restMs = 2_000;

function sampler(arena: Arena, memory: Memory, report: Report, startedMs: number): () => void {
  let minute = -1;
  const timer = setInterval(() => {
    memory.take(arena.pids());
    const now = Math.floor((performance.now() - startedMs) / minuteMs);
    if (now === minute) return;
    minute = now;
    void streamSizes(arena.bus).then((sizes) => {
      if (sizes !== null) report.add({ type: 'streams', minute: now, sizes });
    });
  }, sampleMs);
  return () => clearInterval(timer);
}

/** Which processes live on, after this part of a long run. */
function sparedAt(part: number): ReadonlySet<string> {
  const actors = part > 0.25 ? ['worker-2', 'aggregator-2', 'coordinator-2'] : [];
  return new Set([...actors, ...(part > 0.5 ? ['nats-server'] : [])]);
}

/** @returns whether every promise was kept */
export async function runSoak(options: SoakOptions): Promise<boolean> {
  const { seed, minutes, tell, kinds } = options;
  await using stage = await openStage(options, commonNames);
  const { arena, witness, report, verdicts, judge } = stage;
  const clients = [];
  const clientLinks: TcpProxy[] = [];
  for (let i = 0; i < options.clients; i++) {
    const { client, proxy } = await arena.newClient(`client-${i}`);
    clients.push(client);
    clientLinks.push(proxy);
  }
  const tag = `s${seed}`;
  const traffic = new Traffic({
    ...{ clients, names: commonNames, seed, tag, restMs },
    ended: (entry) => judge.take(entry),
    wrong: (what) => verdicts.wrong(what),
  });
  const startedMs = performance.now();
  const memory = new Memory();
  const stopSampling = sampler(arena, memory, report, startedMs);
  traffic.start();
  const long = minutes >= longMinutes;
  await runNemesis({
    ...{ arena, witness, traffic, report, clientLinks, seed, kinds, drainMaxMs, tell },
    spared: (nowMs) => (long ? sparedAt((nowMs - startedMs) / (minutes * minuteMs)) : new Set()),
    untilMs: startedMs + minutes * minuteMs,
    wrong: (n, what) => verdicts.wrong(what, n),
  });
  stopSampling();
  await endTraffic(traffic, verdicts);
  await judge.done();
  await lastLook(stage);
  report.add(
    endLine(stage, traffic, {
      ...{ seed, minutes: (performance.now() - startedMs) / minuteMs },
      memory: memory.growth(long ? warmUpMs : minuteMs),
    }),
  );
  process.stdout.write(`${report.summarise()}\n`);
  return verdicts.count === 0;
}

async function endTraffic(traffic: Traffic, verdicts: Verdicts): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), drainMaxMs);
  });
  if ((await Promise.race([traffic.end(), late])) === 'late') {
    verdicts.wrong(`still open at the end: ${[...traffic.open.keys()].join(' ')}`);
  }
  clearTimeout(timer);
}

function endLine(
  { arena, witness, judge }: Stage,
  traffic: Traffic,
  figures: { seed: number; minutes: number; memory: ReturnType<Memory['growth']> },
) {
  const cpu = [...arena.pids().values()].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  return {
    ...{ type: 'end' as const, ...figures, jobs: judge.history.length, byPhase: judge.phases() },
    acknowledged: judge.history.reduce((sum, entry) => sum + entry.acknowledged, 0),
    refusedCommits: witness.refused,
    clientErrors: Object.fromEntries(traffic.errors),
    ownEnds: arena.ownEnds(),
    cpuSeconds: cpu,
  };
}
