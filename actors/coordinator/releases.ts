/**
 * Releases: telling nodes to let go of slices that they hold, and of rounds that they lead.
 *
 * A request may be lost, and needs no answer: a node that still names such work in its heartbeat,
 * long after the records have given it to somebody else, is told again.
 */
import { type JobId, type NodeId, readTaskId, stages } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import { ended, type JobState, phase, tablesOf } from './job-state.ts';
import type { NodeEntry } from './node-table.ts';
import type { CoordinatorState } from './state.ts';

/**
 * Tells a node to let go of a task, of all that it holds for the job where `task` is empty.
 * @param attempt of a task that fills a slot: up to this one its attempts are over
 */
export function release(
  state: CoordinatorState,
  node: string,
  job: string,
  task: string,
  attempt = 0,
): void {
  if (state.nodes.nodes.get(node)?.verdict !== 'alive') return;
  const to = { node: node as NodeId, job, task };
  state.effects.push({ type: 'tell-node', verb: 'release', ...to, attempt });
}

/** The rounds of the job are over: nobody needs to hold its rows any more. */
export function releaseHolds(state: CoordinatorState, job: JobState): void {
  if (job.holds === null) return;
  const holders = new Set(job.holds.tasks.map((task) => task.node));
  for (const node of holders) if (node !== '') release(state, node, job.id, '');
  job.holds = null;
  job.reports.clear();
}

/** What computes for nobody is stopped after this long: a node that woke finds out by itself first. */
const overMs = 2_000;

/** Tells the node of what it names and the records have given to somebody else, or ended. */
export function releaseStale(state: CoordinatorState, node: NodeEntry): void {
  const over = new Map<string, number>();
  for (const { job: id, task, attempt } of node.heartbeat.running) {
    const job = state.jobs.get((id ?? '') as JobId);
    if (job === undefined || !task) continue;
    if (isStale(job, node, task, attempt ?? 0)) release(state, node.id, job.id, task);
    if (!isOver(job, task, attempt ?? 0)) continue;
    const key = `${id}.${task}/${attempt}`;
    const sinceMs = node.over.get(key) ?? state.nowMs;
    const due = state.nowMs - sinceMs >= overMs;
    if (due) release(state, node.id, job.id, task, attempt ?? 0);
    over.set(key, due ? state.nowMs : sinceMs);
  }
  node.over.clear();
  for (const [key, sinceMs] of over) node.over.set(key, sinceMs);
}

/** Whether nothing can come any more of an attempt that computes a result. */
function isOver(job: JobState, name: string, attempt: number): boolean {
  const named = readTaskId(name);
  if (named === null || lasts(named.stage)) return false;
  if (ended(job)) return true;
  const { table } = job;
  if (table?.stage !== named.stage) {
    // Where the stage has not been opened here yet, the records are still to be read.
    return table?.known === true && stages.indexOf(table.stage) > stages.indexOf(named.stage);
  }
  const task = table.tasks[named.index];
  if (task === undefined || !table.known || task.copy?.attempt === attempt) return false;
  return attempt < task.attempt || (attempt > task.attempt && task.state === 'done');
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
