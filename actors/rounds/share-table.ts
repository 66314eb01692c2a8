/**
 * The shares of one round, as its leader hears of them and gets hold of their bytes.
 *
 * A share counts once its bytes are here and have the digest announced. The round is complete when
 * shares that count cover every slice: since each is a whole subtree of the fixed tree, the largest
 * of them are disjoint, and every such cover gives the same sum. No I/O, no clock.
 */
import { isSubtree, type Span, splitOf } from '../../learners/slice-tree.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { Share } from '../../schemas/wire.ts';

/** The sum over a whole subtree, as a node announced it. */
export interface RoundShare extends Span {
  readonly node: string;
  /** Attempts of the claims on its slices, in index order. */
  readonly attempts: readonly number[];
  readonly size: number;
  readonly sha256: string;
  /** The sum itself where it travelled with the announcement. */
  readonly inline: Uint8Array | null;
  /** When it was announced first, milliseconds. */
  readonly atMs: number;
}

/** A share whose bytes are here and checked. */
export interface Part extends RoundShare {
  readonly bytes: Uint8Array;
}

export type Refusal = 'bad-share' | 'stale-attempt' | 'bad-digest';

export interface Offered {
  readonly refused: readonly Refusal[];
  /** Two nodes give different sums for the same slices: exact arithmetic rules that out. */
  readonly differing: readonly (readonly [RoundShare, RoundShare])[];
  /** Bytes that came with the announcement. */
  readonly bytes: number;
}

const sha256 = /^[0-9a-f]{64}$/;

/** One number a span, so that maps need no strings. */
function keyOf({ from, to }: Span): number {
  return from * 2 ** 24 + to;
}

export class ShareTable {
  readonly slices: number;
  /** Highest attempt seen of the claim on each slice; lives on from round to round. */
  readonly #attempts: number[];
  readonly #announced = new Map<string, readonly RoundShare[]>();
  /** The first announcement of each span, for the alarm. */
  readonly #first = new Map<number, RoundShare>();
  readonly #parts = new Map<number, Part>();
  /** Announcements that differed, each told once. */
  readonly #alarmed = new Set<string>();
  /** 1 where a part covers the slice. */
  readonly #covered: Uint8Array;
  #left: number;

  constructor(slices: number, attempts: number[]) {
    this.slices = slices;
    this.#attempts = attempts;
    this.#covered = new Uint8Array(slices);
    this.#left = slices;
  }

  /** Whether the parts cover every slice. */
  get complete(): boolean {
    return this.#left === 0;
  }

  /** Takes what a node announces in place of what it announced before. */
  offer(node: string, shares: readonly Share[], atMs: number): Offered {
    const refused: Refusal[] = [];
    const differing: [RoundShare, RoundShare][] = [];
    const before = this.#announced.get(node) ?? [];
    const taken: RoundShare[] = [];
    let renewed = false;
    let bytes = 0;
    for (const share of shares) {
      const read = this.#read(node, share, atMs);
      if (typeof read === 'string') {
        refused.push(read);
        continue;
      }
      renewed = this.#raise(read) || renewed;
      const first = this.#first.get(keyOf(read)) ?? read;
      this.#first.set(keyOf(read), first);
      if (first.sha256 !== read.sha256) {
        const told = `${node} ${read.sha256}`;
        if (!this.#alarmed.has(told)) differing.push([first, read]);
        this.#alarmed.add(told);
        // Who had the slices before may never give its sum: then that of the new claim counts.
        if (this.#parts.has(keyOf(read)) || !this.#isStale(first)) continue;
        this.#first.set(keyOf(read), read);
      }
      const known = before.find((one) => keyOf(one) === keyOf(read));
      taken.push(known === undefined ? read : { ...read, atMs: known.atMs });
      // A copy: the message around it is let go, and numbers need their alignment.
      if (read.inline !== null && !this.#parts.has(keyOf(read))) {
        this.arrived(read, new Uint8Array(read.inline));
        bytes += read.size;
      }
    }
    this.#announced.set(node, taken);
    if (renewed) this.#dropStale();
    return { refused, differing, bytes };
  }

  /** Forgets what the node announced: it is gone, or did not give it. */
  withdraw(node: string): void {
    for (const share of this.#announced.get(node) ?? []) {
      const first = this.#first.get(keyOf(share));
      if (first?.node === node && !this.#parts.has(keyOf(share))) this.#first.delete(keyOf(share));
    }
    this.#announced.delete(node);
  }

  /** The bytes of a share are here, and checked. */
  arrived(share: RoundShare, bytes: Uint8Array): void {
    if (this.#parts.has(keyOf(share))) return;
    this.#parts.set(keyOf(share), { ...share, bytes });
    for (let i = share.from; i < share.to; i += 1) {
      if (this.#covered[i] === 0) this.#left -= 1;
      this.#covered[i] = 1;
    }
  }

  /**
   * Announced shares that would cover slices which neither parts nor `coming` cover, largest first.
   */
  wanted(coming: Iterable<Span>): RoundShare[] {
    if (this.complete) return [];
    const covered = this.#covered.slice();
    for (const { from, to } of coming) covered.fill(1, from, to);
    const shares = [...this.#announced.values()].flat();
    shares.sort((a, b) => b.to - b.from - (a.to - a.from));
    return shares.filter(({ from, to }) => {
      const gain = covered.subarray(from, to).includes(0);
      if (gain) covered.fill(1, from, to);
      return gain;
    });
  }

  /** All shares announced now. */
  *announced(): Iterable<RoundShare> {
    for (const shares of this.#announced.values()) yield* shares;
  }

  /** Whether every slice of the span is covered by parts or by shares announced now. */
  announces(span: Span): boolean {
    const covered = this.#covered.slice(span.from, span.to);
    for (const { from, to } of this.announced()) {
      if (to <= span.from || from >= span.to) continue;
      covered.fill(1, Math.max(0, from - span.from), to - span.from);
    }
    return !covered.includes(0);
  }

  /** Parts that cover the span exactly once, in index order, or null while some are missing. */
  cover(span: Span = { from: 0, to: this.slices }): Part[] | null {
    const part = this.#parts.get(keyOf(span));
    if (part !== undefined) return [part];
    if (span.to - span.from <= 1) return null;
    const middle = splitOf(span);
    const left = this.cover({ from: span.from, to: middle });
    if (left === null) return null;
    const right = this.cover({ from: middle, to: span.to });
    return right === null ? null : [...left, ...right];
  }

  /** Slices that nobody has announced a share of, the first few. */
  missing(atMost: number): number[] {
    const covered = this.#covered.slice();
    for (const { from, to } of this.announced()) covered.fill(1, from, to);
    const missing: number[] = [];
    for (let i = 0; i < this.slices && missing.length < atMost; i += 1) {
      if (covered[i] === 0) missing.push(i);
    }
    return missing;
  }

  #read(node: string, share: Share, atMs: number): RoundShare | Refusal {
    const from = share.first ?? 0;
    const count = share.count ?? 0;
    const attempts = share.attempts ?? [];
    const digest = share.sha256 ?? '';
    const size = share.size ?? 0;
    const span = { from, to: from + count };
    const sound =
      count > 0 &&
      span.to <= this.slices &&
      attempts.length === count &&
      sha256.test(digest) &&
      isSubtree(this.slices, span);
    if (!sound) return 'bad-share';
    for (let i = 0; i < count; i += 1) {
      if ((attempts[i] ?? 0) < (this.#attempts[from + i] ?? 0)) return 'stale-attempt';
    }
    const inline = size > 0 && share.inline?.length === size ? share.inline : null;
    if (inline !== null && !this.#parts.has(keyOf(span)) && sha256Hex(inline) !== digest) {
      return 'bad-digest';
    }
    return { ...span, node, attempts, size, sha256: digest, inline, atMs };
  }

  /** Remembers the attempts of a share. @returns whether one was higher than known */
  #raise({ from, attempts }: RoundShare): boolean {
    let raised = false;
    for (let i = 0; i < attempts.length; i += 1) {
      const attempt = attempts[i] ?? 0;
      if (attempt <= (this.#attempts[from + i] ?? 0)) continue;
      this.#attempts[from + i] = attempt;
      raised = true;
    }
    return raised;
  }

  /** Whether a slice of it was claimed anew since. */
  #isStale({ from, attempts }: RoundShare): boolean {
    return attempts.some((attempt, i) => attempt < (this.#attempts[from + i] ?? 0));
  }

  /** Announcements from before a slice was claimed anew do not count any more. */
  #dropStale(): void {
    for (const [node, shares] of this.#announced) {
      const current = shares.filter((share) => !this.#isStale(share));
      if (current.length < shares.length) this.#announced.set(node, current);
    }
  }
}
