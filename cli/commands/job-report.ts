/** `shoal job report`: a job as one HTML page. */
import { writeFile } from 'node:fs/promises';
import type { JobHandle } from '../../client/job-handle.ts';
import { withClient } from '../connection.ts';
import type { RoundPoint } from '../report/report.ts';
import { reportPage } from '../report/report.ts';
import type { ReportFlags } from '../routes/job-report.ts';
import type { Session } from '../session.ts';
import { bytes } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { version } from '../version.ts';

/** Rounds that a page shows of a fit. */
const pointsMax = 500;

export async function jobReport(session: Session, flags: ReportFlags, id: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    const job = client.job(id);
    const view = await job.view(signal);
    const measured = await job.measured(signal);
    const rounds = await roundsOf(job, signal);
    const page = reportPage({ view, measured, rounds, version: version() });
    const out = flags.out ?? `${id}.html`;
    if (out === '-') {
      if (screen.json) throw new UsageError('--json and --out - both want stdout', 'name a file');
      process.stdout.write(page);
      return;
    }
    try {
      await writeFile(out, page, { flag: flags.force ? 'w' : 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new UsageError(`file "${out}" is there already`, 'name another, or give --force');
    }
    screen.print(`wrote ${out}: ${bytes(Buffer.byteLength(page))}`);
    if (screen.json) screen.value({ id, out });
  });
}

/** Metrics of rounds from the job's events, thinned where there are many. */
async function roundsOf(job: JobHandle, signal: AbortSignal): Promise<RoundPoint[]> {
  const byFit = new Map<string, RoundPoint[]>();
  for await (const event of job.events({ signal, follow: false })) {
    if (event.kind !== 'rounds' && event.kind !== 'rounds-ended') continue;
    const { fit, round, metrics } = event as unknown as RoundPoint;
    if (typeof fit !== 'string' || typeof round !== 'number') continue;
    const known = byFit.get(fit) ?? [];
    if (known.at(-1)?.round !== round) known.push({ fit, round, metrics: metrics ?? {} });
    byFit.set(fit, known);
  }
  return [...byFit.values()].flatMap((points) => {
    const every = Math.ceil(points.length / pointsMax);
    return points.filter((_, i) => i % every === 0 || i === points.length - 1);
  });
}
