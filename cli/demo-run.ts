/**
 * The demo itself: one data set, two equal jobs, one kill, one comparison.
 */
import { availableParallelism } from 'node:os';
import type { ShoalClient } from '../client/client.ts';
import { JobRejectedError } from '../client/errors.ts';
import type { CsvProgress } from '../datasets/csv-types.ts';
import { DataError } from '../datasets/data-error.ts';
import { settleData } from '../datasets/data-import.ts';
import { syntheticCsv, syntheticRowsDefault, syntheticTarget } from '../datasets/synthetic.ts';
import type { Change } from '../runtime/ports/store.ts';
import { TerminalError } from '../schemas/errors.ts';
import { parseJobId } from '../schemas/ids.ts';
import type { JobSpecInput } from '../schemas/job-spec.ts';
import { keys } from '../schemas/subjects.ts';
import type { JobView } from '../schemas/views.ts';
import { records, TaskState } from '../schemas/wire.ts';
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
  const what = options.data ?? `a generated data set of ${count(rows)} rows`;
  screen.note(`importing ${what} ...`);
  const onProgress = (now: CsvProgress) =>
    progress.update(now.phase, now.bytes, input?.bytes ?? 0, `${count(now.rows)} rows`);
  const view =
    input === undefined
      ? await client.importCsv(name, () => syntheticCsv({ kind: 'mixed', rows, seed }), {
          ...{ signal, onProgress, file: 'generated.csv' },
        })
      : await client.importData(name, await settleData([input], { signal, onProgress }), {
          signal,
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
): Promise<Run> {
  const { screen, signal } = options;
  const startedMs = performance.now();
  const submitted = { ...spec, id };
  screen.note(`jobs.submit ${JSON.stringify(submitted)}`);
  const job = await cluster.client.submit(submitted, { signal });
  const view = await follow({ screen, signal }, job, { detachable: false });
  const tookMs = performance.now() - startedMs;
  screen.note(`  ${metricLines(view.metrics).join(', ')}`);
  screen.note(`  took ${duration(tookMs)}, digest ${view.digest}`);
  return { view, tookMs };
}

/** The same job again; one worker is killed with SIGKILL as soon as it is seen to hold a task. */
async function runWithKill(
  options: DemoOptions,
  cluster: LocalCluster,
  spec: JobSpecInput,
): Promise<{ run: Run; kill: Kill }> {
  for (let attempt = 1; attempt <= killTries; attempt++) {
    const id = attempt === 1 ? 'disturbed' : `disturbed-${attempt}`;
    const killer = new Killer(options, cluster, attempt === 1 ? 2 : 0);
    const prefix = keys.tasksOf(parseJobId(id));
    const watch = await cluster.client.bus.store.watch('tasks', prefix, killer.see);
    const disturbed = await run(options, cluster, id, spec);
    await watch.stop();
    const { kill } = killer;
    if (kill !== null && disturbed.view.reassigned > 0) return { run: disturbed, kill };
    options.screen.note('  the kill hit no work in hand; once more');
    if (kill !== null) await cluster.replace(kill.node);
  }
  throw new TerminalError('demo-failed', `none of ${killTries} kills hit work in hand`);
}

/**
 * Watches the records of a job's tasks and kills a worker the moment that it holds a training task,
 * or slices of a job whose rounds have just been taken up: a claim is seen within a millisecond or
 * two, so that even short work is hit.
 */
class Killer {
  kill: Kill | null = null;
  private readonly options: DemoOptions;
  private readonly cluster: LocalCluster;
  /** Training tasks that must be done before: a kill in mid-training shows more. */
  private readonly doneMin: number;
  private readonly held = new Map<string, string>();
  private done = 0;
  /** Somebody leads the rounds of the job. */
  private led = false;

  constructor(options: DemoOptions, cluster: LocalCluster, doneMin: number) {
    this.options = options;
    this.cluster = cluster;
    this.doneMin = doneMin;
  }

  readonly see = ({ value }: Change): void => {
    if (value === null || this.kill !== null) return;
    const { task, state, node } = records.task.decode(value);
    if (task.startsWith('rounds.')) {
      this.led ||= state === TaskState.CLAIMED;
      this.strikeHolder();
    }
    if (!task.startsWith('train.') && !task.startsWith('hold.')) return;
    if (state === TaskState.CLAIMED) this.held.set(task, node);
    else this.held.delete(task);
    if (state === TaskState.DONE) this.done += 1;
    const training = task.startsWith('train.') && state === TaskState.CLAIMED;
    if (training && this.done >= this.doneMin) this.strike(node);
    if (task.startsWith('hold.')) this.strikeHolder();
  };

  /** The rounds cannot end without the slices of a node that is gone. */
  private strikeHolder(): void {
    const [holder] = this.held.values();
    if (this.led && holder !== undefined && this.kill === null) this.strike(holder);
  }

  private strike(node: string): void {
    const actor = this.cluster.actors.get(node);
    if (actor === undefined) return;
    actor.kill('SIGKILL');
    const tasks = [...this.held].flatMap(([task, holder]) => (holder === node ? [task] : []));
    this.kill = { node, tasks };
    this.options.screen.note(
      `  kill -9 ${actor.pid}: ${node} is gone while it has in hand ${listed(tasks)}`,
    );
  }
}

/** The first few of the tasks. */
function listed(tasks: readonly string[]): string {
  const more = tasks.length > 4 ? ` and ${tasks.length - 4} more` : '';
  return `${tasks.slice(0, 4).join(', ')}${more}`;
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
    `reassigned      ${view.reassigned} tasks of ${kill.node} (${listed(kill.tasks)} in hand)`,
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
