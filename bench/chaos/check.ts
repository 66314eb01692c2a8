/**
 * What must hold of a job that has ended, whatever was done to the cluster meanwhile: its log from
 * the first event on, its record, the registry, and what its client was told, held together.
 *
 * Each check gives the ways in which it is broken, in words; an empty list is a sound job.
 */
import { EventChain } from '../../client/event-chain.ts';
import { isFinal } from '../../client/job-handle.ts';
import type { Bus } from '../../runtime/bus.ts';
import { familyOf } from '../../schemas/errors.ts';
import { finalPhases, type JobEvent, type Phase } from '../../schemas/views.ts';
import { type JobRecord, records } from '../../schemas/wire.ts';
import type { SpecName } from './specs.ts';
import type { Entry } from './traffic.ts';
import { wait } from './waits.ts';

export interface Calm {
  readonly digest: string;
  readonly tookMs: number;
}

const publishWaitMs = 15_000;
/** A server that is frozen or away is back by then. */
const faultMaxMs = 120_000;

function phaseOf(record: JobRecord): Phase {
  return (JSON.parse(record.snapshot) as { value: Phase }).value;
}

async function readLog(bus: Bus, id: string): Promise<{ events: JobEvent[]; head: string }> {
  const chain = new EventChain(id);
  const events: JobEvent[] = [];
  const entries = bus.journal.read(bus.subjects.eventsOf(id as never), { follow: false });
  for await (const entry of entries) {
    events.push(...chain.take(entry.subject, Uint8Array.from(entry.bytes)));
  }
  return { events, head: chain.head };
}

async function readRecord(bus: Bus, id: string): Promise<JobRecord | null> {
  const entry = await bus.store.get('jobs', id);
  return entry === undefined ? null : records.job.decode(entry.value);
}

/** Record and log of an ended job agree a moment after its end: the outbox is emptied last. */
async function settled(bus: Bus, id: string) {
  const untilMs = performance.now() + publishWaitMs;
  for (;;) {
    try {
      const record = await readRecord(bus, id);
      const log = await readLog(bus, id);
      const agree = record?.lastHash === log.head && record.outbox.length === 0;
      if (agree || record === null || performance.now() > untilMs) return { record, ...log };
    } catch (error) {
      // The next fault may have begun, on the server that is asked here.
      if (familyOf(error) !== 'retryable' || performance.now() > untilMs + faultMaxMs) throw error;
    }
    await wait(250);
  }
}

/** No task is told as claimed or done twice in one attempt. */
function toldTwice(events: readonly JobEvent[]): string[] {
  const seen = new Set<string>();
  return events.flatMap((event) => {
    if (event.kind !== 'tasks-done' && event.kind !== 'tasks-dispatched') return [];
    const tasks = (event.tasks ?? []) as { task: string; attempt: number }[];
    return tasks.flatMap(({ task, attempt }) => {
      const key = `${event.kind} ${task}/${attempt}`;
      if (seen.has(key)) return [`${key} is told twice`];
      seen.add(key);
      return [];
    });
  });
}

function doneTwice(events: readonly JobEvent[]): string[] {
  const told = events
    .filter(({ kind }) => kind === 'tasks-done')
    .flatMap((event) => ((event.tasks ?? []) as { task: string }[]).map(({ task }) => task));
  const twice = told.filter((task, i) => told.indexOf(task) !== i);
  return twice.map((task) => `${task} is told as done twice`);
}

/** Versions that the registry has of this job. */
async function versionsOf(bus: Bus, entry: Entry): Promise<{ digest: string }[]> {
  const [model = ''] = (entry.view?.model ?? entry.id).split('@');
  const found = await bus.store.get('models', model);
  const versions = found === undefined ? [] : records.model.decode(found.value).versions;
  return versions
    .filter(({ job }) => job === entry.id)
    .map(({ digest }) => ({ digest: digest ?? '' }));
}

function checkOutcome(entry: Entry, calm: Calm | undefined): string[] {
  const { view } = entry;
  if (view === null) return ['it has no outcome'];
  const { phase } = view;
  if (phase === 'cancelled') {
    const unasked = entry.cancelAsked ? [] : ['it was cancelled, and nobody asked for that'];
    return view.digest === null ? unasked : [...unasked, 'it was cancelled, and has a digest'];
  }
  if (phase !== 'completed') {
    return [`it is ${phase}: ${view.error?.code ?? ''} ${view.error?.message ?? ''}`];
  }
  return view.digest === calm?.digest
    ? []
    : [`its digest is ${view.digest}, and undisturbed ${calm?.digest}`];
}

/** Everything about one ended job. */
export async function checkJob(
  bus: Bus,
  entry: Entry,
  calm: ReadonlyMap<SpecName, Calm>,
): Promise<string[]> {
  const broken = checkOutcome(entry, calm.get(entry.spec));
  let found: Awaited<ReturnType<typeof settled>>;
  try {
    found = await settled(bus, entry.id);
  } catch (error) {
    return [...broken, `its log: ${(error as Error).message}`];
  }
  const { record, events, head } = found;
  if (record === null) return [...broken, 'it has no record'];
  if (record.lastHash !== head || Number(record.events) !== events.length) {
    broken.push(`its record counts ${record.events} events, and its log has ${events.length}`);
  }
  if (record.outbox.length > 0) broken.push(`${record.outbox.length} events stay in its outbox`);
  const phase = phaseOf(record);
  if (phase !== entry.view?.phase) {
    broken.push(`its record says ${phase}, and its client was told ${entry.view?.phase}`);
  }
  const ends = events.filter(isFinal).map(({ kind }) => kind);
  if (ends.length !== 1 || ends[0] !== phase) broken.push(`it ended as ${ends.join(', ')}`);
  if (events.at(-1)?.kind !== ends[0]) broken.push(`its last event is ${events.at(-1)?.kind}`);
  broken.push(...toldTwice(events), ...doneTwice(events));
  if (entry.spec !== 'predict') {
    const versions = await versionsOf(bus, entry);
    const wanted = phase === 'completed' ? 1 : 0;
    if (versions.length !== wanted) {
      broken.push(`the registry has ${versions.length} versions of it, not ${wanted}`);
    }
  }
  return broken;
}

/** After all of it: who was acknowledged has a job with an end, and nobody else has one. */
export async function checkAll(
  bus: Bus,
  history: ReadonlyMap<string, Phase | null>,
  others: (id: string) => boolean,
): Promise<string[]> {
  const broken: string[] = [];
  const found = new Map<string, Phase>();
  for (const { key, value } of await bus.store.list('jobs', '')) {
    found.set(key, phaseOf(records.job.decode(value)));
  }
  for (const [id, phase] of history) {
    const now = found.get(id);
    if (now === undefined) broken.push(`"${id}" was acknowledged, and has no record`);
    else if (!finalPhases.has(now)) broken.push(`"${id}" is ${now} when all is over`);
    else if (phase !== null && now !== phase) broken.push(`"${id}" went from ${phase} to ${now}`);
  }
  for (const id of found.keys()) {
    if (!history.has(id) && !others(id)) broken.push(`"${id}" was submitted by nobody`);
  }
  return broken;
}
