/** `shoal coordinator`: one coordinator as this process. */
import { hostname } from 'node:os';
import { leastLoaded, placements } from '../../actors/coordinator/placement.ts';
import { startCoordinator } from '../../actors/coordinator/start.ts';
import { runActor } from '../actor-process.ts';
import type { CoordinatorFlags } from '../routes/actors.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';

export function coordinator(session: Session, flags: CoordinatorFlags): Promise<void> {
  return runActor(
    session,
    flags,
    'coordinator',
    async (context) => {
      const actor = startCoordinator({
        ...context,
        host: hostname(),
        pid: process.pid,
        version: version(),
        ...(flags.idleExit === undefined ? {} : { idleExitMs: flags.idleExit }),
        placement: placements.get(flags.placement ?? '') ?? leastLoaded,
      });
      return {
        nonce: actor.nonce,
        ended: actor.stopped,
        drain: () => void actor.stop(),
        stop: () => actor.stop(),
      };
    },
    ledgerOptions(session, flags),
  );
}

/** How the ledger is to be made, and what is asked of the servers that keep it. */
function ledgerOptions(session: Session, flags: CoordinatorFlags) {
  const monitors = flags.natsMonitor ?? session.env.SHOAL_NATS_MONITOR ?? '';
  return {
    allowUnsynced: flags.allowUnsynced,
    ...(flags.replicas === undefined ? {} : { replicas: flags.replicas }),
    ...(monitors === '' ? {} : { monitors: monitors.split(',') }),
  };
}
