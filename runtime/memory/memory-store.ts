/**
 * Store in memory: buckets as streams with one entry a key, and the same markers of removal.
 */
import type { Bucket } from '../../schemas/subjects.ts';
import { ConflictError } from '../errors.ts';
import { keysUnder, type Layout } from '../layout.ts';
import type { Change, Entry, Store, Watch } from '../ports/store.ts';
import { type MemoryClient, sizeOf } from './memory-client.ts';
import { MemoryFollower } from './memory-follower.ts';
import type { MemoryNetwork } from './memory-network.ts';
import type { MemoryStream, StoredEntry } from './memory-stream.ts';

const removedHeader = 'KV-Operation';

export class MemoryStore implements Store {
  private readonly client: MemoryClient;
  private readonly network: MemoryNetwork;
  private readonly layout: Layout;
  private readonly streams: ReadonlyMap<string, MemoryStream>;

  constructor(
    client: MemoryClient,
    network: MemoryNetwork,
    layout: Layout,
    streams: ReadonlyMap<string, MemoryStream>,
  ) {
    this.client = client;
    this.network = network;
    this.layout = layout;
    this.streams = streams;
  }

  get(bucket: Bucket, key: string): Promise<Entry | undefined> {
    return this.client.call(`read of "${key}"`, 0, () => {
      const entry = this.stream(bucket).lastOf(this.layout.recordSubject(bucket, key));
      if (entry === undefined || isRemoved(entry)) return undefined;
      return { key, value: entry.bytes, revision: entry.seq };
    });
  }

  async create(bucket: Bucket, key: string, value: Uint8Array): Promise<number> {
    try {
      return await this.write(bucket, key, value, 0);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const subject = this.layout.recordSubject(bucket, key);
      const held = await this.client.call(`read of "${key}"`, 0, () =>
        this.stream(bucket).lastOf(subject),
      );
      if (held === undefined || !isRemoved(held)) throw error;
      return this.write(bucket, key, value, held.seq);
    }
  }

  update(bucket: Bucket, key: string, value: Uint8Array, revision: number): Promise<number> {
    return this.write(bucket, key, value, revision);
  }

  async remove(bucket: Bucket, key: string, revision: number): Promise<void> {
    await this.write(bucket, key, new Uint8Array(), revision, { [removedHeader]: 'DEL' });
  }

  async erase(bucket: Bucket, key: string, revision: number): Promise<void> {
    const header = { [removedHeader]: 'DEL' };
    const seq = await this.write(bucket, key, new Uint8Array(), revision, header);
    const subject = this.layout.recordSubject(bucket, key);
    // A second call, as with the real store: the key may be created again in between.
    await this.client
      .call(`purge of "${key}"`, 0, () => this.stream(bucket).purge(subject, seq + 1))
      .catch(() => {});
  }

  async purge(bucket: Bucket, prefix: string): Promise<void> {
    const filter = this.layout.recordSubject(bucket, keysUnder(prefix));
    const stream = this.stream(bucket);
    // Two calls, as with the real store: what is written in between stays.
    const newest = await this.client.call(`look at "${prefix}"`, 0, () => stream.newest(filter));
    const what = `purge of "${prefix}" in ${bucket}`;
    if (newest > 0) await this.client.call(what, 0, () => stream.purge(filter, newest + 1));
  }

  async list(bucket: Bucket, prefix: string): Promise<Entry[]> {
    const filter = this.layout.recordSubject(bucket, keysUnder(prefix));
    return this.client.call(`list of "${prefix}" in ${bucket}`, 0, () =>
      this.stream(bucket)
        .matching(filter)
        .filter((entry) => !isRemoved(entry))
        .map((entry) => ({
          key: this.keyOf(bucket, entry),
          value: entry.bytes,
          revision: entry.seq,
        })),
    );
  }

  async watch(bucket: Bucket, prefix: string, handler: (change: Change) => void): Promise<Watch> {
    const filter = this.layout.recordSubject(bucket, keysUnder(prefix));
    const stream = this.stream(bucket);
    const follower = await this.client.call(`watch of "${prefix}" in ${bucket}`, 0, () => {
      const source = { stream, filter, fromSeq: 1 };
      return new MemoryFollower(this.client, this.network, source, (entry) => {
        handler({
          key: this.keyOf(bucket, entry),
          value: isRemoved(entry) ? null : entry.bytes,
          revision: entry.seq,
        });
      });
    });
    return { caughtUp: follower.caughtUp, stop: async () => follower.stop() };
  }

  private async write(
    bucket: Bucket,
    key: string,
    value: Uint8Array,
    expectLast: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const subject = this.layout.recordSubject(bucket, key);
    // Copied now: the caller may reuse its buffer before the write arrives.
    const copy = new Uint8Array(value);
    const options = { key, expectLast, headers, by: this.client.name };
    const sent = { ...headers, 'Nats-Expected-Last-Subject-Sequence': String(expectLast) };
    const { seq } = await this.client.call(`write of "${key}"`, sizeOf(copy, sent), () =>
      this.stream(bucket).append(subject, copy, options),
    );
    return seq;
  }

  private stream(bucket: Bucket): MemoryStream {
    return this.streams.get(this.layout.buckets[bucket].name) as MemoryStream;
  }

  private keyOf(bucket: Bucket, entry: StoredEntry): string {
    return entry.subject.slice(this.layout.recordSubject(bucket, '').length);
  }
}

function isRemoved(entry: StoredEntry): boolean {
  return entry.headers[removedHeader] !== undefined;
}
