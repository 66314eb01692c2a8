/** `shoal worker`: one shard-worker as this process. */
import { join } from 'node:path';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import { diskCache } from '../../runtime/node/disk-cache.ts';
import { natsCacheDir } from '../../runtime/node/nats-binary.ts';
import { runActor } from '../actor-process.ts';
import type { NodeFlags } from '../routes/actors.ts';
import type { Session } from '../session.ts';
import { nodeSettings, startedNode } from '../task-node.ts';

/** Shards kept on this host's disk, at most. */
const cacheBytesMax = 32 * 2 ** 30;

export function worker(session: Session, flags: NodeFlags): Promise<void> {
  const { env, config } = session;
  return runActor(session, flags, 'worker', async (context) => {
    const settings = nodeSettings(session, flags, context);
    const dir =
      flags.cacheDir ??
      (env.SHOAL_CACHE_DIR || undefined) ??
      config.cacheDir ??
      join(natsCacheDir(env), 'shards');
    const files = diskCache(context.bus.blobs, dir, cacheBytesMax, { ending: '.arrow' });
    return startedNode(
      await startShardWorker({ ...context, ...settings, files }),
      settings.compute,
    );
  });
}
