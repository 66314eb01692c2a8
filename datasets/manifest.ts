/**
 * The manifest: what a data set is, as one canonical JSON object; its SHA-256 is the version.
 *
 * It names every shard with rows, size and digest, the rule of the split, and every column with
 * schema and statistics. `parseManifest` trusts nothing: each field, bound and sum is checked, and
 * the only error is `DataError`. Unknown fields are left aside, so that a newer writer can add some.
 */
import { canonicalJson, sha256Hex } from '../schemas/canonical.ts';
import { limits } from '../schemas/limits.ts';
import { DataError } from './data-error.ts';
import { columnsMax, type DataColumn, schemaFingerprint } from './data-schema.ts';
import { readColumn } from './manifest-column.ts';
import { Fields, unsound } from './manifest-fields.ts';
import { shardStart } from './shard-plan.ts';

export interface ShardEntry {
  readonly index: number;
  readonly firstRow: number;
  readonly rows: number;
  /** Size of the shard's Arrow IPC stream. */
  readonly bytes: number;
  /** SHA-256 of those bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** How the rows were cut: contiguous, shard i of n from floor(i*rows/n) to floor((i+1)*rows/n). */
export interface SplitRule {
  readonly rule: 'contiguous';
  readonly shards: number;
}

export interface DataSource {
  readonly format: 'csv' | 'generated';
  /** Bytes of the file that was read. */
  readonly bytes: number;
  readonly delimiter?: string;
  /** Texts that stood for a missing value. */
  readonly missing?: readonly string[];
}

export interface Manifest {
  readonly format: 1;
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly DataColumn[];
  readonly split: SplitRule;
  readonly shards: readonly ShardEntry[];
  /** Fingerprint of the schema: `schemaFingerprint(columns)`. */
  readonly schema: string;
  readonly source: DataSource;
}

/** The canonical bytes: equal manifests, equal bytes. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(canonicalJson(manifest));
}

/** SHA-256 of the canonical bytes: the version of the data set. */
export function manifestDigest(manifest: Manifest): string {
  return sha256Hex(encodeManifest(manifest));
}

/** Names are subject tokens and file names, so they are kept plain: at most 64 of [A-Za-z0-9_-]. */
export function checkDatasetName(name: string): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw new DataError(
      'data-option',
      `"${name.slice(0, 80)}" is not a data set name`,
      'use 1 to 64 letters, digits, "_" or "-"',
    );
  }
}

/** Reads and checks a manifest; throws `DataError` `data-manifest` on anything unsound. */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > limits.manifestMax) {
    throw unsound(`${bytes.length} bytes are more than the ${limits.manifestMax} of a manifest`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw unsound('the bytes are not UTF-8 JSON');
  }
  const root = new Fields(json, 'manifest');
  const format = root.get('format');
  if (format !== 1) throw unsound(`format is ${JSON.stringify(format)}, this version reads 1`);
  const name = root.text('name', 64);
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw unsound(`name is "${name}"`);
  const rows = root.whole('rows', 1, 2 ** 40);
  const columns = readColumns(root, rows);
  const schema = root.digest('schema');
  if (schema !== schemaFingerprint(columns)) {
    throw unsound(`schema is "${schema}", the columns give "${schemaFingerprint(columns)}"`);
  }
  const { split, shards } = readShards(root, rows);
  return { format: 1, name, rows, columns, split, shards, schema, source: readSource(root) };
}

function readColumns(root: Fields, rows: number): DataColumn[] {
  const list = root.list('columns', 1, columnsMax);
  const columns = list.map((item, i) => readColumn(new Fields(item, `columns[${i}]`), rows));
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) throw unsound(`column "${name}" is there twice`);
    seen.add(name);
  }
  return columns;
}

function readShards(root: Fields, rows: number): { split: SplitRule; shards: ShardEntry[] } {
  const rule = new Fields(root.get('split'), 'split');
  if (rule.get('rule') !== 'contiguous') throw unsound('split.rule is not "contiguous"');
  const count = rule.whole('shards', 1, Math.min(rows, limits.shardsMax));
  const list = root.list('shards', count, count);
  const shards = list.map((item, index): ShardEntry => {
    const fields = new Fields(item, `shards[${index}]`);
    const firstRow = shardStart(rows, count, index);
    fields.exactly('index', index);
    fields.exactly('firstRow', firstRow);
    return {
      index,
      firstRow,
      rows: fields.exactly('rows', shardStart(rows, count, index + 1) - firstRow),
      bytes: fields.whole('bytes', 1, limits.blobMax),
      sha256: fields.digest('sha256'),
    };
  });
  return { split: { rule: 'contiguous', shards: count }, shards };
}

function readSource(root: Fields): DataSource {
  const fields = new Fields(root.get('source'), 'source');
  const format = fields.get('format');
  if (format !== 'csv' && format !== 'generated') throw unsound('source.format is not "csv"');
  const bytes = fields.whole('bytes', 0, Number.MAX_SAFE_INTEGER);
  return {
    format,
    bytes,
    ...(fields.has('delimiter') ? { delimiter: fields.text('delimiter', 1) } : {}),
    ...(fields.has('missing') ? { missing: fields.texts('missing', 0, 1000, 256) } : {}),
  };
}
