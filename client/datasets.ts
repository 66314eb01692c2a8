/**
 * Data sets in the registry: list, read, publish, remove.
 *
 * A data set is an immutable manifest plus shards, all blobs; the record only lists versions. A
 * version becomes visible by one compare-and-set after everything that it names is stored, so a
 * broken import is never seen. The same content again is the same version.
 */

import { nextEntry } from '../datasets/dataset-entry.ts';
import type { Frame } from '../datasets/frame.ts';
import { encodeManifest, type Manifest, parseManifest } from '../datasets/manifest.ts';
import type { Bus } from '../runtime/bus.ts';
import { ConflictError } from '../runtime/errors.ts';
import type { Clock } from '../runtime/ports/clock.ts';
import { Window } from '../runtime/window.ts';
import { RetryableError } from '../schemas/errors.ts';
import { type Digest, parseDigest, parseName } from '../schemas/ids.ts';
import { limits } from '../schemas/limits.ts';
import { nearest } from '../schemas/nearest.ts';
import { type DatasetRecord, type DatasetVersion, records } from '../schemas/wire.ts';
import { abortable } from './abort.ts';
import { NotFoundError } from './errors.ts';
import { parseVersioned } from './versioned-name.ts';

/** One version of a data set, as lists show it. */
export interface DatasetView {
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  readonly columns: number;
  readonly shards: number;
  /** Size of the shards together. */
  readonly bytes: number;
  /** Digest of the manifest. */
  readonly digest: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface DatasetDetail extends DatasetView {
  readonly manifest: Manifest;
}

export interface PublishOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Stores one shard's bytes; gives their digest. */
export type PutShard = (bytes: Uint8Array) => Promise<Digest>;

const casAttempts = 20;
/** Far below the time that a condemned blob rests. */
const lookAgainMs = 60_000;
/** Nothing names the shards of an import under way: so often their time begins anew. */
const keepMs = limits.blobGraceMs / 4;

export class DatasetRegistry {
  private readonly bus: Bus;
  private readonly clock: Clock;

  constructor(bus: Bus, clock: Clock) {
    this.bus = bus;
    this.clock = clock;
  }

  /** The newest version of every data set, by name. */
  async list(signal?: AbortSignal): Promise<DatasetView[]> {
    const entries = await abortable(this.bus.store.list('datasets', ''), signal);
    return entries
      .map((entry) => records.dataset.decode(entry.value))
      .flatMap((record) =>
        present(record)
          .slice(-1)
          .map((version) => viewOf(record.name, version)),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** All present versions of one data set, oldest first. @throws NotFoundError */
  async versions(name: string, signal?: AbortSignal): Promise<DatasetView[]> {
    const record = await this.record(parseName(name), signal);
    return present(record.value).map((version) => viewOf(name, version));
  }

  /** One version with its manifest; `name` or `name@version`. @throws NotFoundError */
  async get(reference: string, signal?: AbortSignal): Promise<DatasetDetail> {
    const { name, version } = parseVersioned(reference);
    const { value } = await this.record(name, signal);
    const all = present(value);
    const found =
      version === null ? all.at(-1) : all.find((candidate) => candidate.version === version);
    if (found === undefined) throw new NotFoundError('data set', reference);
    const bytes = await abortable(this.bus.blobs.get(parseDigest(found.manifest ?? '')), signal);
    return { ...viewOf(name, found), manifest: parseManifest(bytes) };
  }

  /** The rows of a version in their order: one frame a shard, one at a time. @throws NotFoundError */
  async *frames(
    reference: string,
    columns?: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<Frame, void, undefined> {
    const { manifest } = await this.get(reference, signal);
    const { decodeShard } = await import('../datasets/shard.ts');
    let index = 0;
    for await (const bytes of this.shards(manifest, signal)) {
      // Bytes that come from blobs have just been checked against their name.
      yield decodeShard(bytes, manifest, index++, columns, { verify: false });
    }
  }

  /** The bytes of each shard in order, one at a time. */
  async *shards(
    manifest: Manifest,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for (const { sha256 } of manifest.shards) {
      yield await abortable(this.bus.blobs.get(parseDigest(sha256)), signal);
    }
  }

  /**
   * Stores a data set. `produce` hands over each shard and at the end the manifest; when it fails,
   * what it had stored is removed as far as possible and no version appears.
   */
  async publish(
    name: string,
    produce: (put: PutShard) => Promise<Manifest>,
    options: PublishOptions = {},
  ): Promise<DatasetDetail> {
    const { signal } = options;
    parseName(name);
    await this.requireRoom();
    const stored = new Set<Digest>();
    let keptMs = this.clock.nowMs();
    const put: PutShard = async (bytes) => {
      signal?.throwIfAborted();
      const digest = await this.bus.blobs.put(bytes);
      stored.add(digest);
      if (this.clock.nowMs() - keptMs >= keepMs) {
        keptMs = this.clock.nowMs();
        await this.keep(stored);
      }
      return digest;
    };
    try {
      const manifest = await produce(put);
      const digest = await put(encodeManifest(manifest));
      await this.requireStored(manifest, digest);
      const lookedMs = this.clock.nowMs();
      const version = await this.addVersion(name, manifest, digest);
      if (this.clock.nowMs() - lookedMs > lookAgainMs)
        await this.withdrawIfLost(name, version, manifest);
      return { ...viewOf(name, version), manifest };
    } catch (error) {
      // A version taken out of the lists may still serve jobs that began before.
      await this.discard(stored, (record) => record.versions);
      throw error;
    }
  }

  /** Numbers of the listed versions that a reference means. @throws NotFoundError */
  async numbers(reference: string, signal?: AbortSignal): Promise<number[]> {
    const { name, version } = parseVersioned(reference);
    const { value } = await this.record(name, signal);
    const hit = present(value).filter((v) => version === null || v.version === version);
    if (hit.length === 0) throw new NotFoundError('data set', reference);
    return hit.map((v) => v.version ?? 0);
  }

  /** Takes versions out of the registry; with `purge` also the blobs that nothing else names. */
  async remove(reference: string, options: { purge?: boolean } = {}): Promise<DatasetView[]> {
    const { name, version } = parseVersioned(reference);
    for (let attempt = 0; attempt < casAttempts; attempt++) {
      const { value, revision } = await this.record(name);
      const hit = present(value).filter((v) => version === null || v.version === version);
      if (hit.length === 0) throw new NotFoundError('data set', reference);
      const removed = new Set(hit);
      value.versions = value.versions.map((v) => (removed.has(v) ? { ...v, removed: true } : v));
      try {
        await this.bus.store.update('datasets', name, records.dataset.encode(value), revision);
      } catch (error) {
        if (error instanceof ConflictError) continue;
        throw error;
      }
      const doomed = await this.blobsOf(hit);
      if (options.purge === true) await this.discard(doomed, present);
      return hit.map((v) => viewOf(name, v));
    }
    throw busy(name);
  }

  private async record(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ value: DatasetRecord; revision: number }> {
    const entry = await abortable(this.bus.store.get('datasets', name), signal);
    if (entry !== undefined) {
      const value = records.dataset.decode(entry.value);
      if (present(value).length > 0) return { value, revision: entry.revision };
    }
    const known = await this.list(signal);
    throw new NotFoundError(
      'data set',
      name,
      nearest(
        name,
        known.map((dataset) => dataset.name),
      ),
    );
  }

  private async addVersion(
    name: string,
    manifest: Manifest,
    digest: Digest,
  ): Promise<DatasetVersion> {
    for (let attempt = 0; attempt < casAttempts; attempt++) {
      const entry = await this.bus.store.get('datasets', name);
      const record =
        entry === undefined
          ? records.dataset.create({ name })
          : records.dataset.decode(entry.value);
      const newest = present(record).at(-1);
      if (newest?.manifest === digest) return newest;
      const version = nextEntry(record.versions, manifest, digest, this.clock.wallMs());
      record.versions.push(version);
      const bytes = records.dataset.encode(record);
      try {
        if (entry === undefined) await this.bus.store.create('datasets', name, bytes);
        else await this.bus.store.update('datasets', name, bytes, entry.revision);
        return version;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
    throw busy(name);
  }

  /** @throws RetryableError('storage-full') where what is there hardly fits */
  private async requireRoom(): Promise<void> {
    const { bytes, maxBytes } = await this.bus.blobs.usage();
    if (maxBytes === null || bytes < (maxBytes * limits.blobsFullPercent) / 100) return;
    const share = Math.round((100 * bytes) / maxBytes);
    throw new RetryableError(
      'storage-full',
      `blobs take ${bytes} of ${maxBytes} bytes (${share} %): no data is taken in above ${limits.blobsFullPercent} %`,
      30_000,
      { fix: 'remove data sets or models with --purge, or give the stream of blobs more room' },
    );
  }

  /**
   * Somebody else's failed import of the same content, or the collector, may have taken shards away;
   * what is only condemned is kept by this.
   */
  private async requireStored(manifest: Manifest, digest: Digest): Promise<void> {
    const { blobs } = this.bus;
    const fix = 'import the file again';
    for (const shard of manifest.shards) {
      if (await blobs.touch(parseDigest(shard.sha256))) continue;
      const message = `shard ${shard.index} is not stored any more`;
      throw new RetryableError('no-blob', message, 250, { fix });
    }
    if (await blobs.touch(digest)) return;
    throw new RetryableError('no-blob', 'the manifest is not stored any more', 250, { fix });
  }

  /** Lets no collector take what an import that lasts for hours stored first; one that is gone shows later. */
  private async keep(stored: ReadonlySet<Digest>): Promise<void> {
    const digests = [...stored];
    await new Window(limits.chunksInFlight).each(digests.length, async (i) => {
      await this.bus.blobs.touch(digests[i] as Digest, true);
    });
  }

  /** This process slept between looking and listing: what it lists may be gone by now. */
  private async withdrawIfLost(
    name: string,
    version: DatasetVersion,
    manifest: Manifest,
  ): Promise<void> {
    try {
      await this.requireStored(manifest, parseDigest(version.manifest ?? ''));
    } catch (error) {
      await this.remove(`${name}@${version.version}`);
      throw error;
    }
  }

  private async blobsOf(versions: readonly DatasetVersion[]): Promise<Set<Digest>> {
    const digests = new Set<Digest>();
    for (const version of versions) {
      const manifest = parseDigest(version.manifest ?? '');
      if (!(await this.bus.blobs.has(manifest))) continue;
      digests.add(manifest);
      const { shards } = parseManifest(await this.bus.blobs.get(manifest));
      for (const shard of shards) digests.add(parseDigest(shard.sha256));
    }
    return digests;
  }

  /** Best effort: a blob that any of a record's versions in question names stays. */
  private async discard(
    digests: ReadonlySet<Digest>,
    versionsOf: (record: DatasetRecord) => readonly DatasetVersion[],
  ): Promise<void> {
    if (digests.size === 0) return;
    try {
      const entries = await this.bus.store.list('datasets', '');
      const named = entries.flatMap((entry) => versionsOf(records.dataset.decode(entry.value)));
      const kept = await this.blobsOf(named);
      for (const digest of digests) {
        if (!kept.has(digest)) await this.bus.blobs.remove(digest);
      }
    } catch {
      // What is left takes room until it is collected; the registry never names it.
    }
  }
}

function present(record: DatasetRecord): DatasetVersion[] {
  return record.versions.filter((version) => version.removed !== true);
}

function viewOf(name: string, version: DatasetVersion): DatasetView {
  return {
    name,
    version: version.version ?? 0,
    rows: Number(version.rows ?? 0),
    columns: version.columns ?? 0,
    shards: version.shards ?? 0,
    bytes: Number(version.bytes ?? 0),
    digest: version.manifest ?? '',
    createdAt: new Date(Number(version.createdAtMs ?? 0)).toISOString(),
  };
}

function busy(name: string): RetryableError {
  return new RetryableError(
    'conflict',
    `data set "${name}" was changed by others ${casAttempts} times in a row`,
    250,
    { fix: 'try again' },
  );
}
