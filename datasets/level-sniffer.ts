/**
 * The first pass over a column of texts: its levels while they are few and short, and whether they
 * are booleans; past the caps the column is text, and only counted.
 */
import {
  booleanCode,
  booleanLevels,
  booleanSpellings,
  fieldPlace,
  type PassContext,
  readField,
} from './column-tile.ts';
import { decodeUtf8, isPlainField, viewOf } from './csv-field.ts';
import type { CsvTile } from './csv-reader.ts';
import { DataError, type DataPlace, quoteShort } from './data-error.ts';
import { type DataColumn, levelsMax } from './data-schema.ts';
import type { ColumnKind, TextColumn } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';
import { compareUtf8 } from './level-order.ts';

/** A longer value makes a sniffed column text. */
const levelBytesMax = 256;
/** With more levels than this, a column whose rows are mostly unique is text. */
const fewLevels = 100;
/** Bytes of the dictionaries of all columns together. */
export const dictionaryBytesMax: number = 32 * 1024 * 1024;

export interface LevelBudget {
  bytes: number;
}

export class LevelSniffer {
  readonly column: number;
  readonly #name: string;
  readonly #given: ColumnKind | undefined;
  readonly #budget: LevelBudget;
  readonly #levels = new LevelDictionary();
  #missing = 0;
  #rows = 0;
  #bytes = 0;
  #counting: boolean;

  /** @param given the kind that the user named; without one the values decide */
  constructor(column: number, name: string, given: ColumnKind | undefined, budget: LevelBudget) {
    this.column = column;
    this.#name = name;
    this.#given = given;
    this.#budget = budget;
    this.#counting = given !== 'text';
  }

  take(context: PassContext, tile: CsvTile): void {
    const { view, columns } = context.reader;
    const { block, bounds } = context.reader.kernel;
    const levels = this.#levels;
    let bytes = 0;
    for (let row = 0, at = this.column; row < tile.rows; row++, at += columns + 1) {
      const start = bounds[at]! + 1;
      const end = bounds[at + 1]!;
      // Nearly every field is a level already seen, as it stands.
      const code =
        this.#counting && isPlainField(block, start, end) ? levels.find(view, start, end) : -1;
      if (code >= 0) bytes += end - start;
      else this.#takeOther(context, row);
    }
    this.#bytes += bytes;
    this.#rows += tile.rows;
  }

  /**
   * Takes in a column of texts.
   *
   * @param isMissing whether the bytes are one of the texts that mean a missing value
   * @param place of a row, for errors
   */
  takeTexts(
    { bytes, offsets, present }: TextColumn,
    isMissing: (bytes: Uint8Array, start: number, end: number) => boolean,
    place: (row: number) => DataPlace,
  ): void {
    const view = viewOf(bytes);
    for (let row = 0; row < present.length; row++) {
      const start = offsets[row]!;
      const end = offsets[row + 1]!;
      if (present[row] === 0 || start === end || isMissing(bytes, start, end)) {
        this.#missing++;
        continue;
      }
      this.#bytes += end - start;
      if (!this.#counting || this.#levels.find(view, start, end) >= 0) continue;
      this.#admit(
        view,
        start,
        end,
        () => place(row),
        () => decodeUtf8(bytes, start, end),
      );
    }
    this.#rows += present.length;
  }

  /** Takes in rows without a value. */
  takeMissing(rows: number): void {
    this.#missing += rows;
    this.#rows += rows;
  }

  /** Schema and statistics of the finished column. */
  finish(): DataColumn {
    const name = this.#name;
    const missing = this.#missing;
    if (!this.#counting || this.#mostlyUnique()) {
      return { name, kind: 'text', stats: { missing, distinct: null, bytes: this.#bytes } };
    }
    const texts = Array.from({ length: this.#levels.size }, (_, i) => this.#levels.text(i));
    if (this.#given === 'boolean' || (this.#given === undefined && areBooleans(texts))) {
      const distinct = new Set(texts.map(booleanCode)).size;
      return { name, kind: 'boolean', levels: booleanLevels, stats: { missing, distinct } };
    }
    const levels = texts.toSorted(compareUtf8);
    return { name, kind: 'category', levels, stats: { missing, distinct: levels.length } };
  }

  /** A field that is no known level as it stands. */
  #takeOther(context: PassContext, row: number): void {
    if (readField(context, this.column, row)) {
      this.#missing++;
      return;
    }
    const { view, start, end } = context.field;
    this.#bytes += end - start;
    if (this.#counting && this.#levels.find(view, start, end) < 0) this.#addLevel(context, row);
  }

  #addLevel(context: PassContext, row: number): void {
    const { view, start, end } = context.field;
    const place = () => fieldPlace(context, this.column, row);
    this.#admit(view, start, end, place, () => context.field.text());
  }

  /** A level that was not met before. */
  #admit(
    view: DataView,
    start: number,
    end: number,
    place: () => DataPlace,
    text: () => string,
  ): void {
    if (this.#given === 'boolean' && booleanCode(text()) < 0) {
      throw new DataError(
        'data-value',
        `"${quoteShort(text())}" is not true or false`,
        'correct the value, name it as a missing text, or give the column another kind',
        { ...place(), column: this.#name },
      );
    }
    const size = end - start;
    const tooMany = this.#levels.size >= levelsMax;
    if (tooMany || size > levelBytesMax || this.#budget.bytes + size > dictionaryBytesMax) {
      if (this.#given === 'category') this.#refuse(place(), tooMany);
      this.#counting = false;
      return;
    }
    this.#budget.bytes += size;
    this.#levels.add(view, start, end);
  }

  #refuse(place: DataPlace, tooMany: boolean): never {
    throw new DataError(
      'data-too-many-levels',
      tooMany
        ? `more than ${levelsMax} levels in a category`
        : `a level of a category is longer than ${levelBytesMax} bytes, or all are too long together`,
      'import the column as text',
      { ...place, column: this.#name },
    );
  }

  #mostlyUnique(): boolean {
    if (this.#given !== undefined) return false;
    return this.#levels.size > fewLevels && this.#levels.size * 2 > this.#rows - this.#missing;
  }
}

function areBooleans(texts: readonly string[]): boolean {
  const sniffed = new Set(booleanSpellings.filter((s) => s.sniffed).map((s) => s.text));
  return texts.length > 0 && texts.every((text) => sniffed.has(text.toLowerCase()));
}
