/**
 * What the stored values of a Parquet column mean: numbers, booleans and texts.
 */
import type { DecodedArray, SchemaElement } from 'hyparquet';
import { DataError, type DataPlace } from './data-error.ts';
import type { Column } from './frame.ts';
import { blankColumn } from './raw-table.ts';
import { TextSink } from './text-sink.ts';
import {
  bigEndian,
  checkTexts,
  clockText,
  dateText,
  decimalNumber,
  halfNumber,
  type InstantUnit,
  instantText,
  plainNumber,
} from './typed-values.ts';

/** What a column's values become, and how one of them does. */
export type ParquetKind =
  | { readonly to: 'number'; readonly of: (value: unknown) => number }
  | { readonly to: 'text'; readonly of: (value: unknown) => string }
  | { readonly to: 'bytes' | 'boolean' | 'nothing' };

const asNumber = (value: unknown): number => Number(value);

/** @throws DataError for a type that no column of a data set can hold */
export function kindOf(element: SchemaElement, file: string): ParquetKind {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === 'NULL') return { to: 'nothing' };
  const instant = instantOf(element);
  if (instant !== undefined) return { to: 'text', of: instant };
  const isDecimal = converted === 'DECIMAL' || logical?.type === 'DECIMAL';
  if (isDecimal) return { to: 'number', of: decimalOf(element) };
  switch (type) {
    case 'BOOLEAN':
      return { to: 'boolean' };
    case 'FLOAT':
    case 'DOUBLE':
      return { to: 'number', of: asNumber };
    case 'INT32':
    case 'INT64':
      return { to: 'number', of: isUnsigned(element) ? unsignedOf(type) : asNumber };
    case 'BYTE_ARRAY':
      if (isText(element)) return { to: 'bytes' };
      break;
    case 'FIXED_LEN_BYTE_ARRAY':
      if (logical?.type === 'FLOAT16') return { to: 'number', of: halfOf };
      if (logical?.type === 'UUID') return { to: 'text', of: uuidText };
      break;
    default:
  }
  throw new DataError(
    'data-nested',
    `the column holds ${logical?.type ?? converted ?? type ?? 'no known type'}, which is no number, boolean, text or date`,
    'write it as one of these, or leave the column out',
    { file, column: element.name },
  );
}

/** The column of one row group. @param chunks of as many values as there are rows */
export function groupColumn(
  kind: ParquetKind,
  chunks: readonly DecodedArray[],
  rows: number,
  name: string,
  place: (row: number) => DataPlace,
): Column {
  switch (kind.to) {
    case 'nothing':
      return blankColumn(rows);
    case 'number': {
      const values = new Float64Array(rows);
      eachValue(chunks, (value, row) => {
        values[row] =
          value === undefined || value === null ? Number.NaN : plainNumber(kind.of(value));
      });
      return { kind: 'number', values };
    }
    case 'boolean': {
      const codes = new Int32Array(rows);
      eachValue(chunks, (value, row) => {
        codes[row] = value === undefined || value === null ? -1 : Number(Boolean(value));
      });
      return { kind: 'boolean', codes };
    }
    default: {
      const sink = new TextSink(rows);
      eachValue(chunks, (value, row) => {
        if (value === undefined || value === null) return;
        if (kind.to === 'text') sink.putText(row, kind.of(value));
        else sink.put(row, value as Uint8Array, 0, (value as Uint8Array).length);
      });
      const column = sink.finish(rows);
      checkTexts(column, name, place);
      return column;
    }
  }
}

function eachValue(
  chunks: readonly DecodedArray[],
  take: (value: unknown, row: number) => void,
): void {
  let row = 0;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) take(chunk[i], row++);
  }
}

function isText({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  // Old writers say nothing about texts; bytes that are none are found when they are read.
  const named = ['STRING', 'ENUM', 'JSON'].includes(logical?.type ?? 'STRING');
  return named && ['UTF8', 'ENUM', 'JSON'].includes(converted ?? 'UTF8');
}

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  if (logical?.type === 'INTEGER') return !logical.isSigned;
  return converted?.startsWith('UINT_') === true;
}

function unsignedOf(type: 'INT32' | 'INT64'): (value: unknown) => number {
  if (type === 'INT32') return (value) => (value as number) >>> 0;
  return (value) => Number(BigInt.asUintN(64, value as bigint));
}

function halfOf(value: unknown): number {
  const [low = 0, high = 0] = value as Uint8Array;
  return halfNumber((high << 8) | low);
}

function decimalOf(element: SchemaElement): (value: unknown) => number {
  const { logical_type: logical } = element;
  const scale = (logical?.type === 'DECIMAL' ? logical.scale : element.scale) ?? 0;
  return (value) =>
    decimalNumber(value instanceof Uint8Array ? bigEndian(value) : BigInt(value as bigint), scale);
}

const units = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' } as const;

/** How instants of the column become text; undefined for what is none. */
function instantOf(element: SchemaElement): ((value: unknown) => string) | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === 'DATE' || logical?.type === 'DATE') return (value) => dateText(value as number);
  if (type === 'INT96') return (value) => instantText(value as bigint, 'ns', false);
  const unit = unitOf(element);
  if (unit === undefined) return undefined;
  if (logical?.type === 'TIME' || converted?.startsWith('TIME_') === true) {
    return (value) => clockText(BigInt(value as bigint), unit);
  }
  const utc = logical?.type === 'TIMESTAMP' ? logical.isAdjustedToUTC : true;
  return (value) => instantText(BigInt(value as bigint), unit, utc);
}

function unitOf({
  converted_type: converted,
  logical_type: logical,
}: SchemaElement): InstantUnit | undefined {
  if (logical?.type === 'TIME' || logical?.type === 'TIMESTAMP') return units[logical.unit];
  const found = /^TIME(?:STAMP)?_(MILLIS|MICROS)$/.exec(converted ?? '');
  return found === null ? undefined : units[found[1] as 'MILLIS' | 'MICROS'];
}

function uuidText(value: unknown): string {
  const hex = Buffer.from(value as Uint8Array).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
