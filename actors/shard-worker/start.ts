/**
 * Starts a shard-worker: a node that trains on rows and scores them.
 */
import { JobSource } from '../task-runner/job-source.ts';
import { PreparedCache } from '../task-runner/prepared-cache.ts';
import { type NodeOptions, type RunningNode, startNode } from '../task-runner/running-node.ts';
import type { ShardFiles } from '../task-runner/shard-files.ts';
import { ShardWorkerRole } from './shard-worker-role.ts';

/** Share of the node's memory that data of past tasks may keep; work in hand is never refused. */
const preparedShare = 0.5;

export interface ShardWorkerOptions extends NodeOptions {
  /** Shards as files on this host. */
  readonly files: ShardFiles;
}

export async function startShardWorker(options: ShardWorkerOptions): Promise<RunningNode> {
  const { bus, compute, files, memoryBytes } = options;
  const source = new JobSource(bus.blobs);
  const prepared = new PreparedCache(memoryBytes * preparedShare);
  return startNode(options, new ShardWorkerRole({ compute, source, files, prepared }));
}
