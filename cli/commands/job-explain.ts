/** `shoal job explain`, `job events` and `job verify`: a job told and proven from its events. */
import type { JobHandle } from '../../client/job-handle.ts';
import { withClient } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import type { BusFlags } from '../flags.ts';
import { eventLine } from '../job-text.ts';
import type { EventsFlags, ExplainFlags } from '../routes/job-explain.ts';
import type { Session } from '../session.ts';
import { storyText } from '../story-text.ts';
import { known } from './jobs.ts';

export async function jobExplain(session: Session, flags: ExplainFlags, id: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const told = await client.job(id).explain({ at: flags.at, signal });
    if (screen.json) screen.value(told);
    else for (const line of storyText(told, flags.at !== undefined)) screen.print(line);
    if (told.broken !== null) session.exitCode = exitCodes.failed;
  });
}

export async function jobEvents(session: Session, flags: EventsFlags, id: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const job = client.job(id);
    if (flags.follow && !(await hasEvents(job, signal))) await known(job, signal);
    let seen = 0;
    for await (const event of job.events({ signal, follow: flags.follow })) {
      seen += 1;
      if (event.n < (flags.from ?? 1)) continue;
      if (screen.json) screen.value(event);
      else screen.print(eventLine(event));
    }
    if (seen === 0)
      await job.view(signal); // says so if there is no such job
    else if (seen < (flags.from ?? 1)) screen.note(`job "${id}" has ${seen} events only`);
  });
}

/** Whether anything was told of the job: then no coordinator is needed to follow it. */
async function hasEvents(job: JobHandle, signal: AbortSignal): Promise<boolean> {
  for await (const _ of job.events({ signal, follow: false })) return true;
  return false;
}

export async function jobVerify(session: Session, flags: BusFlags, id: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const report = await client.job(id).verify(signal);
    const { events, head, faults, sound } = report;
    if (screen.json) screen.value(report);
    for (const { message } of faults) screen.print(`broken   ${message}`);
    const shown = `${head.slice(0, 12)}...`;
    if (sound) screen.print(`sound    ${events} events of job "${id}", the last one is ${shown}`);
    else session.exitCode = exitCodes.failed;
  });
}
