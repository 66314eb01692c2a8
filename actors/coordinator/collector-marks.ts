/**
 * Which blobs go: pure bookkeeping of what nobody names, from one look at the records to the next.
 *
 * A blob is condemned when it was unnamed at every look for as long as the grace lasts and its record
 * did not change meanwhile; it is removed when the same holds for the rest after that. Time is time
 * that this process was awake, so a clock that jumps or a process that slept ages nothing. It decides
 * nothing for certain: every order names a revision, and whoever used the blob has changed it.
 */

/** What a look shows of one blob's record. */
export interface SeenBlob {
  readonly digest: string;
  readonly revision: number;
  readonly condemned: boolean;
  /** A removal has begun: its chunks are going. */
  readonly going: boolean;
}

export interface Order {
  readonly digest: string;
  readonly revision: number;
  /** `revive` what is named after all; `condemn`; `remove` what was condemned. */
  readonly what: 'revive' | 'condemn' | 'remove';
}

export interface Ages {
  /** Awake milliseconds that a blob stays unnamed before it is condemned. */
  readonly graceMs: number;
  /** And after that, before it is removed. */
  readonly restMs: number;
}

interface Unnamed {
  readonly revision: number;
  readonly sinceMs: number;
}

export class CollectorMarks {
  private unnamed = new Map<string, Unnamed>();

  /** Blobs that nobody named at the last look. */
  get size(): number {
    return this.unnamed.size;
  }

  /** What follows from a look at `awakeMs`; `named` holds all digests that something names. */
  look(
    blobs: readonly SeenBlob[],
    named: ReadonlySet<string>,
    awakeMs: number,
    ages: Ages,
  ): Order[] {
    const orders: Order[] = [];
    const next = new Map<string, Unnamed>();
    for (const { digest, revision, condemned, going } of blobs) {
      if (going) {
        orders.push({ digest, revision, what: 'remove' });
        continue;
      }
      if (named.has(digest)) {
        if (condemned) orders.push({ digest, revision, what: 'revive' });
        continue;
      }
      const before = this.unnamed.get(digest);
      // Changed since: somebody put or touched it, and may be about to name it.
      const known = before?.revision === revision ? before : { revision, sinceMs: awakeMs };
      next.set(digest, known);
      if (known !== before) continue;
      const age = awakeMs - known.sinceMs;
      if (condemned && age >= ages.restMs) orders.push({ digest, revision, what: 'remove' });
      else if (!condemned && age >= ages.graceMs)
        orders.push({ digest, revision, what: 'condemn' });
    }
    this.unnamed = next;
    return orders;
  }
}
