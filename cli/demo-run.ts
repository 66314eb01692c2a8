/**
 * The demo itself: one data set, two equal jobs, one kill, one comparison.
 */
import { availableParallelism } from 'node:os';
import type { ShoalClient } from '../client/client.ts';
import { JobRejectedError } from '../client/errors.ts';
import { DataError } from '../datasets/data-error.ts';
import { syntheticCsv, syntheticRowsDefault, syntheticTarget } from '../datasets/synthetic.ts';
import { TerminalError } from '../schemas/errors.ts';
import type { JobSpecInput } from '../schemas/job-spec.ts';
import type { JobEvent, JobView } from '../schemas/views.ts';
import { follow } from './follow.ts';
import { openInput } from './input-file.ts';
import { measuredRows, metricLines } from './job-text.ts';
import { type LocalCluster, startLocalCluster } from './local-cluster.ts';
import { Progress } from './progress.ts';
import type { Screen } from './screen.ts';
import { bytes, count, duration } from './table.ts';

export interface DemoOptions {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly data: string | undefined;
  readonly target: string | undefined;
  readonly algorithm: string;
  readonly rows: number | undefined;
}

const workers = 2;
/** A kill that came between two tasks shows nothing: it is tried again, with a new worker. */
const killTries = 3;
const seed = 20;

interface Run {
  readonly view: JobView;
  readonly tookMs: number;
}

interface Kill {
  readonly node: string;
  readonly tasks: readonly string[];
  readonly atMs: number;
}

export async function runDemo(options: DemoOptions): Promise<number> {
  const { screen, signal } = options;
  const startedMs = performance.now();
  screen.note(`starting nats-server, coordinator, aggregator and ${workers} shard-workers ...`);
  const slots = Math.max(1, Math.floor(availableParallelism() / workers));
  await using cluster = await startLocalCluster({ workers, slots, tell: screen.note, signal });
  for (const [name, actor] of cluster.actors) screen.note(`  ${name} is process ${actor.pid}`);
  try {
    const dataset = await importData(options, cluster.client);
    const spec: JobSpecInput = {
      dataset,
      target: options.target ?? syntheticTarget.mixed,
      algorithm: options.algorithm,
      seed,
    };
    screen.note('');
    const calm = await run(options, cluster, 'calm', spec);
    screen.note('');
    const { run: disturbed, kill } = await runWithKill(options, cluster, spec);
    return report(options, calm, disturbed, kill, performance.now() - startedMs);
  } catch (error) {
    // What the user gave was wrong: the actors' logs would only hide it.
    const theirs = error instanceof JobRejectedError || error instanceof DataError;
    if (!signal.aborted && !theirs) screen.note(cluster.logTails());
    throw error;
  }
}

async function importData(options: DemoOptions, client: ShoalClient): Promise<string> {
  const { screen, signal } = options;
  const name = 'demo';
  const progress = new Progress(screen);
  const rows = options.rows ?? syntheticRowsDefault;
  await using input =
    options.data === undefined ? undefined : await openInput(options.data, signal);
  const open = input?.open ?? (() => syntheticCsv({ kind: 'mixed', rows, seed }));
  const what = options.data ?? `a generated data set of ${count(rows)} rows`;
  screen.note(`importing ${what} ...`);
  const view = await client.importCsv(name, open, {
    signal,
    file: options.data ?? 'generated.csv',
    onProgress: (now) =>
      progress.update(now.phase, now.bytes, input?.bytes ?? 0, `${count(now.rows)} rows`),
  });
  progress.clear();
  screen.note(
    `  ${name}@${view.version}: ${count(view.rows)} rows, ${view.columns} columns, ` +
      `${view.shards} shards, ${bytes(view.bytes)}`,
  );
  return `${name}@${view.version}`;
}

async function run(
  options: DemoOptions,
  cluster: LocalCluster,
  id: string,
  spec: JobSpecInput,
  onEvent?: (event: JobEvent) => void,
): Promise<Run> {
  const { screen, signal } = options;
  const startedMs = performance.now();
  const submitted = { ...spec, id };
  screen.note(`jobs.submit ${JSON.stringify(submitted)}`);
  const job = await cluster.client.submit(submitted, { signal });
  const view = await follow({ screen, signal }, job, {
    detachable: false,
    ...(onEvent === undefined ? {} : { onEvent }),
  });
  const tookMs = performance.now() - startedMs;
  screen.note(`  ${metricLines(view.metrics).join(', ')}`);
  screen.note(`  took ${duration(tookMs)}, digest ${view.digest}`);
  return { view, tookMs };
}

/** The same job again; one worker is killed with SIGKILL as soon as it is seen to hold tasks. */
async function runWithKill(
  options: DemoOptions,
  cluster: LocalCluster,
  spec: JobSpecInput,
): Promise<{ run: Run; kill: Kill }> {
  for (let attempt = 1; attempt <= killTries; attempt++) {
    const id = attempt === 1 ? 'disturbed' : `disturbed-${attempt}`;
    const killer = new Killer(options, cluster, id);
    const disturbed = await run(options, cluster, id, spec, (event) => killer.see(event));
    const { kill } = killer;
    if (kill !== null && disturbed.view.reassigned > 0) return { run: disturbed, kill };
    options.screen.note('  the kill hit no work in hand; once more');
    if (kill !== null) await cluster.replace(kill.node);
  }
  throw new TerminalError('demo-failed', `none of ${killTries} kills hit work in hand`);
}

/** Watches a job's events and kills the first worker that surely holds training tasks. */
class Killer {
  kill: Kill | null = null;
  private readonly options: DemoOptions;
  private readonly cluster: LocalCluster;
  private readonly job: string;
  private readonly done = new Set<string>();
  private asking = false;

  constructor(options: DemoOptions, cluster: LocalCluster, job: string) {
    this.options = options;
    this.cluster = cluster;
    this.job = job;
  }

  see(event: JobEvent): void {
    if (event.kind === 'tasks-done') {
      for (const { task } of event.tasks as { task: string }[]) this.done.add(task);
    }
    if (event.kind !== 'tasks-dispatched' || this.kill !== null || this.asking) return;
    this.asking = true;
    const settled = (): void => {
      this.asking = false;
    };
    // A question that was not answered is asked again at the next event.
    this.strike().then(settled, settled);
  }

  /** Asks the coordinator who holds what right now, so that the kill does not hit an idle node. */
  private async strike(): Promise<void> {
    const tasks = await this.cluster.client.job(this.job).tasks(this.options.signal);
    const held = tasks.filter(
      ({ task, state, node }) =>
        state === 'claimed' && task.startsWith('train.') && node !== null && !this.done.has(task),
    );
    const node = held.at(-1)?.node ?? null;
    const actor = node === null ? undefined : this.cluster.actors.get(node);
    if (node === null || actor === undefined || this.kill !== null) return;
    actor.kill('SIGKILL');
    const mine = held.filter((task) => task.node === node).map((task) => task.task);
    this.kill = { node, tasks: mine, atMs: performance.now() };
    this.options.screen.note(
      `  kill -9 ${actor.pid}: ${node} is gone while it computes ${mine.join(', ')}`,
    );
  }
}

function report(
  { screen }: DemoOptions,
  calm: Run,
  disturbed: Run,
  kill: Kill,
  totalMs: number,
): number {
  const equal = calm.view.digest !== null && calm.view.digest === disturbed.view.digest;
  const measured = metricLines(disturbed.view.metrics).length > 0;
  const { view } = disturbed;
  screen.note('');
  screen.print(`data set        ${view.dataset}, task ${view.task}, algorithm ${view.algorithm}`);
  screen.print(
    `metrics         ${metricLines(view.metrics).join(', ')} (${measuredRows(view.metrics)} held-out rows)`,
  );
  screen.print(`undisturbed     ${duration(calm.tookMs)}  digest ${calm.view.digest}`);
  screen.print(`worker killed   ${duration(disturbed.tookMs)}  digest ${view.digest}`);
  screen.print(
    `reassigned      ${view.reassigned} tasks of ${kill.node} (${kill.tasks.join(', ')} in hand)`,
  );
  screen.print(
    equal
      ? `${screen.paint('green', 'equal')}           both models have the same SHA-256`
      : `${screen.paint('red', 'DIFFERENT')}       the models are not the same`,
  );
  screen.print(`total           ${duration(totalMs)}`);
  const ok = equal && measured && view.reassigned > 0;
  if (screen.json) {
    screen.value({
      ok,
      equal,
      calm: { ms: Math.round(calm.tookMs), digest: calm.view.digest, metrics: calm.view.metrics },
      disturbed: {
        ms: Math.round(disturbed.tookMs),
        digest: view.digest,
        metrics: view.metrics,
        reassigned: view.reassigned,
        attempts: view.attempts,
        killed: kill.node,
        tasks: kill.tasks,
      },
      totalMs: Math.round(totalMs),
    });
  }
  return ok ? 0 : 1;
}
