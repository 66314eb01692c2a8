/**
 * The story of a job, told from its events alone: where it stood after any of them, and why.
 *
 * A pure replay: the same events give the same story, on any machine, also years later. It knows
 * nothing of records or of a coordinator, and passes over kinds of events that it does not know, so
 * that chains of later versions can be told as far as they go.
 */
import type { JobTime } from '../schemas/job-time.ts';
import type { JobEvent, JobFailure, Phase, RoundsView, Wait } from '../schemas/views.ts';
import { fieldsOf, nameOf, numberOf, tasksOf } from './story-fields.ts';
import { type StoryLine, StoryLines } from './story-lines.ts';
import { TaskLedger } from './story-tasks.ts';
import { waitAfter } from './story-wait.ts';

/** A node whose work was taken from it, without blame, and who took it up. */
export interface LostNode {
  readonly node: string;
  /** `lost`, `left`, `stalled`, ...: as the events say. */
  readonly reason: string;
  readonly n: number;
  readonly at: string;
  readonly tasks: readonly TakenTask[];
}

export interface TakenTask {
  readonly task: string;
  /** The attempt that was admitted instead. */
  readonly attempt: number;
  /** Who claimed it afterwards; null while nobody has. */
  to: string | null;
}

export interface StoryError {
  readonly n: number;
  readonly at: string;
  readonly task: string;
  readonly node: string;
  readonly attempt: number;
  readonly code: string;
  readonly message: string;
}

/** A task that a node had claimed and not finished at this point. */
export interface StoryTask {
  readonly task: string;
  readonly node: string;
  readonly attempt: number;
  readonly since: string;
}

export interface StoryOutcome {
  readonly kind: 'completed' | 'failed' | 'cancelled' | 'rejected';
  readonly at: string;
  readonly cause: string;
  readonly model: string | null;
  readonly output: string | null;
  readonly digest: string | null;
  readonly error: JobFailure | null;
}

export interface Story {
  readonly job: string;
  /** Number of the last event that was told; 0 for a job without any. */
  readonly n: number;
  readonly at: string | null;
  /** Null before the first event. */
  readonly phase: Phase | null;
  readonly phaseSince: string | null;
  /** Why it is where it is; null once it has ended. */
  readonly wait: Wait | null;
  readonly attempts: number;
  readonly moves: number;
  readonly reassigned: number;
  readonly commitsRefused: number;
  /** Of the stage under way, as the log told last. */
  readonly progress: {
    readonly stage: string;
    readonly done: number;
    readonly total: number;
  } | null;
  readonly working: readonly StoryTask[];
  readonly rounds: readonly RoundsView[];
  readonly lostNodes: readonly LostNode[];
  readonly errors: readonly StoryError[];
  readonly outcome: StoryOutcome | null;
  /** Where the time went, once the job has ended. */
  readonly time: JobTime | null;
  readonly lines: readonly StoryLine[];
}

/** @param events of one job, in order from the first one */
export function storyOf(events: readonly JobEvent[]): Story {
  const teller = new Teller();
  for (const event of events) teller.take(event);
  return teller.story();
}

const finals = new Set<string>(['completed', 'failed', 'cancelled', 'rejected']);
/** Phases that tasks survive: a paused job keeps its claims. */
const keepsTasks = (from: string, to: string) =>
  to === 'paused' || (from === 'paused' && to !== 'cancelling');

class Teller {
  #last: JobEvent | null = null;
  #phase: Phase | null = null;
  #phaseSince: string | null = null;
  #progress: Story['progress'] = null;
  #refused = 0;
  #counted: JobEvent | null = null;
  #waiting: JobEvent | null = null;
  #outcome: StoryOutcome | null = null;
  readonly #tasks = new TaskLedger();
  readonly #rounds = new Map<string, RoundsView>();
  readonly #errors: StoryError[] = [];
  readonly #lines = new StoryLines();

  take(event: JobEvent): void {
    this.#last = event;
    if (event.kind === 'accepted') this.#begin(event);
    this.#lines.take(event, this.#tasks);
    this.#apply(event);
    // What has moved since is no standstill any more.
    if (event.kind === 'waiting') this.#waiting = event;
    else if (event.kind !== 'commit-refused' && event.kind !== 'slow') this.#waiting = null;
  }

  /** A rejected id may be submitted again: another job under the same name. */
  #begin(event: JobEvent): void {
    this.#enter('accepted', event.at);
    this.#outcome = null;
    this.#counted = null;
  }

  #enter(phase: Phase, at: string): void {
    this.#phase = phase;
    this.#phaseSince = at;
  }

  #apply(event: JobEvent): void {
    const { kind, n, at } = event;
    switch (kind as string) {
      case 'phase':
        this.#changePhase(event);
        return;
      case 'tasks-dispatched':
        this.#tasks.claimed(tasksOf(event), at);
        return;
      case 'tasks-done':
        this.#tasks.done(tasksOf(event));
        this.#noteProgress(event);
        return;
      case 'node-lost':
        this.#tasks.nodeLost(nameOf(event, 'node'), n, at);
        return;
      case 'task-reassigned':
        this.#tasks.taken([fieldsOf(event)], n, at);
        return;
      case 'holds-reassigned':
        this.#tasks.taken(tasksOf(event), n, at);
        return;
      case 'task-copied':
        this.#tasks.copied(fieldsOf(event));
        return;
      case 'shard-skipped':
        this.#tasks.replanned();
        return;
      case 'task-error':
        this.#noteError(event);
        return;
      case 'rounds':
      case 'rounds-ended':
        this.#noteRounds(event);
        return;
      case 'commit-refused':
        this.#refused += numberOf(event, 'commits');
        return;
      default:
        if (finals.has(kind)) this.#end(event);
    }
  }

  #changePhase(event: JobEvent): void {
    const from = nameOf(event, 'from');
    const to = nameOf(event, 'to');
    if (!keepsTasks(from, to)) {
      this.#tasks.leave();
      this.#progress = null;
    }
    this.#enter(to as Phase, event.at);
  }

  #noteProgress(event: JobEvent): void {
    const stage = nameOf(event, 'stage');
    if (stage === '') return;
    this.#progress = { stage, done: numberOf(event, 'done'), total: numberOf(event, 'total') };
  }

  #noteError(event: JobEvent): void {
    const { n, at } = event;
    const task = nameOf(event, 'task');
    const node = nameOf(event, 'node');
    const attempt = numberOf(event, 'attempt');
    const code = nameOf(event, 'code');
    this.#tasks.erred(task, attempt, numberOf(event, 'errors') < numberOf(event, 'of'));
    this.#errors.push({ n, at, task, node, attempt, code, message: nameOf(event, 'message') });
  }

  #noteRounds(event: JobEvent): void {
    const fit = nameOf(event, 'fit');
    const metrics = (event.metrics ?? {}) as Record<string, number>;
    const ended = event.kind === 'rounds-ended' ? nameOf(event, 'ended') : null;
    this.#rounds.set(fit, { fit, round: numberOf(event, 'round'), ended, metrics });
  }

  #end(event: JobEvent): void {
    const text = (key: string) => nameOf(event, key) || null;
    this.#tasks.leave();
    this.#progress = null;
    this.#counted = event;
    this.#enter(event.kind as Phase, event.at);
    this.#outcome = {
      kind: event.kind as StoryOutcome['kind'],
      at: event.at,
      cause: event.cause,
      model: text('model'),
      output: text('output'),
      digest: text('digest'),
      error: (event.error as JobFailure | undefined) ?? null,
    };
  }

  /** A count as the last event says it, which knows more than the replay. */
  #count(key: string, replayed: number): number {
    const told = this.#counted?.[key];
    return typeof told === 'number' ? told : replayed;
  }

  story(): Story {
    const tasks = this.#tasks;
    const rounds = [...this.#rounds.values()];
    const story = {
      job: this.#last?.job ?? '',
      n: this.#last?.n ?? 0,
      at: this.#last?.at ?? null,
      phase: this.#phase,
      phaseSince: this.#phaseSince,
      attempts: this.#count('attempts', tasks.attempts),
      moves: this.#count('moves', tasks.moves),
      reassigned: this.#count('reassigned', tasks.reassigned),
      commitsRefused: this.#count('commitsRefused', this.#refused),
      progress: this.#progress,
      working: tasks.working(),
      rounds,
      lostNodes: tasks.lostNodes,
      errors: this.#errors,
      outcome: this.#outcome,
      time: (this.#counted?.time as JobTime | undefined) ?? null,
      lines: this.#lines.all(),
    };
    return { ...story, wait: waitAfter(story, this.#waiting) };
  }
}
