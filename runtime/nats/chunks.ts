/**
 * Chunks of blobs in a JetStream stream, one message a chunk, stored only where none is.
 *
 * Reads may come from any replica: chunks never change, and what is missing there is asked again.
 */
import type { Digest } from '../../schemas/ids.ts';
import type { ChunkStore } from '../chunked-blobs.ts';
import { ConflictError } from '../errors.ts';
import type { Layout } from '../layout.ts';
import type { BlobUsage } from '../ports/blobs.ts';
import { type Link, portError } from './link.ts';
import { untilRetry } from './scan.ts';

interface StreamInfo {
  readonly config: { readonly max_bytes?: number };
  readonly state: { readonly bytes: number; readonly last_seq: number };
}

interface AccountInfo {
  readonly storage?: number;
  readonly limits?: { readonly max_storage?: number };
}

const chunkMs = 10_000;
const never = new AbortController().signal;

export class NatsChunks implements ChunkStore {
  private readonly link: Link;
  private readonly layout: Layout;

  constructor(link: Link, layout: Layout) {
    this.link = link;
    this.layout = layout;
  }

  async send(digest: Digest, n: number, bytes: Uint8Array, anew: boolean): Promise<void> {
    const subject = this.layout.subjects.chunk(digest, n);
    try {
      const expected = anew ? {} : { expectLast: 0 };
      await this.link.store(subject, bytes, subject, { ...expected, timeoutMs: chunkMs });
    } catch (error) {
      // It is there already: an attempt whose answer was lost, or another process.
      if (!(error instanceof ConflictError)) throw error;
    }
  }

  async read(digest: Digest, n: number): Promise<Uint8Array | undefined> {
    const subject = this.layout.subjects.chunk(digest, n);
    const path = `$JS.API.DIRECT.GET.${this.layout.blobs.name}.${subject}`;
    const what = `chunk ${n} of blob ${digest}`;
    const answer = await this.link.request(path, new Uint8Array(), chunkMs, undefined, what);
    // A status in place of a chunk says that there is none.
    return (answer.headers?.code ?? 0) === 0 ? answer.data : undefined;
  }

  async present(digest: Digest): Promise<ReadonlySet<number>> {
    const filter = this.layout.subjects.chunksOf(digest);
    try {
      const info = await this.link.api<{ state: { subjects?: Record<string, number> } }>(
        `STREAM.INFO.${this.layout.blobs.name}`,
        { subjects_filter: filter },
        chunkMs,
      );
      const subjects = Object.keys(info.state.subjects ?? {});
      return new Set(subjects.map((subject) => Number(subject.slice(filter.length - 1))));
    } catch (error) {
      throw portError(error, `state of blob ${digest}`, digest);
    }
  }

  async frontier(): Promise<number> {
    return (await this.info()).state.last_seq + 1;
  }

  async purge(digest: Digest, below: number): Promise<void> {
    const filter = this.layout.subjects.chunksOf(digest);
    const upTo = { filter, seq: below };
    try {
      await this.link.api(`STREAM.PURGE.${this.layout.blobs.name}`, upTo, chunkMs);
    } catch (error) {
      throw portError(error, `removal of blob ${digest}`, digest);
    }
  }

  /** The stream's own bound, else that of the account. */
  async usage(): Promise<BlobUsage> {
    const { state, config } = await this.info();
    const own = config.max_bytes ?? -1;
    if (own > 0) return { bytes: state.bytes, maxBytes: own };
    try {
      const { limits: account, storage } = await this.link.api<AccountInfo>('INFO', null);
      const most = account?.max_storage ?? -1;
      return most > 0
        ? { bytes: storage ?? state.bytes, maxBytes: most }
        : { bytes: state.bytes, maxBytes: null };
    } catch (error) {
      throw portError(error, 'state of the account', this.layout.blobs.name);
    }
  }

  private async info(): Promise<StreamInfo> {
    const { name } = this.layout.blobs;
    try {
      return await this.link.api<StreamInfo>(`STREAM.INFO.${name}`, null);
    } catch (error) {
      throw portError(error, 'state of blobs', name);
    }
  }

  untilRetry(): Promise<void> {
    return untilRetry(this.link, never);
  }
}
