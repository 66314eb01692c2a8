/** `shoal coordinator`: one coordinator as this process. */
import { hostname } from 'node:os';
import { startCoordinator } from '../../actors/coordinator/start.ts';
import { runActor } from '../actor-process.ts';
import type { CoordinatorFlags } from '../routes/actors.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';

export function coordinator(session: Session, flags: CoordinatorFlags): Promise<void> {
  return runActor(session, flags, 'coordinator', async (context) => {
    const actor = startCoordinator({
      ...context,
      host: hostname(),
      pid: process.pid,
      version: version(),
      ...(flags.idleExit === undefined ? {} : { idleExitMs: flags.idleExit }),
    });
    return {
      nonce: actor.nonce,
      ended: actor.stopped,
      drain: () => void actor.stop(),
      stop: () => actor.stop(),
    };
  });
}
