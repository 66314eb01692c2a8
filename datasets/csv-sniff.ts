/**
 * The first pass over a CSV file: dialect, kinds and statistics of every column, from all rows.
 *
 * A column begins as numbers or as levels by its first rows, and the whole file decides: a single
 * value that is no number makes a column of numbers one of levels, for which the file is read a
 * second time. Kinds that the caller names are binding: a value that does not fit is an error.
 */
import { type PassContext, valueError } from './column-tile.ts';
import { type CsvDialect, sniffDialect } from './csv-dialect.ts';
import { CsvField } from './csv-field.ts';
import { makeCsvKernel } from './csv-kernel-choice.ts';
import { CsvReader, type CsvTile } from './csv-reader.ts';
import { type ByteSource, type CsvOptions, type CsvSchema, missingDefault } from './csv-types.ts';
import { DataError, quoteShort } from './data-error.ts';
import { columnKinds, type DataColumn, pickColumns } from './data-schema.ts';
import type { ColumnKind } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';
import { type LevelBudget, LevelSniffer } from './level-sniffer.ts';
import { NumberSniffer } from './number-sniffer.ts';
import type { NumberSpool } from './number-spool.ts';

const progressBytes = 1024 * 1024;

/**
 * Reads the whole input and settles its schema. Opens it two or three times.
 *
 * @param spool takes the numbers for the second pass
 * @throws DataError for anything wrong with the file, and for a value against a kind in
 *   `options.kinds`
 */
export async function sniffCsv(
  open: ByteSource,
  options: CsvOptions = {},
  spool?: NumberSpool,
): Promise<CsvSchema> {
  const dialect = await sniffDialect(open, options);
  checkKinds(dialect, options);
  const pass = new SniffPass(dialect, options);
  await pass.run(open, spool);
  if (pass.unsettled.length > 0) await pass.runAgain(open);
  return pass.finish(spool);
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

type Sniffer = NumberSniffer | LevelSniffer;

class SniffPass {
  readonly #dialect: CsvDialect;
  readonly #options: CsvOptions;
  readonly #missing: readonly string[];
  readonly #budget: LevelBudget = { bytes: 0 };
  readonly #notes: string[] = [];
  #sniffers: Sniffer[] = [];
  #rows = 0;
  #bytes = 0;
  /** Columns that turned out not to be numbers after their levels went by unseen. */
  unsettled: number[] = [];

  constructor(dialect: CsvDialect, options: CsvOptions) {
    this.#dialect = dialect;
    this.#options = options;
    this.#missing = ['', ...(options.missing ?? missingDefault).filter((text) => text !== '')];
  }

  async run(open: ByteSource, spool: NumberSpool | undefined): Promise<void> {
    const { names } = this.#dialect;
    const take = async (context: PassContext, tile: CsvTile) => {
      if (tile.firstRow === 0) {
        this.#sniffers = names.map((name, column) => this.#begin(context, tile, name, column));
        const kept = this.#sniffers.filter((_, i) => this.#options.kinds?.[names[i]!] !== 'text');
        const columns = kept.map((sniffer) => sniffer.column);
        spool?.begin(columns, tile, context.reader.tileBytes);
      }
      for (const sniffer of this.#sniffers) this.#take(sniffer, context, tile);
      await spool?.endTile(tile.rows);
    };
    const reader = await this.#read(open, take, spool);
    await spool?.end();
    this.#rows = reader.rows;
    this.#bytes = reader.bytes;
  }

  /** Collects the levels of the unsettled columns from the beginning. */
  async runAgain(open: ByteSource): Promise<void> {
    for (const column of this.unsettled) {
      const name = this.#dialect.names[column]!;
      this.#sniffers[column] = new LevelSniffer(column, name, undefined, this.#budget);
    }
    const again = this.unsettled.map((column) => this.#sniffers[column] as LevelSniffer);
    const reader = await this.#read(open, async (context, tile) => {
      for (const sniffer of again) sniffer.take(context, tile);
    });
    checkUnchanged(this.#options.file, reader, { rows: this.#rows, bytes: this.#bytes });
  }

  finish(spool?: NumberSpool): CsvSchema {
    const columns = this.#sniffers.map((sniffer, i): DataColumn => {
      if (sniffer instanceof LevelSniffer) return sniffer.finish(spool);
      return sniffer.finish(this.#dialect.names[i]!, this.#options.storage);
    });
    for (const { name, stats } of columns) {
      if (stats.missing === this.#rows)
        this.#notes.push(`column "${name}" has no value in any row`);
    }
    return {
      delimiter: this.#dialect.delimiter,
      header: this.#dialect.header,
      missing: this.#missing,
      columns,
      rows: this.#rows,
      bytes: this.#bytes,
      notes: this.#notes,
    };
  }

  #begin(context: PassContext, tile: CsvTile, name: string, column: number): Sniffer {
    const given = this.#options.kinds?.[name];
    const levels = () => new LevelSniffer(column, name, given, this.#budget);
    if (given === 'number') return new NumberSniffer(column);
    if (given !== undefined) return levels();
    // A trial on the first tile costs little, and decides right for nearly every column.
    return new NumberSniffer(column).take({ ...context, spool: undefined }, tile)
      ? new NumberSniffer(column)
      : levels();
  }

  #take(sniffer: Sniffer, context: PassContext, tile: CsvTile): void {
    if (sniffer instanceof LevelSniffer) sniffer.take(context, tile);
    else if (sniffer.misfit === undefined && !sniffer.take(context, tile)) {
      this.#handleMisfit(sniffer);
      context.spool?.drop(sniffer.column);
    }
  }

  #handleMisfit(sniffer: NumberSniffer): void {
    const misfit = sniffer.misfit!;
    const name = this.#dialect.names[sniffer.column]!;
    const given: ColumnKind | undefined = this.#options.kinds?.[name];
    if (given === 'number') throw valueError(this.#options.file, name, misfit, 'a number');
    this.unsettled.push(sniffer.column);
    if (sniffer.count > 0) {
      this.#notes.push(
        `column "${name}" is not taken as numbers: line ${misfit.line} has "${quoteShort(misfit.text)}"`,
      );
    }
  }

  async #read(
    open: ByteSource,
    take: (context: PassContext, tile: CsvTile) => Promise<void>,
    spool?: NumberSpool,
  ): Promise<CsvReader> {
    const { file, onProgress } = this.#options;
    const reader = new CsvReader(makeCsvKernel(), this.#dialect, file);
    const context: PassContext = {
      reader,
      field: new CsvField(),
      missing: new LevelDictionary(this.#missing),
      spool,
    };
    let reported = 0;
    for await (const tile of reader.tiles(open)) {
      await take(context, tile);
      if (onProgress !== undefined && reader.bytes - reported >= progressBytes) {
        reported = reader.bytes;
        onProgress({ phase: 'sniff', bytes: reader.bytes, rows: reader.rows });
      }
    }
    onProgress?.({ phase: 'sniff', bytes: reader.bytes, rows: reader.rows });
    return reader;
  }
}

/** A later pass must see what the first saw. */
export function checkUnchanged(
  file: string | undefined,
  now: { readonly rows: number; readonly bytes: number },
  then: { readonly rows: number; readonly bytes: number },
): void {
  if (now.rows === then.rows && now.bytes === then.bytes) return;
  throw new DataError(
    'data-changed',
    `the file had ${then.rows} rows in ${then.bytes} bytes and now has ${now.rows} in ${now.bytes}`,
    'import it again once nothing writes to it',
    { file },
  );
}
