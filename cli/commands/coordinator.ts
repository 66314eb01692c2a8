/** `shoal coordinator`: one coordinator as this process. */
import { hostname } from 'node:os';
import { leastLoaded, placements } from '../../actors/coordinator/placement.ts';
import type { RetentionOptions } from '../../actors/coordinator/retention.ts';
import { startCoordinator } from '../../actors/coordinator/start.ts';
import { limits } from '../../schemas/limits.ts';
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
        ...(flags.stalledAfter === undefined ? {} : { stalledAfterMs: flags.stalledAfter }),
        retention: retentionOf(flags),
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
    acceptLosses: flags.acceptLosses,
    ...(flags.replicas === undefined ? {} : { replicas: flags.replicas }),
    ...(monitors === '' ? {} : { monitors: monitors.split(',') }),
  };
}

/** Looks and rests as often as befits what is asked for. */
function retentionOf(flags: CoordinatorFlags): RetentionOptions {
  const { keepJobs, keepJobsFor, keepBlobsFor: graceMs } = flags;
  return {
    ...(keepJobs === undefined ? {} : { jobsMax: keepJobs }),
    ...(keepJobsFor === undefined ? {} : { jobsMs: keepJobsFor }),
    ...(graceMs === undefined
      ? {}
      : {
          graceMs,
          restMs: Math.min(limits.blobRestMs, Math.ceil(graceMs / 2)),
          lookMs: Math.min(limits.collectMs, Math.max(1_000, Math.ceil(graceMs / 4))),
        }),
  };
}
