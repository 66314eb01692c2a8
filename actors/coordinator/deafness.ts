/**
 * Nodes that speak and seem not to hear: their offers come to nothing while they beat and have room.
 *
 * A link may carry one way only, and such a node would keep tasks waiting for ever. After a few offers
 * in a row that it neither takes up nor says to have heard of, others come first for a while; a claim
 * proves that it hears. Counted apart for tasks and for what lasts as long as rounds: a node may know
 * how to do one of them only. Never needed for safety.
 */
import { lasts } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import type { NodeEntry } from './node-table.ts';
import type { CoordinatorState } from './state.ts';
import type { Task, TaskTable } from './task-table.ts';

export interface Unheeded {
  /** Offers in a row that led to nothing. */
  offers: number;
  /** Until when other nodes come first. */
  untilMs: number;
}

export type OfferKind = 'task' | 'lasting';

function kindOf(table: TaskTable): OfferKind {
  return lasts(table.stage) ? 'lasting' : 'task';
}

export function nothingUnheeded(): Record<OfferKind, Unheeded> {
  return { task: { offers: 0, untilMs: 0 }, lasting: { offers: 0, untilMs: 0 } };
}

/** Counts offers of the table that have come to nothing by now; each is dropped after that. */
export function noteUnheeded(state: CoordinatorState, table: TaskTable): void {
  const found = new Set<NodeEntry>();
  for (const index of table.offered) {
    const task = table.tasks[index] as Task;
    for (const { node: id, atMs } of task.offers) {
      const node = state.nodes.nodes.get(id);
      const due = state.nowMs - atMs >= limits.offerRepeatMs;
      if (due && node?.verdict === 'alive' && !hasHeard(node, table, task, atMs)) found.add(node);
    }
  }
  for (const node of found) {
    const unheeded = node.unheeded[kindOf(table)];
    unheeded.offers += 1;
    if (unheeded.offers < limits.unheededMax || unheeded.untilMs > state.nowMs) continue;
    unheeded.untilMs = state.nowMs + limits.deafMs;
    const fields = { peer: node.id, offers: unheeded.offers };
    state.effects.push({ type: 'log', level: 'warn', message: 'node takes up no offers', fields });
  }
}

/** Whether the node said since that it has the task, or may have no room for it yet. */
function hasHeard(node: NodeEntry, table: TaskTable, task: Task, atMs: number): boolean {
  const { heartbeat, pulse } = node;
  if (pulse.lastMs <= atMs || heartbeat.queued > 0) return true;
  if (!lasts(table.stage) && node.claims >= heartbeat.slots) return true;
  return heartbeat.running.some((own) => own.job === table.job && own.task === task.id);
}

/** The node has claimed a task of the table. */
export function noteHeeded(node: NodeEntry | undefined, table: TaskTable): void {
  if (node !== undefined) Object.assign(node.unheeded[kindOf(table)], { offers: 0, untilMs: 0 });
}

/** The nodes that hear, as far as is known; all of them where none would be left. */
export function hearing(
  state: CoordinatorState,
  nodes: readonly NodeEntry[],
  kind: OfferKind,
): NodeEntry[] {
  const sound = nodes.filter((node) => node.unheeded[kind].untilMs <= state.nowMs);
  return sound.length > 0 ? sound : [...nodes];
}
