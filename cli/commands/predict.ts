/**
 * `shoal predict`: rows in, predictions out, in the order of the rows. A CSV file is scored here, a
 * data set by the workers of the cluster.
 */
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ShoalClient } from '../../client/client.ts';
import type { ModelHandle } from '../../client/model-handle.ts';
import { readCsvFrames } from '../../datasets/csv-frames.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { learnerUrl, loadLearners } from '../../runtime/node/learner-modules.ts';
import { withClient } from '../connection.ts';
import { csvCell, writeWhole } from '../csv-output.ts';
import { delimiterOf, openInput } from '../input-file.ts';
import { Progress } from '../progress.ts';
import type { PredictFlags } from '../routes/models.ts';
import type { Session } from '../session.ts';
import { count } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { predictDataset } from './predict-dataset.ts';

/** What a CSV file is read and scored with, and what a job is made and followed with. */
const ofFiles = ['delimiter', 'missing', 'rowsPerFrame', 'learner'] as const;
const ofJobs = ['into', 'id', 'timeout'] as const;

export async function predict(
  session: Session,
  flags: PredictFlags,
  name: string,
  file?: string,
): Promise<void> {
  const { dataset } = flags;
  if ((file === undefined) === (dataset === undefined)) {
    const both = file !== undefined;
    throw new UsageError(
      both ? 'a file and --dataset are two sources of rows' : 'no rows are given',
      'name a CSV file, or a data set with --dataset NAME',
    );
  }
  const alien = (dataset === undefined ? ofJobs : ofFiles).find(
    (flag) => flags[flag] !== undefined,
  );
  if (alien !== undefined || (flags.detach && dataset === undefined)) {
    const flag = (alien ?? 'detach').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const other = dataset === undefined ? 'a data set' : 'a file';
    throw new UsageError(`--${flag} is for predictions of ${other}`, 'leave it out');
  }
  if (dataset !== undefined) await predictDataset(session, flags, name, dataset);
  else await predictFile(session, flags, name, file ?? '-');
}

async function predictFile(
  session: Session,
  flags: PredictFlags,
  name: string,
  file: string,
): Promise<void> {
  const { screen, signal } = session;
  const known = await loadLearners(learnersWithToy, (flags.learner ?? []).map(learnerUrl));
  await using input = await openInput(file, signal);
  const open = (client: ShoalClient): Promise<ModelHandle> => client.model(name, { signal });
  const model = await withClient(session, flags, open, known);
  const progress = new Progress(screen);
  const reader = await readCsvFrames(input.open, model.features, {
    file: input.file,
    onProgress: ({ bytes, rows }) =>
      progress.update('scoring', bytes, input.bytes, `${count(rows)} rows`),
    ...(flags.delimiter === undefined ? {} : { delimiter: delimiterOf(flags.delimiter) }),
    ...(flags.missing === undefined ? {} : { missing: flags.missing }),
    ...(flags.rowsPerFrame === undefined ? {} : { rowsPerFrame: flags.rowsPerFrame }),
  });
  for (const note of reader.notes) screen.note(`note: ${note}`);
  let rows = 0;
  const lines = async function* (): AsyncGenerator<string> {
    if (!asJson) yield csvHeader(model);
    for await (const { rows: size, values } of model.predictFrames(reader.frames(), signal)) {
      rows += size;
      yield asJson ? jsonLines(model, values, size) : csvLines(model, values, size);
    }
  };
  const asJson = screen.json && flags.output === undefined;
  if (flags.output === undefined) await pipeline(Readable.from(lines()), unclosed(process.stdout));
  else await writeWhole(flags.output, lines);
  progress.clear();
  const unseenLevels = Object.fromEntries(reader.unseenLevels());
  for (const [column, values] of Object.entries(unseenLevels)) {
    screen.note(`note: ${count(values)} values of column "${column}" were never seen in training`);
  }
  if (flags.output === undefined) return;
  screen.print(`scored ${count(rows)} rows with ${model.view.name}@${model.view.version}`);
  if (screen.json) {
    const { name: named, version, digest } = model.view;
    screen.value({
      model: `${named}@${version}`,
      digest,
      rows,
      out: flags.output,
      notes: reader.notes,
      unseenLevels,
    });
  }
}

/** Standard output must stay open for what follows. */
async function* passOn(source: AsyncIterable<string>, to: Writable): AsyncGenerator<never> {
  for await (const text of source) {
    if (!to.write(text)) await new Promise<void>((resolve) => to.once('drain', resolve));
  }
}

function unclosed(to: Writable) {
  return (source: AsyncIterable<string>) => passOn(source, to);
}

function csvHeader({ classes }: ModelHandle): string {
  const columns = classes.map((name) => csvCell(`probability_${name}`));
  return `${['prediction', ...columns].join(',')}\n`;
}

function csvLines(model: ModelHandle, values: Float64Array, rows: number): string {
  const { classes } = model;
  let text = '';
  for (let i = 0; i < rows; i++) {
    const { prediction } = model.rowOf(values, i);
    text += csvCell(String(prediction));
    for (let c = 0; c < classes.length; c++) text += `,${values[i * classes.length + c]}`;
    text += '\n';
  }
  return text;
}

function jsonLines(model: ModelHandle, values: Float64Array, rows: number): string {
  let text = '';
  for (let i = 0; i < rows; i++) text += `${JSON.stringify(model.rowOf(values, i))}\n`;
  return text;
}
