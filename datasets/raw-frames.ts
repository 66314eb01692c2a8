/**
 * The second pass over typed files: frames by the schema that the first has settled, cut to size.
 *
 * A value that the schema does not have means that the file changed in between, and is refused.
 */
import { booleanCode } from './column-tile.ts';
import { decodeUtf8, viewOf } from './csv-field.ts';
import type { CsvProgress } from './csv-types.ts';
import { DataError } from './data-error.ts';
import type { DataColumn } from './data-schema.ts';
import type { Column, Frame, LevelColumn, NumberColumn, TextColumn } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';
import type { RawOptions } from './raw-sniff.ts';
import {
  blankColumn,
  coerced,
  isBlank,
  missingTest,
  type RawBatch,
  type RawTable,
} from './raw-table.ts';
import { TextSink } from './text-sink.ts';

export interface RawFrameOptions extends RawOptions {
  readonly columns: readonly DataColumn[];
  /** Rows of frame `index`. */
  readonly rowsOf: (index: number) => number;
}

/** Frames of all files in order; afterwards `missing` and `rows` are those of the files. */
export class RawFrames {
  readonly #options: RawFrameOptions;
  readonly #builders: readonly Builder[];
  rows = 0;

  constructor(options: RawFrameOptions) {
    this.#options = options;
    const isMissing = missingTest(options.missing);
    this.#builders = options.columns.map(
      (column) => new Builder(column, options.kinds?.[column.name], isMissing),
    );
  }

  /** Missing values so far of each column. */
  missing(): number[] {
    return this.#builders.map((builder) => builder.missing);
  }

  async *frames(tables: readonly RawTable[]): AsyncGenerator<Frame> {
    const { rowsOf } = this.#options;
    let index = 0;
    let held = 0;
    let before = 0;
    this.#begin(rowsOf(0));
    for (const table of tables) {
      for await (const batch of table.batches()) {
        for (const builder of this.#builders) builder.open(batch);
        for (let from = 0; from < batch.rows; ) {
          const to = Math.min(batch.rows, from + rowsOf(index) - held);
          for (const builder of this.#builders) builder.take(from, to);
          held += to - from;
          from = to;
          if (held < rowsOf(index)) continue;
          yield this.#finish(held);
          held = 0;
          this.#begin(rowsOf(++index));
        }
        this.#tell(before + table.bytes, this.rows + held);
      }
      before += table.bytes;
    }
    if (held > 0) yield this.#finish(held);
  }

  #tell(bytes: number, rows: number): void {
    const now: CsvProgress = { phase: 'import', bytes, rows };
    this.#options.onProgress?.(now);
  }

  #begin(rows: number): void {
    for (const builder of this.#builders) builder.begin(rows);
  }

  #finish(rows: number): Frame {
    const columns = new Map(this.#builders.map((builder) => [builder.name, builder.finish()]));
    const frame = { rows, firstRow: this.rows, columns };
    this.rows += rows;
    return frame;
  }
}

type Target = NumberColumn | LevelColumn | { readonly kind: 'text'; readonly sink: TextSink };

/** One column: of the batch at hand, and of the frame under construction. */
class Builder {
  readonly name: string;
  missing = 0;
  readonly #schema: DataColumn;
  readonly #coerce: {
    readonly name: string;
    readonly kind: DataColumn['kind'];
    readonly isMissing: ReturnType<typeof missingTest>;
  };
  readonly #given: boolean;
  readonly #levels: LevelDictionary;
  #target: Target = blankColumn(0);
  #rows = 0;
  #source: Column = blankColumn(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #batch: RawBatch | undefined;

  constructor(
    schema: DataColumn,
    given: DataColumn['kind'] | undefined,
    isMissing: ReturnType<typeof missingTest>,
  ) {
    this.name = schema.name;
    this.#schema = schema;
    this.#given = given !== undefined;
    this.#coerce = { name: schema.name, kind: given ?? schema.kind, isMissing };
    this.#levels = new LevelDictionary(schema.levels ?? []);
  }

  begin(rows: number): void {
    const { kind, storage } = this.#schema;
    this.#rows = 0;
    if (kind === 'number') {
      const values = storage === 'float32' ? new Float32Array(rows) : new Float64Array(rows);
      this.#target = { kind, values };
    } else if (kind === 'text') this.#target = { kind, sink: new TextSink(rows) };
    else this.#target = { kind, codes: new Int32Array(rows) };
  }

  /** Turns to the rows of a batch. */
  open(batch: RawBatch): void {
    const column = batch.columns.get(this.name);
    const absent = column === undefined || isBlank(column);
    this.#batch = batch;
    if (absent) this.#source = this.#blank(batch.rows);
    else this.#source = this.#given ? coerced(column, this.#coerce, batch) : column;
    if (this.#source.kind === 'text') this.#view = viewOf(this.#source.bytes);
  }

  take(from: number, to: number): void {
    const target = this.#target;
    const source = this.#source;
    if (target.kind === 'number' && source.kind === 'number') {
      const values = source.values.subarray(from, to);
      target.values.set(values, this.#rows);
      for (const value of values) if (Number.isNaN(value)) this.missing++;
    } else if (target.kind === 'text' && source.kind === 'text') {
      this.#takeTexts(target.sink, source, from, to);
    } else if ('codes' in target && source.kind === 'text') {
      this.#takeLevels(target.codes, source, from, to);
    } else if ('codes' in target && 'codes' in source) {
      const codes = source.codes.subarray(from, to);
      target.codes.set(codes, this.#rows);
      for (const code of codes) if (code < 0) this.missing++;
    } else throw this.#changed(from);
    this.#rows += to - from;
  }

  finish(): Column {
    const target = this.#target;
    return target.kind === 'text' ? target.sink.finish(this.#rows) : target;
  }

  #blank(rows: number): Column {
    if (this.#schema.kind === 'number') return blankColumn(rows);
    return new TextSink(rows).finish(rows);
  }

  #takeTexts(sink: TextSink, { bytes, offsets, present }: TextColumn, from: number, to: number) {
    for (let row = from; row < to; row++) {
      const [start, end] = [offsets[row]!, offsets[row + 1]!];
      if (present[row] === 0 || this.#coerce.isMissing(bytes, start, end)) this.missing++;
      else sink.put(this.#rows + row - from, bytes, start, end);
    }
  }

  #takeLevels(
    codes: Int32Array,
    { bytes, offsets, present }: TextColumn,
    from: number,
    to: number,
  ) {
    for (let row = from; row < to; row++) {
      const [start, end] = [offsets[row]!, offsets[row + 1]!];
      let code = -1;
      if (present[row] === 0 || this.#coerce.isMissing(bytes, start, end)) this.missing++;
      else {
        code =
          this.#schema.kind === 'boolean'
            ? booleanCode(decodeUtf8(bytes, start, end))
            : this.#levels.find(this.#view, start, end);
        if (code < 0) throw this.#changed(row);
      }
      codes[this.#rows + row - from] = code;
    }
  }

  #changed(row: number): DataError {
    return new DataError(
      'data-changed',
      'the value is of no kind or level that the first reading found',
      'import the file again once nothing writes to it',
      { ...this.#batch?.place(row), column: this.name },
    );
  }
}
