/**
 * Trouble from a seed: what goes wrong in a run, to whom, and when.
 *
 * Every trouble ends, but for a worker or two that stay away, for a clock that stays wrong and for
 * bytes that stay damaged; then the job has to be finished. Decides only; `nemesis.ts` acts.
 */
import type { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { processNames } from './sim-cluster.ts';

/** What goes wrong with a process: it dies, leaves, stops, is cut off, hears or speaks to nobody. */
const processKinds = ['kill', 'leave', 'freeze', 'cut', 'flap', 'mute', 'deaf', 'slow'] as const;
/** What goes wrong on the network, between groups or for everybody. */
const networkKinds = ['split', 'burst', 'stray', 'doubles', 'lost-answers', 'lost-acks'] as const;
/** What goes wrong with the broker, or with everything. */
const brokerKinds = ['broker', 'full', 'wall', 'blackout'] as const;
/** What goes wrong with the bytes that are stored: some jobs cannot end well then. */
const storeKinds = ['rot', 'lose'] as const;

export type TroubleKind =
  | (typeof processKinds)[number]
  | (typeof networkKinds)[number]
  | (typeof brokerKinds)[number]
  | (typeof storeKinds)[number];

export interface Trouble {
  readonly what: TroubleKind;
  /** Names of those whom it concerns. */
  readonly who: readonly string[];
  readonly atMs: number;
  readonly forMs: number;
  /** A killed process that nobody starts again. */
  readonly forGood: boolean;
}

export interface Plan {
  readonly troubles: readonly Trouble[];
  /** Share of hops that are lost, delayed or doubled. */
  readonly lossy: number;
  /** How long a hop takes at most, for as long as there are troubles. */
  readonly latencyMs: number;
}

/** What may go wrong, and to whom; seeds take them by turns. */
export const modes: readonly {
  readonly kinds: readonly TroubleKind[];
  readonly among: readonly string[];
  readonly lossy?: boolean;
  readonly swizzle?: boolean;
}[] = [
  { kinds: ['kill', 'freeze'], among: processNames },
  { kinds: ['cut', 'kill'], among: processNames },
  { kinds: ['kill', 'freeze', 'cut', 'broker'], among: processNames, lossy: true },
  { kinds: [], among: [], lossy: true },
  { kinds: ['kill', 'leave'], among: processNames },
  { kinds: ['kill', 'leave', 'freeze', 'cut'], among: ['c1', 'c2'] },
  { kinds: ['kill', 'freeze', 'cut'], among: ['w1', 'w2', 'w3'] },
  { kinds: ['freeze', 'broker'], among: ['c1', 'c2', 'a1'], lossy: true },
  { kinds: ['mute', 'deaf', 'split'], among: processNames },
  { kinds: ['mute', 'deaf', 'kill', 'freeze'], among: processNames },
  { kinds: ['burst', 'stray', 'doubles'], among: processNames },
  { kinds: ['stray', 'doubles', 'kill', 'freeze', 'cut'], among: processNames },
  { kinds: ['lost-answers', 'lost-acks', 'kill', 'freeze'], among: processNames },
  { kinds: ['slow', 'wall'], among: processNames },
  { kinds: ['wall', 'freeze', 'broker', 'kill'], among: processNames },
  { kinds: ['full', 'kill', 'broker'], among: processNames },
  { kinds: ['rot', 'lose'], among: processNames },
  { kinds: ['blackout', 'kill'], among: processNames },
  { kinds: ['cut'], among: processNames, swizzle: true },
  { kinds: ['flap', 'split', 'burst'], among: processNames },
  {
    kinds: [...processKinds, ...networkKinds, ...brokerKinds],
    among: processNames,
    lossy: true,
  },
];

const overall = new Set<string>([...networkKinds, ...brokerKinds, ...storeKinds]);
const alone = new Set<string>(['blackout', 'rot', 'lose']);

export function planTroubles(seed: number, random: SeededRandom): Plan {
  const mode = modes[seed % modes.length] as (typeof modes)[0];
  const lossy = mode.lossy === true ? 0.01 + 0.09 * random.next() : 0;
  const troubles = mode.swizzle === true ? swizzle(random) : someOf(mode, random);
  // Without latency hardly anything is ever under way; with it, troubles come in the midst of things.
  return { troubles, lossy, latencyMs: random.next() < 0.5 ? 0 : Math.floor(random.next() * 40) };
}

function someOf({ kinds, among }: (typeof modes)[0], random: SeededRandom): Trouble[] {
  const count =
    kinds.length === 0 ? 0 : 1 + Math.floor(random.next() * Math.min(8, 4 + kinds.length / 2));
  const free = new Map<string, number>();
  const troubles: Trouble[] = [];
  for (let i = 0; i < count; i += 1) {
    const what = pick(kinds, random);
    // One trouble at a time for each process, and for each thing that concerns all.
    const key = overall.has(what) ? what : pick(among, random);
    const who = concerned(what, key, random);
    const atMs = Math.max(free.get(key) ?? 0, Math.floor(random.next() * 6_000));
    // Two of the workers may stay away; the rest is needed in the end.
    const mayStay = what === 'kill' && (key === 'w2' || key === 'w3');
    const forGood = mayStay && random.next() < 0.4;
    if (atMs === Number.POSITIVE_INFINITY || (alone.has(what) && free.has(what))) continue;
    const forMs = 100 + Math.floor(random.next() * 5_000);
    // Half a second more, in which clients of a broker that is back find it again.
    free.set(key, forGood ? Number.POSITIVE_INFINITY : atMs + forMs + 500);
    troubles.push({ what, who, atMs, forMs, forGood });
  }
  return withoutOverlap(troubles);
}

/** Who is hit by something that has no single victim. */
function concerned(what: TroubleKind, key: string, random: SeededRandom): readonly string[] {
  if (what === 'blackout') return [...processNames, 'broker'];
  if (what === 'wall') return [pick([...processNames, 'broker'], random)];
  if (what === 'split') {
    const group = processNames.filter(() => random.next() < 0.5);
    return group.length === 0 ? [processNames[0]] : group;
  }
  return overall.has(what) ? ['broker'] : [key];
}

/** While everything is dark nothing else can happen to anybody. */
function withoutOverlap(troubles: readonly Trouble[]): Trouble[] {
  const dark = troubles.find(({ what }) => what === 'blackout');
  if (dark === undefined) return [...troubles];
  const until = dark.atMs + dark.forMs + 600;
  return troubles.filter((trouble) => {
    const { what, atMs, forMs, forGood } = trouble;
    const before = atMs + forMs + 600 < dark.atMs && !forGood;
    return trouble === dark || what === 'wall' || before || atMs > until;
  });
}

/** Cuts some off one after the other, and lets them back in another order. */
function swizzle(random: SeededRandom): Trouble[] {
  const who = processNames.filter(() => random.next() < 0.7);
  let cutMs = Math.floor(random.next() * 3_000);
  const cuts = who.map((name) => {
    cutMs += Math.floor(random.next() * 800);
    return { name, atMs: cutMs };
  });
  let healMs = cutMs + 200;
  const order = [...cuts].sort(() => random.next() - 0.5);
  return order.map(({ name, atMs }) => {
    healMs += Math.floor(random.next() * 800);
    return { what: 'cut', who: [name], atMs, forMs: healMs - atMs, forGood: false };
  });
}

export function pick<T>(from: readonly T[], random: SeededRandom): T {
  return from[Math.floor(random.next() * from.length)] as T;
}

/** Nodes that a trouble has hit, `broker` for what concerns all. */
export function hitBy(plan: Plan): ReadonlySet<string> {
  return new Set(
    plan.troubles.flatMap(({ what, who }) => (overall.has(what) ? ['broker', ...who] : who)),
  );
}
