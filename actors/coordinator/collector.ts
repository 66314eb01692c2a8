/**
 * The collector: removes blobs that nothing names, while its coordinator leads.
 *
 * It looks at all records now and then, and orders what `CollectorMarks` finds. Each order is one
 * compare-and-set at the revision that was seen, so that whoever puts or touches a blob meanwhile
 * keeps it, and two collectors at once do each other no harm. It forgets its marks with its leader;
 * condemned blobs carry theirs in the record, and rest a while under the next one.
 */
import type { Bus } from '../../runtime/bus.ts';
import { ConflictError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { BlobUsage } from '../../runtime/ports/blobs.ts';
import type { Clock, Timer } from '../../runtime/ports/clock.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { records } from '../../schemas/wire.ts';
import { CollectorMarks, type Order, type SeenBlob } from './collector-marks.ts';
import { CollectorRoots } from './collector-roots.ts';

export interface CollectorOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whether this process may still write as the leader. */
  readonly mayAct: () => boolean;
  readonly graceMs?: number;
  /** How long a condemned blob rests; a look every so often. */
  readonly restMs?: number;
  readonly lookMs?: number;
  /** Told how full the place is after every look. */
  readonly onUsage?: (usage: BlobUsage) => void;
  /** Told of jobs whose task records are not needed any more. */
  readonly onLeftovers?: (jobs: readonly string[]) => void;
}

/** What one look led to. */
export interface Collected {
  readonly revived: number;
  readonly condemned: number;
  readonly removed: number;
  /** Orders left for the next look. */
  readonly left: number;
}

/** Time is counted in steps of this length; a longer pause ages nothing. */
const stepMs = 1_000;
/** Orders carried out after one look; what is left comes with the next one, at once. */
const ordersMax = 2_000;
/** How often usage is asked for. */
const usageMs = 10_000;

export class Collector {
  private readonly options: CollectorOptions;
  private readonly marks = new CollectorMarks();
  private readonly roots: CollectorRoots;
  private readonly lookMs: number;
  private timer: Timer | null = null;
  private stopped = false;
  private working: Promise<void> | null = null;
  private awakeMs = 0;
  private lastMs = 0;
  private nextLookMs: number;
  private nextUsageMs = 0;
  private pressed = false;
  /** Damaged ones that were told of. */
  private broken: ReadonlySet<string> = new Set();

  constructor(options: CollectorOptions) {
    this.options = options;
    this.roots = new CollectorRoots(options.bus, options.log);
    this.lookMs = options.lookMs ?? limits.collectMs;
    this.nextLookMs = Math.min(this.lookMs, limits.collectFirstMs);
  }

  start(): void {
    this.lastMs = this.options.clock.nowMs();
    this.step();
  }

  /** What is under way ends by itself, soon: every order is checked against the record anyway. */
  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  private step(): void {
    if (this.stopped) return;
    const { clock } = this.options;
    const now = clock.nowMs();
    // Asleep, frozen or starved: such time shows nobody a blob.
    this.awakeMs += Math.min(now - this.lastMs, 2 * stepMs);
    this.lastMs = now;
    if (this.working === null) {
      const due = this.awakeMs >= this.nextLookMs;
      if (due || this.awakeMs >= this.nextUsageMs) {
        this.working = this.work(due).finally(() => {
          this.working = null;
        });
      }
    }
    this.timer = clock.after(stepMs, () => this.step());
  }

  private async work(due: boolean): Promise<void> {
    const { log } = this.options;
    try {
      const pressed = await this.measure();
      if (!due && !(pressed && !this.pressed)) return;
      const { left } = await this.look();
      this.nextLookMs = left > 0 ? this.awakeMs : this.awakeMs + this.interval();
    } catch (error) {
      log('warn', 'blobs were not collected; tried again later', { error });
      this.nextLookMs = this.awakeMs + this.interval();
    }
  }

  private interval(): number {
    return this.pressed ? Math.min(this.lookMs, limits.collectPressedMs) : this.lookMs;
  }

  /** @returns whether the place is fuller than it should be */
  private async measure(): Promise<boolean> {
    const { bus, metrics, onUsage } = this.options;
    this.nextUsageMs = this.awakeMs + usageMs;
    const usage = await bus.blobs.usage();
    metrics.set('shoal_blob_bytes', usage.bytes);
    onUsage?.(usage);
    const { bytes, maxBytes } = usage;
    const pressed = maxBytes !== null && bytes >= (maxBytes * limits.blobsHighPercent) / 100;
    const begins = pressed && !this.pressed;
    this.pressed = pressed;
    if (begins) {
      const share = Math.round((100 * bytes) / (maxBytes ?? bytes));
      this.options.log('warn', 'blobs take much room: collecting at once', {
        ...{ bytes, maxBytes, share },
        fix: 'remove data sets, models or jobs, or give the stream of blobs more room',
      });
      this.nextLookMs = this.awakeMs;
    }
    return pressed;
  }

  /** Looks at all records once and carries out what follows. */
  async look(): Promise<Collected> {
    const { bus, metrics, log, restMs = limits.blobRestMs } = this.options;
    // Blobs first: what appears while the rest is read is not judged by it.
    const blobs = await this.blobs();
    const { named, leftovers } = await this.roots.look();
    if (leftovers.length > 0) this.options.onLeftovers?.(leftovers);
    const ages = {
      graceMs: this.options.graceMs ?? limits.blobGraceMs,
      restMs: this.pressed ? Math.min(restMs, limits.collectPressedMs) : restMs,
    };
    const orders = this.marks.look(blobs, named, this.awakeMs, ages);
    metrics.set('shoal_blobs_unnamed', this.marks.size);
    const tally = { revive: 0, condemn: 0, remove: 0 };
    let at = 0;
    const mayGoOn = () => !this.stopped && this.options.mayAct();
    const carryOut = async () => {
      while (at < Math.min(orders.length, ordersMax) && mayGoOn()) {
        const order = orders[at++] as Order;
        if (await obey(bus, order)) tally[order.what] += 1;
      }
    };
    await Promise.all(Array.from({ length: limits.chunksInFlight }, carryOut));
    metrics.count('shoal_blobs_collected_total', tally.remove);
    const { revive: revived, condemn: condemned, remove: removed } = tally;
    if (revived + condemned + removed > 0) {
      log('info', 'blobs were collected', { condemned, revived, removed, stored: blobs.length });
    }
    return { revived, condemned, removed, left: Math.max(0, orders.length - ordersMax) };
  }

  private async blobs(): Promise<SeenBlob[]> {
    const seen: SeenBlob[] = [];
    const broken: string[] = [];
    for (const { key, value, revision } of await this.options.bus.store.list('blobs', '')) {
      try {
        const { complete, condemned, purgeBelow, damaged } = records.blob.decode(value);
        if (damaged) broken.push(key);
        const going = !complete && condemned && Number(purgeBelow) > 0;
        seen.push({ digest: key, revision, condemned, going });
      } catch {
        // Of a newer release: left alone.
      }
    }
    this.options.metrics.set('shoal_blobs_damaged', broken.length);
    const news = broken.filter((digest) => !this.broken.has(digest));
    this.broken = new Set(broken);
    if (news.length > 0) {
      this.options.log('error', 'stored blobs are damaged', {
        ...{ count: news.length, digests: news.slice(0, 10) },
        fix: 'import the data set, or train the model, again: that stores them anew',
      });
    }
    return seen;
  }
}

/** @returns whether it was done; not where the record has changed since */
async function obey(bus: Bus, { digest, revision, what }: Order): Promise<boolean> {
  const { store, blobs } = bus;
  const name = parseDigest(digest);
  try {
    if (what === 'remove') {
      await blobs.remove(name, revision);
      return true;
    }
    const entry = await store.get('blobs', digest);
    if (entry?.revision !== revision) return false;
    const record = records.blob.decode(entry.value);
    record.condemned = what === 'condemn';
    await store.update('blobs', digest, records.blob.encode(record), revision);
    return true;
  } catch (error) {
    if (error instanceof ConflictError) return false;
    throw error;
  }
}
