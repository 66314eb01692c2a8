/**
 * What a leader counts: exact, disjoint covers, in any order of arrival, and nothing else.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShareTable } from '../../actors/rounds/share-table.ts';
import { combineTree, cover, type Span } from '../../learners/slice-tree.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { Share } from '../../schemas/wire.ts';

const join = (left: string, right: string) => `(${left} ${right})`;

/** The sum of a span, as text that shows how it was combined. */
function sumOf(span: Span): string {
  return combineTree(span, ({ from, to }) => (to - from === 1 ? `${from}` : undefined), join);
}

function shareOf(span: Span, inline: boolean, attempt = 1): Share {
  const bytes = new TextEncoder().encode(sumOf(span));
  return {
    first: span.from,
    count: span.to - span.from,
    attempts: new Array(span.to - span.from).fill(attempt),
    size: bytes.length,
    sha256: sha256Hex(bytes),
    ...(inline ? { inline: bytes } : {}),
  };
}

/** The sum along the tree of what is here, or null while something is missing. */
function combined(table: ShareTable): string | null {
  const parts = table.cover();
  if (parts === null) return null;
  const ends = parts.map(({ from, to }) => [from, to]);
  expect(ends.map(([from]) => from)).toEqual([0, ...ends.slice(0, -1).map(([, to]) => to)]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const known = new Map(parts.map((part) => [`${part.from} ${part.to}`, text(part.bytes)]));
  return combineTree({ from: 0, to: table.slices }, (at) => known.get(`${at.from} ${at.to}`), join);
}

const node = fc.record({
  slices: fc.uniqueArray(fc.integer({ min: 0, max: 19 })),
  inline: fc.boolean(),
  /** Whether a pull from it comes to anything. */
  answers: fc.boolean(),
});

describe('shares of a round', () => {
  it('give the same sum whatever covers arrive in whatever order, or wait', () => {
    const cases = fc.record({
      slices: fc.integer({ min: 1, max: 20 }),
      nodes: fc.array(node, { maxLength: 8 }),
      order: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 24 }),
    });
    fc.assert(
      fc.property(cases, ({ slices, nodes, order }) => {
        const table = new ShareTable(slices, new Array(slices).fill(0));
        const here = new Set<number>();
        for (const [atMs, at] of order.entries()) {
          const from = nodes[at];
          if (from === undefined) continue;
          const owned = new Set(from.slices.filter((slice) => slice < slices));
          const spans = cover(slices, owned);
          const shares = spans.map((span) => shareOf(span, from.inline));
          expect(table.offer(`n${at}`, shares, atMs)).toMatchObject({ refused: [], differing: [] });
          if (from.inline) for (const slice of owned) here.add(slice);
          for (const share of table.wanted([])) {
            const source = nodes[Number(share.node.slice(1))];
            if (source?.answers !== true) {
              table.withdraw(share.node);
              continue;
            }
            table.arrived(share, new TextEncoder().encode(sumOf(share)));
            for (let i = share.from; i < share.to; i += 1) here.add(i);
          }
          expect(table.complete).toBe(here.size === slices);
          expect(combined(table)).toBe(
            here.size === slices ? sumOf({ from: 0, to: slices }) : null,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('count no share that is no subtree, is malformed, or has other bytes than its digest', () => {
    const table = new ShareTable(8, new Array(8).fill(0));
    const good = shareOf({ from: 0, to: 2 }, true);
    const bad = [
      { ...shareOf({ from: 0, to: 2 }, true), first: 1 },
      { ...good, attempts: [1] },
      { ...good, sha256: 'x' },
      { ...good, first: 6, count: 4, attempts: [1, 1, 1, 1] },
      { ...good, inline: new Uint8Array(good.size ?? 0) },
    ];
    const { refused } = table.offer('n1', bad, 0);
    expect(refused).toEqual(['bad-share', 'bad-share', 'bad-share', 'bad-share', 'bad-digest']);
    expect(table.wanted([])).toEqual([]);
    expect(table.missing(3)).toEqual([0, 1, 2]);
  });

  it('do not count once their slices have been claimed anew', () => {
    const attempts = new Array(4).fill(0);
    const table = new ShareTable(4, attempts);
    const old = [shareOf({ from: 0, to: 2 }, false), shareOf({ from: 2, to: 4 }, false)];
    table.offer('n1', old, 0);
    table.offer('n2', [shareOf({ from: 2, to: 3 }, false, 2)], 1);
    expect(table.wanted([]).map(({ node: from, from: first }) => `${from} ${first}`)).toEqual([
      'n1 0',
      'n2 2',
    ]);
    expect(table.offer('n1', old, 2).refused).toEqual(['stale-attempt']);
    // The attempts live on in the next round.
    expect(new ShareTable(4, attempts).offer('n1', old, 3).refused).toEqual(['stale-attempt']);
  });

  it('give way to those of a later claim that differ, if they have not come', () => {
    const table = new ShareTable(1, [0]);
    const span = { from: 0, to: 1 };
    const other = new TextEncoder().encode('other');
    const lost = { ...shareOf(span, false), size: 5, sha256: sha256Hex(other) };
    table.offer('n1', [lost], 0);
    expect(table.offer('n2', [shareOf(span, false, 2)], 1).differing).toHaveLength(1);
    // It died with its sum; the slices were given to the other.
    table.withdraw('n1');
    expect(table.wanted([]).map(({ node: from }) => from)).toEqual(['n2']);
    expect(table.offer('n2', [shareOf(span, true, 2)], 2).differing).toEqual([]);
    expect(combined(table)).toBe('0');
  });

  it('that differ over the same slices raise an alarm, once', () => {
    const table = new ShareTable(2, [0, 0]);
    const span = { from: 0, to: 1 };
    const other = new TextEncoder().encode('other');
    const differs = { ...shareOf(span, true), inline: other, size: 5, sha256: sha256Hex(other) };
    table.offer('n1', [shareOf(span, true)], 0);
    expect(table.offer('n2', [differs], 1).differing).toHaveLength(1);
    expect(table.offer('n2', [differs], 2).differing).toHaveLength(0);
    table.offer('n1', [shareOf(span, true), shareOf({ from: 1, to: 2 }, true)], 3);
    expect(combined(table)).toBe('(0 1)');
  });
});
