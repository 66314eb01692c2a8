/**
 * Starts an aggregator: a node that leads rounds, merges the parts of models and measures.
 */
import { meteredCompute } from '../../runtime/metered-compute.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { KeptBytes } from '../rounds/kept-bytes.ts';
import { JobSource } from '../task-runner/job-source.ts';
import { type NodeOptions, type RunningNode, startNode } from '../task-runner/running-node.ts';
import { AggregatorRole } from './aggregator-role.ts';

export async function startAggregator(options: NodeOptions): Promise<RunningNode> {
  const { bus, clock, log, metrics = new Metrics() } = options;
  const compute = meteredCompute(options.compute, clock, metrics);
  const rounds = { bus, clock, compute, metrics, log, kept: new KeptBytes(bus, log) };
  const role = new AggregatorRole(compute, new JobSource(bus.blobs), rounds);
  return startNode({ ...options, metrics }, role);
}
