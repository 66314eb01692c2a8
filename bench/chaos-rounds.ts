/**
 * Chaos for jobs that train in rounds: holders, leaders of rounds and coordinators are killed and
 * frozen at random moments, alone and together.
 *
 * Shows one digest whatever happens, survivors that are never restarted, how many rounds were opened
 * again, how soon a standby coordinator leads, and that the job's log names nothing twice. Ends with
 * 1 when a run breaks a promise.
 *
 * Usage: node bench/chaos-rounds.ts [--scenario all|workers|holder|aggregator|coordinator|all-three|
 *   frozen-holder|frozen-aggregator|phases] [--runs N] [--seed S] [--rounds 150] [--spin 100000]
 */
import { parseArgs } from 'node:util';
import type { JobHandle } from '../client/job-handle.ts';
import { SeededRandom } from '../runtime/memory/seeded-random.ts';
import type { JobSpecInput } from '../schemas/job-spec.ts';
import type { JobEvent } from '../schemas/views.ts';
import { decodeMessage } from '../schemas/wire.ts';
import { type Outcome, Rig } from './chaos-rig.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'all' },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '150' },
    spin: { type: 'string', default: '100000' },
  },
});
const random = new SeededRandom(Number(values.seed));
const frozenMs = 10_000;

/** Two kinds of jobs by turns: states and contributions inside the messages, and pulled. */
const kinds = [
  { stateBytes: 0, contributionBytes: 0 },
  { stateBytes: 300_000, contributionBytes: 150_000 },
] as const;

function specOf(kind: number): Partial<JobSpecInput> {
  const size = kinds[kind % kinds.length];
  const params = { rounds: Number(values.rounds), spin: Number(values.spin), ...size };
  return { algorithm: 'toy-rounds', params };
}

interface Row {
  readonly scenario: string;
  runs: number;
  equal: number;
  readonly tookMs: number[];
  reassigned: number;
  survivorAttempts: number;
  /**
   * Rounds that a second leader opened once more, in the worst run. A round that nobody but the dead
   * leader had the state of was opened, and computed by nobody: then two are opened again, of which
   * one is computed again.
   */
  reopened: number;
  readonly reopenedMax: number;
  readonly takeoverMs: number[];
  readonly faults: string[];
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Which leaders opened which rounds of which job, as a bystander hears it. */
class Rounds {
  private readonly opened = new Map<string, Map<string, Set<number>>>();

  constructor(rig: Rig) {
    rig.bus.transport.subscribe('shoal.rounds.*.*.open.*', ({ bytes }) => {
      const open = decodeMessage('round-open', Uint8Array.from(bytes));
      if (open.probe) return;
      const rounds = this.opened.get(open.job) ?? new Map<string, Set<number>>();
      const key = `${open.fit}.${open.round}`;
      rounds.set(key, (rounds.get(key) ?? new Set()).add(open.attempt));
      this.opened.set(open.job, rounds);
    });
  }

  /** Times that a round was opened by one leader more, summed over the rounds of the worst fit. */
  reopened(job: string): number {
    const byFit = new Map<string, number>();
    for (const [key, leaders] of this.opened.get(job) ?? []) {
      const fit = key.split('.')[0] ?? '';
      byFit.set(fit, (byFit.get(fit) ?? 0) + leaders.size - 1);
    }
    return Math.max(0, ...byFit.values());
  }
}

function newRow(scenario: string, reopenedMax: number): Row {
  return {
    ...{ scenario, runs: 0, equal: 0, tookMs: [], reassigned: 0, survivorAttempts: 0 },
    ...{ reopened: 0, reopenedMax, takeoverMs: [], faults: [] },
  };
}

interface Bench {
  readonly rig: Rig;
  readonly rounds: Rounds;
  /** Digest and duration of the undisturbed job of each kind. */
  readonly calm: readonly { readonly digest: string; readonly tookMs: number }[];
}

async function prepare(rig: Rig): Promise<Bench> {
  const rounds = new Rounds(rig);
  const calm: { digest: string; tookMs: number }[] = [];
  for (let kind = 0; kind < kinds.length; kind++) {
    const startedMs = performance.now();
    const job = await rig.submit(specOf(kind));
    const { view, tookMs } = await rig.outcome(job, startedMs, [], startedMs);
    calm.push({ digest: view.digest ?? '', tookMs });
    process.stderr.write(`  calm ${kind}: ${(tookMs / 1000).toFixed(1)} s\n`);
  }
  return { rig, rounds, calm };
}

/** Everything that the log of a job says, checked on the way. */
async function eventsOf(job: JobHandle): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of job.events()) events.push(event);
  return events;
}

function toldTwice(events: readonly JobEvent[]): string[] {
  const seen = new Set<string>();
  return events.flatMap((event) => {
    const tasks = (event.tasks ?? []) as { task: string; attempt: number }[];
    if (event.kind !== 'tasks-done' && event.kind !== 'tasks-dispatched') return [];
    return tasks.flatMap(({ task, attempt }) => {
      const key = `${event.kind} ${task}/${attempt}`;
      if (seen.has(key)) return [`${key} is told twice`];
      seen.add(key);
      return [];
    });
  });
}

async function note(row: Row, bench: Bench, kind: number, outcome: Outcome, job: JobHandle) {
  const reopened = bench.rounds.reopened(job.id);
  const equal = outcome.view.digest === bench.calm[kind % kinds.length]?.digest;
  row.runs += 1;
  row.equal += Number(equal);
  row.tookMs.push(outcome.tookMs);
  row.reassigned += outcome.view.reassigned;
  row.survivorAttempts = Math.max(row.survivorAttempts, outcome.survivorAttempts);
  row.reopened = Math.max(row.reopened, reopened);
  row.faults.push(...toldTwice(await eventsOf(job)));
  process.stderr.write(
    `  ${row.scenario} ${row.runs}: ${(outcome.tookMs / 1000).toFixed(1)} s, ${equal ? 'equal' : 'ANOTHER'} digest, ` +
      `reassigned ${outcome.view.reassigned}, rounds opened again ${reopened}\n`,
  );
}

/** Kills with SIGKILL, and starts again in a moment. */
async function killAndReplace(rig: Rig, names: readonly string[]): Promise<void> {
  for (const name of names) rig.actor(name).kill('SIGKILL');
  await Promise.all(names.map((name) => rig.actor(name).exited));
  await Promise.all(names.map((name) => rig.cluster.replace(name)));
}

interface Scenario {
  readonly runs: number;
  readonly reopenedMax: number;
  readonly disturb: (rig: Rig, job: JobHandle) => Promise<readonly string[]>;
}

function holderOf(rig: Rig, job: JobHandle, stage: string): string {
  const held = [...rig.log.of(job.id)].filter(([key]) => key.includes(`.${stage}.`));
  const owners = held.map(([, sights]) => sights.at(-1)?.record.node ?? '');
  const named = [...new Set(owners)].filter((name) => name !== '');
  return (
    named[Math.floor(random.next() * named.length)] ??
    (stage === 'hold' ? 'worker-1' : 'aggregator-1')
  );
}

async function leaderOf(rig: Rig): Promise<string> {
  return (await rig.cluster.client.status()).coordinator;
}

function frozen(stage: string) {
  return async (rig: Rig, job: JobHandle) => {
    const victim = holderOf(rig, job, stage);
    rig.actor(victim).kill('SIGSTOP');
    void wait(frozenMs).then(() => rig.actor(victim).kill('SIGCONT'));
    return [victim];
  };
}

const scenarios: Readonly<Record<string, Scenario>> = {
  holder: {
    ...{ runs: 20, reopenedMax: 0 },
    disturb: async (rig, job) => {
      const victims = [holderOf(rig, job, 'hold')];
      await killAndReplace(rig, victims);
      return victims;
    },
  },
  aggregator: {
    ...{ runs: 10, reopenedMax: 2 },
    disturb: async (rig, job) => {
      const victims = [holderOf(rig, job, 'rounds')];
      await killAndReplace(rig, victims);
      return victims;
    },
  },
  coordinator: {
    ...{ runs: 10, reopenedMax: 0 },
    disturb: async (rig) => {
      const victims = [await leaderOf(rig)];
      await killAndReplace(rig, victims);
      return victims;
    },
  },
  'all-three': {
    ...{ runs: 5, reopenedMax: 2 },
    disturb: async (rig, job) => {
      const victims = [
        holderOf(rig, job, 'hold'),
        holderOf(rig, job, 'rounds'),
        await leaderOf(rig),
      ];
      await killAndReplace(rig, victims);
      return victims;
    },
  },
  'frozen-holder': { ...{ runs: 5, reopenedMax: 0 }, disturb: frozen('hold') },
  'frozen-aggregator': { ...{ runs: 5, reopenedMax: 2 }, disturb: frozen('rounds') },
};

async function runScenario(bench: Bench, name: string, scenario: Scenario): Promise<Row> {
  const { rig } = bench;
  const row = newRow(name, scenario.reopenedMax);
  const runs = Number(values.runs ?? scenario.runs);
  for (let run = 0; run < runs; run++) {
    const startedMs = performance.now();
    const job = await rig.submit(specOf(run));
    const calmMs = bench.calm[run % kinds.length]?.tookMs ?? 1_000;
    await rig.log.until((log) =>
      [...log.of(job.id).keys()].some((key) => key.includes('.rounds.')),
    );
    await wait(calmMs * (0.05 + 0.7 * random.next()));
    const signalMs = performance.now();
    const victims = await scenario.disturb(rig, job);
    await note(row, bench, run, await rig.outcome(job, startedMs, victims, signalMs), job);
    if (name.startsWith('frozen'))
      await wait(Math.max(0, signalMs + frozenMs + 1_000 - performance.now()));
  }
  return row;
}

/** Kills the leading coordinator as soon as its job enters a phase. */
async function killInPhases(bench: Bench): Promise<Row> {
  const { rig } = bench;
  const row = newRow('leader killed in each phase', 0);
  const phases = ['planning', 'training', 'reducing', 'evaluating', 'publishing'] as const;
  for (let run = 0; run < Number(values.runs ?? 5); run++) {
    for (const phase of ['accepted', ...phases]) {
      const leader = await leaderOf(rig);
      const id = `phase-${phase}-${run}`;
      let killedMs = 0;
      const heard = rig.bus.transport.subscribe(`jobs.${id}.events.>`, ({ bytes }) => {
        const event = JSON.parse(new TextDecoder().decode(bytes)) as JobEvent;
        const due = phase === 'accepted' ? event.kind === 'accepted' : event.to === phase;
        if (killedMs > 0 || !due) return;
        killedMs = performance.now();
        rig.actor(leader).kill('SIGKILL');
      });
      const startedMs = performance.now();
      const job = await rig.submit({ ...specOf(run), id });
      await rig.actor(leader).exited;
      for (let next = leader; next === leader; ) next = await leaderOf(rig).catch(() => leader);
      row.takeoverMs.push(performance.now() - killedMs);
      await rig.cluster.replace(leader);
      await note(row, bench, run, await rig.outcome(job, startedMs, [leader], killedMs), job);
      heard.unsubscribe();
    }
  }
  return row;
}

async function workers(): Promise<Row> {
  const row = newRow('1, 2, 4 workers', 0);
  let first: Bench['calm'] = [];
  for (const count of [1, 2, 4]) {
    await using rig = await Rig.start({ workers: count, rows: Number(values.rows), trees: 1 });
    const { calm } = await prepare(rig);
    if (first.length === 0) first = calm;
    row.runs += calm.length;
    row.equal += calm.filter(({ digest }, kind) => digest === first[kind]?.digest).length;
    row.tookMs.push(...calm.map(({ tookMs }) => tookMs));
    row.survivorAttempts = 1;
    process.stderr.write(
      `  ${count} workers: ${calm.map(({ digest }) => digest.slice(0, 12)).join(' ')}\n`,
    );
  }
  return row;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Prints one row; @returns whether every promise held. */
function report(row: Row): boolean {
  const takeover = row.takeoverMs.length > 0 ? `${Math.max(...row.takeoverMs).toFixed(0)} ms` : '-';
  const cells = [
    row.scenario.padEnd(28),
    String(row.runs).padStart(4),
    `${row.equal}/${row.runs}`.padStart(7),
    `${(median(row.tookMs) / 1000).toFixed(1)} s`.padStart(7),
    String(row.reassigned).padStart(10),
    String(row.survivorAttempts).padStart(9),
    String(row.reopened).padStart(8),
    takeover.padStart(10),
  ];
  console.log(cells.join(' '));
  for (const fault of row.faults) console.log(`  ${fault}`);
  const soon = row.takeoverMs.every((ms) => ms < 5_000);
  const undisturbed = row.survivorAttempts <= 1 && row.reopened <= row.reopenedMax;
  return row.equal === row.runs && undisturbed && soon && row.faults.length === 0;
}

const all = ['workers', ...Object.keys(scenarios), 'phases'];
const chosen = values.scenario === 'all' ? all : values.scenario.split(',');
const rows: Row[] = [];
if (chosen.includes('workers')) rows.push(await workers());
if (chosen.some((name) => name !== 'workers')) {
  await using rig = await Rig.start({
    ...{ workers: 3, coordinators: 2, aggregators: 2, rows: Number(values.rows), trees: 1 },
  });
  const bench = await prepare(rig);
  for (const name of chosen) {
    const scenario = scenarios[name];
    if (scenario !== undefined) rows.push(await runScenario(bench, name, scenario));
    else if (name === 'phases') rows.push(await killInPhases(bench));
  }
}
console.log(
  `${'scenario'.padEnd(28)} runs  digest    took reassigned survivors reopened   takeover`,
);
const held = rows.map(report);
process.exitCode = held.every(Boolean) ? 0 : 1;
