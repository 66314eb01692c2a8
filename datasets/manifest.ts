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

/**
 * How the rows were cut. `contiguous`: shard i of n from floor(i*rows/n) to floor((i+1)*rows/n);
 * `listed`: as the shards say, one after the other, where some were left out.
 */
export interface SplitRule {
  readonly rule: 'contiguous' | 'listed';
  readonly shards: number;
}

/** Where a data set is another one without some of its shards. */
export interface LeftOut {
  /** Digest of the manifest that has them. */
  readonly manifest: string;
  /** Rows of that data set; the columns' statistics are over all of these. */
  readonly rows: number;
  /** The shards that are missing, as that data set counts them, ascending. */
  readonly shards: readonly number[];
}

export interface DataSource {
  /** `csv`, `jsonl`, `parquet`, `arrow`, or `generated` for what came from no file. */
  readonly format: string;
  /** Bytes of the files that were read, as they are once unpacked. */
  readonly bytes: number;
  /** How many files, where there were several. */
  readonly files?: number;
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
  readonly leftOut?: LeftOut;
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
  const leftOut = root.has('leftOut') ? readLeftOut(root, rows) : null;
  const columns = readColumns(root, leftOut?.rows ?? rows);
  const schema = root.digest('schema');
  if (schema !== schemaFingerprint(columns)) {
    throw unsound(`schema is "${schema}", the columns give "${schemaFingerprint(columns)}"`);
  }
  const { split, shards } = readShards(root, rows);
  const source = readSource(root);
  const whole = { format: 1, name, rows, columns, split, shards, schema, source } as const;
  return leftOut === null ? whole : { ...whole, leftOut };
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
  const fields = new Fields(root.get('split'), 'split');
  const rule = fields.get('rule');
  if (rule !== 'contiguous' && rule !== 'listed') {
    throw unsound('split.rule is neither "contiguous" nor "listed"');
  }
  const count = fields.whole('shards', 1, Math.min(rows, limits.shardsMax));
  const list = root.list('shards', count, count);
  let next = 0;
  const shards = list.map((item, index): ShardEntry => {
    const entry = new Fields(item, `shards[${index}]`);
    const firstRow = rule === 'contiguous' ? shardStart(rows, count, index) : next;
    entry.exactly('index', index);
    entry.exactly('firstRow', firstRow);
    const left = count - 1 - index;
    const own =
      rule === 'contiguous'
        ? entry.exactly('rows', shardStart(rows, count, index + 1) - firstRow)
        : entry.whole('rows', 1, rows - firstRow - left);
    next = firstRow + own;
    const bytes = entry.whole('bytes', 1, limits.blobMax);
    return { index, firstRow, rows: own, bytes, sha256: entry.digest('sha256') };
  });
  if (next !== rows) throw unsound(`the shards have ${next} rows, the data set ${rows}`);
  return { split: { rule, shards: count }, shards };
}

function readLeftOut(root: Fields, rows: number): LeftOut {
  const fields = new Fields(root.get('leftOut'), 'leftOut');
  const list = fields.list('shards', 1, limits.shardsMax);
  const shards = list.map((shard, i): number => {
    if (Number.isSafeInteger(shard) && (shard as number) > (i === 0 ? -1 : Number(list[i - 1])))
      return shard as number;
    throw fields.fail('shards', 'ascending numbers of shards');
  });
  return { manifest: fields.digest('manifest'), rows: fields.whole('rows', rows, 2 ** 40), shards };
}

function readSource(root: Fields): DataSource {
  const fields = new Fields(root.get('source'), 'source');
  const format = fields.text('format', 32);
  const bytes = fields.whole('bytes', 0, Number.MAX_SAFE_INTEGER);
  return {
    format,
    bytes,
    ...(fields.has('files') ? { files: fields.whole('files', 2, 1_000_000) } : {}),
    ...(fields.has('delimiter') ? { delimiter: fields.text('delimiter', 1) } : {}),
    ...(fields.has('missing') ? { missing: fields.texts('missing', 0, 1000, 256) } : {}),
  };
}
