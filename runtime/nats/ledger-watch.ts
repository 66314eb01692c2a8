/**
 * Notices that streams or records which were there have gone, while a process runs.
 *
 * It looks after every reconnect, since a server may have come back with another disk, and whenever
 * a write finds no stream. A fault is told only when a second look, a while later, says the same.
 * All processes look for the layout record, and whether the streams hold what was acknowledged to
 * them; who may make the layout looks at every stream, and puts by how far each has got.
 */
import { ShoalError, TerminalError } from '../../schemas/errors.ts';
import type { Layout } from '../layout.ts';
import { verifyLayout } from './ensure-layout.ts';
import type { Link } from './link.ts';
import { presentMarks, type StreamMarks, storeMarks } from './stream-marks.ts';

/** Processes that lost the same server do not all ask at the same moment. */
const spreadMs = 1_000;
const secondLookMs = 1_000;
/** A server that was cut off answers for streams that it does not lead any more, for a while. */
const secondLookOfManyMs = 30_000;
/** What was looked at just now need not be looked at again. */
const restMs = 5_000;
const markMs = 10_000;

export class LedgerWatch {
  private readonly link: Link;
  private readonly layout: Layout;
  private readonly cluster: string;
  private readonly whole: boolean;
  private readonly handlers = new Set<(error: ShoalError) => void>();
  private looking = false;
  private fault: ShoalError | null = null;

  /** @param whole look at every stream after a reconnect, not at the record alone */
  constructor(link: Link, layout: Layout, cluster: string, whole: boolean) {
    this.link = link;
    this.layout = layout;
    this.cluster = cluster;
    this.whole = whole;
    link.onChange((connected) => {
      if (!connected) return;
      void this.look(Math.random() * spreadMs, this.whole || link.acknowledged.size > 0);
    });
    link.onMissingStream = () => void this.look(0, true);
    if (whole) this.mark({});
  }

  /** Puts by where streams stood a while ago, again and again while the connection lives. */
  private mark(before: StreamMarks): void {
    this.link.clock.after(markMs, async () => {
      if (this.link.closed) return;
      let now = before;
      try {
        if (this.fault === null && this.link.connected) {
          now = await presentMarks(this.link, this.layout);
          if (Object.keys(before).length > 0) await storeMarks(this.link, this.layout, before);
        }
      } catch {
        // Another one did, or the server is away: the next time is as good.
      }
      this.mark(now);
    });
  }

  onFault(handler: (error: ShoalError) => void): void {
    this.handlers.add(handler);
    if (this.fault !== null) handler(this.fault);
  }

  private async look(afterMs: number, whole: boolean): Promise<void> {
    if (this.looking || this.fault !== null) return;
    this.looking = true;
    try {
      await this.link.pause(afterMs);
      if ((await this.verdict(whole)) === null) return;
      await this.link.pause(this.link.replicated ? secondLookOfManyMs : secondLookMs);
      this.fault = await this.verdict(whole);
      if (this.fault === null) return;
      for (const handler of this.handlers) handler(this.fault);
    } finally {
      this.link.clock.after(restMs, () => {
        this.looking = false;
      });
    }
  }

  /** The fault, or null when all is there or cannot be told. */
  private async verdict(whole: boolean): Promise<ShoalError | null> {
    if (!this.link.connected) return null;
    try {
      const found = await verifyLayout(this.link, this.layout, whole);
      if (found === this.cluster) return null;
      return new TerminalError(
        'layout-broken',
        `the ledger is missing: this nats-server holds cluster "${found}", not "${this.cluster}" any more`,
        { fix: 'bring back the data of nats-server from a backup, or start every process anew' },
      );
    } catch (error) {
      const lost = error instanceof ShoalError && error.code === 'layout-broken';
      return lost ? error : null;
    }
  }
}
