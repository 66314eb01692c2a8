/**
 * Store over NATS key-value buckets, spoken by hand on the JetStream API.
 *
 * Writes are publishes with the expected last sequence of their subject; reads for decisions go to
 * the leader of the stream. A removed key leaves a marker, which `create` replaces by compare-and-set.
 */
import { TerminalError } from '../../schemas/errors.ts';
import type { Bucket } from '../../schemas/subjects.ts';
import { ConflictError } from '../errors.ts';
import { keysUnder, type Layout } from '../layout.ts';
import type { Change, Entry, Store, Watch } from '../ports/store.ts';
import { faultCodes, isFault } from './broker-error.ts';
import { type Link, portError } from './link.ts';
import { purgeStored } from './newest-seq.ts';
import type { Pulled } from './pull-session.ts';
import { follow, scan } from './scan.ts';
import { storedSubjects } from './stored-subjects.ts';

const operationHeader = 'KV-Operation';
/** A record that was written between a read and a look at the index is there at the next read. */
const looksMax = 3;
const listAttempts = 5;

interface StoredMessage {
  readonly message: { readonly seq: number; readonly data?: string; readonly hdrs?: string };
}

/** What a key holds, markers of removal included. */
interface Held {
  readonly value: Uint8Array;
  readonly revision: number;
  readonly removed: boolean;
}

export class NatsStore implements Store {
  private readonly link: Link;
  private readonly layout: Layout;

  constructor(link: Link, layout: Layout) {
    this.link = link;
    this.layout = layout;
  }

  async get(bucket: Bucket, key: string): Promise<Entry | undefined> {
    const held = await this.held(bucket, key);
    if (held === undefined || held.removed) return undefined;
    return { key, value: held.value, revision: held.revision };
  }

  async create(bucket: Bucket, key: string, value: Uint8Array): Promise<number> {
    try {
      return await this.write(bucket, key, value, 0);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const held = await this.held(bucket, key);
      if (held === undefined || !held.removed) throw error;
      return this.write(bucket, key, value, held.revision);
    }
  }

  update(bucket: Bucket, key: string, value: Uint8Array, revision: number): Promise<number> {
    return this.write(bucket, key, value, revision);
  }

  async remove(bucket: Bucket, key: string, revision: number): Promise<void> {
    await this.mark(bucket, key, revision);
  }

  async erase(bucket: Bucket, key: string, revision: number): Promise<void> {
    const seq = await this.mark(bucket, key, revision);
    const filter = this.layout.recordSubject(bucket, key);
    // Up to the marker alone: the key may have been created again by now.
    await this.link
      .api(`STREAM.PURGE.${this.layout.buckets[bucket].name}`, { filter, seq: seq + 1 })
      .catch(() => {});
  }

  async purge(bucket: Bucket, prefix: string): Promise<void> {
    const filter = this.layout.recordSubject(bucket, keysUnder(prefix));
    try {
      await purgeStored(this.link, this.layout.buckets[bucket].name, filter);
    } catch (error) {
      throw portError(error, `purge of "${prefix}" in ${bucket}`, prefix);
    }
  }

  /** In a cluster of servers a consumer may come to lie where nobody answers yet: then anew. */
  async list(bucket: Bucket, prefix: string): Promise<Entry[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.listOnce(bucket, prefix);
      } catch (caught) {
        const error = portError(caught, `list of "${prefix}" in ${bucket}`, prefix);
        const passing = this.link.replicated && error.family === 'retryable' && this.link.connected;
        if (!passing || attempt >= listAttempts) throw error;
        await this.link.pause(attempt * 100);
      }
    }
  }

  private async listOnce(bucket: Bucket, prefix: string): Promise<Entry[]> {
    // Keyed, since a record that changes while the scan runs comes twice: the later one counts.
    const found = new Map<string, Entry>();
    const source = this.source(bucket, prefix);
    // A scan may read from a replica that lacks the newest records, or pass over one that the
    // server cannot read any more: the index knows all of them.
    const unseen = await storedSubjects(this.link, source.stream, source.filter);
    for await (const entries of scan(this.link, source)) {
      for (const entry of entries) {
        unseen.delete(entry.subject);
        const change = this.change(bucket, entry);
        if (change.value === null) found.delete(change.key);
        else found.set(change.key, { ...change, value: change.value });
      }
    }
    const root = this.layout.recordSubject(bucket, '').length;
    for (const subject of unseen) {
      const entry = await this.get(bucket, subject.slice(root));
      if (entry !== undefined) found.set(entry.key, entry);
    }
    return [...found.values()];
  }

  async watch(bucket: Bucket, prefix: string, handler: (change: Change) => void): Promise<Watch> {
    const stop = new AbortController();
    const caughtUp = Promise.withResolvers<void>();
    const steps = follow(this.link, this.source(bucket, prefix), stop.signal);
    const opened = await steps.next().catch((error: unknown) => {
      throw portError(error, `watch of "${prefix}" in ${bucket}`, prefix);
    });
    const run = async () => {
      for (let step = opened; step.done !== true; step = await steps.next()) {
        for (const entry of step.value.entries) {
          if (stop.signal.aborted) return;
          handler(this.change(bucket, entry));
        }
        if (step.value.caughtUp) caughtUp.resolve();
      }
    };
    const running = run().finally(() => caughtUp.resolve());
    return {
      caughtUp: caughtUp.promise,
      async stop() {
        stop.abort();
        await running;
      },
    };
  }

  /** Puts a marker of removal in the place of the record. @returns its revision */
  private async mark(bucket: Bucket, key: string, revision: number): Promise<number> {
    const subject = this.layout.recordSubject(bucket, key);
    const headers = { [operationHeader]: 'DEL' };
    return (
      await this.link.store(subject, new Uint8Array(), key, { expectLast: revision, headers })
    ).seq;
  }

  private async write(
    bucket: Bucket,
    key: string,
    value: Uint8Array,
    expectLast: number,
  ): Promise<number> {
    const subject = this.layout.recordSubject(bucket, key);
    return (await this.link.store(subject, value, key, { expectLast })).seq;
  }

  /** @throws TerminalError damaged-record when the index names a record that cannot be read */
  private async held(bucket: Bucket, key: string): Promise<Held | undefined> {
    const { name } = this.layout.buckets[bucket];
    const subject = this.layout.recordSubject(bucket, key);
    for (let look = 1; ; look += 1) {
      const held = await this.read(name, subject, key);
      if (held !== undefined) return held;
      const indexed = await storedSubjects(this.link, name, subject).catch((error: unknown) => {
        throw portError(error, `read of "${key}"`, key);
      });
      if (indexed.size === 0) return undefined;
      // It may have been written just now: then the next look finds it.
      if (look < looksMax) continue;
      throw new TerminalError(
        'damaged-record',
        `record "${key}" in ${name} cannot be read: the store of nats-server is damaged`,
        { fix: `restore stream "${name}" from a backup` },
      );
    }
  }

  private async read(stream: string, subject: string, key: string): Promise<Held | undefined> {
    try {
      const { message } = await this.link.api<StoredMessage>(`STREAM.MSG.GET.${stream}`, {
        last_by_subj: subject,
      });
      const headers =
        message.hdrs === undefined ? '' : Buffer.from(message.hdrs, 'base64').toString();
      return {
        value: new Uint8Array(Buffer.from(message.data ?? '', 'base64')),
        revision: message.seq,
        removed: headers.includes(`${operationHeader}:`),
      };
    } catch (error) {
      if (isFault(error, faultCodes.notFound)) return undefined;
      throw portError(error, `read of "${key}"`, key);
    }
  }

  private source(bucket: Bucket, prefix: string) {
    return {
      stream: this.layout.buckets[bucket].name,
      filter: this.layout.recordSubject(bucket, keysUnder(prefix)),
      deliver: 'last_per_subject',
    } as const;
  }

  private change(bucket: Bucket, entry: Pulled): Change {
    const removed = entry.message.headers?.get(operationHeader) ?? '';
    return {
      key: entry.subject.slice(this.layout.recordSubject(bucket, '').length),
      value: removed === '' ? new Uint8Array(entry.message.data) : null,
      revision: entry.seq,
    };
  }
}
