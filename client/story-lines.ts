/**
 * A job's events in words, one line each; what repeats (claims, commits, rounds) is drawn together.
 */
import type { JobSettings } from '../schemas/job-settings.ts';
import type { JobEvent } from '../schemas/views.ts';
import { type Fields, fieldsOf, nameOf, numberOf, tasksOf } from './story-fields.ts';
import { TaskLedger } from './story-tasks.ts';

export interface StoryLine {
  /** Numbers of the events that the line tells of. */
  readonly from: number;
  readonly to: number;
  /** Of the first of them. */
  readonly at: string;
  readonly text: string;
}

/** Kinds of events that come in great numbers. */
const repeating = new Set<string>(['tasks-dispatched', 'tasks-done', 'rounds']);

export class StoryLines {
  readonly #lines: StoryLine[] = [];
  #run: JobEvent[] = [];

  take(event: JobEvent, tasks: TaskLedger): void {
    if (repeating.has(event.kind)) {
      this.#run.push(event);
      return;
    }
    this.#close();
    const { n, at } = event;
    this.#lines.push({ from: n, to: n, at, text: wordsOf(event, tasks) });
  }

  all(): readonly StoryLine[] {
    this.#close();
    return this.#lines;
  }

  #close(): void {
    const [first] = this.#run;
    const last = this.#run.at(-1);
    if (first === undefined || last === undefined) return;
    const text = runWords(this.#run);
    this.#lines.push({ from: first.n, to: last.n, at: first.at, text });
    this.#run = [];
  }
}

function runWords(run: readonly JobEvent[]): string {
  const parts: string[] = [];
  const claimed = run.filter(({ kind }) => kind === 'tasks-dispatched').flatMap(tasksOf);
  const done = run.filter(({ kind }) => kind === 'tasks-done').flatMap(tasksOf);
  if (claimed.length > 0) parts.push(`${countOf(claimed)} claimed by ${nodesOf(claimed)}`);
  if (done.length > 0) parts.push(`${countOf(done)} done by ${nodesOf(done)}${soFar(run)}`);
  const rounds = run.filter(({ kind }) => kind === 'rounds');
  for (const fit of new Set(rounds.map((event) => nameOf(event, 'fit')))) {
    const last = rounds.findLast((event) => nameOf(event, 'fit') === fit) as JobEvent;
    parts.push(`fit ${fit} closed round ${numberOf(last, 'round')}${metricWords(last)}`);
  }
  return parts.join('; ');
}

function countOf(tasks: readonly Fields[]): string {
  const [first] = tasks;
  if (tasks.length === 1) return nameOf(first ?? {}, 'task');
  return `${tasks.length} tasks from ${nameOf(first ?? {}, 'task')}`;
}

/** `w1 (6), w2 (4)` */
function nodesOf(tasks: readonly Fields[]): string {
  const counts = new Map<string, number>();
  for (const task of tasks) {
    const node = nameOf(task, 'node');
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  if (counts.size === 1) return [...counts.keys()][0] ?? '';
  const named = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([node, count]) => `${node} (${count})`);
  return named.length > 6 ? `${named.slice(0, 6).join(', ')} and others` : named.join(', ');
}

function soFar(run: readonly JobEvent[]): string {
  const last = run.findLast(
    (event) => event.kind === 'tasks-done' && nameOf(event, 'stage') !== '',
  );
  if (last === undefined) return '';
  return `: ${nameOf(last, 'stage')} ${numberOf(last, 'done')} of ${numberOf(last, 'total')}`;
}

function metricWords(event: JobEvent): string {
  const metrics = Object.entries((event.metrics ?? {}) as Record<string, unknown>);
  const shown = metrics.filter(([, value]) => typeof value === 'number').slice(0, 3);
  return shown.map(([name, value]) => `, ${name} ${short(value as number)}`).join('');
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** One event by itself, in words. */
export function eventWords(event: JobEvent): string {
  return repeating.has(event.kind) ? runWords([event]) : wordsOf(event, new TaskLedger());
}

function wordsOf(event: JobEvent, tasks: TaskLedger): string {
  const text = (key: string) => nameOf(event, key);
  const number = (key: string) => numberOf(event, key);
  switch (event.kind as string) {
    case 'accepted':
      return `accepted: ${text('algorithm') || (text('predict') ? `predict with ${text('predict')}` : 'steps')} on ${text('dataset')}`;
    case 'planned':
      return `planned: ${text('algorithm') || text('predict')} on ${text('dataset')}, ${counted(number('shards'), 'shard')}`;
    case 'phase':
      return `${text('from')} → ${text('to')} (${event.cause})`;
    case 'changed':
      return `settings changed: ${settingWords(event.to)}`;
    case 'node-lost':
      return `node ${text('node')} is lost, with ${number('count') || tasksOf(event).length} tasks of the job`;
    case 'task-reassigned':
      return takenWords([fieldsOf(event)]);
    case 'holds-reassigned':
      return takenWords(tasksOf(event));
    case 'task-copied':
      return `${text('task')} is slow on ${text('beside') || tasks.nodeOf(text('task'))}: ${text('node')} begins a copy`;
    case 'node-quarantined':
      return `node ${text('node')} gets no work until ${text('until')}: ${text('reason')}`;
    case 'task-error':
      return `${text('task')} failed on ${text('node')} (error ${number('errors')} of ${number('of')}): ${text('message')} (${text('code')})`;
    case 'shard-skipped':
      return `goes on without shard ${number('shard')} (${number('rows')} rows), and begins anew: ${text('reason')}`;
    case 'breaker':
      return `${text('dependency')} answers again; it had failed since ${text('openedAt')}: ${text('cause')}`;
    case 'commit-refused':
      return `${number('commits')} late commits of ${text('node')} were refused`;
    case 'waiting':
      return `waits for ${text('for')}`;
    case 'slow':
      return `has not moved for ${number('seconds')} s: ${text('what')}`;
    case 'rounds-ended':
      return `fit ${text('fit')} ended after ${number('round')} rounds (${text('ended')})${metricWords(event)}`;
    case 'searched':
      return searchWords(event);
    case 'evaluated':
      return `evaluated${metricWords(event)}`;
    case 'published':
      return `published ${text('model') || text('dataset')}`;
    default:
      return endWords(event) ?? otherWords(event);
  }
}

/** `search: step 1 of 3, 8 trials by logLoss, the best is trial 5 (0.312)` */
function searchWords(event: JobEvent): string {
  const trials = (event.trials ?? []) as readonly { trial: number; score: number | null }[];
  const best = trials.find(({ trial }) => trial === event.best);
  const score = typeof best?.score === 'number' ? ` (${short(best.score)})` : '';
  const led = event.best === null ? 'none has a score' : `the best is trial ${event.best}${score}`;
  const steps = `step ${numberOf(event, 'step')} of ${numberOf(event, 'of')}`;
  return `search: ${steps}, ${trials.length} trials by ${nameOf(event, 'metric')}, ${led}`;
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `workers 1 to 2, priority 5, deadline 600 s` */
function settingWords(to: unknown): string {
  const { workers, priority, deadline } = (to ?? {}) as Partial<JobSettings>;
  if (workers === undefined || deadline === undefined) return JSON.stringify(to);
  const until = deadline === null ? 'no deadline' : `deadline ${deadline} s`;
  return `workers ${workers.min} to ${workers.max}, priority ${priority}, ${until}`;
}

function takenWords(taken: readonly Fields[]): string {
  const [first] = taken;
  const more = taken.length > 1 ? ` and ${taken.length - 1} more` : '';
  const reason = nameOf(first ?? {}, 'reason');
  const from = nameOf(first ?? {}, 'from');
  const why = reasons[reason] ?? reason;
  const lost = taken.reduce((sum, own) => sum + numberOf(own, 'lostMs'), 0);
  const cost = reason === 'moved' || lost === 0 ? '' : `, ${seconds(lost)} to be done again`;
  const alone = taken.some((own) => own.isolated === true) ? ', alone from now on' : '';
  return `${nameOf(first ?? {}, 'task')}${more} taken from ${from}: ${why}${cost}${alone}`;
}

const reasons: Readonly<Record<string, string>> = {
  lost: 'the node was lost',
  left: 'the node let go of it',
  moved: 'moved to even the load or to free the node',
  stalled: 'it did not move',
};

function endWords(event: JobEvent): string | null {
  const { error } = event as { error?: { code?: string; message?: string } };
  switch (event.kind) {
    case 'completed':
      return `completed: ${nameOf(event, 'model') || nameOf(event, 'output') || 'done'}`;
    case 'failed':
    case 'rejected':
      return `${event.kind}: ${error?.message ?? 'no reason was recorded'} (${error?.code ?? ''})`;
    case 'cancelled':
      return `cancelled (${event.cause})`;
    default:
      return null;
  }
}

/** A kind of another version: its plain fields. */
function otherWords(event: JobEvent): string {
  const known = new Set(['job', 'n', 'kind', 'at', 'cause', 'previous']);
  const shown = Object.entries(event)
    .filter(([key, value]) => !known.has(key) && ['string', 'number'].includes(typeof value))
    .map(([key, value]) => `${key} ${String(value)}`);
  return [event.kind, ...shown].join(', ');
}
