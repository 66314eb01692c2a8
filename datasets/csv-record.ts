/**
 * One record of CSV as texts: for the header line, the sniffing of the dialect, and the messages
 * about a record that the fast scan refused. Slow and forgiving: a fault is reported, not thrown.
 */
import { CsvField } from './csv-field.ts';

export interface CsvRecord {
  readonly fields: readonly string[];
  /** First byte after the record and its newline. */
  readonly next: number;
  /** Whether a newline ended it, rather than the end of the bytes. */
  readonly complete: boolean;
  /** Bytes of its newline: 1 for a line feed, 2 for CR and LF, 0 for none. */
  readonly newline: 0 | 1 | 2;
  /** Line feeds inside its quotes. */
  readonly newlines: number;
  readonly fault: 'open-quote' | 'stray-quote' | 'bare-return' | undefined;
  readonly faultAt: number;
  /** First byte that is not UTF-8; -1 when all are. */
  readonly badByte: number;
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Splits the record that begins at `from`; fields are trimmed and unquoted. */
export function readRecord(bytes: Uint8Array, from: number, delimiter: number): CsvRecord {
  const ends: number[] = [];
  let fault: CsvRecord['fault'];
  let faultAt = -1;
  const note = (what: NonNullable<CsvRecord['fault']>, at: number) => {
    if (fault === undefined) faultAt = at;
    fault ??= what;
  };
  let newlines = 0;
  let start = from;
  let i = from;
  let width: 0 | 1 | 2 = 0;
  for (; i < bytes.length && width === 0; i++) {
    const byte = bytes[i]!;
    if (byte === delimiter) {
      ends.push(i);
      start = i + 1;
    } else if (byte === LF) width = 1;
    else if (byte === CR && bytes[i + 1] === LF) width = 2;
    else if (byte === CR) note('bare-return', i);
    else if (byte === QUOTE && i > start) note('stray-quote', i);
    else if (byte === QUOTE) {
      const close = closingQuote(bytes, i);
      if (close < 0) {
        note('open-quote', i);
        i = bytes.length;
        break;
      }
      for (let j = i; j < close; j++) if (bytes[j] === LF) newlines++;
      const after = bytes[close + 1];
      if (after !== undefined && after !== delimiter && after !== LF && after !== CR) {
        note('stray-quote', close + 1);
      }
      i = close;
    }
  }
  const end = width === 0 ? bytes.length : i - 1;
  ends.push(end);
  return {
    fields: fieldTexts(bytes, from, ends, fault !== undefined),
    next: end + width,
    complete: width > 0,
    newline: width,
    newlines,
    fault,
    faultAt,
    badByte: findInvalidUtf8(bytes, from, end, width > 0),
  };
}

function closingQuote(bytes: Uint8Array, open: number): number {
  for (let i = open + 1; i < bytes.length; i++) {
    if (bytes[i] !== QUOTE) continue;
    if (bytes[i + 1] !== QUOTE) return i;
    i++;
  }
  return -1;
}

function fieldTexts(bytes: Uint8Array, from: number, ends: number[], faulty: boolean): string[] {
  const field = new CsvField();
  let start = from;
  return ends.map((end) => {
    const raw = faulty && bytes[start] === QUOTE;
    if (raw) start++;
    field.read(bytes, start, end);
    start = end + 1;
    return field.text();
  });
}

/**
 * First byte in `bytes[from, to)` that breaks UTF-8; -1 when none does. Without `whole`, a
 * sequence that `to` cuts off is let pass.
 */
export function findInvalidUtf8(
  bytes: Uint8Array,
  from: number,
  to: number,
  whole: boolean,
): number {
  for (let i = from; i < to; ) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4) return i;
    for (let k = 1; k <= more; k++) {
      if (i + k >= to) return whole ? i : -1;
      const byte = bytes[i + k]!;
      if (byte < 0x80 || byte > 0xbf) return i;
      if (k === 1 && !secondByteFits(lead, byte)) return i;
    }
    i += more + 1;
  }
  return -1;
}

/** No overlong forms, no surrogates, nothing past U+10FFFF. */
function secondByteFits(lead: number, byte: number): boolean {
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte <= 0x9f;
  if (lead === 0xf0) return byte >= 0x90;
  if (lead === 0xf4) return byte <= 0x8f;
  return true;
}
