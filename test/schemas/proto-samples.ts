/**
 * One sample of every message in the published schema, each field set to a value of its own.
 *
 * Built from `schemas/shoal.proto` itself, so that a new field cannot be forgotten.
 */
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const path = fileURLToPath(new URL('../../schemas/shoal.proto', import.meta.url));

/** The published schema, read with a parser that our own code does not use. */
export const published = new protobuf.Root();
published.loadSync(path, { keepCase: false });

export function messageTypes(): protobuf.Type[] {
  const found: protobuf.Type[] = [];
  for (const nested of published.lookup('shoal') instanceof protobuf.Namespace
    ? (published.lookup('shoal') as protobuf.Namespace).nestedArray
    : []) {
    if (nested instanceof protobuf.Type) found.push(nested);
  }
  return found;
}

/** A value for each field, which differs from field to field and is never the default. */
export function sampleOf(type: protobuf.Type, depth = 0): Record<string, unknown> {
  const sample: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    field.resolve();
    const value = fieldValue(field, depth);
    sample[field.name] = field.repeated ? [value, value] : value;
  }
  return sample;
}

function fieldValue(field: protobuf.Field, depth: number): unknown {
  const resolved = field.resolvedType;
  if (resolved instanceof protobuf.Type) return sampleOf(resolved, depth + 1);
  if (resolved instanceof protobuf.Enum) return Math.max(...Object.values(resolved.values));
  switch (field.type) {
    case 'string':
      return `${field.name} é ${field.id + depth}`;
    case 'bytes':
      return Uint8Array.of(0, 255, field.id);
    case 'bool':
      return true;
    case 'double':
      return field.id + 0.25;
    case 'uint32':
      return 2 ** 32 - field.id;
    case 'sint32':
      return -field.id;
    case 'uint64':
      return 2 ** 53 - field.id;
    default:
      throw new Error(`no sample for a field of type ${field.type}: add one`);
  }
}

/** The same as plain data, with bytes as base64: what can be compared and kept as JSON. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
