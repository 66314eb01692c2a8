/**
 * Who holds which slices: a pure rule over what nodes have and what they hold already.
 *
 * Slices go to nodes in runs, in proportion to their slots, so that a node's contributions sum to
 * few shares; what is held already stays where it is. Placement decides where work is done and
 * never a number: any placement gives the same model.
 */

export interface HolderRoom {
  readonly node: string;
  /** Computing threads: the node's share of the slices is in proportion. */
  readonly slots: number;
  /** Slices of the job that it holds or is offered. */
  readonly held: number;
  /** Further slices that its memory takes. */
  readonly room: number;
}

/** How many slices each node should hold in the end, in proportion to slots, memory permitting. */
export function fairShares(slices: number, rooms: readonly HolderRoom[]): Map<string, number> {
  const shares = new Map(rooms.map(({ node }) => [node, 0]));
  const byName = [...rooms].sort((a, b) => (a.node < b.node ? -1 : 1));
  // One slice at a time to whoever is furthest below its share: exact, and slices are few.
  const queue = byName.map((room) => ({ room, share: 0 }));
  for (let i = 0; i < slices; i++) {
    let best: (typeof queue)[number] | null = null;
    for (const entry of queue) {
      if (entry.share >= entry.room.held + entry.room.room) continue;
      const load = (entry.share + 1) / entry.room.slots;
      if (best === null || load < (best.share + 1) / best.room.slots) best = entry;
    }
    if (best === null) break;
    best.share += 1;
    shares.set(best.room.node, best.share);
  }
  return shares;
}

/**
 * Places slices that nobody holds.
 * @param free indexes of those slices, ascending
 * @param slices number of slices of the job
 * @param holderOf node that holds a slice, undefined where nobody does
 * @returns node by slice; null where the memory of all nodes together does not take them
 */
export function placeSlices(
  free: readonly number[],
  slices: number,
  rooms: readonly HolderRoom[],
  holderOf: (slice: number) => string | undefined,
): Map<number, string> | null {
  const left = new Map(rooms.map(({ node, room }) => [node, room]));
  if ([...left.values()].reduce((sum, room) => sum + room, 0) < free.length) return null;
  const wanted = fairShares(slices, rooms);
  for (const { node, held } of rooms) wanted.set(node, (wanted.get(node) ?? 0) - held);
  const placed = new Map<number, string>();
  const take = (slice: number, node: string) => {
    placed.set(slice, node);
    wanted.set(node, (wanted.get(node) ?? 0) - 1);
    left.set(node, (left.get(node) ?? 0) - 1);
  };
  const may = (node: string | undefined) =>
    node !== undefined && (wanted.get(node) ?? 0) > 0 && (left.get(node) ?? 0) > 0;
  for (const slice of free) {
    const before = placed.get(slice - 1) ?? holderOf(slice - 1);
    const after = holderOf(slice + 1);
    if (before !== undefined && may(before)) take(slice, before);
    else if (after !== undefined && may(after)) take(slice, after);
    else {
      const [node] = [...left]
        .filter(([, room]) => room > 0)
        .map(([name]) => name)
        .sort((a, b) => (wanted.get(b) ?? 0) - (wanted.get(a) ?? 0) || (a < b ? -1 : 1));
      if (node !== undefined) take(slice, node);
    }
  }
  return placed;
}

export interface Move {
  readonly slice: number;
  readonly from: string;
}

/**
 * Slices to take from nodes that hold more than their share, while others hold less: only what
 * evens the load, from the end of a node's run.
 * @param holderOf node of every slice, in index order
 */
export function movesToBalance(
  holderOf: readonly string[],
  rooms: readonly HolderRoom[],
): readonly Move[] {
  const shares = fairShares(holderOf.length, rooms);
  const excess = new Map<string, number>();
  let missing = 0;
  for (const { node, held } of rooms) {
    const over = held - (shares.get(node) ?? 0);
    if (over > 0) excess.set(node, over);
    else missing -= over;
  }
  const moves: Move[] = [];
  for (let slice = holderOf.length - 1; slice >= 0 && missing > 0; slice--) {
    const from = holderOf[slice] as string;
    const over = excess.get(from) ?? 0;
    if (over <= 0) continue;
    excess.set(from, over - 1);
    missing -= 1;
    moves.push({ slice, from });
  }
  return moves;
}
