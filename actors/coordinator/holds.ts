/**
 * Admission and placement of jobs that train in rounds: who holds their slices, who leads them.
 *
 * A hold reserves memory, never a slot. All slices of a job are given out together or not at all,
 * so that two jobs never wait for each other's memory: where several cannot go on, all but the
 * first by turn let go of what they have.
 */

import { hearing } from './deafness.ts';
import { type HolderRoom, movesToBalance, placeSlices, reasonToMove } from './hold-placement.ts';
import { speedsOf } from './hold-speeds.ts';
import { type JobState, phase } from './job-state.ts';
import type { NodeEntry } from './node-table.ts';
import { dropStaleOffers, makeOffer, type Outgoing, placementOf } from './offer.ts';
import { unfit } from './placement.ts';
import { steady } from './quarantine.ts';
import type { CoordinatorState } from './state.ts';
import { pendingTasks, type Task, type TaskTable } from './task-table.ts';
import { admit } from './tasks.ts';
import { inTurn, starving } from './turns.ts';

/** After slices were given out or moved, the load settles for this long before it is evened. */
const settleMs = 3_000;
/** Where speeds change all the time they are followed ever more slowly, up to this. */
const evenMaxMs = 60_000;

/** Node that a task was given to: its claim, else a fresh offer. */
function givenTo(state: CoordinatorState, task: Task): string | undefined {
  if (task.state === 'claimed') {
    const owner = state.nodes.nodes.get(task.node);
    return owner?.nonce === task.nonce ? task.node : undefined;
  }
  return task.state === 'pending' ? task.offers[0]?.node : undefined;
}

/** Bytes that the holds of all jobs, or of all but one, reserve on each node. */
function reservations(state: CoordinatorState, except?: JobState): Map<string, number> {
  const reserved = new Map<string, number>();
  for (const id of state.active) {
    const job = state.jobs.get(id);
    if (job === except || job?.holds === null || job?.plan?.rounds === undefined) continue;
    const { memoryBytes, rounds } = job.plan;
    for (const [node, held] of countHeld(state, job.holds)) {
      reserved.set(node, (reserved.get(node) ?? 0) + memoryBytes + held * rounds.sliceBytes);
    }
  }
  return reserved;
}

function countHeld(state: CoordinatorState, table: TaskTable): Map<string, number> {
  const held = new Map<string, number>();
  for (const task of table.tasks) {
    const node = givenTo(state, task);
    if (node !== undefined) held.set(node, (held.get(node) ?? 0) + 1);
  }
  return held;
}

/**
 * Room on the workers that may hold slices of the job: at most `workers.max` of them, those that
 * hold most already first, then those with the most memory left.
 */
function roomsFor(
  state: CoordinatorState,
  job: JobState,
  held: ReadonlyMap<string, number>,
  reserved: ReadonlyMap<string, number>,
): HolderRoom[] {
  const { plan } = job;
  if (plan?.rounds === undefined) return [];
  const placed = placementOf(job);
  if (placed === null) return [];
  const { memoryBytes, rounds } = plan;
  const fit = [...state.nodes.nodes.values()].filter(
    (node) => unfit(placed, node, 'worker') === null,
  );
  if (fit.length < job.settings.workers.min) return [];
  const speeds = speedsOf(job.id, fit);
  const roomsOf = (nodes: readonly NodeEntry[]) =>
    nodes
      .map((node): HolderRoom => {
        const own = held.get(node.id) ?? 0;
        const base = own > 0 ? 0 : memoryBytes;
        const left = Number(node.heartbeat.memoryBytes) - (reserved.get(node.id) ?? 0) - base;
        return {
          node: node.id,
          slots: Math.max(1, node.heartbeat.slots),
          ...speeds(node),
          held: own,
          room: Math.max(0, Math.floor(left / Math.max(1, rounds.sliceBytes))),
        };
      })
      .filter(({ held: own, room }) => own > 0 || room > 0)
      .sort((a, b) => b.held - a.held || b.room - a.room || (a.node < b.node ? -1 : 1))
      .slice(0, job.settings.workers.max);
  // Nodes that slices fail on come last: only where the others have no room for all.
  const rooms = roomsOf(hearing(state, steady(state, fit), 'lasting'));
  const open = job.holds?.tasks.filter((task) => givenTo(state, task) === undefined).length ?? 0;
  return rooms.reduce((sum, { room }) => sum + room, 0) < open ? roomsOf(fit) : rooms;
}

/** Other jobs that hold slices, a few of them. */
function holdingJobs(state: CoordinatorState, job: JobState): string[] {
  const held = [...state.active].filter((id) => {
    const other = state.jobs.get(id);
    return other !== job && other?.holds != null && other.holds.claimed.size > 0;
  });
  return held.length > 3 ? [...held.slice(0, 3), `${held.length - 3} more`] : held;
}

/** What memory is missing for the slices of the job; null when there is enough. */
export function holdComplaint(state: CoordinatorState, job: JobState): string | null {
  const { holds, plan } = job;
  if (holds === null || plan?.rounds === undefined) return null;
  const open = holds.tasks.filter((task) => givenTo(state, task) === undefined).length;
  if (open === 0) return null;
  const rooms = roomsFor(state, job, countHeld(state, holds), reservations(state));
  const room = rooms.reduce((sum, { room }) => sum + room, 0);
  if (room >= open) return null;
  const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const needed = mib(open * plan.rounds.sliceBytes + plan.memoryBytes);
  const others = holdingJobs(state, job);
  const held = others.length === 0 ? '' : `; the rest is held by ${others.join(', ')}`;
  const short = `${open} slices to be held need ${needed}, there is room for ${room} of them`;
  return `memory on workers: ${short}${held}`;
}

/** Jobs in rounds, in the order of their turns: memory is held to the end, so load counts for nothing. */
function byTurn(state: CoordinatorState): JobState[] {
  const jobs = [...state.active]
    .map((id) => state.jobs.get(id) as JobState)
    .filter((job) => job.holds?.known === true && phase(job) !== 'paused');
  return inTurn(state, jobs, () => 0);
}

/** Whether the job could be held if no other job were there. */
function fitsAlone(state: CoordinatorState, job: JobState): boolean {
  const room = roomsFor(state, job, new Map(), new Map()).reduce((sum, own) => sum + own.room, 0);
  return room >= (job.holds?.tasks.length ?? 0);
}

/** Nodes for the slices that nobody holds; null where there is no room for all of them. */
function placesFor(
  state: CoordinatorState,
  job: JobState,
  reserved: ReadonlyMap<string, number>,
): ReadonlyMap<number, string> | null {
  const table = job.holds as TaskTable;
  const free = table.tasks.filter((task) => givenTo(state, task) === undefined);
  const rooms = roomsFor(state, job, countHeld(state, table), reserved);
  const holderOf = (slice: number) => {
    const task = table.tasks[slice];
    return task === undefined ? undefined : givenTo(state, task);
  };
  const indexes = free.map((task) => task.index);
  return placeSlices(indexes, table.tasks.length, rooms, holderOf);
}

/** @returns whether all slices of the job are given to nodes now */
function placeHolds(state: CoordinatorState, job: JobState, out: Outgoing): boolean {
  const table = job.holds as TaskTable;
  const free = table.tasks.filter((task) => givenTo(state, task) === undefined);
  if (free.length === 0) return true;
  const places = placesFor(state, job, reservations(state));
  if (places === null) return false;
  job.movedMs = state.nowMs;
  for (const task of free) {
    const node = places.get(task.index);
    if (node !== undefined && task.state === 'pending' && !task.writing)
      makeOffer(state, job, table, task, { node, input: '' }, out);
  }
  return true;
}

/** Lets go of everything that the job holds: another one can then go on, and it waits its turn. */
function yieldHolds(state: CoordinatorState, job: JobState): void {
  for (const table of [job.holds, job.table]) {
    for (const index of table?.claimed ?? []) {
      const task = table?.tasks[index];
      if (task !== undefined) admit(state, job, task, 'moved');
    }
    for (const index of table?.offered ?? []) {
      const task = table?.tasks[index];
      if (task !== undefined) task.offers = [];
    }
    table?.offered.clear();
  }
}

/** Gives the leads of the job's fits to the aggregators that lead least. */
function placeLeads(state: CoordinatorState, job: JobState, out: Outgoing): void {
  const table = job.table as TaskTable;
  const placed = placementOf(job);
  if (placed === null || table.stage !== 'rounds') return;
  const leads = countLeads(state);
  for (const task of pendingTasks(table)) {
    if (task.offers.length > 0) continue;
    const erred = new Set(task.record?.errors.map((error) => error.node));
    const fit = [...state.nodes.nodes.values()].filter(
      (entry) => unfit(placed, entry, 'aggregator') === null,
    );
    const [node] = hearing(state, steady(state, fit), 'lasting').sort(
      (a, b) =>
        Number(erred.has(a.id)) - Number(erred.has(b.id)) ||
        (leads.get(a.id) ?? 0) - (leads.get(b.id) ?? 0) ||
        (a.id < b.id ? -1 : 1),
    );
    if (node === undefined) return;
    leads.set(node.id, (leads.get(node.id) ?? 0) + 1);
    makeOffer(state, job, table, task, { node: node.id, input: '' }, out);
  }
}

function countLeads(state: CoordinatorState): Map<string, number> {
  const leads = new Map<string, number>();
  for (const id of state.active) {
    const table = state.jobs.get(id)?.table;
    if (table?.stage !== 'rounds') continue;
    for (const task of table.tasks) {
      const node = givenTo(state, task);
      if (node !== undefined) leads.set(node, (leads.get(node) ?? 0) + 1);
    }
  }
  return leads;
}

/**
 * Whether measured speeds may move slices again. On hosts with other work to do every measure says
 * something else, and moving after each would cost more than any of them promises.
 */
function mayEven({ nowMs }: CoordinatorState, job: JobState): boolean {
  const { times, atMs } = job.evened;
  if (nowMs - atMs < Math.min(evenMaxMs, settleMs * 2 ** times)) return false;
  job.evened = { times: times + 1, atMs: nowMs };
  return true;
}

/** Evens the load when workers have come, a while after the last change. */
function balance(state: CoordinatorState, job: JobState): void {
  const table = job.holds as TaskTable;
  if (state.nowMs - job.movedMs < settleMs || table.claimed.size < table.tasks.length) return;
  if (table.tasks.some((task) => task.writing)) return;
  // Looked at now and then: the rule goes through all slices, and the pump runs on every change.
  job.movedMs = state.nowMs;
  const held = countHeld(state, table);
  const rooms = roomsFor(state, job, held, reservations(state));
  const holders = table.tasks.map((task) => task.node);
  const reason = reasonToMove(holders, rooms);
  if (reason === null || (reason === 'speed' && !mayEven(state, job))) return;
  if (reason === 'holders') job.evened = { times: 0, atMs: state.nowMs };
  const moves = movesToBalance(holders, rooms);
  for (const { slice } of moves) admit(state, job, table.tasks[slice] as Task, 'moved');
}

/** Offers holds and leads of all jobs in rounds. */
export function placeRounds(state: CoordinatorState, out: Outgoing): void {
  const jobs = byTurn(state);
  for (const job of jobs) {
    for (const table of [job.holds, job.table]) if (table !== null) dropStaleOffers(state, table);
  }
  let stuck: JobState | null = null;
  for (const job of jobs) {
    // Memory that becomes free is kept for a job that has waited too long, or it would never do.
    const waits = stuck !== null && starving(state, stuck) && fitsAlone(state, stuck);
    const keeps = waits && countHeld(state, job.holds as TaskTable).size === 0;
    job.keptFrom = keeps && stuck !== null ? stuck.id : null;
    if (keeps) continue;
    if (placeHolds(state, job, out)) {
      balance(state, job);
      placeLeads(state, job, out);
    } else if (stuck === null) stuck = job;
    else if (placesFor(state, stuck, reservations(state, job)) !== null) yieldHolds(state, job);
  }
}
