/**
 * Makes sure that the streams and buckets of a cluster exist, and are what the layout says.
 *
 * The layout record is written last. Where it stands and something is missing, data was lost: that
 * is a fault, never an empty start. Two processes may create at once: creation is idempotent, and
 * one of the two wins the record.
 */
import { RetryableError, ShoalError, TerminalError } from '../../schemas/errors.ts';
import { keys } from '../../schemas/subjects.ts';
import { records } from '../../schemas/wire.ts';
import { ConflictError } from '../errors.ts';
import { type Layout, layoutVersion, type StreamLayout } from '../layout.ts';
import type { Entry } from '../ports/store.ts';
import { faultCodes, faultError, isFault } from './broker-error.ts';
import type { Link } from './link.ts';
import { NatsStore } from './store.ts';
import { presentMarks, type StreamMarks, storedMarks, storeMarks } from './stream-marks.ts';

/** What is asked of the server, in its own words; the answer must say the same. */
interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly retention: string;
  readonly discard: string;
  readonly storage: string;
  readonly max_msgs: number;
  readonly max_msgs_per_subject: number;
  readonly max_msg_size: number;
  readonly max_age: number;
  readonly duplicate_window: number;
  readonly allow_direct: boolean;
  readonly deny_delete: boolean;
  readonly allow_rollup_hdrs: boolean;
  readonly num_replicas: number;
}

/** Settings that an operator may change on a running cluster without breaking a promise. */
const tunable: ReadonlySet<string> = new Set([
  'max_msgs',
  'max_age',
  'max_msg_size',
  'duplicate_window',
  'num_replicas',
]);

interface StreamInfo {
  readonly state?: { readonly last_seq?: number };
  readonly config: Partial<Record<keyof StreamConfig, unknown>>;
}

export interface EnsureOptions {
  readonly create: boolean;
  /** Identity of the cluster, should it be created now. */
  readonly cluster: string;
  /** Servers that keep each stream, should it be created now. */
  readonly replicas: number;
  /** Go on with streams that have lost their end, from where they are. */
  readonly acceptLosses?: boolean;
}

/**
 * @returns the cluster's identity
 * @throws TerminalError no-cluster, layout-broken, newer-layout; RetryableError too-few-servers
 */
export async function ensureLayout(
  link: Link,
  layout: Layout,
  options: EnsureOptions,
): Promise<string> {
  const store = new NatsStore(link, layout);
  let entry = await layoutRecord(store);
  if (entry === undefined) {
    const remains = await remainsIn(link, layout);
    // Another process may have created the cluster between the two looks.
    if (remains !== null) entry = await layoutRecord(store);
    if (remains !== null && entry === undefined) throw remains;
  }
  if (entry !== undefined) {
    if (!options.create) return verified(link, layout, entry);
    if (options.acceptLosses === true) {
      await storeMarks(link, layout, await presentMarks(link, layout), true);
    }
    return verified(link, layout, entry, await storedMarks(link, layout));
  }
  if (!options.create) {
    throw new TerminalError('no-cluster', 'this nats-server holds no shoal cluster yet', {
      fix: 'start a coordinator first, e.g. with `shoal up` or `shoal coordinator`',
    });
  }
  await Promise.all(layout.all.map((stream) => createStream(link, stream, options.replicas)));
  const record = records.layout.create({ cluster: options.cluster, layout: layoutVersion });
  try {
    await store.create('cluster', keys.layout, records.layout.encode(record));
    return options.cluster;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const other = await layoutRecord(store);
    if (other === undefined) throw error;
    return verified(link, layout, other);
  }
}

/**
 * Looks whether the layout still stands, and no stream ends before what was acknowledged to this
 * process; creates nothing.
 * @param whole every stream, not the record alone
 * @returns the cluster's identity @throws TerminalError layout-broken
 */
export async function verifyLayout(link: Link, layout: Layout, whole: boolean): Promise<string> {
  const entry = await layoutRecord(new NatsStore(link, layout));
  if (entry === undefined) {
    throw missing('the record of the cluster is gone', layout.buckets.cluster.name);
  }
  return whole ? verified(link, layout, entry) : records.layout.decode(entry.value).cluster;
}

/**
 * Without a layout record nothing may be there. Where records or events are, the record was lost:
 * beginning anew over them would be the empty start that must never be. Submissions may wait, since
 * the stream that takes them is there before the record is.
 */
async function remainsIn(link: Link, layout: Layout): Promise<TerminalError | null> {
  for (const stream of layout.all) {
    if (stream.name === layout.jobs.name) continue;
    try {
      const { state } = await link.api<StreamInfo>(`STREAM.INFO.${stream.name}`, null);
      if ((state?.last_seq ?? 0) === 0) continue;
      const what = `"${stream.name}" was written to, and the record of the cluster is gone`;
      return missing(what, layout.buckets.cluster.name);
    } catch (error) {
      if (!isFault(error, faultCodes.streamNotFound)) throw settled(error, stream);
    }
  }
  return null;
}

function missing(what: string, stream: string): TerminalError {
  return new TerminalError('layout-broken', `the ledger is missing: ${what}`, {
    fix: `restore stream "${stream}" from a backup, or see "nats-server has lost data" in docs/operations.md`,
  });
}

/** The record, or undefined where there is none or not even its bucket. */
export async function layoutRecord(store: NatsStore): Promise<Entry | undefined> {
  try {
    return await store.get('cluster', keys.layout);
  } catch (error) {
    if (error instanceof ShoalError && error.code === 'no-stream') return undefined;
    throw error;
  }
}

/** @param marks where streams must have got to at least */
async function verified(
  link: Link,
  layout: Layout,
  entry: Entry,
  marks: StreamMarks = {},
): Promise<string> {
  const record = records.layout.decode(entry.value);
  if (record.layout > layoutVersion) {
    throw new TerminalError(
      'newer-layout',
      `the cluster has layout ${record.layout}, this process knows up to ${layoutVersion}`,
      { fix: 'upgrade shoal on this host' },
    );
  }
  if (record.layout < layoutVersion) {
    throw new TerminalError(
      'older-layout',
      `the cluster has layout ${record.layout}, this process needs ${layoutVersion}`,
      { fix: 'stop all coordinators, then run `shoal migrate`' },
    );
  }
  await Promise.all(
    layout.all.map(async (stream) => {
      try {
        const info = await link.api<StreamInfo>(`STREAM.INFO.${stream.name}`, null);
        compare(configOf(stream, 1), info, tunable);
        requireEnd(link, stream, info, marks);
      } catch (error) {
        if (!isFault(error, faultCodes.streamNotFound)) throw settled(error, stream);
        throw missing(`cluster "${record.cluster}" has lost "${stream.name}"`, stream.name);
      }
    }),
  );
  return record.cluster;
}

/** A stream that ends before what it had stored has lost its end, whatever the server says. */
function requireEnd(
  link: Link,
  { name }: StreamLayout,
  info: StreamInfo,
  marks: StreamMarks,
): void {
  const least = Math.max(marks[name] ?? 0, link.acknowledged.get(name) ?? 0);
  const last = info.state?.last_seq ?? 0;
  if (last < least) throw missing(`"${name}" ends at ${last}, ${least} had been stored`, name);
}

/** Creates a stream, or looks that the one which stands is as it should be. */
export async function createStream(
  link: Link,
  stream: StreamLayout,
  replicas: number,
): Promise<void> {
  const wanted = configOf(stream, replicas);
  try {
    compare(wanted, await link.api<StreamInfo>(`STREAM.CREATE.${stream.name}`, wanted));
  } catch (error) {
    if (isFault(error, faultCodes.noPeers, faultCodes.notClustered)) {
      throw new RetryableError(
        'too-few-servers',
        `stream "${stream.name}" is to be kept by ${replicas} servers, and there are not as many`,
        1_000,
        { fix: `start the other servers, or give --replicas 1`, cause: error },
      );
    }
    // It stands already, with other settings: left over from a creation that did not end.
    if (!isFault(error, faultCodes.streamNameInUse)) throw settled(error, stream);
    const info = await link
      .api<StreamInfo>(`STREAM.INFO.${stream.name}`, null)
      .catch((inner: unknown) => Promise.reject(settled(inner, stream)));
    compare(wanted, info, tunable);
  }
}

function settled(error: unknown, stream: StreamLayout): unknown {
  if (!(error instanceof Error) || !('fault' in error)) return error;
  return faultError(
    error.fault as Parameters<typeof faultError>[0],
    `stream "${stream.name}"`,
    stream.name,
  );
}

function configOf(stream: StreamLayout, replicas: number): StreamConfig {
  return {
    name: stream.name,
    subjects: stream.subjects,
    retention: stream.retention,
    discard: 'new',
    storage: 'file',
    max_msgs: stream.messagesMax,
    max_msgs_per_subject: stream.perSubjectMax,
    max_msg_size: stream.messageBytesMax,
    max_age: 0,
    duplicate_window: stream.dedupeMs * 1e6,
    allow_direct: stream.directReads,
    deny_delete: stream.denyDelete,
    // Whoever may write one record could else wipe all of them with a header.
    allow_rollup_hdrs: false,
    num_replicas: replicas,
  };
}

/** Old servers drop settings that they do not know without a word: believe only what came back. */
function compare(
  wanted: StreamConfig,
  info: StreamInfo,
  except: ReadonlySet<string> = new Set(),
): void {
  for (const [name, value] of Object.entries(wanted)) {
    const got =
      info.config[name as keyof StreamConfig] ?? (typeof value === 'boolean' ? false : value);
    if (except.has(name) || JSON.stringify(got) === JSON.stringify(value)) continue;
    throw new TerminalError(
      'layout-differs',
      `stream "${wanted.name}" has ${name} ${JSON.stringify(got)}, expected ${JSON.stringify(value)}`,
      { fix: 'undo the change, or start anew with another data directory' },
    );
  }
}
