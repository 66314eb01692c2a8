/** `shoal data import`: a CSV file in, a data set out, with the schema shown. */
import { sniffCsv } from '../../datasets/csv-sniff.ts';
import type { CsvOptions, CsvProgress, CsvSchema } from '../../datasets/csv-types.ts';
import { columnKinds, type DataColumn } from '../../datasets/data-schema.ts';
import type { ColumnKind } from '../../datasets/frame.ts';
import { checkDatasetName } from '../../datasets/manifest.ts';
import { withClient } from '../connection.ts';
import { importCrew } from '../import-crew.ts';
import { delimiterOf, type InputFile, openInput } from '../input-file.ts';
import { Progress } from '../progress.ts';
import type { ImportFlags } from '../routes/data.ts';
import type { Session } from '../session.ts';
import { bytes, count, figure, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

export async function dataImport(
  session: Session,
  flags: ImportFlags,
  name: string,
  file: string,
): Promise<void> {
  const { screen, signal } = session;
  checkDatasetName(name);
  const options = csvOptions(flags);
  await using input = await openInput(file, signal);
  const progress = new Progress(screen);
  await using threads = importCrew(input.path, input.bytes);
  const told = {
    ...options,
    ...{ file: input.name, signal, crew: threads.crew },
    onProgress: showProgress(progress, input),
  };
  if (flags.sniffOnly) {
    const schema = await sniffCsv(input.open, told);
    progress.clear();
    showSchema(session, schema);
    if (screen.json) screen.value({ rows: schema.rows, schema: schemaJson(schema.columns) });
    return;
  }
  await withClient(session, flags, async (client) => {
    const schema = await sniffCsv(input.open, told);
    progress.clear();
    showSchema(session, schema);
    signal.throwIfAborted();
    const before = await client.datasetVersions(name).catch(() => []);
    const { manifest, ...view } = await client.importCsv(name, input.open, {
      ...told,
      schema,
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

function csvOptions(flags: ImportFlags): CsvOptions {
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
    ...(flags.type === undefined ? {} : { kinds }),
    ...(flags.delimiter === undefined ? {} : { delimiter: delimiterOf(flags.delimiter) }),
    ...(flags.header === undefined ? {} : { header: flags.header }),
    ...(flags.missing === undefined ? {} : { missing: flags.missing }),
    ...(flags.storage === undefined ? {} : { storage: flags.storage }),
  };
}

function showProgress(progress: Progress, input: InputFile): (now: CsvProgress) => void {
  return ({ phase, bytes: done, rows }) => {
    const label = phase === 'sniff' ? 'reading types' : 'storing';
    progress.update(label, done, input.bytes, `${count(rows)} rows`);
  };
}

/** People see the schema before they rely on it; with `--json` it goes to stderr all the same. */
function showSchema(session: Session, schema: CsvSchema): void {
  const { screen } = session;
  const tell = screen.json ? screen.note : screen.print;
  tell(schemaTable(schema.columns));
  for (const note of schema.notes) screen.note(`note: ${note}`);
}

export function schemaTable(columns: readonly DataColumn[]): string {
  return table(
    [
      { title: 'COLUMN' },
      { title: 'TYPE' },
      { title: 'MISSING', right: true },
      { title: 'DISTINCT', right: true },
      { title: 'VALUES' },
    ],
    columns.map((column) => [
      column.name,
      column.kind === 'number' ? (column.storage ?? 'float64') : column.kind,
      count(column.stats.missing),
      column.stats.distinct === null ? 'many' : count(column.stats.distinct),
      valuesOf(column),
    ]),
  );
}

function valuesOf({ kind, levels, stats }: DataColumn): string {
  if (levels !== undefined) {
    return levels.slice(0, 5).join(', ') + (levels.length > 5 ? ', ...' : '');
  }
  if (kind !== 'number' || stats.min === undefined || stats.max === undefined) return '';
  const mean = stats.mean === undefined ? '' : `, mean ${figure(stats.mean)}`;
  return `${figure(stats.min)} to ${figure(stats.max)}${mean}`;
}

export function schemaJson(columns: readonly DataColumn[]): unknown {
  return columns.map(({ name, kind, storage, levels, stats }) => ({
    name,
    kind,
    ...(storage === undefined ? {} : { storage }),
    ...(levels === undefined ? {} : { levels: levels.length }),
    missing: stats.missing,
    distinct: stats.distinct,
  }));
}
