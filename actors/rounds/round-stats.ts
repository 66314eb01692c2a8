/**
 * How the rounds of a fit go: durations, bytes and the slowest holder, for people and records.
 *
 * Bounded however many rounds there are: durations are kept in buckets that grow by a quarter.
 * Nothing here is read by a decision.
 */
import type { Part } from './share-table.ts';

const bucketMinMs = 0.01;
const bucketGrowth = 1.25;
const buckets = 128;

/** Counts of durations, in buckets; quantiles are exact to a quarter. */
export class Durations {
  readonly #counts = new Uint32Array(buckets);
  #total = 0;

  add(ms: number): void {
    const at = Math.floor(Math.log2(Math.max(ms, bucketMinMs) / bucketMinMs) / step);
    const bucket = Math.min(buckets - 1, Math.max(0, at));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  /** Upper bound of the bucket that the quantile lies in, milliseconds; 0 while empty. */
  quantile(share: number): number {
    if (this.#total === 0) return 0;
    let left = Math.ceil(share * this.#total);
    for (let i = 0; i < buckets; i += 1) {
      left -= this.#counts[i] ?? 0;
      if (left <= 0) return bucketMinMs * bucketGrowth ** (i + 1);
    }
    return bucketMinMs * bucketGrowth ** buckets;
  }
}

const step = Math.log2(bucketGrowth);

/** A contribution of the last closed round. */
export interface RoundInput {
  readonly node: string;
  readonly first: number;
  readonly count: number;
  readonly sha256: string;
}

const inputsMax = 64;

export class RoundStats {
  bytes = 0;
  totalMs = 0;
  waitMs = 0;
  closeMs = 0;
  /** Of the last closed round. */
  slowest = '';
  slowestMs = 0;
  /** Of all rounds. */
  slowestTotalMs = 0;
  inputs: readonly RoundInput[] = [];
  readonly exchange = new Durations();
  readonly rounds = new Durations();

  /** All contributions are here. @param openedMs when the round was opened */
  complete(parts: readonly Part[], openedMs: number, atMs: number): void {
    this.waitMs += atMs - openedMs;
    let last: Part | undefined;
    let firstMs = Number.POSITIVE_INFINITY;
    for (const part of parts) {
      this.exchange.add(atMs - part.atMs);
      firstMs = Math.min(firstMs, part.atMs);
      if (last === undefined || part.atMs > last.atMs) last = part;
    }
    this.slowest = last?.node ?? '';
    this.slowestMs = last === undefined ? 0 : last.atMs - firstMs;
    this.slowestTotalMs += this.slowestMs;
    this.inputs = parts.slice(0, inputsMax).map(({ node, from, to, sha256 }) => {
      return { node, first: from, count: to - from, sha256 };
    });
  }

  /** The round is closed. @param closingMs when its closing began */
  closed(openedMs: number, closingMs: number, atMs: number): void {
    this.totalMs += atMs - openedMs;
    this.rounds.add(atMs - openedMs);
    this.closeMs += atMs - closingMs;
  }

  get exchangeP95Ms(): number {
    return Math.round(this.exchange.quantile(0.95) * 1000) / 1000;
  }
}
