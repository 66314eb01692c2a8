/**
 * Frames from a CSV file whose schema is settled: the builders of all wanted columns together,
 * cut into frames of given sizes.
 */
import { type ColumnBuilder, LevelBuilder, makeBuilder } from './column-builder.ts';
import type { PassContext } from './column-tile.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { CsvField } from './csv-field.ts';
import { makeCsvKernel } from './csv-kernel-choice.ts';
import { CsvReader } from './csv-reader.ts';
import type { ByteSource, CsvProgress } from './csv-types.ts';
import type { Column, ColumnSchema, Frame } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';

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

/** Reads the input once; after the last frame `rows`, `bytes` and `unseenLevels` are those of it. */
export class FrameReader {
  readonly #options: FrameReadOptions;
  readonly #builders: readonly ColumnBuilder[];
  readonly #context: PassContext;
  #frames = 0;
  #firstRow = 0;
  #held = 0;

  constructor(options: FrameReadOptions) {
    this.#options = options;
    const { dialect, file, missing, rowsMax: rows, unseen, reuse } = options;
    this.#context = {
      reader: new CsvReader(makeCsvKernel(), dialect, file),
      field: new CsvField(),
      missing: new LevelDictionary(missing),
    };
    this.#builders = options.columns.map((schema) =>
      makeBuilder(schema, {
        ...{ file, rows, unseen, reuse },
        column: dialect.names.indexOf(schema.name),
      }),
    );
  }

  get rows(): number {
    return this.#context.reader.rows;
  }

  get bytes(): number {
    return this.#context.reader.bytes;
  }

  /** Missing values so far, in the order of the columns. */
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

  /** The frames in order; without `reuse` every one is the consumer's to keep. */
  async *frames(open: ByteSource): AsyncGenerator<Frame> {
    const { onProgress, rowsOf } = this.#options;
    const { reader } = this.#context;
    let reported = 0;
    for await (const tile of reader.tiles(open)) {
      for (let from = 0; from < tile.rows; ) {
        const to = Math.min(tile.rows, from + rowsOf(this.#frames) - this.#held);
        for (const builder of this.#builders) builder.take(this.#context, tile, from, to);
        this.#held += to - from;
        from = to;
        if (this.#held === rowsOf(this.#frames)) yield this.#finish();
      }
      if (onProgress !== undefined && reader.bytes - reported >= progressBytes) {
        reported = reader.bytes;
        onProgress({ phase: 'import', bytes: reader.bytes, rows: reader.rows });
      }
    }
    onProgress?.({ phase: 'import', bytes: reader.bytes, rows: reader.rows });
    if (this.#held > 0) yield this.#finish();
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
