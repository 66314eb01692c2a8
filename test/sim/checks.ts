/**
 * What must hold of every run, whatever happened in it: the invariants, over records and log.
 *
 * Each check gives the ways in which it is broken, in words; an empty list is a sound run.
 */

import { parsePlan } from '../../actors/task-runner/plan-bytes.ts';
import { EventChain } from '../../client/event-chain.ts';
import { parseManifest } from '../../datasets/manifest.ts';
import { decodeShard } from '../../datasets/shard.ts';
import { stages } from '../../schemas/ids.ts';
import { datasetMade, taskCount } from '../../schemas/job-plan.ts';
import type { JobEvent, Phase } from '../../schemas/views.ts';
import { records, TaskState } from '../../schemas/wire.ts';
import type { SimCluster } from './sim-cluster.ts';

export interface Outcome {
  readonly id: string;
  readonly phase: Phase | undefined;
  readonly digest: string | null;
  readonly metrics: string;
  /** Result of each task by its id. */
  readonly results: ReadonlyMap<string, string>;
  readonly events: readonly JobEvent[];
}

/** What a job came to, with what is wrong about its log. */
export async function outcomeOf(
  cluster: SimCluster,
  id: string,
): Promise<{ outcome: Outcome; broken: string[] }> {
  const broken: string[] = [];
  const record = cluster.job(id);
  const results = new Map<string, string>();
  for (const { key, record: task } of cluster.tasks) {
    if (key.startsWith(`${id}.`) && task.state === TaskState.DONE) {
      results.set(key.slice(id.length + 1), task.result);
    }
  }
  const chain = new EventChain(id);
  const events: JobEvent[] = [];
  const { journal, subjects } = cluster.bus;
  const read = async () => {
    for await (const entry of journal.read(subjects.eventsOf(id as never), { follow: false })) {
      events.push(...chain.take(entry.subject, Uint8Array.from(entry.bytes)));
    }
  };
  await cluster.settled(read()).catch((error: Error) => broken.push(`chain: ${error.message}`));
  if (record !== undefined) {
    if (Number(record.events) !== events.length) {
      broken.push(`the record counts ${record.events} events, the log has ${events.length}`);
    }
    if (record.lastHash !== chain.head) broken.push('the record names another last event');
    if (record.outbox.length > 0) broken.push(`${record.outbox.length} events stay in the outbox`);
  }
  const result = JSON.parse(record?.result || '{}') as { digest?: string; metrics?: unknown };
  const outcome = {
    id,
    phase: cluster.phase(id),
    digest: result.digest ?? null,
    metrics: JSON.stringify(result.metrics ?? null),
    results,
    events,
  };
  return { outcome, broken };
}

/** A job that was to succeed has, with the very results of the calm run. */
export function checkSuccess(outcome: Outcome, calm: Outcome): string[] {
  const broken: string[] = [];
  if (outcome.phase !== 'completed') return [`${outcome.id} is ${outcome.phase}`];
  if (outcome.digest !== calm.digest) broken.push(`${outcome.id} has another digest`);
  if (outcome.metrics !== calm.metrics) {
    broken.push(`${outcome.id} measured ${outcome.metrics}, not ${calm.metrics}`);
  }
  for (const [task, result] of calm.results) {
    const found = outcome.results.get(task);
    if (found !== result) broken.push(`${task} came to ${found}, not ${result}`);
  }
  if (outcome.results.size !== calm.results.size) {
    broken.push(`${outcome.results.size} tasks are done, not ${calm.results.size}`);
  }
  const last = outcome.events.at(-1)?.kind;
  if (last !== 'completed') broken.push(`the last event is ${last}`);
  const ends = outcome.events.filter(({ kind }) => kind === 'completed' || kind === 'failed');
  if (ends.length !== 1) broken.push(`${ends.length} events end the job`);
  const told = new Set(tasksTold(outcome.events).map(({ task }) => task));
  const untold = [...calm.results.keys()].filter((task) => !told.has(task));
  if (untold.length > 0) broken.push(`no event tells that ${untold.join(' ')} is done`);
  return broken;
}

/** A cancelled job ended once, and published nothing. */
export function checkCancelled({ id, digest, events }: Outcome): string[] {
  const kinds = events.map(({ kind }) => kind);
  const ends = kinds.filter((kind) => ['completed', 'failed', 'cancelled'].includes(kind));
  const broken = ends.join() === 'cancelled' ? [] : [`${id} ended as ${ends.join() || 'nothing'}`];
  return digest === null ? broken : [...broken, `${id} was cancelled and has a model`];
}

/** A job whose task always errs failed once, with the cause, and published nothing. */
export function checkFailed({ id, phase, digest, events }: Outcome): string[] {
  const last = events.at(-1) as { kind?: string; error?: { code?: string } } | undefined;
  const broken: string[] = [];
  if (phase !== 'failed') broken.push(`${id} is ${phase}, and one of its tasks cannot be done`);
  else if (last?.kind !== 'failed') broken.push(`the last event of ${id} is ${last?.kind}`);
  else if (last.error?.code !== 'task-failed') broken.push(`${id} failed by ${last.error?.code}`);
  return digest === null ? broken : [...broken, `${id} failed and has a model`];
}

/**
 * A job that lost bytes which only it had: it came to the right end all the same, or failed and named
 * what is missing. @param damaged digests of what is not there any more
 */
export function checkDamaged(
  outcome: Outcome,
  calm: Outcome,
  damaged: ReadonlySet<string>,
): string[] {
  if (outcome.phase === 'completed') return checkSuccess(outcome, calm);
  const all = outcome.events.filter(({ kind }) => finalKinds.has(kind));
  // Submitted again by people, it is rejected again.
  const ends = all.every(({ kind }) => kind === 'rejected') ? all.slice(-1) : all;
  const [end] = ends;
  if (ends.length !== 1 || (outcome.phase !== 'failed' && outcome.phase !== 'rejected')) {
    return [`${outcome.id} is ${outcome.phase}, and bytes of it are damaged`];
  }
  const error = JSON.stringify(end?.error ?? '');
  const named = [...damaged].some((digest) => error.includes(digest)) || /-lost"/.test(error);
  return named ? [] : [`${outcome.id} failed without naming what is damaged: ${error}`];
}

const finalKinds = new Set(['completed', 'failed', 'cancelled', 'rejected']);

interface Told {
  readonly task: string;
  readonly node: string;
  readonly attempt: number;
}

export function tasksTold(events: readonly JobEvent[]): Told[] {
  return events
    .filter(({ kind }) => kind === 'tasks-done')
    .flatMap((event) => event.tasks as Told[]);
}

/** Every task is told as done once; holds while no coordinator was disturbed. */
export function checkToldOnce(outcome: Outcome): string[] {
  const told = tasksTold(outcome.events).map(({ task }) => task);
  const twice = told.filter((task, i) => told.indexOf(task) !== i);
  return twice.length === 0 ? [] : [`told twice as done: ${twice.join(' ')}`];
}

interface Taken {
  readonly task: string;
  readonly from: string;
  readonly reason: string;
}

/** Nothing was taken from a node that no fault has hit. */
export function checkSurvivors(outcome: Outcome, hit: ReadonlySet<string>): string[] {
  const taken = outcome.events.flatMap((event) =>
    event.kind === 'holds-reassigned' ? (event.tasks as Taken[]) : [event as unknown as Taken],
  );
  return taken
    .filter(({ task, from, reason }) => task && from && reason && reason !== 'moved')
    .filter(({ from }) => !hit.has(from))
    .map(({ task, from, reason }) => `${task} was taken from ${from}, which lives: ${reason}`);
}

/** The plan's tasks are those that are done, and the registry has one version of the job. */
export async function checkPlan(cluster: SimCluster, outcome: Outcome): Promise<string[]> {
  const { bus } = cluster;
  const record = cluster.job(outcome.id);
  if (outcome.phase !== 'completed' || record === undefined) return [];
  const plan = parsePlan(await cluster.settled(bus.blobs.get(record.plan as never)));
  const broken: string[] = [];
  for (const stage of stages) {
    // Holds are never done.
    if (stage === 'hold') continue;
    const done = [...outcome.results.keys()].filter((task) => task.startsWith(`${stage}.`)).length;
    const wanted = taskCount(plan, stage);
    if (done !== wanted) broken.push(`${done} of ${wanted} ${stage} tasks are done`);
  }
  const output = datasetMade(plan);
  if (output !== null) {
    const wrong = checkDataset(cluster, output || outcome.id, outcome.digest);
    return [...broken, ...(await cluster.settled(wrong))];
  }
  const entry = await cluster.settled(bus.store.get('models', outcome.id));
  const versions = entry === undefined ? [] : records.model.decode(entry.value).versions;
  if (versions.length !== 1) broken.push(`the registry has ${versions.length} versions`);
  if (versions[0]?.digest !== outcome.digest) broken.push('the registry has another digest');
  return broken;
}

/** Every row is there once, in its place, in shards that are stored and entered once. */
export async function checkDataset(
  { bus, data }: SimCluster,
  output: string,
  digest: string | null,
): Promise<string[]> {
  const entry = await bus.store.get('datasets', output);
  const versions = entry === undefined ? [] : records.dataset.decode(entry.value).versions;
  if (versions.length !== 1) return [`the registry has ${versions.length} versions of ${output}`];
  if (versions[0]?.manifest !== digest) return ['the registry has another manifest'];
  const manifest = parseManifest(Uint8Array.from(await bus.blobs.get(digest as never)));
  let rows = 0;
  for (const { index, sha256 } of manifest.shards) {
    const frame = decodeShard(await bus.blobs.get(sha256 as never), manifest, index);
    if (frame.firstRow !== rows) return [`shard ${index} begins at row ${frame.firstRow}`];
    rows += frame.rows;
  }
  return rows === data.manifest.rows ? [] : [`${rows} rows are there`];
}
