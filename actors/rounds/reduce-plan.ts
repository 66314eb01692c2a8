/**
 * Which shares holders sum for each other before the leader pulls them, where there are many nodes.
 *
 * The tree over the slices is cut into at most as many subtrees as the leader takes in at a time.
 * Once all shares of one are announced, the holder with the largest of them sums it. What cannot be
 * had that way is pulled directly. No I/O.
 */
import { type Span, splitOf } from '../../learners/slice-tree.ts';
import { limits } from '../../schemas/limits.ts';
import type { RoundShare, ShareTable } from './share-table.ts';

export interface ReduceGroup {
  readonly span: Span;
  /** The holder that is asked. */
  readonly node: string;
  readonly shares: readonly RoundShare[];
}

export class ReducePlan {
  readonly #spans: readonly Span[];
  readonly #failed = new Set<number>();

  private constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  /** Null where the leader can take in the shares of all holders itself. */
  static for(slices: number, holders: number): ReducePlan | null {
    if (holders <= limits.reduceFanIn) return null;
    let spans: Span[] = [{ from: 0, to: slices }];
    for (;;) {
      const next = spans.flatMap((span) => (span.to - span.from > 1 ? halves(span) : [span]));
      if (next.length > limits.reduceFanIn || next.length === spans.length) break;
      spans = next;
    }
    return new ReducePlan(spans);
  }

  /** Groups that are whole, and shares to be pulled as they are; the rest waits for its group. */
  split(wanted: readonly RoundShare[], table: ShareTable) {
    const groups: ReduceGroup[] = [];
    const direct: RoundShare[] = wanted.filter((share) => this.#groupOf(share) === null);
    for (const [i, span] of this.#spans.entries()) {
      const shares = wanted.filter((share) => inside(share, span));
      const size = shares.reduce((sum, share) => sum + share.to - share.from, 0);
      if (shares.length === 0 || (!this.#failed.has(i) && !table.announces(span))) continue;
      const [largest] = shares;
      const whole = size === span.to - span.from && shares.length > 1;
      if (!whole || this.#failed.has(i) || largest === undefined) direct.push(...shares);
      else groups.push({ span, node: largest.node, shares: inOrder(shares) });
    }
    return { groups, direct };
  }

  /** The holder could not: the group's shares are pulled directly. */
  fail(group: ReduceGroup): void {
    this.#failed.add(this.#spans.findIndex((span) => inside(group.span, span)));
  }

  #groupOf(share: Span): Span | null {
    return this.#spans.find((span) => inside(share, span)) ?? null;
  }
}

function halves(span: Span): Span[] {
  const middle = splitOf(span);
  return [
    { from: span.from, to: middle },
    { from: middle, to: span.to },
  ];
}

function inside(inner: Span, outer: Span): boolean {
  return inner.from >= outer.from && inner.to <= outer.to;
}

function inOrder(shares: readonly RoundShare[]): RoundShare[] {
  return [...shares].sort((a, b) => a.from - b.from);
}
