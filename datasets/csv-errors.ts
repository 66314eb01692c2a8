/**
 * What can be wrong with a CSV file, each with its place and what to do about it.
 */
import { lineBytesMax } from './csv-kernel.ts';
import { fieldBytesMax } from './csv-types.ts';
import { DataError, type DataPlace } from './data-error.ts';

export function noRowsError(place: DataPlace): DataError {
  return new DataError(
    'data-no-rows',
    'the file has a header and no rows',
    'add at least one row of data',
    place,
  );
}

export function raggedError(
  fields: number,
  columns: number,
  delimiter: string,
  place: DataPlace,
): DataError {
  const shown = delimiter === '\t' ? 'a tab' : `"${delimiter}"`;
  return new DataError(
    'data-ragged-row',
    `the row has ${fields} fields, the header has ${columns} columns`,
    fields > columns
      ? `put quotes around a field that holds ${shown}, or give the extra column a name`
      : 'write an empty field where a value is missing',
    place,
  );
}

export function emptyLineError(columns: number, place: DataPlace): DataError {
  return new DataError(
    'data-ragged-row',
    `the line is empty, the header has ${columns} columns`,
    'remove the line',
    place,
  );
}

export function mixedNewlineError(firstIsCrlf: boolean, place: DataPlace): DataError {
  return new DataError(
    'data-newline',
    firstIsCrlf
      ? 'the line ends in a line feed alone, the first ends in CR and LF'
      : 'the line ends in CR and LF, the first ends in a line feed alone',
    'end all lines alike (for example with dos2unix)',
    place,
  );
}

export function fieldTooLongError(bytes: number, place: DataPlace): DataError {
  return new DataError(
    'data-field-too-long',
    `the field has ${bytes} bytes, the most is ${fieldBytesMax}`,
    'shorten it, or leave the column out',
    place,
  );
}

export function openQuoteWithinError(place: DataPlace): DataError {
  return new DataError(
    'data-unclosed-quote',
    `a quote opens here and is not closed within ${lineBytesMax} bytes`,
    "close it, or double it if it is part of the field's text",
    place,
  );
}

export function nulError(place: DataPlace, around?: Uint8Array): DataError {
  const wide = around !== undefined && looksWide(around);
  return new DataError(
    wide ? 'data-encoding' : 'data-nul-byte',
    wide ? 'the file looks like UTF-16, only UTF-8 is read' : 'there is a NUL byte',
    wide
      ? 'convert it, for example with: iconv -f utf-16 -t utf-8'
      : 'the file is damaged or not text: write it again',
    place,
  );
}

/** Whether about every second byte of the beginning is zero. */
function looksWide(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 200);
  let zeros = 0;
  for (const byte of head) if (byte === 0) zeros++;
  return head.length >= 4 && zeros * 3 > head.length;
}

export function encodingError(place: DataPlace): DataError {
  return new DataError(
    'data-encoding',
    'the bytes are not UTF-8',
    'convert the file, for example with: iconv -f windows-1252 -t utf-8',
    place,
  );
}

export function openQuoteError(place: DataPlace): DataError {
  return new DataError(
    'data-unclosed-quote',
    'a quote opens here and is never closed',
    "close it, or double it if it is part of the field's text",
    place,
  );
}

export function strayQuoteError(place: DataPlace): DataError {
  return new DataError(
    'data-stray-quote',
    'a quote stands inside a field that does not begin with one, or text follows a closing quote',
    'quote the whole field and double each quote inside it',
    place,
  );
}

export function bareReturnError(place: DataPlace): DataError {
  return new DataError(
    'data-newline',
    'a carriage return stands without a line feed',
    'end all lines with a line feed, or all with carriage return and line feed',
    place,
  );
}

export function lineTooLongError(place: DataPlace, quoted: boolean): DataError {
  return new DataError(
    'data-line-too-long',
    `the line is longer than ${lineBytesMax} bytes`,
    quoted ? 'it is inside a quoted field: close the quote' : 'is this a CSV file? split the line',
    place,
  );
}
