/**
 * A heartbeat message: what the runner says of itself, with the facts of process and machine.
 */

import { shoal } from '../../schemas/generated/shoal.js';
import type { NodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import type { Heartbeat, RoundReport } from '../../schemas/wire.ts';
import type { Beat } from './effects.ts';

export interface NodeFacts {
  readonly node: NodeId;
  readonly role: string;
  readonly slots: number;
  readonly memoryBytes: number;
  /** Learners that the node can run, as name@numerics. */
  readonly learners: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** For people: name of the machine, process id, release. */
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

export interface Moment {
  readonly nonce: string;
  readonly residentBytes: number;
  readonly uptimeMs: number;
  readonly held: readonly string[];
  /** How long rounds take, by job. */
  readonly paces: readonly { readonly job: string; readonly slices: number; readonly ms: number }[];
  /** What runs say of themselves, by number. */
  readonly reports: ReadonlyMap<number, RunReport>;
}

/** How the rounds go that a run leads, null for none, and what it has cost so far. */
export interface RunReport {
  readonly round: RoundReport | null;
  readonly cpuMs?: number;
  readonly fetchedBytes?: number;
}

export function heartbeatOf(facts: NodeFacts, beat: Beat, moment: Moment): Heartbeat {
  return shoal.Heartbeat.create({
    node: facts.node,
    nonce: moment.nonce,
    role: facts.role,
    seq: beat.seq,
    intervalMs: limits.heartbeatMs,
    slots: facts.slots,
    running: beat.running.map(({ run, ...task }) => ({ ...task, ...moment.reports.get(run) })),
    queued: beat.queued,
    memoryBytes: facts.memoryBytes,
    residentBytes: moment.residentBytes,
    loopLagMs: beat.loopLagMs,
    version: facts.version,
    learners: [...facts.learners],
    labels: Object.entries(facts.labels).map(([name, value]) => ({ name, value })),
    draining: beat.draining,
    leaving: beat.leaving,
    tasksDone: beat.tasksDone,
    commitsRefused: beat.commitsRefused,
    host: facts.host,
    held: [...moment.held],
    paces: [...moment.paces],
    uptimeMs: Math.round(moment.uptimeMs),
    pid: facts.pid,
    copies: true,
  });
}
