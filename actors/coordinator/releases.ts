/**
 * Releases: telling nodes to let go of slices that they hold, and of rounds that they lead.
 *
 * A request may be lost, and needs no answer: a node that still names such work in its heartbeat,
 * long after the records have given it to somebody else, is told again.
 */
import { type JobId, type NodeId, readTaskId } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import { ended, type JobState, phase, tablesOf } from './job-state.ts';
import type { NodeEntry } from './node-table.ts';
import type { CoordinatorState } from './state.ts';

/** Tells a node to let go of a task, of all that it holds for the job where `task` is empty. */
export function release(state: CoordinatorState, node: string, job: string, task: string): void {
  if (state.nodes.nodes.get(node)?.verdict !== 'alive') return;
  state.effects.push({ type: 'tell-node', node: node as NodeId, verb: 'release', job, task });
}

/** The rounds of the job are over: nobody needs to hold its rows any more. */
export function releaseHolds(state: CoordinatorState, job: JobState): void {
  if (job.holds === null) return;
  const holders = new Set(job.holds.tasks.map((task) => task.node));
  for (const node of holders) if (node !== '') release(state, node, job.id, '');
  job.holds = null;
  job.reports.clear();
}

/** Tells the node of what it names and the records have given to somebody else, or ended. */
export function releaseStale(state: CoordinatorState, node: NodeEntry): void {
  for (const { job: id, task, attempt } of node.heartbeat.running) {
    const job = state.jobs.get((id ?? '') as JobId);
    if (job === undefined || !task) continue;
    if (isStale(job, node, task, attempt ?? 0)) release(state, node.id, job.id, task);
  }
}

function isStale(job: JobState, node: NodeEntry, name: string, attempt: number): boolean {
  const named = readTaskId(name);
  if (named === null || !lasts(named.stage)) return false;
  const { stage, index } = named;
  if (ended(job)) return true;
  if (phase(job) === 'paused') return false;
  const table = tablesOf(job).find((own) => own.stage === stage);
  // Where the rounds have not been opened here yet, the records are still to be read.
  if (table === undefined) return phase(job) === 'reducing' || phase(job) === 'evaluating';
  const task = table.tasks[index];
  if (task === undefined || !table.known) return false;
  if (task.attempt !== attempt) return task.attempt > attempt;
  return task.state === 'claimed' && task.nonce !== node.nonce;
}
