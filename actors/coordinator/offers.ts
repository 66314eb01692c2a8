/**
 * The pump: gives pending tasks to nodes that have room, fairly between jobs.
 *
 * An offer is a hint. It is repeated until a claim is seen, given to an idle node as well when the
 * first one is busy, and never the reason why anything counts.
 */
import type { NodeId } from '../../schemas/ids.ts';
import { lasts, roleOf } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import { placeCopies } from './copies.ts';
import { hearing } from './deafness.ts';
import { placeRounds } from './holds.ts';
import { type JobState, phase } from './job-state.ts';
import { backlog, freeSlots, type NodeEntry } from './node-table.ts';
import { dropStaleOffers, makeOffer, type Outgoing, placementOf } from './offer.ts';
import { inputOf } from './phases.ts';
import { isLocal, type PlacementJob, unfit } from './placement.ts';
import { trusted } from './quarantine.ts';
import type { CoordinatorState } from './state.ts';
import { pendingTasks, type Task, type TaskTable } from './task-table.ts';
import { inTurn, noteIdle, starving, underWay } from './turns.ts';

/** Counts, for each node, what it has claimed and what is on offer to it, from the tables. */
function countLoad(state: CoordinatorState): void {
  for (const node of state.nodes.nodes.values()) {
    node.claims = 0;
    node.offered = 0;
  }
  for (const id of state.active) {
    const table = state.jobs.get(id)?.table;
    // What lasts as long as rounds do fills no slot, and is placed by a rule of its own.
    if (table === null || table === undefined || lasts(table.stage)) continue;
    for (const index of table.claimed) {
      const task = table.tasks[index] as Task;
      const node = state.nodes.nodes.get(task.node);
      if (node !== undefined && node.nonce === task.nonce) node.claims += 1;
    }
    for (const index of table.copied) {
      const node = state.nodes.nodes.get(table.tasks[index]?.copy?.node ?? '');
      if (node !== undefined) node.claims += 1;
    }
    dropStaleOffers(state, table);
    for (const index of table.offered) {
      const task = table.tasks[index] as Task;
      for (const offer of task.offers) {
        const node = state.nodes.nodes.get(offer.node);
        if (node !== undefined) node.offered += 1;
      }
    }
  }
}

/** Jobs that have a stage of tasks open, in the order of their turns. */
function byTurn(state: CoordinatorState): JobState[] {
  const jobs = [...state.active]
    .map((id) => state.jobs.get(id) as JobState)
    .filter(({ table }) => table?.known === true && !lasts(table.stage))
    .filter((job) => phase(job) !== 'paused');
  return inTurn(state, jobs, underWay);
}

/** Nodes that may work for the job now; a job uses at most `workers.max` workers at a time. */
function eligible(state: CoordinatorState, job: JobState, role: string): NodeEntry[] {
  const placed = placementOf(job);
  if (placed === null) return [];
  const fit = [...state.nodes.nodes.values()].filter((node) => unfit(placed, node, role) === null);
  const { min, max } = job.settings.workers;
  if (role !== 'worker') return hearing(state, trusted(state, fit), 'task');
  if (fit.length < min) return [];
  const able = hearing(state, trusted(state, fit), 'task');
  if (able.length <= max) return able;
  const used = new Set<string>();
  for (const index of job.table?.claimed ?? []) used.add(job.table?.tasks[index]?.node ?? '');
  for (const index of job.table?.offered ?? []) {
    for (const offer of job.table?.tasks[index]?.offers ?? []) used.add(offer.node);
  }
  const rank = (node: NodeEntry) => Number(!used.has(node.id));
  return able.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1)).slice(0, max);
}

function offeredTo(table: TaskTable, node: string): boolean {
  for (const index of table.offered) {
    if (table.tasks[index]?.offers.some((offer) => offer.node === node)) return true;
  }
  return false;
}

const noLoad: ReadonlyMap<string, number> = new Map();

/** Tasks of the job that nodes have claimed or are offered. */
function loadOf(job: JobState): Map<string, number> {
  const { table } = job;
  const load = new Map<string, number>();
  const add = (node: string | undefined) => {
    if (node !== undefined) load.set(node, (load.get(node) ?? 0) + 1);
  };
  for (const index of table?.claimed ?? []) add(table?.tasks[index]?.node);
  for (const index of table?.offered ?? []) add(table?.tasks[index]?.offers[0]?.node);
  return load;
}

/** The node that should get the task: room in slots or backlog, not one that failed at it before. */
function choose(
  state: CoordinatorState,
  job: JobState,
  task: Task,
  nodes: readonly NodeEntry[],
  idleOnly: boolean,
): NodeEntry | undefined {
  const placed = placementOf(job) as PlacementJob;
  const erred = new Set(task.record?.errors.map((error) => error.node));
  if (task.record?.takenFor === 'stalled') erred.add(task.record.takenFrom);
  // A task that was lost, and the first of a job that has nothing under way, are not kept waiting
  // behind a backlog: nodes claim later attempts first, then for jobs that have least with them.
  const first = (node: NodeEntry) =>
    task.attempt > 1 || (job.table?.claimed.size === 0 && !offeredTo(job.table, node.id));
  const ahead = (node: NodeEntry) =>
    backlog(node, limits.offersInFlightMax) + (first(node) ? node.heartbeat.slots : 0);
  const room = (node: NodeEntry) => freeSlots(node) + (idleOnly ? 0 : ahead(node)) > 0;
  const others = nodes.filter((node) => !erred.has(node.id));
  const pool = (others.length > 0 ? others : nodes).filter(
    (node) => room(node) && !task.offers.some((offer) => offer.node === node.id),
  );
  const own = state.placement.counts ? loadOf(job) : noLoad;
  const candidates = pool.map((node) => ({
    node,
    free: freeSlots(node),
    local: isLocal(placed, node),
    own: own.get(node.id) ?? 0,
  }));
  return candidates.sort(state.placement.compare)[0]?.node;
}

function give(
  state: CoordinatorState,
  job: JobState,
  table: TaskTable,
  task: Task,
  node: NodeEntry,
  out: Outgoing,
): void {
  node.offered += 1;
  const to = { node: node.id, input: inputOf(job, table.stage) ?? '' };
  makeOffer(state, job, table, task, to, out);
}

/** One turn for a job: at most `most` offers, so that jobs take turns. */
function turn(state: CoordinatorState, job: JobState, most: number, out: Outgoing): number {
  const table = job.table as TaskTable;
  const nodes = eligible(state, job, roleOf(table.stage));
  if (nodes.length === 0) return 0;
  // Out of its turn a starving job gets a foot in the door, not the house.
  const limit = starving(state, job) ? Math.max(0, most - table.offered.size) : most;
  let given = 0;
  for (const task of pendingTasks(table)) {
    if (given >= limit) break;
    if (task.offers.length > 0) continue;
    const node = choose(state, job, task, nodes, false);
    if (node === undefined) {
      // It may wait for a node where it has not failed, while others have room for the rest.
      if ((task.record?.errors.length ?? 0) > 0) continue;
      break;
    }
    give(state, job, table, task, node, out);
    given += 1;
  }
  return given;
}

/** Tasks that wait in the queue of a busy node are offered to an idle one too. */
function steal(state: CoordinatorState, job: JobState, out: Outgoing): void {
  const table = job.table as TaskTable;
  // All of them, not the idle ones alone: a task must not go back to where it failed because that is
  // the one node with nothing to do.
  const nodes = eligible(state, job, roleOf(table.stage));
  if (!nodes.some((node) => freeSlots(node) > 0)) return;
  for (const index of [...table.offered]) {
    const task = table.tasks[index] as Task;
    const holder = state.nodes.nodes.get(task.offers[0]?.node ?? '');
    const waits = holder !== undefined && holder.claims >= holder.heartbeat.slots;
    if (task.state !== 'pending' || task.offers.length !== 1 || !waits) continue;
    const node = choose(state, job, task, nodes, true);
    if (node === undefined) {
      if ((task.record?.errors.length ?? 0) > 0) continue;
      return;
    }
    give(state, job, table, task, node, out);
  }
}

/**
 * After fewer workers may work for the job: what waits at the others is for those that stay. What
 * they have claimed they finish.
 */
export function withdrawSurplus(state: CoordinatorState, job: JobState): void {
  const { table } = job;
  if (table === null || lasts(table.stage) || roleOf(table.stage) !== 'worker') return;
  const allowed = new Set(eligible(state, job, 'worker').map((node) => node.id));
  if (allowed.size === 0) return;
  for (const index of table.offered) {
    const task = table.tasks[index] as Task;
    task.offers = task.offers.filter(({ node }) => allowed.has(node));
    if (task.offers.length === 0) table.offered.delete(index);
  }
  for (const node of state.nodes.nodes.values()) {
    if (node.verdict !== 'alive' || node.heartbeat.role !== 'worker' || allowed.has(node.id))
      continue;
    const to = { node: node.id as NodeId, job: job.id, task: '' };
    state.effects.push({ type: 'tell-node', verb: 'withdraw', ...to });
  }
}

/** Offers what can be offered now. */
export function pump(state: CoordinatorState): void {
  state.pumpDue = false;
  countLoad(state);
  for (const id of state.active) noteIdle(state, state.jobs.get(id) as JobState);
  const out: Outgoing = new Map();
  const jobs = byTurn(state);
  for (let given = jobs.length; given > 0; ) {
    given = 0;
    for (const job of jobs) given += turn(state, job, 4, out);
  }
  for (const job of jobs) steal(state, job, out);
  placeCopies(state, jobs, (job) => eligible(state, job, roleOf(job.table?.stage ?? 'train')), out);
  placeRounds(state, out);
  for (const [node, offers] of out) {
    for (let i = 0; i < offers.length; i += limits.offersPerMessage) {
      const part = offers.slice(i, i + limits.offersPerMessage);
      state.effects.push({ type: 'offer', node: node as NodeId, offers: part });
    }
  }
}
