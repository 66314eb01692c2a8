/**
 * Following a job to its end, with progress for people.
 *
 * The first Ctrl-C detaches: the job goes on, and how to come back or to cancel is said. A second
 * one quits at once (`session.ts`).
 */

import { limited } from '../client/abort.ts';
import { rejectionOf } from '../client/admission.ts';
import { JobCancelledError, JobFailedError } from '../client/errors.ts';
import type { JobHandle } from '../client/job-handle.ts';
import { eventWords } from '../client/story-lines.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import type { JobEvent, JobView } from '../schemas/views.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';
import { figure } from './table.ts';
import { InterruptedError } from './usage-error.ts';

export interface FollowOptions {
  readonly timeoutMs?: number | undefined;
  /** Called for each event, in order. */
  readonly onEvent?: (event: JobEvent) => void;
  /** Nothing for people until the end. */
  readonly quiet?: boolean;
  /** False where the job ends with the caller, as in the demo. */
  readonly detachable?: boolean;
}

/** A wait is explained: after this long without a sign of life. */
const unheardMs = 3_000;

/** @throws JobRejectedError, JobFailedError, JobCancelledError, WaitTimeoutError, InterruptedError */
export async function follow(
  session: Pick<Session, 'screen' | 'signal'>,
  job: JobHandle,
  options: FollowOptions = {},
): Promise<JobView> {
  const { screen, signal } = session;
  const progress = new Progress(screen);
  const what = `the end of job "${job.id}"`;
  using wait = limited(nodeClock(), what, options.timeoutMs, signal);
  let last: JobEvent | undefined;
  const unheard = setTimeout(() => {
    progress.note('no coordinator has taken the job yet; start one with `shoal coordinator`');
  }, unheardMs);
  try {
    for await (const event of job.events({ signal: wait.signal })) {
      clearTimeout(unheard);
      options.onEvent?.(event);
      if (options.quiet !== true) show(progress, event);
      last = event;
    }
    if (last?.kind === 'rejected') throw rejectionOf(last);
    wait.signal.throwIfAborted();
    progress.clear();
    const view = await job.ended({ signal: wait.signal });
    if (view.phase === 'failed') throw new JobFailedError(view);
    if (view.phase === 'cancelled') throw new JobCancelledError(view);
    return view;
  } catch (error) {
    progress.clear();
    if (error instanceof InterruptedError && options.detachable !== false) {
      screen.note(`detached: job "${job.id}" goes on`);
      screen.note(`  come back:  shoal job watch ${job.id}`);
      screen.note(`  cancel it:  shoal job cancel ${job.id}`);
    }
    throw error;
  } finally {
    clearTimeout(unheard);
  }
}

/** Why rounds ended, in words. */
const endings: Readonly<Record<string, string>> = {
  rounds: 'as many as were asked for',
  converged: 'converged',
  'early-stop': 'held-back rows got no better',
};

/** `12 rounds, loss 0.31` */
function roundTail({ round, metrics }: JobEvent): string {
  const figures = Object.entries((metrics ?? {}) as Record<string, unknown>)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `, ${name} ${figure(value as number)}`);
  return `${String(round ?? 0)} rounds${figures.join('')}`;
}

function show(progress: Progress, event: JobEvent): void {
  switch (event.kind) {
    case 'tasks-done': {
      const { stage, done, total } = event as { stage?: unknown; done?: unknown; total?: unknown };
      progress.update(String(stage ?? 'tasks'), Number(done ?? 0), Number(total ?? 0));
      return;
    }
    case 'tasks-dispatched':
      return;
    case 'rounds':
      progress.update(`rounds of ${String(event.fit)}`, 0, 0, roundTail(event));
      return;
    case 'rounds-ended': {
      const why = String(event.ended ?? 'ended');
      progress.note(`fit ${String(event.fit)}: ${roundTail(event)}, ${endings[why] ?? why}`);
      return;
    }
    case 'holds-reassigned': {
      const tasks = event.tasks as { task: string; reason: string }[];
      const [first] = tasks;
      const more = tasks.length > 1 ? ` and ${tasks.length - 1} more` : '';
      progress.note(`${first?.task}${more} go to other nodes (${first?.reason})`);
      return;
    }
    case 'phase':
      progress.update(String(event.to), 0, 0);
      return;
    case 'node-lost':
      progress.note(`node ${String(event.node)} is lost`);
      return;
    case 'task-reassigned':
      progress.note(
        `task ${String(event.task)} goes to another node (${String(event.reason ?? '')})`,
      );
      return;
    case 'task-error':
      progress.note(`task ${String(event.task)} reported an error: ${String(event.message ?? '')}`);
      return;
    case 'shard-skipped':
      progress.note(`goes on without shard ${event.shard}: ${String(event.reason ?? '')}`);
      return;
    case 'commit-refused':
      progress.note(`late commit of node ${String(event.node)} was refused`);
      return;
    case 'waiting':
      progress.note(`waiting for ${String(event.for)}`);
      return;
    default:
      progress.note(eventWords(event));
  }
}
