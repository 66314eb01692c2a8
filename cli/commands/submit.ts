/** `shoal submit`: a job spec in, a model out. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { type JobSpecInput, parseSpec } from '../../schemas/job-spec.ts';
import { withClient } from '../connection.ts';
import { follow } from '../follow.ts';
import { jobLines } from '../job-text.ts';
import type { SubmitFlags } from '../routes/jobs.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export async function submit(session: Session, flags: SubmitFlags, file: string): Promise<void> {
  const { screen, signal } = session;
  const bytes = file === '-' ? await readStdin() : await readFile(file);
  parseSpec(bytes); // says what is wrong before anything is sent
  // What was written is sent, not the parsed form: defaults are the coordinator's to fill in.
  const written = JSON.parse(bytes.toString('utf8')) as JobSpecInput;
  const spec = flags.id === undefined ? written : { ...written, id: flags.id };
  await withClient(session, flags, async (client) => {
    const job = await client.submit(spec, { signal });
    if (flags.detach) {
      screen.print(job.id);
      if (screen.json) screen.value({ id: job.id });
      return;
    }
    screen.note(`job ${job.id}`);
    const view = await follow(session, job, { timeoutMs: flags.timeout });
    for (const line of jobLines(view)) screen.print(line);
    if (screen.json) screen.value(view);
  });
}

async function readStdin(): Promise<Buffer> {
  if (process.stdin.isTTY) {
    throw new UsageError('standard input is a terminal', 'pipe a job spec into it, or name a file');
  }
  return buffer(process.stdin);
}
