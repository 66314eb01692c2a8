/** `shoal coordinator`: one coordinator as this process. */
import { startCoordinator } from '../../actors/coordinator/start.ts';
import { runActor } from '../actor-process.ts';
import type { CoordinatorFlags } from '../routes/actors.ts';
import type { Session } from '../session.ts';

export function coordinator(session: Session, flags: CoordinatorFlags): Promise<void> {
  return runActor(session, flags, 'coordinator', async (context) => {
    const { stopped, stop, nonce } = await startCoordinator({
      ...context,
      ...(flags.idleExit === undefined ? {} : { idleExitMs: flags.idleExit }),
    });
    return { nonce, ended: stopped, drain: () => void stop(), stop };
  });
}
