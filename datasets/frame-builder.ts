/**
 * Frames from a CSV file whose schema is settled: the builders of all wanted columns together,
 * cut into frames of given sizes.
 */
import { type ColumnBuilder, LevelBuilder, makeBuilder } from './column-builder.ts';
import type { PassContext } from './column-tile.ts';
import type { CsvDialect, CsvPart } from './csv-dialect.ts';
import { CsvField } from './csv-field.ts';
import type { CsvKernel } from './csv-kernel.ts';
import { makeCsvKernel } from './csv-kernel-choice.ts';
import { CsvReader } from './csv-reader.ts';
import type { ByteInput, CsvMark, CsvProgress } from './csv-types.ts';
import type { Column, ColumnSchema, Frame } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';
import type { ShardSpan } from './shard-plan.ts';

export interface FrameReadOptions {
  readonly dialect: CsvDialect;
  readonly file: string | undefined;
  readonly missing: readonly string[];
  /** The columns of the frames; each must be one of the file's. */
  readonly columns: readonly ColumnSchema[];
  /** Rows of frame `index`; at least 1. */
  readonly rowsOf: (index: number) => number;
  /** Most rows that any frame has. */
  readonly rowsMax: number;
  readonly unseen: 'refuse' | 'count';
  /** Whether a frame may be overwritten once the next is asked for. */
  readonly reuse: boolean;
  readonly onProgress?: ((progress: CsvProgress) => void) | undefined;
}

const progressBytes = 1024 * 1024;

/** Reads frames; after the last one `rows`, `bytes` and `unseenLevels` are those of the input. */
export class FrameReader {
  readonly #options: FrameReadOptions;
  readonly #builders: readonly ColumnBuilder[];
  readonly #kernel: CsvKernel = makeCsvKernel();
  readonly #field = new CsvField();
  readonly #missing: LevelDictionary;
  #reader: CsvReader;
  /** Of the files read to their ends. */
  #before = { rows: 0, bytes: 0 };
  #frames = 0;
  #firstRow = 0;
  #held = 0;

  constructor(options: FrameReadOptions) {
    this.#options = options;
    const { rowsMax: rows, unseen, reuse } = options;
    this.#missing = new LevelDictionary(options.missing);
    this.#reader = this.#newReader(options.dialect, options.file);
    this.#builders = options.columns.map((schema) =>
      makeBuilder(schema, {
        ...{ rows, unseen, reuse },
        column: this.#columnOf(schema.name),
      }),
    );
  }

  get rows(): number {
    return this.#before.rows + this.#reader.rows;
  }

  get bytes(): number {
    return this.#before.bytes + this.#reader.bytes;
  }

  /** Missing values so far, in all frames, of each column. */
  missing(): number[] {
    return this.#builders.map((builder) => builder.missing);
  }

  /** Values, by column, whose level the schema does not have. */
  unseenLevels(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    this.#builders.forEach((builder, i) => {
      if (builder instanceof LevelBuilder && builder.unseen > 0) {
        counts.set(this.#options.columns[i]!.name, builder.unseen);
      }
    });
    return counts;
  }

  /**
   * The frames of whole files in order; without `reuse` every one is the consumer's to keep. To be
   * called once.
   *
   * @param parts files of the columns of the dialect, in their order
   */
  async *frames(parts: readonly CsvPart[]): AsyncGenerator<Frame> {
    const { onProgress, rowsOf } = this.#options;
    let reported = 0;
    for (const { open, dialect, file } of parts) {
      this.#before = { rows: this.rows, bytes: this.bytes };
      this.#reader = this.#newReader(dialect, file);
      const context = this.#context();
      for await (const tile of this.#reader.tiles(open)) {
        for (let from = 0; from < tile.rows; ) {
          const to = Math.min(tile.rows, from + rowsOf(this.#frames) - this.#held);
          for (const builder of this.#builders) builder.take(context, tile, from, to);
          this.#held += to - from;
          from = to;
          if (this.#held === rowsOf(this.#frames)) yield this.#finish();
        }
        if (onProgress === undefined || this.bytes - reported < progressBytes) continue;
        reported = this.bytes;
        onProgress({ phase: 'import', bytes: reported, rows: this.rows });
      }
    }
    if (this.#held > 0) yield this.#finish();
    onProgress?.({ phase: 'import', bytes: this.bytes, rows: this.rows });
  }

  /**
   * One frame with the rows of a span, or undefined where the stretch holds other rows than it
   * should. May be called again for another span.
   *
   * @param room holds the columns at its end, but for texts; the frame is good until it is changed
   * @param open the bytes of a file from `start` to `end`, which are around the span
   * @param onTile called after every few thousand rows
   */
  async frameOf(
    open: ByteInput,
    { start, end }: { readonly start: CsvMark; readonly end: CsvMark },
    span: ShardSpan,
    room: ArrayBufferLike,
    onTile: () => void,
  ): Promise<Frame | undefined> {
    this.#reader = this.#newReader(this.#options.dialect, this.#options.file);
    this.#firstRow = span.firstRow;
    this.#placeBuilders(room, span.rows);
    const context = this.#context();
    for await (const tile of this.#reader.tiles(open, start)) {
      const from = Math.max(0, span.firstRow - tile.firstRow);
      const to = Math.min(tile.rows, span.firstRow + span.rows - tile.firstRow);
      if (from < to) {
        for (const builder of this.#builders) builder.take(context, tile, from, to);
        this.#held += to - from;
      }
      onTile();
    }
    const frame = this.#finish();
    const whole = this.rows === end.row && this.bytes === end.byteOffset;
    return whole && frame.rows === span.rows ? frame : undefined;
  }

  #placeBuilders(room: ArrayBufferLike, rows: number): void {
    let at = room.byteLength - (room.byteLength % 8);
    for (const builder of this.#builders.toReversed()) {
      at -= Math.ceil((rows * builder.rowBytes) / 8) * 8;
      builder.place(room, at, rows);
    }
  }

  #newReader(dialect: CsvDialect, file: string | undefined): CsvReader {
    return new CsvReader(this.#kernel, dialect, file);
  }

  #context(): PassContext {
    return { reader: this.#reader, field: this.#field, missing: this.#missing };
  }

  #columnOf(name: string): number {
    return this.#options.dialect.names.indexOf(name);
  }

  #finish(): Frame {
    const columns = new Map<string, Column>();
    this.#builders.forEach((builder, i) => {
      columns.set(this.#options.columns[i]!.name, builder.finish());
    });
    const frame: Frame = { rows: this.#held, firstRow: this.#firstRow, columns };
    this.#firstRow += this.#held;
    this.#held = 0;
    this.#frames++;
    return frame;
  }
}
