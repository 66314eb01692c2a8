/**
 * How fast nodes are at the rounds of a job, from what they say of the rounds that they did.
 *
 * A node's speed is its threads over the time that one of them takes for a slice. Who has not been
 * measured yet is taken to be, thread for thread, as fast as the median of those who have.
 */
import type { NodeEntry } from './node-table.ts';

/** Milliseconds that one thread of the node takes for a slice of the job; null where unknown. */
function sliceMs({ heartbeat }: NodeEntry, job: string): number | null {
  const pace = heartbeat.paces.find((own) => own.job === job);
  const [slices, ms] = [pace?.slices ?? 0, pace?.ms ?? 0];
  if (slices <= 0 || !(ms > 0)) return null;
  return ms / Math.ceil(slices / Math.max(1, heartbeat.slots));
}

/** @returns the speed of each node in slices a millisecond; nothing while nobody was measured */
export function speedsOf(
  job: string,
  nodes: readonly NodeEntry[],
): (node: NodeEntry) => { readonly speed?: number } {
  const known = nodes.flatMap((node) => sliceMs(node, job) ?? []).sort((a, b) => a - b);
  const median = known[known.length >> 1];
  if (median === undefined) return () => ({});
  return (node) => ({
    speed: Math.max(1, node.heartbeat.slots) / (sliceMs(node, job) ?? median),
  });
}
