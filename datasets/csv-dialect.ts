/**
 * The dialect of a CSV file from its beginning: delimiter, header, where the data starts.
 *
 * The delimiter is the candidate that the header line holds and that splits most of the records
 * after it into as many fields; a ragged record in the sample does not change it. The file is
 * UTF-8, with or without a byte order mark; anything else is refused by name.
 */
import {
  bareReturnError,
  encodingError,
  lineTooLongError,
  nulError,
  openQuoteError,
  strayQuoteError,
} from './csv-errors.ts';
import { lineBytesMax } from './csv-kernel.ts';
import { type CsvRecord, readRecord } from './csv-record.ts';
import {
  type ByteInput,
  type ByteSource,
  type CsvDelimiter,
  type CsvFile,
  type CsvOptions,
  csvDelimiters,
} from './csv-types.ts';
import { DataError, quoteShort } from './data-error.ts';
import { columnsMax } from './data-schema.ts';
import { parseNumberText } from './number-text.ts';

export interface CsvDialect {
  readonly delimiter: CsvDelimiter;
  readonly header: 'first' | 'none';
  readonly names: readonly string[];
  /** How the header line ends, which all lines must share; 0 when it is not known. */
  readonly newline: 0 | 1 | 2;
  /** Byte offset and line of the first record of data. */
  readonly dataOffset: number;
  readonly dataLine: number;
}

/** A file with what is known of its beginning. */
export interface CsvPart {
  readonly open: ByteInput;
  readonly dialect: CsvDialect;
  readonly file: string | undefined;
}

const sampleBytes = lineBytesMax + 16;
const sampleRecords = 64;

/** Reads the beginning of the input and settles the dialect. */
export async function sniffDialect(open: ByteSource, options: CsvOptions): Promise<CsvDialect> {
  const sample = await readSample(open);
  const { file } = options;
  const start = skipMark(sample, file);
  if (isBlankText(sample, start)) {
    throw new DataError(
      'data-empty',
      'the file is empty',
      'give a CSV file with a header line and at least one row',
      { file },
    );
  }
  const delimiter = options.delimiter ?? sniffDelimiter(sample, start);
  const record = readRecord(sample, start, delimiter.charCodeAt(0));
  checkHeader(record, sample, file);
  const header = options.header === 'none' ? 'none' : 'first';
  const place = { file, line: 1, byteOffset: start };
  if (record.fields.length > columnsMax) {
    throw new DataError(
      'data-too-many-columns',
      `${record.fields.length} columns, the most is ${columnsMax}`,
      delimiter === ',' ? 'import fewer columns' : 'import fewer columns, or name the delimiter',
      place,
    );
  }
  if (header === 'none') {
    const names = record.fields.map((_, i) => `c${i + 1}`);
    return { delimiter, header, names, newline: 0, dataOffset: start, dataLine: 1 };
  }
  checkNames(record.fields, options, start);
  return {
    delimiter,
    header,
    names: record.fields,
    newline: record.newline,
    dataOffset: record.next,
    dataLine: 2 + record.newlines,
  };
}

/**
 * The files that make up the input with their dialects, which may differ but in the columns.
 *
 * @throws DataError naming the file and the column in which it differs from the first
 */
export async function sniffParts(
  input: ByteSource | readonly CsvFile[],
  options: CsvOptions,
): Promise<[CsvPart, ...CsvPart[]]> {
  const files = typeof input === 'function' ? [{ file: options.file, open: input }] : input;
  const parts: CsvPart[] = [];
  for (const { file, open } of files) {
    const dialect = await sniffDialect(open, {
      ...options,
      ...(file === undefined ? {} : { file }),
    });
    parts.push({ file, open, dialect });
    checkAlike(parts[0]!, parts.at(-1)!);
  }
  return parts as [CsvPart, ...CsvPart[]];
}

function checkAlike(first: CsvPart, part: CsvPart): void {
  const [wanted, names] = [first.dialect.names, part.dialect.names];
  const at = wanted.findIndex((name, i) => name !== names[i]);
  if (at < 0 && names.length === wanted.length) return;
  const column = at < 0 ? names[wanted.length]! : wanted[at]!;
  const there = at < 0 ? undefined : names[at];
  const found =
    at < 0
      ? `a column "${quoteShort(column)}" more than`
      : there === undefined
        ? `no column "${quoteShort(column)}", unlike`
        : `"${quoteShort(there)}" as column ${at + 1} where "${quoteShort(column)}" is in`;
  throw new DataError(
    'data-differs',
    `the file has ${found} ${first.file ?? 'the first'}`,
    'give all files the same columns in the same order, or import it as a data set of its own',
    { file: part.file, line: 1, column },
  );
}

async function readSample(open: ByteSource): Promise<Uint8Array> {
  const sample = new Uint8Array(sampleBytes);
  let size = 0;
  for await (const chunk of open()) {
    const part = chunk.subarray(0, sampleBytes - size);
    sample.set(part, size);
    size += part.length;
    if (size === sampleBytes) break;
  }
  return sample.subarray(0, size);
}

/** Offset of the first byte after a UTF-8 mark; the marks of other encodings are refused. */
function skipMark(sample: Uint8Array, file: string | undefined): number {
  const [a, b, c] = sample;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 3;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new DataError(
      'data-encoding',
      'the file is UTF-16, only UTF-8 is read',
      'convert it, for example with: iconv -f utf-16 -t utf-8',
      { file, line: 1, byteOffset: 0 },
    );
  }
  return 0;
}

function isBlankText(sample: Uint8Array, start: number): boolean {
  for (let i = start; i < sample.length; i++) {
    const byte = sample[i]!;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return true;
}

function sniffDelimiter(sample: Uint8Array, start: number): CsvDelimiter {
  let best: CsvDelimiter = ',';
  let bestScore = 0;
  for (const delimiter of csvDelimiters) {
    const score = scoreDelimiter(sample, start, delimiter.charCodeAt(0));
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** 0 when the header does not hold it; else the share of agreeing records, then their width. */
function scoreDelimiter(sample: Uint8Array, start: number, delimiter: number): number {
  const header = readRecord(sample, start, delimiter);
  const width = header.fields.length;
  if (width < 2) return 0;
  let agree = 1;
  let seen = 1;
  let at = header.next;
  while (seen < sampleRecords && at < sample.length) {
    const record = readRecord(sample, at, delimiter);
    if (!record.complete) break;
    at = record.next;
    seen++;
    if (record.fields.length === width) agree++;
  }
  return agree / seen + width / (columnsMax * 1000);
}

function checkHeader(record: CsvRecord, sample: Uint8Array, file: string | undefined): void {
  const place = { file, line: 1 };
  const nul = sample.subarray(0, record.next).indexOf(0);
  if (nul >= 0) throw nulError({ ...place, byteOffset: nul }, sample);
  if (record.badByte >= 0) throw encodingError({ ...place, byteOffset: record.badByte });
  if (record.fault !== undefined) {
    if (record.fault === 'open-quote' && record.next - record.faultAt < lineBytesMax) {
      throw openQuoteError({ ...place, byteOffset: record.faultAt });
    }
    if (record.fault === 'stray-quote') {
      throw strayQuoteError({ ...place, byteOffset: record.faultAt });
    }
    if (record.fault === 'bare-return') {
      throw bareReturnError({ ...place, byteOffset: record.faultAt });
    }
  }
  if (!record.complete && sample.length >= sampleBytes) {
    throw lineTooLongError({ ...place, byteOffset: 0 }, record.fault === 'open-quote');
  }
}

function checkNames(names: readonly string[], options: CsvOptions, byteOffset: number): void {
  const place = { file: options.file, line: 1, byteOffset };
  const seen = new Map<string, number>();
  names.forEach((name, i) => {
    const first = seen.get(name);
    if (name === '') {
      throw new DataError(
        'data-column-name',
        `column ${i + 1} has no name`,
        'name every column in the header line, or leave a row index out (pandas: index=False)',
        place,
      );
    }
    if (Buffer.byteLength(name) > 1024) {
      throw new DataError(
        'data-column-name',
        `the name of column ${i + 1} has ${Buffer.byteLength(name)} bytes, the most is 1024`,
        'shorten it',
        place,
      );
    }
    if (first !== undefined) {
      throw new DataError(
        'data-duplicate-column',
        `"${quoteShort(name)}" names column ${first + 1} and column ${i + 1}`,
        'give each column a name of its own',
        { ...place, column: name },
      );
    }
    seen.set(name, i);
    if (options.header !== 'first' && !Number.isNaN(parseNumberText(name))) {
      throw new DataError(
        'data-no-header',
        `the first line holds the number "${quoteShort(name)}" where the name of column ${i + 1} belongs`,
        'add a header line, or say header "none" (columns become c1, c2, …) or "first" (names as they are)',
        place,
      );
    }
  });
}
