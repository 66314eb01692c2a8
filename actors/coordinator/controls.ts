/**
 * Orders of people: cancel, pause, resume a job; drain a node. Each is answered.
 */
import type { JobId, NodeId } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import { changedSettings } from '../../schemas/job-settings.ts';
import { SpecError } from '../../schemas/job-spec.ts';
import type { QueryError } from '../../schemas/views.ts';
import { tell } from './event-chain.ts';
import { explain } from './explain.ts';
import { ended, type JobState, phase, tablesOf } from './job-state.ts';
import type { ControlVerb } from './messages.ts';
import { sweepOf } from './missing-records.ts';
import { withdrawSurplus } from './offers.ts';
import { drive, forget, signal } from './phases.ts';
import type { CoordinatorState } from './state.ts';
import { admit } from './tasks.ts';
import { jobView, nodeView } from './view.ts';

function answer(state: CoordinatorState, reply: number, value: unknown): void {
  state.effects.push({ type: 'reply', reply, value, error: null });
}

function refuse(state: CoordinatorState, reply: number, error: QueryError): void {
  state.effects.push({ type: 'reply', reply, value: null, error });
}

export function noJob(id: string): QueryError {
  return {
    code: 'no-job',
    message: `there is no job ${JSON.stringify(id)}`,
    fix: 'list the jobs with `shoal jobs`',
  };
}

export function onControl(
  state: CoordinatorState,
  verb: ControlVerb,
  id: string,
  reply: number,
): void {
  const job = state.jobs.get(id as JobId);
  if (job === undefined) {
    refuse(state, reply, noJob(id));
    return;
  }
  const done =
    verb === 'cancel'
      ? cancel(state, job)
      : verb === 'pause'
        ? pause(state, job)
        : resume(state, job);
  if (!done) {
    refuse(state, reply, {
      code: 'wrong-phase',
      message: `job ${JSON.stringify(id)} is ${phase(job)}: it cannot be ${verb === 'cancel' ? 'cancelled' : `${verb}d`} now`,
      fix: ended(job) ? 'nothing is left to do' : 'wait for the phase to end',
    });
    return;
  }
  // What it waited for before the order is no answer.
  if (!ended(job)) explain(state, job);
  answer(state, reply, jobView(state, job));
}

function cancel(state: CoordinatorState, job: JobState): boolean {
  if (phase(job) === 'cancelling' || phase(job) === 'cancelled') return true;
  if (!signal(state, job, { type: 'cancel' }, 'request')) return false;
  drive(state, job);
  return true;
}

function pause(state: CoordinatorState, job: JobState): boolean {
  if (phase(job) === 'paused') return true;
  if (!signal(state, job, { type: 'pause', reason: 'on request', phase: phase(job) }, 'request'))
    return false;
  // Holds and leads are given up for certain: they can be placed anew as soon as it goes on. Before
  // all else, since a leader that is released puts its state by, and one that is cancelled does not.
  for (const table of tablesOf(job).filter(({ stage }) => lasts(stage))) {
    for (const index of table.claimed) {
      const task = table.tasks[index];
      if (task !== undefined) admit(state, job, task, 'moved');
    }
  }
  // What runs is let go; its commits still count, and resume looks at the records first.
  forget(state, job);
  return true;
}

function resume(state: CoordinatorState, job: JobState): boolean {
  if (phase(job) !== 'paused') return !ended(job);
  if (!signal(state, job, { type: 'resume' }, 'request')) return false;
  // Time spent in the pause counts for nobody.
  job.elapsedAtMs = state.nowMs;
  // Nothing is offered before the records have been read anew: the watch may have missed some.
  if (job.table !== null) {
    for (const table of tablesOf(job)) table.known = false;
    state.effects.push(sweepOf(job));
  }
  drive(state, job);
  return true;
}

/**
 * Changes workers, priority or deadline of a job under way, from the next offer and the next round
 * on. Kept in the job's record beside the spec, which stays as it was submitted.
 */
export function onSet(state: CoordinatorState, id: string, change: unknown, reply: number): void {
  const job = state.jobs.get(id as JobId);
  if (job === undefined) {
    refuse(state, reply, noJob(id));
    return;
  }
  const late = ['publishing', 'cancelling'].includes(phase(job)) || ended(job);
  if (late || job.spec === null) {
    refuse(state, reply, {
      code: 'wrong-phase',
      message: `job ${JSON.stringify(id)} is ${phase(job)}: its settings mean nothing any more`,
      fix: 'submit another one',
    });
    return;
  }
  const from = job.settings;
  try {
    job.settings = changedSettings(from, change);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const { code, message, issues } = error;
    const { path = '', fix = '' } = issues[0] ?? {};
    refuse(state, reply, { code, message, path, fix });
    return;
  }
  const stored = JSON.stringify(job.settings);
  if (stored !== JSON.stringify(from)) {
    job.record.settings = stored;
    tell(job, 'changed', 'request', state.wallMs, { from, to: job.settings });
    // Holds are looked at now, not when the load has settled.
    job.movedMs = Number.NEGATIVE_INFINITY;
    withdrawSurplus(state, job);
    state.pumpDue = true;
  }
  answer(state, reply, jobView(state, job));
}

export function onDrain(state: CoordinatorState, id: string, reply: number): void {
  const node = state.nodes.nodes.get(id);
  if (node === undefined) {
    refuse(state, reply, {
      code: 'no-node',
      message: `there is no node ${JSON.stringify(id)}`,
      fix: 'list the nodes with `shoal nodes`',
    });
    return;
  }
  state.effects.push({ type: 'tell-node', node: id as NodeId, verb: 'drain', job: '', task: '' });
  node.heartbeat.draining = true;
  answer(state, reply, nodeView(state, node));
}

/** The answer comes when the model is in the registry. */
export function onSnapshot(state: CoordinatorState, id: string, reply: number): void {
  const job = state.jobs.get(id as JobId);
  if (job === undefined) {
    refuse(state, reply, noJob(id));
    return;
  }
  const { plan, spec } = job;
  if (job.table?.stage !== 'rounds' || plan === null || spec === null) {
    const ended = phase(job) === 'completed';
    refuse(state, reply, {
      code: 'wrong-phase',
      message: `job ${JSON.stringify(id)} is ${phase(job)} and has no rounds under way`,
      fix: ended
        ? `its model is ${job.result.model}`
        : 'only a job that trains in rounds has a state',
    });
    return;
  }
  if (plan.search?.trials.length) {
    refuse(state, reply, {
      code: 'wrong-phase',
      message: `job ${JSON.stringify(id)} measures trials: none of them is the model to be`,
      fix: 'wait for the last step of the search',
    });
    return;
  }
  const name = spec.model ?? job.id;
  const at = { wallMs: state.wallMs, acceptedMs: Number(job.record.acceptedAtMs) };
  state.effects.push({ type: 'snapshot', job: job.id, reply, name, plan, spec, ...at });
}
