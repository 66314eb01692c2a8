/**
 * `shoal predict MODEL --dataset NAME`: a job that the workers share, and its predictions as a data
 * set; with `-o` also as a CSV file, the same as a file of these rows would give.
 */
import type { ShoalClient } from '../../client/client.ts';
import type { DataColumn } from '../../datasets/data-schema.ts';
import type { Frame } from '../../datasets/frame.ts';
import { withClient } from '../connection.ts';
import { csvCell, writeWhole } from '../csv-output.ts';
import { follow } from '../follow.ts';
import { jobLines } from '../job-text.ts';
import { Progress } from '../progress.ts';
import type { PredictFlags } from '../routes/models.ts';
import type { Session } from '../session.ts';
import { count } from '../table.ts';
import { UsageError } from '../usage-error.ts';

const rowsAtATime = 8192;

export async function predictDataset(
  session: Session,
  flags: PredictFlags,
  model: string,
  dataset: string,
): Promise<void> {
  const { screen, signal } = session;
  const { into, id, output: out } = flags;
  if (flags.detach && out !== undefined) {
    const fix = 'leave out one of the two';
    throw new UsageError('--detach does not wait for what -o would write', fix);
  }
  const named = { ...(id === undefined ? {} : { id }) };
  const spec = {
    dataset,
    predict: model,
    ...(into === undefined ? {} : { output: into }),
    ...named,
  };
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
    if (out !== undefined) await writeOut(session, client, view.output ?? '', out);
    if (screen.json) screen.value(out === undefined ? view : { ...view, out });
  });
}

async function writeOut(
  { screen, signal }: Session,
  client: ShoalClient,
  predictions: string,
  out: string,
): Promise<void> {
  const { manifest } = await client.dataset(predictions, { signal });
  const progress = new Progress(screen);
  await writeWhole(out, async function* () {
    yield `${manifest.columns.map(({ name }) => csvCell(name)).join(',')}\n`;
    for await (const frame of client.frames(predictions, { signal })) {
      progress.update('writing', frame.firstRow, manifest.rows);
      yield* csvLines(frame, manifest.columns);
    }
  });
  progress.clear();
  screen.print(`wrote ${count(manifest.rows)} rows to ${out}`);
}

/** The rows as text, some at a time. */
function* csvLines(frame: Frame, columns: readonly DataColumn[]): Generator<string> {
  const cells = columns.map((column) => cellsOf(frame, column));
  let text = '';
  for (let i = 0; i < frame.rows; i++) {
    text += `${cells.map((cell) => cell(i)).join(',')}\n`;
    if ((i + 1) % rowsAtATime !== 0) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Predictions are numbers and levels; a value that is missing is empty. */
function cellsOf(frame: Frame, { name, levels = [] }: DataColumn): (row: number) => string {
  const column = frame.columns.get(name);
  if (column === undefined || column.kind === 'text') return () => '';
  if (column.kind === 'number') return (row) => String(column.values[row]);
  const texts = levels.map(csvCell);
  return (row) => texts[column.codes[row] as number] ?? '';
}
