/** Placement of slices: memory first, then slots, and what is held already stays where it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fairShares,
  type HolderRoom,
  movesToBalance,
  placeSlices,
} from '../../actors/coordinator/hold-placement.ts';

const roomy = 1_000_000;
const node = (i: number) => `w${String(i).padStart(2, '0')}`;

/** Nodes of some slots and memory, and holders for some of the slices, within that memory. */
const scene = fc
  .record({
    slices: fc.integer({ min: 1, max: 60 }),
    nodes: fc.array(fc.record({ slots: fc.integer({ min: 1, max: 8 }), room: fc.nat(40) }), {
      minLength: 1,
      maxLength: 6,
    }),
    held: fc.array(fc.nat(8), { minLength: 60, maxLength: 60 }),
  })
  .map(({ slices, nodes, held }) => {
    const holderOf = Array.from({ length: slices }, (_, i) => {
      const at = held[i]!;
      return at < nodes.length ? node(at) : undefined;
    });
    return { slices, holderOf, rooms: roomsOf(nodes, holderOf) };
  });

function roomsOf(
  nodes: readonly { slots: number; room: number }[],
  holderOf: readonly (string | undefined)[],
): HolderRoom[] {
  return nodes.map(({ slots, room }, i) => ({
    ...{ node: node(i), slots, room },
    held: holderOf.filter((holder) => holder === node(i)).length,
  }));
}

function freeOf(holderOf: readonly (string | undefined)[]): number[] {
  return holderOf.flatMap((holder, i) => (holder === undefined ? [i] : []));
}

function fresh(slices: number, slots: readonly number[], room = roomy) {
  const rooms = roomsOf(
    slots.map((count) => ({ slots: count, room })),
    [],
  );
  const free = Array.from({ length: slices }, (_, i) => i);
  return { rooms, placed: placeSlices(free, slices, rooms, () => undefined) };
}

function counted(holders: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const holder of holders) counts[holder] = (counts[holder] ?? 0) + 1;
  return counts;
}

describe('placement of slices', () => {
  it('[P02] places all of them or says that memory does not take them, and never exceeds it', () => {
    fc.assert(
      fc.property(scene, ({ slices, holderOf, rooms }) => {
        const free = freeOf(holderOf);
        const placed = placeSlices(free, slices, rooms, (slice) => holderOf[slice]);
        const room = rooms.reduce((sum, one) => sum + one.room, 0);
        if (room < free.length) {
          expect(placed).toBeNull();
          return;
        }
        expect([...(placed as Map<number, string>).keys()].sort((a, b) => a - b)).toEqual(free);
        const counts = counted(placed?.values() ?? []);
        for (const one of rooms) expect(counts[one.node] ?? 0).toBeLessThanOrEqual(one.room);
        const known = new Set(rooms.map((one) => one.node));
        expect(Object.keys(counts).filter((name) => !known.has(name))).toEqual([]);
      }),
    );
  });

  it('is the same for the same nodes in any order', () => {
    fc.assert(
      fc.property(scene, ({ slices, holderOf, rooms }) => {
        const free = freeOf(holderOf);
        const placed = (list: readonly HolderRoom[]) =>
          placeSlices(free, slices, list, (slice) => holderOf[slice]);
        expect(placed([...rooms].reverse())).toEqual(placed(rooms));
      }),
    );
  });

  it('gives fresh nodes one run of neighbours each', () => {
    const slots = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), slots, (slices, sizes) => {
        const { placed } = fresh(slices, sizes);
        const order = Array.from({ length: slices }, (_, i) => placed?.get(i));
        const runs = order.filter((holder, i) => holder !== order[i - 1]);
        expect(new Set(runs).size).toBe(runs.length);
      }),
    );
  });

  it('shares in proportion to slots, to less than one slice', () => {
    expect(counted(fresh(16, [4, 4]).placed?.values() ?? [])).toEqual({ w00: 8, w01: 8 });
    expect(counted(fresh(16, [6, 2]).placed?.values() ?? [])).toEqual({ w00: 12, w01: 4 });
    const slots = fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), slots, (slices, sizes) => {
        const counts = counted(fresh(slices, sizes).placed?.values() ?? []);
        const total = sizes.reduce((sum, one) => sum + one, 0);
        sizes.forEach((size, i) => {
          const wanted = (slices * size) / total;
          // Divisor methods keep to lower quota; whoever is large may get more than one extra.
          expect(counts[node(i)] ?? 0).toBeGreaterThan(wanted - 1 - 1e-9);
        });
        expect(Object.values(counts).reduce((sum, one) => sum + one, 0)).toBe(slices);
      }),
    );
  });

  it('keeps a returning slice beside its neighbours, where the node may take it', () => {
    const holderOf = (slice: number) => (slice === 3 ? undefined : slice < 8 ? node(0) : node(1));
    const rooms = [
      { node: node(0), slots: 4, held: 7, room: 9 },
      { node: node(1), slots: 4, held: 8, room: 9 },
    ];
    expect(placeSlices([3], 16, rooms, holderOf)).toEqual(new Map([[3, node(0)]]));
  });

  it('spreads the slices of a dead node over the others', () => {
    const holderOf = (slice: number) => (slice < 4 ? undefined : slice < 8 ? node(1) : node(2));
    const rooms = [
      { node: node(1), slots: 2, held: 4, room: roomy },
      { node: node(2), slots: 2, held: 4, room: roomy },
    ];
    const placed = placeSlices([0, 1, 2, 3], 12, rooms, holderOf);
    expect(counted(placed?.values() ?? [])).toEqual({ w01: 2, w02: 2 });
  });

  it('asks nobody for a slice where nobody has memory', () => {
    expect(fresh(4, [8, 8], 1).placed).toBeNull();
    expect(fresh(4, [8, 8], 2).placed?.size).toBe(4);
    expect(placeSlices([0], 1, [], () => undefined)).toBeNull();
    expect(placeSlices([], 1, [], () => node(0))).toEqual(new Map());
  });
});

describe('fair shares', () => {
  it('never exceed what memory takes, and add up to all slices where they can', () => {
    fc.assert(
      fc.property(scene, ({ slices, rooms }) => {
        const shares = fairShares(slices, rooms);
        const most = rooms.reduce((sum, { held, room }) => sum + held + room, 0);
        for (const { node: name, held, room } of rooms) {
          expect(shares.get(name)).toBeLessThanOrEqual(held + room);
        }
        const sum = [...shares.values()].reduce((all, one) => all + one, 0);
        expect(sum).toBe(Math.min(slices, most));
      }),
    );
  });
});

describe('moves', () => {
  /** All slices are held; nobody is asked to take more than its memory. */
  const settled = scene.map(({ slices, holderOf, rooms }) => {
    const nodes = rooms.map(({ slots, room }) => ({ slots, room }));
    const all = holderOf.map((holder, i) => holder ?? node(i % rooms.length));
    return { slices, holderOf: all, nodes };
  });

  it('take only from whoever holds too much, and no more than others lack', () => {
    fc.assert(
      fc.property(settled, ({ slices, holderOf, nodes }) => {
        const rooms = roomsOf(nodes, holderOf);
        const shares = fairShares(slices, rooms);
        const moves = movesToBalance(holderOf, rooms);
        const lost = counted(moves.map(({ from }) => from));
        for (const { node: name, held } of rooms) {
          const over = Math.max(0, held - (shares.get(name) ?? 0));
          expect(lost[name] ?? 0).toBeLessThanOrEqual(over);
        }
        for (const { slice, from } of moves) expect(holderOf[slice]).toBe(from);
        expect(new Set(moves.map(({ slice }) => slice)).size).toBe(moves.length);
      }),
    );
  });

  it('come to an end: after one set of moves there is nothing left to even', () => {
    fc.assert(
      fc.property(settled, ({ slices, holderOf, nodes }) => {
        const before = roomsOf(nodes, holderOf);
        const moves = movesToBalance(holderOf, before);
        const now: (string | undefined)[] = [...holderOf];
        for (const { slice } of moves) now[slice] = undefined;
        const total = before.map(({ held, room }) => held + room);
        const left = nodes.map(({ slots }, i) => {
          const held = now.filter((holder) => holder === node(i)).length;
          return { slots, room: total[i]! - held };
        });
        const placed = placeSlices(freeOf(now), slices, roomsOf(left, now), (i) => now[i]);
        for (const [slice, holder] of placed ?? []) now[slice] = holder;
        const after = roomsOf(
          nodes.map(({ slots }, i) => ({
            slots,
            room: total[i]! - now.filter((holder) => holder === node(i)).length,
          })),
          now,
        );
        expect(movesToBalance(now as string[], after)).toEqual([]);
      }),
    );
  });

  it('are none while the load is even, or nobody else is there', () => {
    const two = ['w00', 'w00', 'w01', 'w01'];
    expect(movesToBalance(two, roomsOf([1, 1].map(size), two))).toEqual([]);
    expect(movesToBalance(two, roomsOf([1, 2].map(size), two))).toHaveLength(1);
    const one = ['w00', 'w00', 'w00'];
    expect(movesToBalance(one, roomsOf([size(1)], one))).toEqual([]);
  });

  it('take the end of a run when a node joins', () => {
    const all = Array.from({ length: 16 }, () => 'w00');
    const moves = movesToBalance(all, roomsOf([4, 4].map(size), all));
    expect(moves.map(({ slice }) => slice)).toEqual([15, 14, 13, 12, 11, 10, 9, 8]);
  });
});

function size(slots: number): { slots: number; room: number } {
  return { slots, room: roomy };
}
