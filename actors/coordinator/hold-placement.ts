/**
 * Who holds which slices: a pure rule over what nodes have and what they hold already.
 *
 * Slices go to nodes in runs, in proportion to the speed that was measured, else to their slots, so
 * that all are done at about the same time and a node's contributions sum to few shares; what is
 * held already stays where it is until that costs too much. Placement decides where work is done and
 * never a number: any placement gives the same model.
 */

export interface HolderRoom {
  readonly node: string;
  /** Computing threads. */
  readonly slots: number;
  /** Slices that it does in a unit of time: its share is in proportion. As its slots where unknown. */
  readonly speed?: number;
  /** Slices of the job that it holds or is offered. */
  readonly held: number;
  /** Further slices that its memory takes. */
  readonly room: number;
}

function speedOf({ speed, slots }: HolderRoom): number {
  return speed ?? slots;
}

/** How many slices each node should hold in the end, in proportion to speed, memory permitting. */
export function fairShares(slices: number, rooms: readonly HolderRoom[]): Map<string, number> {
  const shares = new Map(rooms.map(({ node }) => [node, 0]));
  const byName = [...rooms].sort((a, b) => (a.node < b.node ? -1 : 1));
  // One slice at a time to whoever is furthest below its share: exact, and slices are few.
  const queue = byName.map((room) => ({ room, share: 0 }));
  for (let i = 0; i < slices; i++) {
    let best: (typeof queue)[number] | null = null;
    for (const entry of queue) {
      if (entry.share >= entry.room.held + entry.room.room) continue;
      const load = (entry.share + 1) / speedOf(entry.room);
      if (best === null || load < (best.share + 1) / speedOf(best.room)) best = entry;
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
  const take = (slice: number) => {
    missing -= 1;
    moves.push({ slice, from: holderOf[slice] as string });
  };
  // Whoever has no place in the job any more gives first.
  for (let slice = holderOf.length - 1; slice >= 0 && missing > 0; slice--) {
    if (!shares.has(holderOf[slice] as string)) take(slice);
  }
  for (let slice = holderOf.length - 1; slice >= 0 && missing > 0; slice--) {
    const from = holderOf[slice] as string;
    const over = excess.get(from) ?? 0;
    if (over <= 0) continue;
    excess.set(from, over - 1);
    take(slice);
  }
  return moves;
}

/** A better balance is worth its moves from this much less time a round. */
const worthPart = 0.1;
/** Rounds that take less than this, in milliseconds, are left as they are. */
const worthMs = 25;

/**
 * Why evening the load pays: somebody is to give all, or to get his first slices (`holders`), or
 * rounds become noticeably shorter (`speed`); null where it does not. What was measured is never
 * twice the same, and moves cost time.
 */
export function reasonToMove(
  holderOf: readonly string[],
  rooms: readonly HolderRoom[],
): 'holders' | 'speed' | null {
  const shares = fairShares(holderOf.length, rooms);
  if (holderOf.some((node) => !shares.has(node))) return 'holders';
  if (rooms.some(({ node, held }) => held === 0 && (shares.get(node) ?? 0) > 0)) return 'holders';
  if (rooms.some(({ speed }) => speed === undefined)) return 'holders';
  const roundMs = (slicesOf: (room: HolderRoom) => number) =>
    Math.max(...rooms.map((room) => slicesOf(room) / speedOf(room)));
  const now = roundMs(({ held }) => held);
  const then = roundMs(({ node }) => shares.get(node) ?? 0);
  return now >= worthMs && then <= now * (1 - worthPart) ? 'speed' : null;
}
