/**
 * The first pass over a CSV file: dialect, kinds and statistics of every column, from all rows.
 *
 * A column begins as numbers or as levels by its first rows, and the whole file decides: a single
 * value that is no number makes a column of numbers one of levels, for which the file is read a
 * second time. Kinds that the caller names are binding: a value that does not fit is an error.
 */
import { sniffInShares } from './csv-crew.ts';
import { type CsvDialect, sniffParts } from './csv-dialect.ts';
import { type SniffFindings, SniffPass } from './csv-sniff-pass.ts';
import {
  type ByteSource,
  type CsvFile,
  type CsvOptions,
  type CsvSchema,
  missingDefault,
} from './csv-types.ts';
import { DataError, quoteShort } from './data-error.ts';
import { columnKinds, type DataColumn, pickColumns } from './data-schema.ts';

/**
 * Reads the whole input and settles its schema. Opens it two or three times.
 *
 * @param input one file, or several of the same columns, whose rows follow each other
 * @throws DataError for anything wrong with the file, and for a value against a kind in
 *   `options.kinds`
 */
export async function sniffCsv(
  input: ByteSource | readonly CsvFile[],
  options: CsvOptions = {},
): Promise<CsvSchema> {
  const parts = await sniffParts(input, options);
  const [{ dialect }] = parts;
  checkKinds(dialect, options);
  const missing = ['', ...(options.missing ?? missingDefault).filter((text) => text !== '')];
  const shared = parts.length === 1 ? await sniffInShares(dialect, missing, options) : undefined;
  if (shared !== undefined) return schemaOf(dialect, missing, shared);
  const { kinds, storage, onProgress } = options;
  const pass = new SniffPass({ dialect, missing, kinds, storage });
  const tell = ({ bytes, rows }: { bytes: number; rows: number }) =>
    onProgress?.({ phase: 'sniff', bytes, rows });
  return schemaOf(dialect, missing, [await pass.run(parts, tell)]);
}

/** The findings about all columns, whoever made them, as one schema. */
function schemaOf(
  dialect: CsvDialect,
  missing: readonly string[],
  findings: readonly SniffFindings[],
): CsvSchema {
  const { delimiter, header, names } = dialect;
  const [{ rows, bytes, marks }] = findings as [SniffFindings];
  const all = new Map(findings.flatMap(({ columns }) => columns));
  const columns: readonly DataColumn[] = names.map((_, i) => all.get(i)!);
  const misfits = findings.flatMap((part) => part.misfits);
  const notes = misfits
    .toSorted((a, b) => a.tileRow - b.tileRow || a.column - b.column)
    .map((misfit) => misfit.note);
  for (const { name, stats } of columns) {
    if (stats.missing === rows) notes.push(`column "${name}" has no value in any row`);
  }
  return { delimiter, header, missing, columns, rows, bytes, notes, marks };
}

function checkKinds(dialect: CsvDialect, options: CsvOptions): void {
  const kinds = options.kinds ?? {};
  const named = dialect.names.map((name) => ({ name, kind: 'text' as const }));
  pickColumns(named, Object.keys(kinds), options.file);
  for (const [name, kind] of Object.entries(kinds)) {
    if (columnKinds.includes(kind)) continue;
    throw new DataError(
      'data-option',
      `kind "${kind}" of column "${quoteShort(name)}" is not known`,
      `give one of ${columnKinds.join(', ')}`,
      { file: options.file, column: name },
    );
  }
}
