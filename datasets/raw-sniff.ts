/**
 * The first pass over typed files: kinds and statistics of every column, from all rows of all files.
 *
 * The same findings as for a CSV file with the same values: numbers are numbers, booleans booleans,
 * and texts are levels or text by the rules of `level-sniffer.ts`. A file of several must have the
 * columns of the first, each of the same kind.
 */
import { booleanLevels } from './column-tile.ts';
import type { CsvProgress } from './csv-types.ts';
import { DataError, quoteShort } from './data-error.ts';
import { columnsMax, type DataColumn, listed } from './data-schema.ts';
import type { Column, ColumnKind, LevelColumn } from './frame.ts';
import { type LevelBudget, LevelSniffer } from './level-sniffer.ts';
import { NumberSniffer } from './number-sniffer.ts';
import { coerced, isBlank, missingTest, type RawBatch, type RawTable } from './raw-table.ts';

export interface RawOptions {
  /** Texts that mean a missing value; the empty text always does. */
  readonly missing: readonly string[];
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined;
  readonly storage?: 'float32' | 'float64' | undefined;
  readonly onProgress?: ((progress: CsvProgress) => void) | undefined;
}

export interface RawSchema {
  readonly columns: readonly DataColumn[];
  readonly rows: number;
  readonly notes: readonly string[];
}

/** Reads all rows of all files and settles the schema. */
export async function sniffRaw(
  tables: readonly RawTable[],
  options: RawOptions,
): Promise<RawSchema> {
  const pass = new RawPass(options);
  let before = 0;
  for (const table of tables) {
    for await (const batch of table.batches()) {
      pass.take(batch, table.file);
      options.onProgress?.({ phase: 'sniff', bytes: before + table.bytes, rows: pass.rows });
    }
    before += table.bytes;
    pass.endFile(table.file);
  }
  return pass.finish(tables[0]!.file);
}

class RawPass {
  readonly #options: RawOptions;
  readonly #isMissing: ReturnType<typeof missingTest>;
  readonly #columns = new Map<string, ColumnSniffer>();
  readonly #budget: LevelBudget = { bytes: 0 };
  #firstFile: string | undefined;
  #inFile = new Set<string>();
  rows = 0;

  constructor(options: RawOptions) {
    this.#options = options;
    this.#isMissing = missingTest(options.missing);
  }

  take(batch: RawBatch, file: string): void {
    for (const name of batch.columns.keys()) {
      this.#inFile.add(name);
      if (!this.#columns.has(name)) this.#begin(name, file);
    }
    for (const [name, sniffer] of this.#columns) {
      const column = batch.columns.get(name);
      if (column === undefined) sniffer.takeMissing(batch.rows);
      else sniffer.take(column, batch, file);
    }
    this.rows += batch.rows;
  }

  /** Each file must have had the columns of the first. */
  endFile(file: string): void {
    this.#firstFile ??= file;
    const absent = [...this.#columns.keys()].find((name) => !this.#inFile.has(name));
    if (absent !== undefined && file !== this.#firstFile) {
      throw new DataError(
        'data-differs',
        `the file has no column "${quoteShort(absent)}", which ${this.#firstFile} has`,
        `give it the columns ${listed([...this.#columns.keys()])}, or import it as a data set of its own`,
        { file, column: absent },
      );
    }
    this.#inFile = new Set();
  }

  finish(file: string): RawSchema {
    if (this.rows === 0) {
      throw new DataError('data-no-rows', 'there are no rows', 'add at least one', { file });
    }
    if (this.#columns.size === 0) {
      const message = `there are ${this.rows} rows without a column`;
      throw new DataError('data-no-columns', message, 'name the values of the rows', { file });
    }
    const { kinds = {}, storage } = this.#options;
    for (const name of Object.keys(kinds)) {
      if (this.#columns.has(name)) continue;
      throw new DataError(
        'data-unknown-column',
        `there is no column "${quoteShort(name)}" to give a type`,
        `columns are ${listed([...this.#columns.keys()])}`,
        { file, column: name },
      );
    }
    const columns = [...this.#columns.values()].map((sniffer) => sniffer.finish(storage));
    const notes = columns
      .filter(({ stats }) => stats.missing === this.rows)
      .map(({ name }) => `column "${name}" has no value in any row`);
    return { columns, rows: this.rows, notes };
  }

  #begin(name: string, file: string): void {
    if (this.#firstFile !== undefined && file !== this.#firstFile) {
      throw new DataError(
        'data-differs',
        `the file has a column "${quoteShort(name)}", which ${this.#firstFile} has not`,
        'give all files the same columns, or import it as a data set of its own',
        { file, column: name },
      );
    }
    if (this.#columns.size >= columnsMax) {
      throw new DataError(
        'data-too-many-columns',
        `there are more than ${columnsMax} columns`,
        'import fewer columns',
        { file },
      );
    }
    const given = this.#options.kinds?.[name];
    const sniffer = new ColumnSniffer(name, given, this.#budget, this.#isMissing, file);
    sniffer.takeMissing(this.rows);
    this.#columns.set(name, sniffer);
  }
}

/** What is found about one column; what it holds is settled by the first value. */
class ColumnSniffer {
  readonly #name: string;
  readonly #given: ColumnKind | undefined;
  readonly #budget: LevelBudget;
  readonly #isMissing: ReturnType<typeof missingTest>;
  readonly #file: string;
  #numbers: NumberSniffer | undefined;
  #levels: LevelSniffer | undefined;
  #flags: { missing: number; seen: Set<number> } | undefined;
  /** Rows without a value before the first one. */
  #missing = 0;

  constructor(
    name: string,
    given: ColumnKind | undefined,
    budget: LevelBudget,
    isMissing: ReturnType<typeof missingTest>,
    file: string,
  ) {
    this.#name = name;
    this.#given = given;
    this.#budget = budget;
    this.#isMissing = isMissing;
    this.#file = file;
  }

  takeMissing(rows: number): void {
    if (this.#numbers !== undefined) this.#numbers.missing += rows;
    else if (this.#flags !== undefined) this.#flags.missing += rows;
    else if (this.#levels !== undefined) this.#levels.takeMissing(rows);
    else this.#missing += rows;
  }

  take(raw: Column, batch: RawBatch, file: string): void {
    if (isBlank(raw)) {
      this.takeMissing(batch.rows);
      return;
    }
    const column =
      this.#given === undefined
        ? raw
        : coerced(raw, { name: this.#name, kind: this.#given, isMissing: this.#isMissing }, batch);
    if (column.kind === 'number') this.#takeNumbers(column.values as Float64Array, batch, file);
    else if (column.kind === 'text') {
      this.#settled('text', batch, file);
      this.#levels ??= this.#newLevels();
      this.#levels.takeTexts(column, this.#isMissing, batch.place);
    } else this.#takeFlags(column, batch, file);
  }

  finish(storage: 'float32' | 'float64' | undefined): DataColumn {
    if (this.#levels !== undefined) return this.#levels.finish();
    if (this.#flags !== undefined) {
      const { missing, seen } = this.#flags;
      const stats = { missing, distinct: seen.size };
      return { name: this.#name, kind: 'boolean', levels: booleanLevels, stats };
    }
    if (this.#numbers === undefined && this.#given !== undefined && this.#given !== 'number') {
      return this.#newLevels().finish();
    }
    const numbers = this.#numbers ?? new NumberSniffer(0);
    if (this.#numbers === undefined) numbers.missing = this.#missing;
    return numbers.finish(this.#name, storage);
  }

  #newLevels(): LevelSniffer {
    const levels = new LevelSniffer(0, this.#name, this.#given, this.#budget);
    levels.takeMissing(this.#missing);
    return levels;
  }

  #takeNumbers(values: Float64Array, batch: RawBatch, file: string): void {
    this.#settled('numbers', batch, file);
    if (this.#numbers === undefined) {
      this.#numbers = new NumberSniffer(0);
      this.#numbers.missing = this.#missing;
    }
    let missing = 0;
    for (let row = 0; row < batch.rows; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) missing++;
      else if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
        throw new DataError(
          'data-value',
          `${value} is not a finite number`,
          'write null where a value is missing, or a number in its place',
          { ...batch.place(row), column: this.#name },
        );
      }
    }
    this.#numbers.takeValues(values, batch.rows, missing);
  }

  #takeFlags({ codes }: LevelColumn, batch: RawBatch, file: string): void {
    this.#settled('booleans', batch, file);
    this.#flags ??= { missing: this.#missing, seen: new Set() };
    for (const code of codes) {
      if (code < 0) this.#flags.missing++;
      else this.#flags.seen.add(code);
    }
  }

  /** A column holds one kind of values throughout. */
  #settled(kind: 'numbers' | 'text' | 'booleans', batch: RawBatch, file: string): void {
    const before =
      (this.#numbers && 'numbers') ?? (this.#levels && 'text') ?? (this.#flags && 'booleans');
    if (before === undefined || before === kind) return;
    throw new DataError(
      file === this.#file ? 'data-value' : 'data-differs',
      `the column holds ${kind} here and ${before} before${file === this.#file ? '' : `, in ${this.#file}`}`,
      'write one kind of values, or give the column a type (--type COLUMN=TYPE)',
      { ...batch.place(0), column: this.#name },
    );
  }
}
