/** `shoal data import`: files in, a data set out, with the schema shown. */
import type { CsvProgress } from '../../datasets/csv-types.ts';
import { type DataOptions, type SettledData, settleData } from '../../datasets/data-import.ts';
import { columnKinds } from '../../datasets/data-schema.ts';
import type { ColumnKind } from '../../datasets/frame.ts';
import { checkDatasetName } from '../../datasets/manifest.ts';
import { withClient } from '../connection.ts';
import { schemaJson, schemaTable } from '../data-text.ts';
import { importCrew } from '../import-crew.ts';
import { delimiterOf, type InputFiles, openInputs } from '../input-file.ts';
import { Progress } from '../progress.ts';
import type { ImportFlags } from '../routes/data.ts';
import type { Session } from '../session.ts';
import { bytes, count } from '../table.ts';
import { UsageError } from '../usage-error.ts';

export async function dataImport(
  session: Session,
  flags: ImportFlags,
  name: string,
  ...given: string[]
): Promise<void> {
  const { screen, signal } = session;
  checkDatasetName(name);
  const options = dataOptions(flags);
  await using inputs = await openInputs(given, signal);
  const { files } = inputs;
  const progress = new Progress(screen);
  const [first] = files;
  // Threads share one plain file; several are read one after the other.
  await using threads = importCrew(first?.path ?? '', files.length === 1 ? inputs.bytes : 0);
  const told = {
    ...options,
    ...{ signal, crew: threads.crew },
    onProgress: showProgress(progress, inputs),
  };
  if (flags.sniffOnly) {
    const data = await settleData(files, told);
    progress.clear();
    showSchema(session, data);
    if (screen.json) screen.value({ rows: data.rows, schema: schemaJson(data.columns) });
    return;
  }
  await withClient(session, flags, async (client) => {
    const data = await settleData(files, told);
    progress.clear();
    showSchema(session, data);
    signal.throwIfAborted();
    const before = await client.datasetVersions(name).catch(() => []);
    const { manifest, ...view } = await client.importData(name, data, {
      ...{ signal, onProgress: told.onProgress },
      ...(flags.rowsPerShard === undefined ? {} : { rowsPerShard: flags.rowsPerShard }),
    });
    progress.clear();
    const same = before.some((version) => version.version === view.version);
    screen.print(
      `${same ? 'unchanged' : 'imported'} ${name}@${view.version}: ${count(view.rows)} rows, ` +
        `${view.columns} columns, ${view.shards} shards, ${bytes(view.bytes)}`,
    );
    if (screen.json) screen.value({ ...view, schema: schemaJson(manifest.columns) });
  });
}

function dataOptions(flags: ImportFlags): DataOptions {
  const kinds: Record<string, ColumnKind> = {};
  for (const [column, kind] of flags.type ?? []) {
    const known = columnKinds.find((candidate) => candidate === kind);
    if (known === undefined) {
      throw new UsageError(
        `type "${kind}" of column "${column}" is not known`,
        `use ${columnKinds.join(', ')}`,
      );
    }
    kinds[column] = known;
  }
  return {
    ...(flags.format === undefined ? {} : { format: flags.format }),
    ...(flags.type === undefined ? {} : { kinds }),
    ...(flags.delimiter === undefined ? {} : { delimiter: delimiterOf(flags.delimiter) }),
    ...(flags.header === undefined ? {} : { header: flags.header }),
    ...(flags.missing === undefined ? {} : { missing: flags.missing }),
    ...(flags.storage === undefined ? {} : { storage: flags.storage }),
  };
}

function showProgress(
  progress: Progress,
  { files, bytes: size }: InputFiles,
): (now: CsvProgress) => void {
  // What is read of packed files is counted as it is unpacked, to a size that is not known.
  const total = files.some(({ file }) => /\.(gz|gzip|zst|zstd)$/i.test(file)) ? 0 : size;
  return ({ phase, bytes: done, rows }) => {
    const label = phase === 'sniff' ? 'reading types' : 'storing';
    progress.update(label, done, total, `${count(rows)} rows`);
  };
}

/** People see the schema before they rely on it; with `--json` it goes to stderr all the same. */
function showSchema(session: Session, data: SettledData): void {
  const { screen } = session;
  const tell = screen.json ? screen.note : screen.print;
  tell(schemaTable(data.columns));
  for (const note of data.notes) screen.note(`note: ${note}`);
}
