/**
 * Takes an ended job away: its events, its task records and round states, its record last of all.
 *
 * The record is marked first, so that a leader that finds it goes on, whatever this one came to. Its
 * model or data set stays; blobs that nothing names any more are the collector's.
 */
import type { Bus } from '../../runtime/bus.ts';
import { TerminalError } from '../../schemas/errors.ts';
import type { JobId } from '../../schemas/ids.ts';
import { keys } from '../../schemas/subjects.ts';
import { finalPhases } from '../../schemas/views.ts';
import { records } from '../../schemas/wire.ts';
import { verifyLead } from './fence.ts';
import { phaseOf, restoreSnapshot } from './job-machine.ts';
import type { PerformContext } from './perform.ts';

/**
 * Removes task records and round states of a job that has ended, or that nobody knows.
 * @throws RetryableError not-leading when the lease may be somebody else's by now
 */
export async function cleanJob(bus: Bus, job: JobId, mayAct: () => boolean): Promise<void> {
  const { store } = bus;
  verifyLead(mayAct, `removal of the task records of job "${job}"`);
  await store.purge('tasks', keys.tasksOf(job));
  verifyLead(mayAct, `removal of the round states of job "${job}"`);
  await store.purge('rounds', keys.roundStatesOf(job));
}

/**
 * The mark is a write of its own, under the term of the leader that does it.
 * @throws ConflictError when somebody has written the record meanwhile, RetryableError not-leading
 * when the lease may be somebody else's by now
 */
export async function removeJob(
  bus: Bus,
  job: JobId,
  { me, mayAct }: Pick<PerformContext, 'me' | 'mayAct'>,
): Promise<void> {
  const { store, journal, subjects } = bus;
  const entry = await store.get('jobs', job);
  if (entry === undefined) return;
  const record = records.job.decode(entry.value);
  const phase = phaseOf(restoreSnapshot(record.machineVersion, record.snapshot));
  if (!finalPhases.has(phase)) {
    throw new TerminalError('wrong-phase', `job "${job}" is ${phase}: it has not ended`, {
      fix: 'cancel it first',
    });
  }
  record.removing = true;
  record.term = me.term;
  verifyLead(mayAct, `removal of job "${job}"`);
  const marked = await store.update('jobs', job, records.job.encode(record), entry.revision);
  verifyLead(mayAct, `removal of the events of job "${job}"`);
  await journal.purge(subjects.eventsOf(job));
  await cleanJob(bus, job, mayAct);
  await store.erase('jobs', job, marked);
}
