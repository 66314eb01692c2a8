/**
 * What soaks and single scenarios stand on: a cluster, its witness, the undisturbed digests, a
 * report, and somebody who looks at every job as soon as it has ended.
 */
import { Arena } from './arena.ts';
import { type Calm, checkAll, checkJob } from './check.ts';
import { Report } from './report.ts';
import { calmRuns, prepareData, type SpecName } from './specs.ts';
import type { Entry } from './traffic.ts';
import { wait } from './waits.ts';
import { Witness } from './witness.ts';

export interface StageOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly kinds: readonly string[];
  readonly reportPath: string;
  readonly resume: boolean;
  readonly workers: number;
  readonly tell: (line: string) => void;
}

const storeMiB = 768;

/** Collects what was wrong, and says it at once. */
export class Verdicts {
  count = 0;
  episode = 0;
  private readonly report: Report;
  private readonly seed: number;
  private readonly tell: (line: string) => void;

  constructor(report: Report, seed: number, tell: (line: string) => void) {
    this.report = report;
    this.seed = seed;
    this.tell = tell;
  }

  wrong(what: string, n = this.episode): void {
    this.count += 1;
    this.report.add({ type: 'violation', n, seed: this.seed, what });
    this.tell(`WRONG: ${what}`);
  }
}

/** Looks at every job as soon as it has ended. */
export class Judge {
  readonly history: Entry[] = [];
  private readonly pending = new Set<Promise<void>>();
  private readonly arena: Arena;
  private readonly witness: Witness;
  private readonly calm: ReadonlyMap<SpecName, Calm>;
  private readonly verdicts: Verdicts;

  constructor(
    arena: Arena,
    witness: Witness,
    calm: ReadonlyMap<SpecName, Calm>,
    verdicts: Verdicts,
  ) {
    this.arena = arena;
    this.witness = witness;
    this.calm = calm;
    this.verdicts = verdicts;
  }

  take(entry: Entry): void {
    this.history.push(entry);
    const looking = this.look(entry).finally(() => this.pending.delete(looking));
    this.pending.add(looking);
  }

  /** How many jobs ended how. */
  phases(): Readonly<Record<string, number>> {
    const byPhase: Record<string, number> = {};
    for (const { view } of this.history) {
      const phase = view?.phase ?? 'unknown';
      byPhase[phase] = (byPhase[phase] ?? 0) + 1;
    }
    return byPhase;
  }

  async done(): Promise<void> {
    await Promise.all(this.pending);
  }

  /** The server may be gone just now: then again when it is back. */
  private async look(entry: Entry): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        const broken = await checkJob(this.arena.bus, entry, this.calm);
        for (const what of broken) this.verdicts.wrong(`"${entry.id}": ${what}`);
        this.witness.forget(entry.id);
        return;
      } catch (error) {
        if (tries > 120) {
          this.verdicts.wrong(`"${entry.id}" cannot be checked: ${(error as Error).message}`);
          return;
        }
        await wait(1_000);
      }
    }
  }
}

export interface Stage extends AsyncDisposable {
  readonly arena: Arena;
  readonly witness: Witness;
  readonly calm: ReadonlyMap<SpecName, Calm>;
  readonly report: Report;
  readonly verdicts: Verdicts;
  readonly judge: Judge;
}

/** Starts all of it, and runs one job of each of these kinds undisturbed. */
export async function openStage(options: StageOptions, names: readonly SpecName[]): Promise<Stage> {
  const { seed, minutes, kinds, tell, workers } = options;
  const report = new Report(options.reportPath, options.resume);
  const verdicts = new Verdicts(report, seed, tell);
  await using undo = new AsyncDisposableStack();
  const arena = undo.use(
    await Arena.start({ coordinators: 2, aggregators: 2, workers, seed, storeMiB, tell }),
  );
  const witness = undo.use(await Witness.open(arena.bus));
  await prepareData(arena.client);
  const calm = await calmRuns(arena.client, names, tell);
  report.add({
    ...{ type: 'run', seed, minutes, kinds, at: new Date().toISOString() },
    ...{ node: process.version, server: arena.server.version },
  });
  const judge = new Judge(arena, witness, calm, verdicts);
  const kept = undo.move();
  return {
    ...{ arena, witness, calm, report, verdicts, judge },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** After all of it: whoever was acknowledged has a job with an end, and nobody else has one. */
export async function lastLook({ arena, judge, verdicts }: Stage): Promise<void> {
  const acknowledged = judge.history.filter((entry) => entry.acknowledged > 0);
  const phases = acknowledged.map(({ id, view }) => [id, view?.phase ?? null] as const);
  const ours = (id: string) => id === 'base' || id.startsWith('calm-');
  for (const what of await checkAll(arena.bus, new Map(phases), ours)) verdicts.wrong(what);
}
