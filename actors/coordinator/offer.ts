/**
 * An offer: what it says, how long it stands, and to whom it may be made. For tasks that fill a
 * slot and for those that last as long as rounds alike; who gets one is decided elsewhere.
 */

import { shoal } from '../../schemas/generated/shoal.js';
import { priorityMax } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import type { Offer } from '../../schemas/wire.ts';
import { noteUnheeded } from './deafness.ts';
import type { JobState } from './job-state.ts';
import type { PlacementJob } from './placement.ts';
import type { CoordinatorState } from './state.ts';
import type { Task, TaskTable } from './task-table.ts';
import { starving } from './turns.ts';

/** Offers to be sent, by node. */
export type Outgoing = Map<string, Offer[]>;

export function placementOf(job: JobState): PlacementJob | null {
  return job.plan === null ? null : { plan: job.plan, labels: job.spec?.labels ?? {} };
}

/** Drops the table's offers that led to nothing, and those to nodes that are gone. */
export function dropStaleOffers(state: CoordinatorState, table: TaskTable): void {
  noteUnheeded(state, table);
  for (const index of table.offered) {
    const task = table.tasks[index] as Task;
    task.offers = task.offers.filter(
      ({ node, atMs }) =>
        state.nodes.nodes.get(node)?.verdict === 'alive' &&
        state.nowMs - atMs < limits.offerRepeatMs,
    );
    if (task.offers.length === 0) table.offered.delete(index);
  }
}

/** Notes that the task is offered to the node. @param input digest of the stage's input, or '' */
export function makeOffer(
  state: CoordinatorState,
  job: JobState,
  table: TaskTable,
  task: Task,
  { node, input }: { readonly node: string; readonly input: string },
  out: Outgoing,
): void {
  task.offers.push({ node, atMs: state.nowMs });
  table.offered.add(task.index);
  const offers = out.get(node) ?? [];
  offers.push(offerOf(state, job, task, input));
  out.set(node, offers);
}

/** What an offer of the task's next attempt says. @param input digest of the stage's input, or '' */
export function offerOf(state: CoordinatorState, job: JobState, task: Task, input: string): Offer {
  return shoal.Offer.create({
    job: job.id,
    task: task.id,
    attempt: task.attempt,
    plan: job.record.plan,
    input,
    isolated: task.record?.isolated ?? false,
    // Nodes order what waits with them: a starving job goes before any priority there, too.
    priority: starving(state, job) ? priorityMax + 1 : job.settings.priority,
    // A later attempt is linked to the one it replaces by the record that the worker reads.
    traceparent: job.record.traceparent,
  });
}
