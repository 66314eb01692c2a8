/**
 * What may stand in a log line: turns the fields that callers give into plain, bounded JSON.
 *
 * Promises: no cell value, no key and no password goes through. Errors about data give their code
 * and place but not their text, which quotes the value; bytes and columns give their size; secrets
 * in any string are cut out. Long text and long lists are cut.
 */
import { ShoalError } from '../schemas/errors.ts';
import type { LogFields } from './log.ts';
import { parseTraceparent } from './trace.ts';

const TEXT_MAX = 500;
const ITEMS_MAX = 20;
const DEPTH_MAX = 4;

/** Names that every line uses itself. */
const reserved: ReadonlySet<string> = new Set(['level', 'time', 'name', 'role', 'pid', 'msg']);

/** An nkey seed, a JWT, and the user part of an address. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/\bS[UAONCX][A-Z2-7]{56}\b/g, '[seed]'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)?/g, '[token]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1'],
];

export function withoutSecrets(text: string): string {
  let clean = text;
  for (const [pattern, instead] of secrets) clean = clean.replace(pattern, instead);
  return clean;
}

/** The fields of one line. `traceparent` becomes `trace_id` and `span_id`, `error` is taken apart. */
export function logFields(fields: LogFields): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || name === '__proto__') continue;
    if (name === 'traceparent') {
      const ids = parseTraceparent(typeof value === 'string' ? value : undefined);
      if (ids !== undefined) Object.assign(plain, { trace_id: ids.traceId, span_id: ids.spanId });
    } else if (name === 'traceId') plain.trace_id = value;
    else plain[reserved.has(name) ? `${name}_` : name] = plainValue(value, 0);
  }
  return plain;
}

function plainValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(withoutSecrets(value));
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return errorFields(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= DEPTH_MAX) return '[deeper]';
  if (Array.isArray(value)) {
    const items = value.slice(0, ITEMS_MAX).map((item) => plainValue(item, depth + 1));
    return value.length > ITEMS_MAX ? [...items, `[${value.length - ITEMS_MAX} more]`] : items;
  }
  const inner: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value).slice(0, ITEMS_MAX * 2)) {
    const shown = plainValue(item, depth + 1);
    if (shown !== undefined && name !== '__proto__') inner[name] = shown;
  }
  return inner;
}

/** An error as fields: `name`, `code`, `message`, its place, `cause`; frames only for a bug. */
export function errorFields(error: Error, depth = 0): Record<string, unknown> {
  const found = error as Error & Record<string, unknown>;
  const fields: Record<string, unknown> = { name: error.name };
  for (const name of ['code', 'family', 'path', 'file', 'line', 'column', 'byteOffset', 'shard']) {
    const value = found[name];
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  if (!quotesInput(error)) fields.message = cut(withoutSecrets(error.message));
  const known = error instanceof ShoalError && error.family !== 'bug';
  if (!known) fields.frames = framesOf(error);
  if (error.cause instanceof Error && depth < DEPTH_MAX) {
    fields.cause = errorFields(error.cause, depth + 1);
  }
  return fields;
}

/**
 * What events, records and spans may say of an error: its message, or for one that quotes its input
 * the code and the place alone.
 */
export function publicMessage(error: Error): string {
  if (!quotesInput(error)) return cut(withoutSecrets(error.message));
  const { code, file, line, column, shard } = errorFields(error);
  const places = Object.entries({ file, line, column, shard }).filter(([, at]) => at !== undefined);
  const place = places.map(([name, at]) => `${name} ${JSON.stringify(at)}`).join(', ');
  return place === '' ? String(code ?? error.name) : `${code ?? error.name} at ${place}`;
}

/** Errors about cells and about text that does not parse say in their message what stood there. */
function quotesInput(error: Error): boolean {
  if (error instanceof SyntaxError) return true;
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('data-');
}

/** Where it was thrown, without the first lines, which repeat the message. */
function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n');
  return lines
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim().slice(0, 200))
    .slice(0, 12);
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
