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
import { phaseOf, restoreSnapshot } from './job-machine.ts';

/**
 * @param term of the leader that does it: the mark is a write of its own
 * @throws ConflictError when somebody has written the record meanwhile
 */
export async function removeJob(bus: Bus, job: JobId, term: number): Promise<void> {
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
  record.term = term;
  const marked = await store.update('jobs', job, records.job.encode(record), entry.revision);
  await journal.purge(subjects.eventsOf(job));
  await store.purge('tasks', keys.tasksOf(job));
  await store.purge('rounds', keys.roundStatesOf(job));
  await store.erase('jobs', job, marked);
}
