/**
 * Membership and verdicts: who is there, who fell silent, and what their claims come to.
 */
import { crowdSilent, shouldAsk, verdict } from '../../runtime/failure-detector.ts';
import type { NodeId } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import type { Heartbeat } from '../../schemas/wire.ts';
import { dropDeadCopies, noteCopies } from './copies.ts';
import { tell } from './event-chain.ts';
import { type JobState, phase, tablesOf } from './job-state.ts';
import { countHolds } from './job-time.ts';
import { hear, type NodeEntry } from './node-table.ts';
import { noteDeath } from './quarantine.ts';
import { releaseStale } from './releases.ts';
import { noteRounds } from './round-reports.ts';
import { lostSpan } from './spans.ts';
import { judgeProgress } from './stalls.ts';
import type { CoordinatorState } from './state.ts';
import { notesPerEvent } from './task-notes.ts';
import type { Task } from './task-table.ts';
import { admit } from './tasks.ts';

function log(state: CoordinatorState, message: string, node: NodeEntry): void {
  const { role, host } = node.heartbeat;
  state.effects.push({
    type: 'log',
    level: 'info',
    message,
    fields: { peer: node.id, role, host, nodes: state.nodes.nodes.size },
  });
}

/** Takes in a heartbeat, or the answer to a question, which carries one. */
export function onHeartbeat(state: CoordinatorState, id: string, heartbeat: Heartbeat): void {
  const before = state.nodes.nodes.get(id)?.heartbeat;
  // Whoever is heard of for the first time may have told an earlier leader.
  const known = before === undefined ? heartbeat.commitsRefused : 0;
  const refusedBefore = before?.nonce === heartbeat.nonce ? before.commitsRefused : known;
  const heard = hear(state.nodes, id, heartbeat, state.nowMs);
  if (heard === undefined) {
    dismissFormer(state, id, heartbeat);
    return;
  }
  const { node } = heard;
  // Whoever was judged dead has been counted as such already.
  const counted = heard.before === 'dead' || heard.before === 'left';
  if (heard.replaced !== null && !counted) noteDeath(state, node);
  if (heard.joined) {
    log(state, heard.replaced === null ? 'node joined' : 'node restarted', node);
    state.effects.push({ type: 'count', counter: 'joins', by: 1, label: heartbeat.role });
    state.pumpDue = true;
  } else if (heard.returned) {
    log(state, 'node returned', node);
    state.pumpDue = true;
  }
  if (heartbeat.leaving && !node.settled) {
    log(state, 'node left', node);
    state.effects.push({
      type: 'count',
      counter: 'leaves',
      by: 1,
      label: 'left',
      role: heartbeat.role,
    });
  }
  if (heartbeat.commitsRefused > refusedBefore)
    noteRefused(state, node, heartbeat.commitsRefused - refusedBefore);
  noteRounds(state, node);
  countHolds(state, node);
  noteCopies(state, node);
  judgeProgress(state, node);
  if (heartbeat.leaving || heard.replaced !== null) settleClaims(state);
  else if (heartbeat.draining) moveFrom(state, node);
  else if (!heard.joined) findAbandoned(state, node);
  releaseStale(state, node);
}

/**
 * A process that beats though another has taken its name: two were given the same one, or it slept
 * through its replacement. Whatever it claims is void, so it is told to go; a late beat of one that
 * is gone does no harm.
 */
function dismissFormer(state: CoordinatorState, id: string, { nonce, leaving, role }: Heartbeat) {
  const node = state.nodes.nodes.get(id);
  if (node === undefined || node.nonce === nonce || leaving || role === 'coordinator') return;
  const to = { node: id as NodeId, job: '', task: '' };
  state.effects.push({ type: 'tell-node', verb: 'replaced', ...to, nonce });
}

/** A node that drains takes part in no further round: what it holds and leads goes elsewhere. */
function moveFrom(state: CoordinatorState, node: NodeEntry): void {
  for (const id of state.active) {
    const job = state.jobs.get(id);
    if (job === undefined || phase(job) === 'paused') continue;
    for (const table of tablesOf(job).filter(({ stage }) => lasts(stage))) {
      for (const index of table.claimed) {
        const task = table.tasks[index];
        if (task?.nonce === node.nonce) admit(state, job, task, 'moved');
      }
    }
  }
}

/**
 * A claim that its living owner no longer works on, beats after it was made: the owner forgot it,
 * say because the job was paused. A wrong guess is fenced like any other loss.
 */
function findAbandoned(state: CoordinatorState, node: NodeEntry): void {
  const running = new Set(node.heartbeat.running.map(({ job, task }) => `${job}.${task}`));
  for (const id of state.active) {
    const job = state.jobs.get(id);
    if (job?.table?.known !== true || phase(job) === 'paused') continue;
    for (const table of tablesOf(job)) {
      for (const index of table.claimed) {
        const task = table.tasks[index];
        if (task === undefined || task.writing || task.nonce !== node.nonce) continue;
        if (running.has(`${id}.${task.id}`)) task.unnamedSinceMs = null;
        else if (state.nowMs - task.claimedMs > 3 * limits.heartbeatMs) {
          // A commit may have been on its way: one beat may overtake the news of it, two do not.
          task.unnamedSinceMs ??= state.nowMs;
          if (state.nowMs > task.unnamedSinceMs) admit(state, job, task, 'left');
        }
      }
    }
  }
}

/** Late commits that the fence refused, told in the events of the jobs under way. */
function noteRefused(state: CoordinatorState, node: NodeEntry, by: number): void {
  state.effects.push({ type: 'count', counter: 'refused', by, label: '' });
  for (const id of state.active) {
    const job = state.jobs.get(id);
    if (job === undefined || job.table === null) continue;
    job.record.commitsRefused += by;
    tell(job, 'commit-refused', `node:${node.id}`, state.wallMs, { node: node.id, commits: by });
  }
}

/** The broker says that nobody listens under the node's name. */
export function onNodeGone(state: CoordinatorState, id: string, nonce: string): void {
  const node = state.nodes.nodes.get(id);
  if (node === undefined || node.nonce !== nonce || node.verdict === 'left') return;
  node.pulse.gone = true;
  judge(state);
}

/** Looks at every pulse; asks the silent, and settles the claims of the dead. */
export function judge(state: CoordinatorState): void {
  const { nowMs } = state;
  const judged = [...state.nodes.nodes.values()].filter((node) => node.verdict !== 'left');
  // Other coordinators hold no claims and answer no questions; their verdict is for people.
  const working = (node: NodeEntry) => node.heartbeat.role !== 'coordinator';
  const living = judged
    .filter((node) => working(node) && node.verdict !== 'dead')
    .map((node) => node.pulse);
  if (!crowdSilent(living, nowMs)) state.crowdSilentSinceMs = null;
  else state.crowdSilentSinceMs ??= nowMs;
  const observer = {
    linkProvenMs: state.linkProvenMs,
    linkUpSinceMs: state.linkUpSinceMs,
    crowdSilentSinceMs: state.crowdSilentSinceMs,
  };
  for (const node of judged) {
    const now = verdict(node.pulse, observer, nowMs);
    if (now === 'dead' && node.verdict !== 'dead') {
      log(state, 'node lost', node);
      state.effects.push({
        type: 'count',
        counter: 'leaves',
        by: 1,
        label: 'dead',
        role: node.heartbeat.role,
      });
      noteDeath(state, node);
    }
    node.verdict = node.verdict === 'dead' ? 'dead' : now;
    if (working(node) && node.verdict !== 'dead' && shouldAsk(node.pulse, observer, nowMs)) {
      node.pulse.askedMs = nowMs;
      state.effects.push({ type: 'ask', node: node.id as NodeId, nonce: node.nonce });
    }
  }
  settleClaims(state);
  forgetLongGone(state);
}

/** Nodes that left or died an hour ago are no longer listed. */
function forgetLongGone(state: CoordinatorState): void {
  for (const [id, node] of state.nodes.nodes) {
    const gone = node.verdict === 'dead' || node.verdict === 'left';
    if (gone && state.nowMs - node.pulse.lastMs > 3_600_000) state.nodes.nodes.delete(id);
  }
}

/** Our own heartbeat came back: the link works, and if it did not before, silence counts from now. */
export function onEcho(state: CoordinatorState): void {
  if (state.nowMs - state.linkProvenMs > limits.askAfterMs) state.linkUpSinceMs = state.nowMs;
  state.linkProvenMs = state.nowMs;
}

/** Why the claim of a task is void; null while its owner may still be at work. */
function voidClaim(state: CoordinatorState, task: Task): 'lost' | 'left' | null {
  const owner = state.nodes.nodes.get(task.node);
  if (owner === undefined) {
    // Never heard of: a new leader gives everybody one dead time to speak up.
    const waitedMs = state.nowMs - Math.max(state.startedMs, task.claimedMs, state.linkUpSinceMs);
    const blind = state.nowMs - state.linkProvenMs > limits.askAfterMs;
    return waitedMs >= limits.deadMs && !blind ? 'lost' : null;
  }
  if (owner.nonce !== task.nonce) {
    // A claim of a process that started after the last beat we heard is not a claim of the dead.
    return state.nowMs - task.claimedMs > limits.heartbeatMs * 2 ||
      owner.pulse.lastMs > task.claimedMs
      ? 'lost'
      : null;
  }
  if (owner.verdict === 'left') return 'left';
  return owner.verdict === 'dead' ? 'lost' : null;
}

/** Admits the next attempt of every task whose owner is gone; survivors are never touched. */
export function settleClaims(state: CoordinatorState): void {
  dropDeadCopies(state);
  for (const id of state.active) {
    const job = state.jobs.get(id);
    if (job === undefined) continue;
    const lost = new Map<string, Task[]>();
    for (const table of tablesOf(job)) {
      for (const index of table.claimed) {
        const task = table.tasks[index];
        if (task === undefined || task.writing) continue;
        const reason = voidClaim(state, task);
        if (reason === null) continue;
        if (reason === 'lost') lost.set(task.node, [...(lost.get(task.node) ?? []), task]);
        admit(state, job, task, reason);
      }
      // Admitted when the error came; again here, where that write got lost.
      for (const index of table.erred) {
        const task = table.tasks[index];
        if (task !== undefined && !task.writing) admit(state, job, task, 'error');
      }
    }
    for (const [node, tasks] of lost) tellLost(state, job, node, tasks);
  }
  for (const node of state.nodes.nodes.values()) {
    if (node.verdict === 'dead' || node.verdict === 'left') node.settled = true;
  }
}

function tellLost(
  state: CoordinatorState,
  job: JobState,
  node: string,
  tasks: readonly Task[],
): void {
  tell(job, 'node-lost', `node:${node}`, state.wallMs, {
    node,
    tasks: tasks.slice(0, notesPerEvent).map((task) => task.id),
    count: tasks.length,
  });
  lostSpan(state, job, node, tasks);
}
