/**
 * Placement: which node gets which task. The policy is named and can be swapped.
 */
import type { JobPlan } from '../../schemas/job-plan.ts';
import { type NodeEntry, takesWork } from './node-table.ts';

export interface PlacementJob {
  readonly plan: JobPlan;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Placement {
  readonly name: string;
  /** The better of two nodes for a task of the job, as a comparison: negative prefers `a`. */
  compare(a: Candidate, b: Candidate): number;
}

export interface Candidate {
  readonly node: NodeEntry;
  /** Slots that nothing fills yet. */
  readonly free: number;
  /** The node holds the job's data in memory. */
  readonly local: boolean;
}

/** Idle slots first, then data at hand, then the least loaded, then by name to be reproducible. */
export const leastLoaded: Placement = {
  name: 'least-loaded',
  compare(a, b) {
    const idle = Number(b.free > 0) - Number(a.free > 0);
    if (idle !== 0) return idle;
    if (a.local !== b.local) return a.local ? -1 : 1;
    const loadA = a.free / a.node.heartbeat.slots;
    const loadB = b.free / b.node.heartbeat.slots;
    return loadB - loadA || (a.node.id < b.node.id ? -1 : 1);
  },
};

/** Why a node cannot run tasks of the job; null when it can. */
export function unfit(job: PlacementJob, node: NodeEntry, role: string): string | null {
  if (!takesWork(node, role)) return `no ${role} is connected`;
  const { heartbeat } = node;
  const learner = `${job.plan.learner}@${job.plan.numerics}`;
  if (!heartbeat.learners.includes(learner)) return `no ${role} has learner ${learner}`;
  // A label says where data may be worked on; an aggregator sees parts and counts only.
  for (const [name, value] of role === 'worker' ? Object.entries(job.labels) : []) {
    if (!heartbeat.labels.some((label) => label.name === name && label.value === value)) {
      return `no ${role} has label ${name}=${value}`;
    }
  }
  const needs = job.plan.memoryBytes + job.plan.memoryPerSlot * Math.max(0, heartbeat.slots - 1);
  if (role === 'worker' && heartbeat.memoryBytes < needs) {
    const mib = (bytes: number) => `${bytes / 2 ** 20} MiB`.replace(/(\.\d)\d*/, '$1');
    return `no worker has the memory: ${mib(needs)} needed, ${mib(heartbeat.memoryBytes)} at most offered`;
  }
  return null;
}

/** Whether the node holds the job's data set in memory. */
export function isLocal(job: PlacementJob, node: NodeEntry): boolean {
  return node.heartbeat.held.includes(job.plan.dataset.manifest.slice(0, 16));
}
