/**
 * Trouble from a seed: what goes wrong in a run, to whom, and when.
 *
 * Every trouble ends, but for a worker or two that stay away; then the job has to be finished.
 */
import type { Fate, Faults } from '../../runtime/memory/memory-network.ts';
import type { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { observerName, processNames, type SimCluster } from './sim-cluster.ts';

export interface Trouble {
  readonly what: 'kill' | 'leave' | 'freeze' | 'cut' | 'broker';
  readonly who: string;
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
const modes: readonly {
  readonly kinds: readonly Trouble['what'][];
  readonly among: readonly string[];
  readonly lossy?: boolean;
}[] = [
  { kinds: ['kill', 'freeze'], among: processNames },
  { kinds: ['cut', 'kill'], among: processNames },
  { kinds: ['kill', 'freeze', 'cut', 'broker'], among: processNames, lossy: true },
  { kinds: [], among: [], lossy: true },
  { kinds: ['kill', 'leave'], among: processNames },
  { kinds: ['kill', 'leave', 'freeze', 'cut'], among: ['c1', 'c2'] },
  { kinds: ['kill', 'freeze', 'cut'], among: ['w1', 'w2', 'w3'] },
  { kinds: ['freeze', 'broker'], among: ['c1', 'c2', 'a1'], lossy: true },
];

export function planTroubles(seed: number, random: SeededRandom): Plan {
  const { kinds, among, lossy: bad } = modes[seed % modes.length] as (typeof modes)[0];
  const lossy = bad === true ? 0.01 + 0.09 * random.next() : 0;
  const count = kinds.length === 0 ? 0 : 1 + Math.floor(random.next() * 5);
  const free = new Map<string, number>();
  const troubles: Trouble[] = [];
  for (let i = 0; i < count; i++) {
    const what = pick(kinds, random);
    // One trouble at a time for each process.
    const who = what === 'broker' ? 'broker' : pick(among, random);
    const atMs = Math.max(free.get(who) ?? 0, Math.floor(random.next() * 6_000));
    // Two of the workers may stay away; the rest is needed in the end.
    const mayStay = what === 'kill' && (who === 'w2' || who === 'w3');
    const forGood = mayStay && random.next() < 0.4;
    if (atMs === Number.POSITIVE_INFINITY) continue;
    const forMs = 100 + Math.floor(random.next() * 5_000);
    // Half a second more, in which clients of a broker that is back find it again.
    free.set(who, forGood ? Number.POSITIVE_INFINITY : atMs + forMs + 500);
    troubles.push({ what, who, atMs, forMs, forGood });
  }
  // Without latency hardly anything is ever under way; with it, troubles come in the midst of things.
  return { troubles, lossy, latencyMs: random.next() < 0.5 ? 0 : Math.floor(random.next() * 40) };
}

function pick<T>(from: readonly T[], random: SeededRandom): T {
  return from[Math.floor(random.next() * from.length)] as T;
}

/** Sets the troubles going. @returns when the last of them is over, in milliseconds from now */
export function unleash(cluster: SimCluster, plan: Plan): number {
  const disturbed = plan.lossy > 0 || plan.latencyMs > 0;
  if (disturbed) cluster.broker.faults = lossy(cluster.random, plan);
  let overMs = disturbed ? 8_000 : 0;
  for (const trouble of plan.troubles) {
    cluster.clock.after(trouble.atMs, () => begin(cluster, trouble));
    cluster.clock.after(trouble.atMs + trouble.forMs, () => end(cluster, trouble));
    overMs = Math.max(overMs, trouble.atMs + trouble.forMs);
  }
  cluster.clock.after(overMs, () => {
    cluster.broker.faults = null;
  });
  return overMs;
}

function begin(cluster: SimCluster, { what, who }: Trouble): void {
  const { broker } = cluster;
  cluster.tell(`${what} ${who}`);
  if (what === 'kill') broker.kill(who);
  else if (what === 'leave') cluster.sayGoodbye(who);
  else if (what === 'freeze') broker.freeze(who);
  else if (what === 'cut') broker.disconnect(who);
  else broker.stop();
}

function end(cluster: SimCluster, trouble: Trouble): void {
  const { broker } = cluster;
  if (trouble.forGood) return;
  const { what, who } = trouble;
  cluster.tell(`end of ${what} ${who}`);
  if (what === 'leave') broker.kill(who);
  if (what === 'kill' || what === 'leave') cluster.start(who);
  else if (what === 'freeze') broker.thaw(who);
  else if (what === 'cut') broker.reconnect(who);
  else broker.start();
}

/** A network that loses, delays and doubles; the observer has a line of its own. */
function lossy(random: SeededRandom, { lossy: share, latencyMs }: Plan): Faults {
  return ({ from, to }): Fate => {
    if (from === observerName || to === observerName) return 'deliver';
    if (random.next() >= share) return { delayMs: Math.floor(random.next() * latencyMs) };
    const luck = random.next();
    if (luck < 0.4) return 'drop';
    if (luck < 0.6) return { copies: 2 };
    return { delayMs: Math.floor(random.next() * 900) };
  };
}

/** Nodes that a trouble has hit. */
export function hitBy(plan: Plan): ReadonlySet<string> {
  return new Set(plan.troubles.map(({ who }) => who));
}
