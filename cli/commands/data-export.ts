/** `shoal data export`: a data set out as one file. */
import { createGzip, createZstdCompress } from 'node:zlib';
import { type DataFormat, dataFormats } from '../../datasets/data-format.ts';
import { withClient } from '../connection.ts';
import { writeWhole } from '../csv-output.ts';
import { Progress } from '../progress.ts';
import type { ExportDataFlags } from '../routes/data.ts';
import type { Session } from '../session.ts';
import { count } from '../table.ts';
import { UsageError } from '../usage-error.ts';

const names: Readonly<Record<string, DataFormat>> = {
  ...{ csv: 'csv', jsonl: 'jsonl', ndjson: 'jsonl', parquet: 'parquet' },
  ...{ arrow: 'arrow', feather: 'arrow' },
};

export async function dataExport(
  session: Session,
  flags: ExportDataFlags,
  name: string,
  out: string,
): Promise<void> {
  const { screen, signal } = session;
  const format = flags.format ?? formatOf(out);
  const packing = /\.gz$/i.test(out)
    ? createGzip
    : /\.zst$/i.test(out)
      ? createZstdCompress
      : undefined;
  if (packing !== undefined && (format === 'parquet' || format === 'arrow')) {
    throw new UsageError(`${format} is not packed as a file`, 'leave out .gz or .zst');
  }
  await withClient(session, flags, async (client) => {
    const { version, manifest, ...detail } = await client.dataset(name, { signal });
    const progress = new Progress(screen);
    const reference = `${detail.name}@${version}`;
    const parts = async function* () {
      const onShard = (shard: number) =>
        progress.update('writing', shard, manifest.shards.length, 'shards');
      for await (const part of client.exportDataset(reference, format, { signal, onShard })) {
        signal.throwIfAborted();
        yield part;
      }
    };
    await writeWhole(out, parts, packing?.());
    progress.clear();
    screen.print(`wrote ${reference}, ${count(manifest.rows)} rows, to ${out}`);
    if (screen.json) screen.value({ ...detail, version, format, out });
  });
}

function formatOf(out: string): DataFormat {
  const extension = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(out)?.[1]?.toLowerCase() ?? '';
  const format = names[extension];
  if (format !== undefined && Object.hasOwn(names, extension)) return format;
  throw new UsageError(
    `"${out}" does not say which format it is to have`,
    `give --format ${dataFormats.join(', ')}, or such an extension`,
  );
}
