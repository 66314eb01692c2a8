/**
 * Starts a shard-worker: a node that trains on rows, holds them for rounds and scores them.
 */
import { meteredCompute } from '../../runtime/metered-compute.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { KeptBytes } from '../rounds/kept-bytes.ts';
import { JobSource } from '../task-runner/job-source.ts';
import { PreparedCache } from '../task-runner/prepared-cache.ts';
import { type NodeOptions, type RunningNode, startNode } from '../task-runner/running-node.ts';
import type { ShardFiles } from '../task-runner/shard-files.ts';
import { ShardPaths } from './shard-paths.ts';
import { ShardWorkerRole } from './shard-worker-role.ts';

/** Share of the node's memory that data of past tasks may keep; work in hand is never refused. */
const preparedShare = 0.5;

export interface ShardWorkerOptions extends NodeOptions {
  /** Shards as files on this host. */
  readonly files: ShardFiles;
}

export async function startShardWorker(options: ShardWorkerOptions): Promise<RunningNode> {
  const { bus, files, memoryBytes } = options;
  const metrics = options.metrics ?? new Metrics();
  const compute = meteredCompute(options.compute, options.clock, metrics);
  const source = new JobSource(bus.blobs);
  const prepared = new PreparedCache(memoryBytes * preparedShare);
  const { clock, log } = options;
  const rounds = { bus, clock, compute, metrics, log, kept: new KeptBytes(bus, log) };
  const paths = new ShardPaths(files, metrics);
  const role = new ShardWorkerRole({
    ...{ compute, source, paths, prepared, rounds },
    blobs: bus.blobs,
  });
  return startNode({ ...options, metrics }, role);
}
