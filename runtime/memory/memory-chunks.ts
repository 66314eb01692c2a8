/**
 * Chunks of blobs in a memory stream; the blob protocol above it is the real one.
 */
import type { Digest } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import type { ChunkStore } from '../chunked-blobs.ts';
import { ConflictError } from '../errors.ts';
import type { Layout } from '../layout.ts';
import type { BlobUsage } from '../ports/blobs.ts';
import type { MemoryClient } from './memory-client.ts';
import type { MemoryStream } from './memory-stream.ts';
import type { MemoryRouter } from './memory-transport.ts';

export class MemoryChunks implements ChunkStore {
  private readonly client: MemoryClient;
  private readonly layout: Layout;
  private readonly stream: MemoryStream;
  private readonly router: MemoryRouter;

  constructor(client: MemoryClient, layout: Layout, stream: MemoryStream, router: MemoryRouter) {
    this.client = client;
    this.router = router;
    this.layout = layout;
    this.stream = stream;
  }

  async send(digest: Digest, n: number, bytes: Uint8Array, anew: boolean): Promise<void> {
    const subject = this.layout.subjects.chunk(digest, n);
    const copy = new Uint8Array(bytes);
    try {
      await this.client.call(`write of "${subject}"`, copy.length, () => {
        this.stream.append(subject, copy, {
          key: subject,
          ...(anew ? {} : { expectLast: 0 }),
          by: this.client.name,
        });
        this.router.route({ from: this.client.name, subject, bytes: copy, headers: {} });
      });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }

  read(digest: Digest, n: number): Promise<Uint8Array | undefined> {
    const subject = this.layout.subjects.chunk(digest, n);
    return this.client.call(`chunk ${n} of blob ${digest}`, 0, () => {
      return this.stream.lastOf(subject)?.bytes;
    });
  }

  present(digest: Digest): Promise<ReadonlySet<number>> {
    const filter = this.layout.subjects.chunksOf(digest);
    return this.client.call(`state of blob ${digest}`, 0, () => {
      const subjects = this.stream.matching(filter).map((entry) => entry.subject);
      return new Set(subjects.map((subject) => Number(subject.slice(filter.length - 1))));
    });
  }

  frontier(): Promise<number> {
    return this.client.call('state of blobs', 0, () => this.stream.last + 1);
  }

  async purge(digest: Digest, below: number): Promise<void> {
    const filter = this.layout.subjects.chunksOf(digest);
    await this.client.call(`removal of blob ${digest}`, 0, () => this.stream.purge(filter, below));
  }

  usage(): Promise<BlobUsage> {
    return this.client.call('state of blobs', 0, () => ({
      bytes: this.stream.bytes,
      maxBytes: null,
    }));
  }

  untilRetry(): Promise<void> {
    return new Promise((resolve) => {
      this.client.clock.after(limits.tickMs, resolve);
    });
  }
}
