/**
 * Frames from a CSV file whose schema is settled: the builders of all wanted columns together,
 * cut into frames of given sizes.
 */
import { type ColumnBuilder, LevelBuilder, makeBuilder } from './column-builder.ts';
import type { PassContext } from './column-tile.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { CsvField } from './csv-field.ts';
import { makeCsvKernel } from './csv-kernel-choice.ts';
import { CsvReader, type CsvTile } from './csv-reader.ts';
import type { ByteSource, CsvProgress } from './csv-types.ts';
import type { Column, ColumnSchema, Frame } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';
import type { NumberSpool } from './number-spool.ts';

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
  /** Numbers of the first pass; the file is not read again when they are all that is wanted. */
  readonly spool?: NumberSpool | undefined;
  /** Rows and bytes of the file, for progress where it is not read. */
  readonly size?: { readonly rows: number; readonly bytes: number };
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
      spool: options.spool,
    };
    this.#builders = options.columns.map((schema) =>
      makeBuilder(schema, {
        ...{ file, rows, unseen, reuse },
        column: this.#columnOf(schema.name),
      }),
    );
  }

  get rows(): number {
    return this.#context.reader.rows;
  }

  get bytes(): number {
    return this.#context.reader.bytes;
  }

  /** Whether every wanted column comes from the spool. */
  get needsNoFile(): boolean {
    const { spool, columns } = this.#options;
    return spool !== undefined && columns.every(({ name }) => spool.has(this.#columnOf(name)));
  }

  /** Missing values so far by column, of the columns that were read from the file. */
  missing(): ReadonlyMap<string, number> {
    const { spool, columns } = this.#options;
    const counts = new Map<string, number>();
    columns.forEach(({ name }, i) => {
      const spooled = spool?.has(this.#columnOf(name)) === true;
      if (!spooled) counts.set(name, this.#builders[i]!.missing);
    });
    return counts;
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
    let reported = 0;
    for await (const tile of this.#tiles(open)) {
      for (let from = 0; from < tile.rows; ) {
        const to = Math.min(tile.rows, from + rowsOf(this.#frames) - this.#held);
        for (const builder of this.#builders) builder.take(this.#context, tile, from, to);
        this.#held += to - from;
        from = to;
        if (this.#held === rowsOf(this.#frames)) yield this.#finish();
      }
      if (onProgress === undefined) continue;
      const progress = this.#progress(tile);
      if (progress.bytes - reported < progressBytes) continue;
      reported = progress.bytes;
      onProgress(progress);
    }
    if (this.#held > 0) yield this.#finish();
    const { rows, bytes } = this.#options.size ?? this;
    onProgress?.({ phase: 'import', bytes, rows });
  }

  #progress(tile: CsvTile): CsvProgress {
    const rows = tile.firstRow + tile.rows;
    const { size } = this.#options;
    const share = size === undefined ? 0 : Math.floor((size.bytes * rows) / size.rows);
    return { phase: 'import', bytes: this.needsNoFile ? share : this.bytes, rows };
  }

  /** Tiles of the file with their spooled numbers, or of the spool alone. */
  async *#tiles(open: ByteSource): AsyncGenerator<CsvTile> {
    const { spool } = this.#options;
    try {
      if (spool !== undefined && this.needsNoFile) {
        yield* spool.tiles();
        return;
      }
      for await (const tile of this.#context.reader.tiles(open)) {
        await spool?.next(tile.rows);
        yield tile;
      }
    } finally {
      await spool?.close();
    }
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
