/**
 * Starts an aggregator: a node that merges the parts of models and measures scored rows.
 */
import { JobSource } from '../task-runner/job-source.ts';
import { type NodeOptions, type RunningNode, startNode } from '../task-runner/running-node.ts';
import { AggregatorRole } from './aggregator-role.ts';

export async function startAggregator(options: NodeOptions): Promise<RunningNode> {
  const source = new JobSource(options.bus.blobs);
  return startNode(options, new AggregatorRole(options.compute, source));
}
