/**
 * Chunks of blobs in a JetStream stream, one message a chunk, stored only where none is.
 *
 * Reads may come from any replica: chunks never change, and what is missing there is asked again.
 */
import type { Digest } from '../../schemas/ids.ts';
import type { ChunkStore } from '../chunked-blobs.ts';
import { ConflictError } from '../errors.ts';
import type { Layout } from '../layout.ts';
import { type Link, portError } from './link.ts';
import { untilRetry } from './scan.ts';

const chunkMs = 10_000;
const never = new AbortController().signal;

export class NatsChunks implements ChunkStore {
  private readonly link: Link;
  private readonly layout: Layout;

  constructor(link: Link, layout: Layout) {
    this.link = link;
    this.layout = layout;
  }

  async send(digest: Digest, n: number, bytes: Uint8Array): Promise<void> {
    const subject = this.layout.subjects.chunk(digest, n);
    try {
      await this.link.store(subject, bytes, subject, { expectLast: 0, timeoutMs: chunkMs });
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

  async purge(digest: Digest): Promise<void> {
    const filter = this.layout.subjects.chunksOf(digest);
    try {
      await this.link.api(`STREAM.PURGE.${this.layout.blobs.name}`, { filter }, chunkMs);
    } catch (error) {
      throw portError(error, `removal of blob ${digest}`, digest);
    }
  }

  untilRetry(): Promise<void> {
    return untilRetry(this.link, never);
  }
}
