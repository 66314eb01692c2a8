/**
 * Placement: which node gets which task. The policy is named and can be swapped.
 *
 * It decides where work is done, never what comes out. Nodes that cannot do the work are no
 * candidates of any policy, and no policy keeps work from an idle node while all others are full.
 */
import type { JobPlan } from '../../schemas/job-plan.ts';
import { preprocessName } from '../../schemas/preprocess.ts';
import { type NodeEntry, takesWork } from './node-table.ts';

export interface PlacementJob {
  readonly plan: JobPlan;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Placement {
  readonly name: string;
  /** It looks at `own`, which costs a walk over the job's claims. */
  readonly counts: boolean;
  /** The better of two nodes for a task of the job, as a comparison: negative prefers `a`. */
  compare(a: Candidate, b: Candidate): number;
}

export interface Candidate {
  readonly node: NodeEntry;
  /** Slots that nothing fills yet. */
  readonly free: number;
  /** The node holds the job's data in memory. */
  readonly local: boolean;
  /** Tasks of the job that it has claimed or is offered; 0 where the policy does not count. */
  readonly own: number;
}

/** More of its slots free, then by name to be reproducible. */
function byLoad(a: Candidate, b: Candidate): number {
  const loadA = a.free / a.node.heartbeat.slots;
  const loadB = b.free / b.node.heartbeat.slots;
  return loadB - loadA || (a.node.id < b.node.id ? -1 : 1);
}

const byIdleness = (a: Candidate, b: Candidate) => Number(b.free > 0) - Number(a.free > 0);
const byLocality = (a: Candidate, b: Candidate) => Number(b.local) - Number(a.local);

/** Idle slots first, then data at hand, then the least loaded: the shortest time. */
export const leastLoaded: Placement = {
  name: 'least-loaded',
  counts: false,
  compare: (a, b) => byIdleness(a, b) || byLocality(a, b) || byLoad(a, b),
};

/**
 * Data at hand first, even where an offer waits there for a moment: the least traffic. An idle node
 * without the data still gets what nobody takes up.
 */
export const localityFirst: Placement = {
  name: 'locality-first',
  counts: false,
  compare: (a, b) => byLocality(a, b) || byIdleness(a, b) || byLoad(a, b),
};

/** Idle slots first, then whoever has least of the job: a lost node takes as little as can be. */
export const spread: Placement = {
  name: 'spread',
  counts: true,
  compare: (a, b) => byIdleness(a, b) || a.own - b.own || byLoad(a, b),
};

/** By name, the default first. */
export const placements: ReadonlyMap<string, Placement> = new Map(
  [leastLoaded, localityFirst, spread].map((placement) => [placement.name, placement]),
);

/** Why a node cannot run tasks of the job; null when it can. */
export function unfit(job: PlacementJob, node: NodeEntry, role: string): string | null {
  if (!takesWork(node, role)) return `no ${role} is connected`;
  const { heartbeat } = node;
  const learner = `${job.plan.learner}@${job.plan.numerics}`;
  if (!heartbeat.learners.includes(learner)) return `no ${role} has learner ${learner}`;
  const steps = `${preprocessName}@${job.plan.preprocess?.numerics}`;
  if (job.plan.preprocess !== undefined && !heartbeat.learners.includes(steps)) {
    return `no ${role} can run the steps before training (${steps})`;
  }
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
