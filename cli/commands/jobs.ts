/** `shoal jobs` and `shoal job ...`. */
import type { JobHandle } from '../../client/job-handle.ts';
import type { SettingsChange } from '../../schemas/job-settings.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobView } from '../../schemas/views.ts';
import { withClient } from '../connection.ts';
import type { BusFlags } from '../flags.ts';
import { follow } from '../follow.ts';
import { jobLines, tookMs } from '../job-text.ts';
import type { SetFlags, WaitFlags } from '../routes/jobs.ts';
import type { Session } from '../session.ts';
import { duration, figure, table } from '../table.ts';

export async function jobs(session: Session, flags: BusFlags): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const all = await client.jobs({ signal });
    all.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    if (screen.json) {
      screen.value(all);
      return;
    }
    if (all.length === 0) {
      screen.note('no jobs yet; submit one with `shoal submit FILE`');
      return;
    }
    screen.print(
      table(
        [
          { title: 'JOB' },
          { title: 'PHASE' },
          { title: 'ALGORITHM' },
          { title: 'DATA SET' },
          { title: 'TASKS', right: true },
          { title: 'TOOK', right: true },
          { title: 'RESULT' },
        ],
        all.map((job) => [
          job.id,
          job.phase,
          job.algorithm ?? (job.model === null ? '' : `predict ${job.model}`),
          job.dataset ?? '',
          `${job.tasks.done}/${job.tasks.total}`,
          job.finishedAt === null ? '' : duration(tookMs(job)),
          (job.algorithm === null ? job.output : job.model) ??
            job.error?.message ??
            job.waitingFor?.what ??
            '',
        ]),
      ),
    );
  });
}

function showJob(session: Session, view: JobView): void {
  for (const line of jobLines(view)) session.screen.print(line);
  if (session.screen.json) session.screen.value(view);
}

/** Runs one question about a job and shows the job that comes back. */
function about(ask: (job: JobHandle, signal: AbortSignal) => Promise<JobView>) {
  return (session: Session, flags: BusFlags, id: string): Promise<void> =>
    withClient(session, flags, async (client) => {
      showJob(session, await ask(client.job(id), session.signal));
    });
}

export const jobShow = about((job, signal) => job.view(signal));
export const jobCancel = about((job, signal) => job.cancel(signal));
export const jobPause = about((job, signal) => job.pause(signal));
export const jobResume = about((job, signal) => job.resume(signal));

export async function jobSet(session: Session, flags: SetFlags, id: string): Promise<void> {
  const { workersMin: min, workersMax: max, priority, deadline } = flags;
  const workers = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const change: SettingsChange = {
    ...(Object.keys(workers).length === 0 ? {} : { workers }),
    ...(priority === undefined ? {} : { priority }),
    ...(deadline === undefined ? {} : { deadline: deadline === 0 ? null : deadline }),
  };
  await withClient(session, flags, async (client) => {
    showJob(session, await client.job(id).set(change, session.signal));
  });
}

/** Refuses an unknown id, which would be waited for without end. A takeover is waited for. */
export async function known(job: JobHandle, signal: AbortSignal): Promise<void> {
  await job.view(signal, limits.takeoverMs);
}

export async function jobWatch(session: Session, flags: WaitFlags, id: string): Promise<void> {
  const { screen } = session;
  await withClient(session, flags, async (client) => {
    const job = client.job(id);
    await known(job, session.signal);
    const view = await follow(session, job, {
      timeoutMs: flags.timeout,
      ...(screen.json ? { onEvent: (event) => screen.value(event) } : {}),
    });
    showJob(session, view);
  });
}

export async function jobWait(session: Session, flags: WaitFlags, id: string): Promise<void> {
  await withClient(session, flags, async (client) => {
    const job = client.job(id);
    await known(job, session.signal);
    showJob(session, await follow(session, job, { timeoutMs: flags.timeout, quiet: true }));
  });
}

export async function jobSnapshot(session: Session, flags: BusFlags, id: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const taken = await client.job(id).snapshot(signal);
    if (screen.json) {
      screen.value(taken);
      return;
    }
    const figures = Object.entries(taken.metrics).map(
      ([name, value]) => `, ${name} ${figure(value)}`,
    );
    screen.print(
      `${taken.model} after ${taken.round} rounds of fit ${taken.fit}${figures.join('')}`,
    );
    screen.print(`digest ${taken.digest}`);
  });
}

export async function jobTasks(session: Session, flags: BusFlags, id: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const tasks = await client.job(id).tasks(signal);
    if (screen.json) {
      screen.value(tasks);
      return;
    }
    screen.print(
      table(
        [
          { title: 'TASK' },
          { title: 'STATE' },
          { title: 'ATTEMPT', right: true },
          { title: 'NODE' },
          { title: 'LOSSES', right: true },
          { title: 'ERRORS', right: true },
          { title: 'RESULT' },
        ],
        tasks.map((task) => [
          task.task,
          task.state,
          String(task.attempt),
          task.node ?? '',
          String(task.losses),
          String(task.errors.length),
          task.result?.slice(0, 12) ?? '',
        ]),
      ),
    );
  });
}
