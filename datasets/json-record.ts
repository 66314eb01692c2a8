/**
 * One line of a JSON-lines file: a flat object, read strictly and without recursion.
 *
 * Strings, numbers, booleans and null are values; an object or a list inside is refused by its name.
 * Keys are mere names, so that none of them can reach a prototype; a key that comes twice, a number
 * out of range, and anything that is not JSON (but for a bare NaN, which means missing) is an error.
 */

import { fieldBytesMax } from './csv-types.ts';
import { DataError, type DataPlace, quoteShort } from './data-error.ts';
import { parseNumberText, parsePlainNumber } from './number-text.ts';

/** What a line's values go to. */
export interface JsonSink {
  /** Index of the column that the key in quotes, `bytes[start, end)`, names; `nth` key of its line. */
  column(bytes: Buffer, start: number, end: number, nth: number): number;
  text(column: number, bytes: Buffer, start: number, end: number): void;
  number(column: number, value: number, bytes: Buffer, start: number, end: number): void;
  flag(column: number, value: boolean): void;
  missing(column: number): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const BRACKET = 0x5b;
const MINUS = 0x2d;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Reads lines; `placeOf` says where a position of the bytes stands. */
export class JsonRecords {
  readonly #sink: JsonSink;
  readonly #placeOf: (at: number) => DataPlace;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  constructor(sink: JsonSink, placeOf: (at: number) => DataPlace) {
    this.#sink = sink;
    this.#placeOf = placeOf;
  }

  /** The line `bytes[start, end)`, without its end; blanks around it are allowed. */
  read(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#blanks();
    if (this.#next() === BRACKET) {
      throw this.#error(
        'a list stands here',
        'write one JSON object a line, without a list around them',
      );
    }
    this.#expect(OPEN, '"{"');
    this.#blanks();
    if (this.#next() === CLOSE) this.#at++;
    else this.#members();
    this.#blanks();
    if (this.#at < this.#end) {
      throw this.#error('something follows the object', 'write one JSON object a line');
    }
  }

  #members(): void {
    for (let nth = 0; ; nth++) {
      this.#blanks();
      if (this.#next() !== QUOTE) throw this.#unexpected('a name in quotes');
      const start = this.#at;
      this.#skipString();
      const column = this.#sink.column(this.#bytes, start, this.#at, nth);
      this.#blanks();
      this.#expect(COLON, '":"');
      this.#blanks();
      this.#value(column, start, this.#at);
      this.#blanks();
      if (this.#next() === COMMA) this.#at++;
      else {
        this.#expect(CLOSE, '"," or "}"');
        return;
      }
    }
  }

  #value(column: number, keyStart: number, from: number): void {
    const first = this.#next();
    if (first === QUOTE) {
      this.#skipString();
      this.#text(column, from);
      return;
    }
    if (first === OPEN || first === BRACKET) {
      const key = JSON.parse(
        this.#bytes.toString('utf8', keyStart, this.#bytes.indexOf(COLON, keyStart)).trim(),
      ) as string;
      throw new DataError(
        'data-nested',
        `the value is ${first === OPEN ? 'an object' : 'a list'}, and a cell holds one value`,
        'write a column for each part, or leave it out',
        { ...this.#placeOf(from), column: key },
      );
    }
    while (this.#at < this.#end && !endsWord(this.#bytes[this.#at]!)) this.#at++;
    if (first === MINUS || (first >= 0x30 && first <= 0x39)) this.#number(column, from);
    else this.#word(column, from);
  }

  #text(column: number, from: number): void {
    const bytes = this.#bytes;
    if (this.#at - from > fieldBytesMax) {
      throw new DataError(
        'data-field-too-long',
        `the text has ${this.#at - from} bytes, the most is ${fieldBytesMax}`,
        'shorten it, or leave the column out',
        this.#placeOf(from),
      );
    }
    const inner = bytes.subarray(from + 1, this.#at - 1);
    if (!inner.includes(BACKSLASH)) {
      this.#sink.text(column, bytes, from + 1, this.#at - 1);
      return;
    }
    let text: string;
    try {
      text = JSON.parse(bytes.toString('utf8', from, this.#at)) as string;
    } catch {
      throw this.#error('the text holds an escape that is none', 'write it as JSON', from);
    }
    if (!text.isWellFormed() || text.includes('\0')) {
      const what = text.includes('\0') ? 'a NUL character' : 'half a surrogate pair';
      throw this.#error(`the text holds ${what}`, 'write the text without it', from);
    }
    const decoded = Buffer.from(text, 'utf8');
    this.#sink.text(column, decoded, 0, decoded.length);
  }

  #number(column: number, from: number): void {
    const bytes = this.#bytes;
    let value = parsePlainNumber(bytes, from, this.#at);
    const digit = bytes[from] === MINUS ? from + 1 : from;
    const odd = bytes[digit] === 0x30 || bytes[digit] === 0x2e || bytes[this.#at - 1] === 0x2e;
    if (Number.isNaN(value) || odd) {
      const text = bytes.toString('latin1', from, this.#at);
      if (!jsonNumber.test(text)) throw this.#notJson(from);
      value = parseNumberText(text);
      if (Number.isNaN(value)) {
        throw new DataError(
          'data-value',
          `"${quoteShort(text)}" is beyond the numbers of float64`,
          'correct the value, or write null where it is missing',
          this.#placeOf(from),
        );
      }
    }
    this.#sink.number(column, value, bytes, from, this.#at);
  }

  #word(column: number, from: number): void {
    const word = this.#bytes.toString('latin1', from, Math.min(this.#at, from + 80));
    if (word === 'true' || word === 'false') this.#sink.flag(column, word === 'true');
    else if (word === 'null' || word === 'NaN') this.#sink.missing(column);
    else throw this.#notJson(from);
  }

  #notJson(from: number): DataError {
    const word = this.#bytes.toString('utf8', from, Math.min(this.#at, from + 80));
    return this.#error(
      `"${quoteShort(word)}" is not a JSON value`,
      'write it as JSON, or null where it is missing',
      from,
    );
  }

  /** To behind the closing quote of the string that begins here. */
  #skipString(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    for (let i = start + 1; i < this.#end; i++) {
      const byte = bytes[i]!;
      if (byte === QUOTE) {
        this.#at = i + 1;
        return;
      }
      if (byte === BACKSLASH) i++;
      else if (byte < 0x20) {
        throw this.#error(
          'a control character stands in a text',
          'escape it, as \\t or \\u0009',
          i,
        );
      }
    }
    throw this.#error('a quote opens here and is not closed on its line', 'close it', start);
  }

  #blanks(): void {
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at]!;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return;
      this.#at++;
    }
  }

  #next(): number {
    return this.#at < this.#end ? this.#bytes[this.#at]! : -1;
  }

  #expect(byte: number, shown: string): void {
    if (this.#next() !== byte) throw this.#unexpected(shown);
    this.#at++;
  }

  #unexpected(expected: string): DataError {
    const at = this.#at;
    const found =
      at < this.#end
        ? `"${quoteShort(this.#bytes.toString('utf8', at, Math.min(this.#end, at + 20)))}"`
        : 'the end of the line';
    return this.#error(
      `${expected} belongs here, and ${found} stands here`,
      'write one JSON object a line',
    );
  }

  #error(what: string, fix: string, at: number = this.#at): DataError {
    return new DataError('data-json', what, fix, this.#placeOf(at));
  }
}

function endsWord(byte: number): boolean {
  return byte === COMMA || byte === CLOSE || byte <= 0x20 || byte === COLON || byte === QUOTE;
}
