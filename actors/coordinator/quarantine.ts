/**
 * Quarantine: a node on which work fails that others can do gets none for a while.
 *
 * It is suspected after several deaths within a few minutes, or after several tasks that erred there
 * and nowhere else. It is kept in memory alone, costs time at most, and never leaves a job without
 * nodes: where all that could do the work are suspected, all get it. Nobody is blamed for errors that
 * others have, too, nor for leaving in good order.
 */
import { limits } from '../../schemas/limits.ts';
import type { TaskRecord } from '../../schemas/wire.ts';
import { tell } from './event-chain.ts';
import { tablesOf } from './job-state.ts';
import type { NodeEntry } from './node-table.ts';
import type { CoordinatorState } from './state.ts';

/** The process of the node is gone and did not say good-bye. */
export function noteDeath(state: CoordinatorState, node: NodeEntry): void {
  if (node.heartbeat.role === 'coordinator') return;
  note(state, node.deaths);
  if (node.deaths.length < limits.quarantineFaults) return;
  quarantine(state, node, `it died ${node.deaths.length} times in ${minutes()} min`);
}

/** A task is done: whoever erred at it before has failed where another succeeded. */
export function noteDone(state: CoordinatorState, record: TaskRecord): void {
  for (const name of new Set(record.errors.map((error) => error.node ?? ''))) {
    const node = state.nodes.nodes.get(name);
    if (node === undefined || name === record.node) continue;
    note(state, node.faults);
    const others = [...state.nodes.nodes.values()].some(
      (other) => other !== node && recent(state, other.errors).length > 0,
    );
    if (others || node.faults.length < limits.quarantineFaults) continue;
    const tasks = `${node.faults.length} tasks`;
    quarantine(state, node, `${tasks} failed there in ${minutes()} min and succeeded elsewhere`);
  }
}

/** A node reported an error of a task. */
export function noteError(state: CoordinatorState, name: string): void {
  const node = state.nodes.nodes.get(name);
  if (node !== undefined) note(state, node.errors);
}

function minutes(): number {
  return limits.quarantineWindowMs / 60_000;
}

function recent(state: CoordinatorState, times: readonly number[]): readonly number[] {
  return times.filter((atMs) => state.nowMs - atMs < limits.quarantineWindowMs);
}

/** Adds this moment to the times, of which the last few are kept. */
function note(state: CoordinatorState, times: number[]): void {
  const kept = [...recent(state, times), state.nowMs].slice(-8);
  times.splice(0, times.length, ...kept);
}

function quarantine(state: CoordinatorState, node: NodeEntry, reason: string): void {
  const known = inQuarantine(state, node);
  const untilMs = state.nowMs + limits.quarantineMs;
  const until = state.wallMs + limits.quarantineMs;
  node.quarantine = { reason, untilMs, until };
  state.pumpDue = true;
  // One that dies again before its time is over stays longer, without another word.
  if (known) return;
  const fields = { node: node.id, reason, until: new Date(until).toISOString() };
  const { role } = node.heartbeat;
  state.effects.push(
    {
      type: 'log',
      level: 'warn',
      message: 'node in quarantine',
      fields: { peer: node.id, reason },
    },
    { type: 'count', counter: 'quarantined', by: 1, label: role },
  );
  for (const id of state.active) {
    const job = state.jobs.get(id);
    if (job === undefined) continue;
    const worked = tablesOf(job).some(({ tasks }) =>
      tasks.some(
        (task) =>
          task.node === node.id ||
          task.record?.takenFrom === node.id ||
          task.record?.errors.some((error) => error.node === node.id) === true,
      ),
    );
    if (worked) tell(job, 'node-quarantined', `node:${node.id}`, state.wallMs, fields);
  }
}

export function inQuarantine(state: CoordinatorState, { quarantine: own }: NodeEntry): boolean {
  return own !== null && own.untilMs > state.nowMs;
}

/** The nodes without those in quarantine; all of them where none would be left. */
export function trusted(state: CoordinatorState, nodes: readonly NodeEntry[]): NodeEntry[] {
  const sound = nodes.filter((node) => !inQuarantine(state, node));
  return sound.length > 0 ? sound : [...nodes];
}

/** The same for what lasts as long as rounds do: a node on which it stood still comes last, too. */
export function steady(state: CoordinatorState, nodes: readonly NodeEntry[]): NodeEntry[] {
  const able = trusted(state, nodes);
  const sound = able.filter((node) => node.shunnedUntilMs <= state.nowMs);
  return sound.length > 0 ? sound : able;
}
