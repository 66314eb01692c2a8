/**
 * Chaos: the same job again and again while real processes are killed, frozen and started again.
 *
 * Shows one digest whatever happens, survivors that are never restarted, late commits refused, and
 * how long a lost task waits for its next claim. Ends with 1 when a run breaks a promise.
 *
 * Usage: node bench/chaos.ts [--scenario all|workers|kill|stop|both|coordinator|aggregator]
 *   [--runs N] [--seed S] [--rows 20000] [--trees 200]
 */
import { parseArgs } from 'node:util';
import type { JobHandle } from '../client/job-handle.ts';
import { SeededRandom } from '../runtime/memory/seeded-random.ts';
import type { JobSpecInput } from '../schemas/job-spec.ts';
import { type Outcome, Rig } from './chaos-rig.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'all' },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string', default: '20000' },
    trees: { type: 'string', default: '200' },
  },
});
const rows = Number(values.rows);
const trees = Number(values.trees);
const random = new SeededRandom(Number(values.seed));

/** A frozen worker comes back after this long. */
const frozenMs = 10_000;

interface Result {
  readonly scenario: string;
  readonly outcomes: readonly Outcome[];
  readonly digest: string;
  /** Highest median latency that is promised, in milliseconds. */
  readonly latencyMaxMs: number | null;
  /** Late work that the fence refused, as the nodes count it. */
  readonly refused: number | null;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs the job undisturbed: its digest is the one that all others must give. */
async function calm(rig: Rig, spec: Partial<JobSpecInput> = {}): Promise<Outcome> {
  const startedMs = performance.now();
  return rig.outcome(await rig.submit(spec), startedMs, [], startedMs);
}

/** One job, disturbed once at a random moment of the time that an undisturbed one takes. */
async function disturbed(
  rig: Rig,
  tookMs: number,
  disturb: (job: JobHandle) => Promise<readonly string[]>,
): Promise<Outcome> {
  const startedMs = performance.now();
  const job = await rig.submit();
  await wait(tookMs * (0.05 + 0.85 * random.next()));
  const signalMs = performance.now();
  const victims = await disturb(job);
  return rig.outcome(job, startedMs, victims, signalMs);
}

async function repeat(runs: number, once: (run: number) => Promise<Outcome>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let run = 1; run <= runs; run++) {
    const outcome = await once(run);
    outcomes.push(outcome);
    const { view, tookMs, latenciesMs, admittedMs } = outcome;
    const waited = latenciesMs
      .map((ms, i) => `${ms.toFixed(0)} (admitted ${admittedMs[i]?.toFixed(0)})`)
      .join(' ');
    process.stderr.write(
      `  ${run}/${runs} ${(tookMs / 1000).toFixed(1)} s, reassigned ${view.reassigned}` +
        `${waited === '' ? '' : `, claimed again after ${waited} ms`}\n`,
    );
  }
  return outcomes;
}

async function workers(): Promise<Result> {
  const outcomes: Outcome[] = [];
  for (const count of [1, 2, 4, 7]) {
    await using rig = await Rig.start({ workers: count, rows, trees });
    outcomes.push(...(await repeat(1, () => calm(rig))));
  }
  const digest = outcomes[0]?.view.digest ?? '';
  return { scenario: '1, 2, 4, 7 workers', outcomes, digest, latencyMaxMs: null, refused: null };
}

async function kill(runs: number): Promise<Result> {
  await using rig = await Rig.start({ workers: 2, rows, trees });
  const { view, tookMs } = await calm(rig);
  const outcomes = await repeat(runs, async (run) => {
    const victim = rig.workers[Math.floor(random.next() * 2)] ?? '';
    const outcome = await disturbed(rig, tookMs, async () => {
      rig.actor(victim).kill('SIGKILL');
      return [victim];
    });
    await rig.actor(victim).exited;
    if (run < runs) await rig.cluster.replace(victim);
    return outcome;
  });
  const digest = view.digest ?? '';
  return { scenario: 'SIGKILL a worker', outcomes, digest, latencyMaxMs: 1_500, refused: null };
}

/** A job of nine fits instead of two, so that it still runs when the frozen worker is back. */
const long = { evaluate: { folds: 8 } };

async function stop(runs: number): Promise<Result> {
  await using rig = await Rig.start({ workers: 2, rows, trees });
  const { view, tookMs } = await calm(rig, long);
  let refused = 0;
  const outcomes = await repeat(runs, async () => {
    const victim = rig.workers[Math.floor(random.next() * 2)] ?? '';
    const startedMs = performance.now();
    const job = await rig.submit(long);
    await wait(tookMs * (0.1 + 0.2 * random.next()));
    // Frozen with work in hand, else there is no late commit to refuse.
    while (rig.log.heldBy(victim).length === 0) await wait(2);
    const before = await refusedBy(rig, victim);
    rig.actor(victim).kill('SIGSTOP');
    const signalMs = performance.now();
    const thaw = wait(frozenMs).then(async () => {
      rig.actor(victim).kill('SIGCONT');
      for (let i = 0; i < 200; i++) {
        const now = await refusedBy(rig, victim);
        if (now > before) return now - before;
        await wait(50);
      }
      return 0;
    });
    const outcome = await rig.outcome(job, startedMs, [victim], signalMs);
    refused += await thaw;
    return outcome;
  });
  const digest = view.digest ?? '';
  return { scenario: 'SIGSTOP for 10 s', outcomes, digest, latencyMaxMs: 4_000, refused };
}

async function refusedBy(rig: Rig, node: string): Promise<number> {
  const nodes = await rig.cluster.client.nodes();
  return nodes.find(({ id }) => id === node)?.commitsRefused ?? 0;
}

async function both(runs: number): Promise<Result> {
  await using rig = await Rig.start({ workers: 2, rows, trees });
  const { view, tookMs } = await calm(rig);
  const outcomes = await repeat(runs, () =>
    disturbed(rig, tookMs, async () => {
      const victims = rig.workers;
      for (const victim of victims) rig.actor(victim).kill('SIGKILL');
      await Promise.all(victims.map((victim) => rig.actor(victim).exited));
      await Promise.all(victims.map((victim) => rig.cluster.replace(victim)));
      return victims;
    }),
  );
  const digest = view.digest ?? '';
  return {
    scenario: 'both killed, restarted',
    outcomes,
    digest,
    latencyMaxMs: null,
    refused: null,
  };
}

/** Kills the only coordinator or aggregator and starts it again: no task may be done twice. */
async function restarted(name: string, runs: number): Promise<Result> {
  await using rig = await Rig.start({ workers: 2, rows, trees });
  const { view, tookMs } = await calm(rig);
  const outcomes = await repeat(runs, () =>
    disturbed(rig, tookMs, async () => {
      rig.actor(name).kill('SIGKILL');
      await rig.actor(name).exited;
      await rig.cluster.replace(name);
      return [name];
    }),
  );
  const digest = view.digest ?? '';
  const scenario = `${name} killed, restarted`;
  return { scenario, outcomes, digest, latencyMaxMs: null, refused: null };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] ?? Number.NaN)
    : ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2;
}

/** Prints one row; @returns whether every promise held. */
function report({ scenario, outcomes, digest, latencyMaxMs, refused }: Result): boolean {
  const equal = outcomes.filter(({ view }) => view.digest === digest).length;
  const attempts = Math.max(...outcomes.map((outcome) => outcome.survivorAttempts));
  const latencies = outcomes.flatMap((outcome) => outcome.latenciesMs);
  const middle = median(latencies);
  const ms = (value: number) => (Number.isFinite(value) ? `${value.toFixed(0)} ms` : '-');
  const cells = [
    scenario.padEnd(28),
    String(outcomes.length).padStart(4),
    `${equal}/${outcomes.length}`.padStart(7),
    `${(median(outcomes.map(({ tookMs }) => tookMs)) / 1000).toFixed(1)} s`.padStart(7),
    String(outcomes.reduce((sum, { view }) => sum + view.reassigned, 0)).padStart(10),
    String(attempts).padStart(9),
    String(refused ?? '-').padStart(7),
    ms(middle).padStart(9),
    ms(Math.max(...latencies)).padStart(9),
  ];
  console.log(cells.join(' '));
  const late = latencyMaxMs !== null && latencies.length > 0 && middle >= latencyMaxMs;
  const unrefused = refused !== null && refused < outcomes.length;
  return equal === outcomes.length && attempts === 1 && !late && !unrefused;
}

const scenarios: Readonly<Record<string, () => Promise<Result>>> = {
  workers,
  kill: () => kill(Number(values.runs ?? 20)),
  stop: () => stop(Number(values.runs ?? 5)),
  both: () => both(Number(values.runs ?? 5)),
  coordinator: () => restarted('coordinator-1', Number(values.runs ?? 3)),
  aggregator: () => restarted('aggregator-1', Number(values.runs ?? 1)),
};
const chosen = values.scenario === 'all' ? Object.keys(scenarios) : [values.scenario];
const results: Result[] = [];
for (const name of chosen) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`scenario "${name}" is not known`);
  process.stderr.write(`${name}\n`);
  results.push(await scenario());
}
console.log(
  `${'scenario'.padEnd(28)} runs  digest    took reassigned survivors refused    median       max`,
);
const held = results.map(report);
const beats = results.flatMap(({ outcomes }) => outcomes.flatMap(({ beatsMs }) => beatsMs));
beats.sort((a, b) => a - b);
if (beats.length > 0) {
  const p99 = beats[Math.floor(beats.length * 0.99)];
  console.log(
    `heartbeats of undisturbed workers while they computed: ${beats.length} intervals, ` +
      `median ${median(beats).toFixed(0)} ms, p99 ${p99?.toFixed(0)} ms, longest ${beats.at(-1)?.toFixed(0)} ms`,
  );
}
process.exitCode = held.every(Boolean) ? 0 : 1;
