/**
 * Why a job is where it is: what is waited for, on which node, since when.
 */
import { lasts, roleOf } from '../../schemas/job-plan.ts';
import type { Wait } from '../../schemas/views.ts';
import { dependencyNames, openBreaker } from './breakers.ts';
import { tell } from './event-chain.ts';
import { holdComplaint } from './holds.ts';
import { type JobState, phase } from './job-state.ts';
import type { CoordinatorEvent } from './messages.ts';
import type { NodeEntry } from './node-table.ts';
import { placementOf } from './offer.ts';
import { unfit } from './placement.ts';
import { roomWanted } from './room.ts';
import type { CoordinatorState } from './state.ts';

type Recovered = Extract<CoordinatorEvent, { readonly type: 'recovered' }>;

/** A job that nobody can work for is told of in an event after this long. */
const tellAfterMs = 2_000;
/** So many other jobs are named. */
const namedMax = 3;

interface Reason {
  readonly what: string;
  readonly node?: string | null;
  /** Nothing can be done by waiting alone, as far as can be seen. */
  readonly stuck?: boolean;
  /** What stays the same while the words change, e.g. a count in them; else the words themselves. */
  readonly topic?: string;
}

/** Sets the waits of all jobs under way. */
export function explainAll(state: CoordinatorState): void {
  const takers = new Takers(state);
  for (const id of state.active) explain(state, state.jobs.get(id) as JobState, takers);
}

/** Sets the job's wait; tells of it once when it is a standstill. */
export function explain(
  state: CoordinatorState,
  job: JobState,
  all: Takers = new Takers(state),
): void {
  const found = reason(state, job, all);
  const { what, node = null, stuck = false, topic = `${what} ${node}` } = found;
  const same = job.wait !== null && job.waitTopic === topic;
  const since = same ? (job.wait?.since ?? '') : new Date(state.wallMs).toISOString();
  if (!same || job.wait?.what !== what || job.wait.node !== node) job.wait = { what, node, since };
  job.waitTopic = topic;
  if (!stuck) {
    job.stuckSinceMs = null;
    job.toldWait = '';
    return;
  }
  job.stuckSinceMs ??= state.nowMs;
  if (state.nowMs - job.stuckSinceMs >= tellAfterMs && job.toldWait !== topic) {
    job.toldWait = topic;
    tell(job, 'waiting', 'coordinator', state.wallMs, { for: what });
  }
}

/** What the job waits for now: while a breaker is open that, whatever the job was about to do. */
export function waitOf(state: CoordinatorState, job: JobState): Wait | null {
  const breaker = openBreaker(state.breakers);
  if (job.wait === null || breaker === null || phase(job) === 'paused') return job.wait;
  const what = `${dependencyNames[breaker.dependency]}: ${breaker.cause}`;
  return { what, node: null, since: new Date(breaker.openedAtMs).toISOString() };
}

/** What was waited for answers again: told to every job under way, now that it can be stored. */
export function onRecovered(state: CoordinatorState, event: Recovered): void {
  const { dependency, cause, openedAtMs } = event;
  const openedAt = new Date(openedAtMs).toISOString();
  for (const id of state.active) {
    const job = state.jobs.get(id);
    if (job === undefined) continue;
    const fields = { dependency, state: 'closed', openedAt, cause };
    tell(job, 'breaker', 'coordinator', state.wallMs, fields);
    // What was put off because of it is done now.
    if (job.busy === null) job.busySinceMs = Math.min(job.busySinceMs, state.nowMs);
  }
}

function reason(state: CoordinatorState, job: JobState, all: Takers): Reason {
  const trouble = troubleOf(job);
  switch (phase(job)) {
    case 'accepted': {
      const room = roomWanted(state);
      if (room !== null) return { what: room, stuck: true };
      return trouble ?? { what: 'the plan: data set and learner are being looked up' };
    }
    case 'planning':
      return trouble ?? { what: 'the plan: data set and learner are being looked up' };
    case 'publishing':
      return trouble ?? { what: 'the model to be entered in the registry' };
    case 'cancelling':
      return trouble ?? { what: 'its records to be removed' };
    case 'paused':
      return { what: `somebody to resume it: \`shoal job resume ${job.id}\`` };
    default:
      return job.table === null ? { what: 'the next stage to open' } : tasksReason(state, job, all);
  }
}

/** What went wrong with the step that is under way; it is tried again by itself. */
function troubleOf(job: JobState): Reason | null {
  if (job.trouble === null) return null;
  const { what, message } = job.trouble;
  return { what: `${message} (${what} is tried again)`, topic: `trouble ${what}`, stuck: true };
}

function tasksReason(state: CoordinatorState, job: JobState, all: Takers): Reason {
  const { table } = job;
  if (table === null) return { what: 'the next stage to open' };
  if (table.stage === 'rounds') {
    const why = roundsReason(state, job, all);
    if (why !== null) return why;
  }
  const total = table.tasks.length;
  if (table.done === total)
    return troubleOf(job) ?? { what: 'the results of the stage to be fixed' };
  const role = roleOf(table.stage);
  if (table.claimed.size === 0) return nobodyFree(state, job, role, all);
  if (table.stage === 'rounds') return openRound(job);
  const [first] = table.claimed;
  const task = table.tasks[first ?? 0];
  const more = table.claimed.size > 1 ? ` and ${table.claimed.size - 1} more` : '';
  const pending = total - table.done - table.claimed.size;
  const sharers = pending > 0 ? all.beside(job, role) : [];
  const shared =
    sharers.length === 0 ? '' : `; ${pending} wait for a slot, shared with ${named(sharers)}`;
  const what = `task ${task?.id}${more}${shared}`;
  return { what, node: task?.node ?? null, topic: `task ${task?.id} ${task?.attempt}` };
}

/** What keeps rounds from going on before a leader can say so; null when nothing does. */
function roundsReason(state: CoordinatorState, job: JobState, all: Takers): Reason | null {
  const { holds } = job;
  if (holds === null || holds.claimed.size === holds.tasks.length) return null;
  const nobody = nobodyFree(state, job, 'worker', all);
  if (nobody.stuck === true) return nobody;
  const complaint = holdComplaint(state, job);
  if (complaint !== null) return { what: complaint, topic: 'memory', stuck: true };
  if (job.keptFrom !== null) {
    const what = `memory on workers, which is kept for job ${job.keptFrom}: it has waited longer`;
    return { what, topic: 'memory', stuck: true };
  }
  const open = holds.tasks.filter((task) => task.state !== 'claimed');
  const node = open[0]?.offers[0]?.node ?? null;
  const what = `slices ${some(open.map((task) => task.index))} to be held by a worker`;
  return { what, node, topic: 'holders' };
}

/** A few numbers of a list. */
function some(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 5).join(', ');
  return numbers.length > 5 ? `${shown} and ${numbers.length - 5} more` : shown;
}

/** The round under way, as its leader reports it. */
function openRound(job: JobState): Reason {
  for (const [fit, report] of job.reports) {
    const name = job.plan?.fits[fit]?.name ?? String(fit);
    const round = (report.round ?? 0) + 1;
    const missing = report.missing ?? [];
    if (missing.length === 0) continue;
    const seconds = Math.floor((report.openMs ?? 0) / 1000);
    const since = seconds > 0 ? `, open for ${seconds} s` : '';
    const what = `round ${round} of fit ${name}: slices ${some(missing)}${since}`;
    return { what, node: report.waitingFor || null, topic: `round ${round} of ${name}` };
  }
  const [fit] = job.reports.keys();
  const node = job.table?.tasks.find((task) => task.state === 'claimed')?.node ?? null;
  return fit === undefined
    ? { what: 'the rounds to be opened by an aggregator', node }
    : { what: 'rounds to close', node };
}

function nobodyFree(state: CoordinatorState, job: JobState, role: string, all: Takers): Reason {
  const placed = placementOf(job);
  const nodes = [...state.nodes.nodes.values()];
  const complaints = placed === null ? [] : nodes.map((node) => unfit(placed, node, role));
  const fit = nodes.filter((_, i) => complaints[i] === null);
  const { min } = job.settings.workers;
  if (fit.length === 0) {
    const specific = complaints.find((c) => c !== null && !c.endsWith('is connected'));
    const start = `no ${role} is connected: start one with \`shoal ${role}\``;
    return { what: specific ?? start, stuck: true };
  }
  if (role === 'worker' && fit.length < min) {
    return { what: `${min} workers, ${fit.length} can work for it now`, stuck: true };
  }
  if (job.table?.stage === 'rounds') return { what: 'an aggregator to lead the rounds' };
  const { max } = job.settings.workers;
  const bounded = role === 'worker' && fit.length > max;
  const among = `${fit.length} ${role}${fit.length === 1 ? '' : 's'}`;
  const slot = `a free slot of ${bounded ? `${max} of ` : ''}${among}${bounded ? ', its maximum' : ''}`;
  return { what: `${slot}${whoHas(job, fit, role, all)}`, topic: `slot of ${role}` };
}

interface Taker {
  readonly job: string;
  readonly claimed: number;
}

/** Jobs that have slots of a role or are offered some, those with most first: found once for all. */
class Takers {
  readonly #byRole = new Map<string, Taker[]>();

  constructor(state: CoordinatorState) {
    for (const id of state.active) {
      const table = state.jobs.get(id)?.table;
      if (table === null || table === undefined || lasts(table.stage)) continue;
      const { claimed, offered, stage } = table;
      if (claimed.size === 0 && offered.size === 0) continue;
      const takers = this.#byRole.get(roleOf(stage)) ?? [];
      takers.push({ job: id, claimed: claimed.size });
      this.#byRole.set(roleOf(stage), takers);
    }
    for (const takers of this.#byRole.values())
      takers.sort((a, b) => b.claimed - a.claimed || (a.job < b.job ? -1 : 1));
  }

  beside(job: JobState, role: string): Taker[] {
    return (this.#byRole.get(role) ?? []).filter((taker) => taker.job !== job.id);
  }
}

function named(all: readonly Taker[]): string {
  const shown = all
    .slice(0, namedMax)
    .map(({ job, claimed }) => (claimed > 0 ? `${job} (${claimed})` : job));
  const rest = all.length > namedMax ? ` and ${all.length - namedMax} more jobs` : '';
  return `${shown.join(', ')}${rest}`;
}

/** Which jobs have the slots, and how many of their tasks wait at the nodes before one is free. */
function whoHas(job: JobState, fit: readonly NodeEntry[], role: string, all: Takers): string {
  const others = all.beside(job, role).filter(({ claimed }) => claimed > 0);
  if (others.length === 0) return '';
  const own = job.table?.offered.size ?? 0;
  const ahead = Math.max(0, fit.reduce((sum, node) => sum + node.offered, 0) - own);
  const waiting = ahead === 0 ? '' : `, ${ahead} of their tasks wait there too`;
  return `: taken by ${named(others)}${waiting}`;
}
