/**
 * Which format a file is in: by what the user says, by its first bytes, then by its name.
 */
import { DataError } from './data-error.ts';
import type { Packing } from './packing.ts';
import type { DataFile } from './raw-table.ts';

export const dataFormats = ['csv', 'jsonl', 'parquet', 'arrow'] as const;
export type DataFormat = (typeof dataFormats)[number];

export interface FileKind {
  readonly format: DataFormat;
  readonly packing: Packing;
}

const names: Readonly<Record<string, DataFormat>> = {
  ...{ csv: 'csv', tsv: 'csv', tab: 'csv', txt: 'csv', psv: 'csv' },
  ...{ jsonl: 'jsonl', ndjson: 'jsonl', json: 'jsonl' },
  ...{ parquet: 'parquet', pq: 'parquet', parq: 'parquet' },
  ...{ arrow: 'arrow', arrows: 'arrow', ipc: 'arrow', feather: 'arrow', ftr: 'arrow' },
};

/** Files that people try, and what to do with them. */
const others: readonly (readonly [magic: string, what: string, fix: string])[] = [
  ['504b0304', 'a zip archive (or an Excel workbook)', 'unpack it, or save the sheet as CSV'],
  ['d0cf11e0', 'an old Excel workbook', 'save the sheet as CSV'],
  ['425a68', 'packed with bzip2', 'pack it with gzip or zstd, or unpack it'],
  ['fd377a58', 'packed with xz', 'pack it with gzip or zstd, or unpack it'],
  ['04224d18', 'packed with lz4', 'pack it with gzip or zstd, or unpack it'],
  ['46454131', 'Feather version 1', 'write version 2, which pyarrow does by default'],
  ['4f5243', 'ORC', 'write it as Parquet'],
  ['4f626a01', 'Avro', 'write it as Parquet'],
];

/** The kind of a file. @throws DataError `data-format` for one that is not read */
export async function kindOfFile(file: DataFile, given?: DataFormat): Promise<FileKind> {
  const head = Buffer.from(await file.read(0, 8));
  const hex = head.toString('hex');
  const packing: Packing = hex.startsWith('1f8b')
    ? 'gzip'
    : hex.startsWith('28b52ffd')
      ? 'zstd'
      : 'none';
  const format = given ?? (await formatByMagic(file, head)) ?? formatByName(file.file);
  const other = given === undefined ? others.find(([magic]) => hex.startsWith(magic)) : undefined;
  if (other !== undefined) {
    throw new DataError('data-format', `the file is ${other[1]}`, other[2], { file: file.file });
  }
  if (packing !== 'none' && (format === 'parquet' || format === 'arrow')) {
    throw new DataError(
      'data-format',
      `the ${format} file is packed with ${packing}`,
      `unpack it: ${format} packs its own columns`,
      { file: file.file },
    );
  }
  if (format !== undefined) return { format, packing };
  return { format: head.toString('latin1').trimStart().startsWith('{') ? 'jsonl' : 'csv', packing };
}

async function formatByMagic(file: DataFile, head: Buffer): Promise<DataFormat | undefined> {
  if (head.toString('latin1', 0, 6) === 'ARROW1') return 'arrow';
  // A stream of Arrow begins with the mark of its first message, which no text does.
  if (head.length === 8 && head.readInt32LE(0) === -1) return 'arrow';
  if (head.toString('latin1', 0, 4) !== 'PAR1') return undefined;
  const tail = Buffer.from(await file.read(Math.max(0, file.bytes - 4), file.bytes));
  return tail.toString('latin1') === 'PAR1' || formatByName(file.file) === 'parquet'
    ? 'parquet'
    : undefined;
}

function formatByName(name: string): DataFormat | undefined {
  const plain = name.replace(/\.(gz|gzip|zst|zstd)$/i, '');
  const extension = /\.([^./]+)$/.exec(plain)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(names, extension) ? names[extension] : undefined;
}
