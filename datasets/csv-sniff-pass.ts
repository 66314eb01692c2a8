/**
 * The first pass over some columns of a CSV file, or all: kinds and statistics from all rows.
 *
 * What is found about a column depends on no other column but through the room that levels share,
 * so that columns can be looked at in several places (`csv-crew.ts`); it reports what room it used.
 */
import { type PassContext, valueError } from './column-tile.ts';
import type { CsvDialect, CsvPart } from './csv-dialect.ts';
import { CsvField } from './csv-field.ts';
import { makeCsvKernel } from './csv-kernel-choice.ts';
import { CsvMarks } from './csv-marks.ts';
import { CsvReader, type CsvTile } from './csv-reader.ts';
import type { CsvMark } from './csv-types.ts';
import { DataError, quoteShort } from './data-error.ts';
import type { DataColumn } from './data-schema.ts';
import type { ColumnKind } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';
import { type LevelBudget, LevelSniffer } from './level-sniffer.ts';
import { NumberSniffer } from './number-sniffer.ts';

export interface SniffTask {
  readonly dialect: CsvDialect;
  /** The texts that mean a missing value. */
  readonly missing: readonly string[];
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined;
  readonly storage?: 'float32' | 'float64' | undefined;
  /** Indices of the columns to look at; absent: all. */
  readonly columns?: readonly number[] | undefined;
  /** Another pass over the same file looks for NUL bytes and bytes that are not UTF-8. */
  readonly bytesChecked?: boolean | undefined;
}

/** Plain data, which can be handed from thread to thread. */
export interface SniffFindings {
  /** Each column with its index in the file. */
  readonly columns: readonly (readonly [number, DataColumn])[];
  /** Columns that looked like numbers and are none; the tile where that was found, by its row. */
  readonly misfits: readonly {
    readonly tileRow: number;
    readonly column: number;
    readonly note: string;
  }[];
  /** Bytes of the levels met. */
  readonly levelBytes: number;
  readonly rows: number;
  readonly bytes: number;
  readonly marks: readonly CsvMark[];
}

export interface SniffProgress {
  readonly bytes: number;
  readonly rows: number;
}

type Sniffer = NumberSniffer | LevelSniffer;

const progressBytes = 1024 * 1024;

export class SniffPass {
  readonly #task: SniffTask;
  readonly #columns: readonly number[];
  readonly #budget: LevelBudget = { bytes: 0 };
  readonly #misfits: { tileRow: number; column: number; note: string }[] = [];
  readonly #marks = new CsvMarks();
  #sniffers: Sniffer[] = [];
  /** Columns that turned out not to be numbers after their levels went by unseen. */
  readonly #unsettled = new Set<number>();

  constructor(task: SniffTask) {
    this.#task = task;
    this.#columns = task.columns ?? task.dialect.names.map((_, i) => i);
  }

  /**
   * Reads the files once, and once more where a column of numbers turned out to be none.
   *
   * @param parts of the same columns; the places of the findings are of use for a single one only
   */
  async run(
    parts: readonly CsvPart[],
    onProgress: (progress: SniffProgress) => void,
  ): Promise<SniffFindings> {
    const seen = await this.#read(parts, onProgress, (context, tile) => {
      if (tile.firstRow === 0) {
        this.#sniffers = this.#columns.map((column) => this.#begin(context, tile, column));
      }
      if (parts.length === 1) this.#marks.add(context.reader.markOf(tile));
      for (const sniffer of this.#sniffers) this.#take(sniffer, context, tile);
    });
    if (this.#unsettled.size > 0) await this.#runAgain(parts, onProgress, seen);
    const { names } = this.#task.dialect;
    return {
      columns: this.#sniffers.map((sniffer) => [
        sniffer.column,
        sniffer instanceof LevelSniffer
          ? sniffer.finish()
          : sniffer.finish(names[sniffer.column]!, this.#task.storage),
      ]),
      misfits: this.#misfits,
      levelBytes: this.#budget.bytes,
      rows: seen.rows,
      bytes: seen.bytes,
      marks: this.#marks.upTo(seen.endMark),
    };
  }

  /** Collects the levels of the unsettled columns from the beginning. */
  async #runAgain(
    parts: readonly CsvPart[],
    onProgress: (progress: SniffProgress) => void,
    first: SniffProgress,
  ): Promise<void> {
    const { names } = this.#task.dialect;
    const again: LevelSniffer[] = [];
    this.#sniffers = this.#sniffers.map((sniffer) => {
      const { column } = sniffer;
      if (!this.#unsettled.has(column)) return sniffer;
      const levels = new LevelSniffer(column, names[column]!, undefined, this.#budget);
      again.push(levels);
      return levels;
    });
    const seen = await this.#read(parts, onProgress, (context, tile) => {
      for (const sniffer of again) sniffer.take(context, tile);
    });
    checkUnchanged(parts[0]?.file, seen, first);
  }

  #begin(context: PassContext, tile: CsvTile, column: number): Sniffer {
    const name = this.#task.dialect.names[column]!;
    const given = this.#task.kinds?.[name];
    const levels = () => new LevelSniffer(column, name, given, this.#budget);
    if (given === 'number') return new NumberSniffer(column);
    if (given !== undefined) return levels();
    // A trial on the first tile costs little, and decides right for nearly every column.
    return new NumberSniffer(column).take(context, tile) ? new NumberSniffer(column) : levels();
  }

  #take(sniffer: Sniffer, context: PassContext, tile: CsvTile): void {
    if (sniffer instanceof LevelSniffer) sniffer.take(context, tile);
    else if (sniffer.misfit === undefined && !sniffer.take(context, tile)) {
      this.#handleMisfit(sniffer, tile);
    }
  }

  #handleMisfit({ column, count, misfit }: NumberSniffer, tile: CsvTile): void {
    const { dialect, kinds } = this.#task;
    const name = dialect.names[column]!;
    const { line, text } = misfit!;
    if (kinds?.[name] === 'number') throw valueError(name, misfit!, 'a number');
    this.#unsettled.add(column);
    if (count === 0) return;
    const note = `column "${name}" is not taken as numbers: line ${line} has "${quoteShort(text)}"`;
    this.#misfits.push({ tileRow: tile.firstRow, column, note });
  }

  async #read(
    parts: readonly CsvPart[],
    onProgress: (progress: SniffProgress) => void,
    take: (context: PassContext, tile: CsvTile) => void,
  ): Promise<SniffProgress & { readonly endMark: CsvMark }> {
    const { missing, bytesChecked } = this.#task;
    const kernel = makeCsvKernel();
    const shared = { field: new CsvField(), missing: new LevelDictionary(missing) };
    let rows = 0;
    let bytes = 0;
    let reported = 0;
    let endMark: CsvMark = { row: 0, byteOffset: 0, line: 1 };
    for (const { open, dialect, file } of parts) {
      const reader = new CsvReader(kernel, dialect, file);
      reader.bytesChecked = bytesChecked === true;
      const context = { ...shared, reader };
      for await (const tile of reader.tiles(open)) {
        take(context, { firstRow: rows + tile.firstRow, rows: tile.rows });
        if (bytes + reader.bytes - reported < progressBytes) continue;
        reported = bytes + reader.bytes;
        onProgress({ bytes: reported, rows: rows + reader.rows });
      }
      rows += reader.rows;
      bytes += reader.bytes;
      endMark = reader.endMark;
    }
    onProgress({ bytes, rows });
    return { rows, bytes, endMark };
  }
}

/** A later pass must see what the first saw. */
export function checkUnchanged(
  file: string | undefined,
  now: SniffProgress,
  then: SniffProgress,
): void {
  if (now.rows === then.rows && now.bytes === then.bytes) return;
  throw new DataError(
    'data-changed',
    `the file had ${then.rows} rows in ${then.bytes} bytes and now has ${now.rows} in ${now.bytes}`,
    'import it again once nothing writes to it',
    { file },
  );
}
