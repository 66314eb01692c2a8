/**
 * The one error of the data layer: what is wrong, where it stands, and what to do about it.
 *
 * The message holds it all for people; the fields hold it for programs. Lines count from 1, with
 * the header as line 1 and newlines inside quotes counted; byte offsets count from 0.
 */
import { TerminalError } from '../schemas/errors.ts';

export type DataErrorCode =
  // The file as a whole.
  | 'data-empty'
  | 'data-no-rows'
  | 'data-no-columns'
  | 'data-encoding'
  | 'data-changed'
  | 'data-too-large'
  | 'data-format'
  | 'data-packing'
  | 'data-nested'
  | 'data-differs'
  // Its header.
  | 'data-no-header'
  | 'data-column-name'
  | 'data-duplicate-column'
  | 'data-too-many-columns'
  | 'data-missing-column'
  | 'data-unknown-column'
  // A record.
  | 'data-ragged-row'
  | 'data-unclosed-quote'
  | 'data-stray-quote'
  | 'data-newline'
  | 'data-nul-byte'
  | 'data-line-too-long'
  | 'data-field-too-long'
  | 'data-json'
  // A value against a given or settled type.
  | 'data-value'
  | 'data-too-many-levels'
  // What was stored.
  | 'data-manifest'
  | 'data-shard'
  | 'data-digest'
  | 'data-option';

export interface DataPlace {
  /** Name of the file or data set, as the user gave it. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** Of files that have no lines; counted from 1. */
  readonly row?: number | undefined;
  readonly column?: string | undefined;
  readonly byteOffset?: number | undefined;
  /** Index of the shard, for faults in stored data. */
  readonly shard?: number | undefined;
}

export class DataError extends TerminalError {
  declare readonly code: DataErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly row: number | undefined;
  readonly column: string | undefined;
  readonly byteOffset: number | undefined;
  readonly shard: number | undefined;
  declare readonly fix: string;

  constructor(code: DataErrorCode, what: string, fix: string, place: DataPlace = {}) {
    super(code, `${placeText(place)}${what}; ${fix}`, { fix });
    this.file = place.file;
    this.line = place.line;
    this.row = place.row;
    this.column = place.column;
    this.byteOffset = place.byteOffset;
    this.shard = place.shard;
  }
}

function placeText(place: DataPlace): string {
  const parts: string[] = [];
  if (place.file !== undefined) parts.push(place.file);
  if (place.shard !== undefined) parts.push(`shard ${place.shard}`);
  if (place.line !== undefined) parts.push(`line ${place.line}`);
  if (place.row !== undefined) parts.push(`row ${place.row}`);
  if (place.byteOffset !== undefined) parts.push(`byte ${place.byteOffset}`);
  if (place.column !== undefined) parts.push(`column "${quoteShort(place.column)}"`);
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}

const SHOWN_MAX = 60;

/** Text for a message: control characters escaped, long text cut. */
export function quoteShort(text: string): string {
  const short = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return JSON.stringify(short.toWellFormed()).slice(1, -1);
}
