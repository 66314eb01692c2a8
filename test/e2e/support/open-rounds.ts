/**
 * Where the rounds of a job stand, as seen from outside: for tests that kill in the middle of them.
 */
import { decodeMessage, TaskState } from '../../../schemas/wire.ts';
import type { TaskLog } from '../../support/task-log.ts';
import type { Cluster } from './cluster.ts';

/** Resolves once the job's rounds have gone on to this one. */
export async function roundOpened(cluster: Cluster, job: string, wanted: number): Promise<void> {
  const { transport, subjects } = cluster.bus;
  await new Promise<void>((resolve) => {
    const heard = transport.subscribe(subjects.roundOpen(job as never, 0, '*'), ({ bytes }) => {
      const { round, probe } = decodeMessage('round-open', Uint8Array.from(bytes));
      if (probe || round < wanted) return;
      heard.unsubscribe();
      resolve();
    });
  });
}

/** The node whose claim on the task stands. */
export function ownerOf(log: TaskLog, job: string, task: string): string {
  const record = log.of(job).get(`${job}.${task}`)?.at(-1)?.record;
  return record?.state === TaskState.CLAIMED ? record.node : '';
}
