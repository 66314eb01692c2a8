/** `shoal aggregator`: one aggregator as this process. */
import { startAggregator } from '../../actors/aggregator/start.ts';
import { runActor } from '../actor-process.ts';
import type { NodeFlags } from '../routes/actors.ts';
import type { Session } from '../session.ts';
import { nodeSettings, startedNode } from '../task-node.ts';

export function aggregator(session: Session, flags: NodeFlags): Promise<void> {
  return runActor(session, flags, 'aggregator', async (context) => {
    const settings = nodeSettings(session, flags, context);
    return startedNode(await startAggregator({ ...context, ...settings }), settings.compute);
  });
}
