/** `shoal worker`: one shard-worker as this process. */
import { join } from 'node:path';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import { natsCacheDir } from '../../runtime/node/nats-binary.ts';

import { runActor } from '../actor-process.ts';
import type { NodeFlags } from '../routes/actors.ts';
import type { Session } from '../session.ts';
import { shardFolder } from '../shard-folder.ts';
import { nodeSettings, startedNode } from '../task-node.ts';

export function worker(session: Session, flags: NodeFlags): Promise<void> {
  const { env, config } = session;
  return runActor(session, flags, 'worker', async (context) => {
    const settings = nodeSettings(session, flags, context);
    const dir =
      flags.cacheDir ??
      (env.SHOAL_CACHE_DIR || undefined) ??
      config.cacheDir ??
      join(natsCacheDir(env), 'shards');
    const files = shardFolder({ dir, blobs: context.bus.blobs });
    return startedNode(
      await startShardWorker({ ...context, ...settings, files }),
      settings.compute,
    );
  });
}
