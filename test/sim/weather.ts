/**
 * What the network of a simulated cluster does to hops: several kinds of bad weather at a time.
 *
 * Each kind is a hook of its own that lasts for a while; a hop is lost if any of them loses it, and
 * delayed by all of them together. The observer has a line of its own.
 */
import { brokerName } from '../../runtime/memory/memory-client.ts';
import type { Fate, Faults, Hop } from '../../runtime/memory/memory-network.ts';
import type { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { observerName } from './sim-cluster.ts';

/** How long a kind lasts: pushed data is never lost, and comes when it has ended. */
export interface Lasting {
  readonly untilMs: number;
  readonly nowMs: () => number;
}

export class Weather {
  readonly #kinds = new Set<Faults>();

  add(kind: Faults): void {
    this.#kinds.add(kind);
  }

  remove(kind: Faults): void {
    this.#kinds.delete(kind);
  }

  clear(): void {
    this.#kinds.clear();
  }

  readonly fate: Faults = (hop): Fate => {
    if (hop.from === observerName || hop.to === observerName) return 'deliver';
    let [delayMs, copies, strayMs]: [number, number, number | undefined] = [0, 1, undefined];
    for (const kind of this.#kinds) {
      const fate = kind(hop);
      if (fate === 'drop') return 'drop';
      if (fate === 'deliver') continue;
      delayMs += fate.delayMs ?? 0;
      copies *= fate.copies ?? 1;
      strayMs = fate.strayMs ?? strayMs;
    }
    return { delayMs, copies, ...(strayMs === undefined ? {} : { strayMs }) };
  };
}

/** Loses, delays and doubles a share of all hops. */
export function lossy(random: SeededRandom, share: number, latencyMs: number): Faults {
  return () => {
    if (random.next() >= share) return { delayMs: Math.floor(random.next() * latencyMs) };
    const luck = random.next();
    if (luck < 0.4) return 'drop';
    if (luck < 0.6) return { copies: 2 };
    return { delayMs: Math.floor(random.next() * 900) };
  };
}

function lost(hop: Hop, { untilMs, nowMs }: Lasting): Fate {
  return hop.kind === 'push' ? { delayMs: Math.max(0, untilMs - nowMs()) } : 'drop';
}

/** Nothing that they send arrives. */
export function mute(who: readonly string[], lasting: Lasting): Faults {
  return (hop) => (who.includes(hop.from) ? lost(hop, lasting) : 'deliver');
}

/** Nothing reaches them. */
export function deaf(who: readonly string[], lasting: Lasting): Faults {
  return (hop) => (who.includes(hop.to) ? lost(hop, lasting) : 'deliver');
}

/** They reach each other, as on a server that has lost the others, and nobody else; no stream either. */
export function split(group: readonly string[], lasting: Lasting): Faults {
  return (hop) => {
    const apart = group.includes(hop.from) !== group.includes(hop.to);
    return apart ? lost(hop, lasting) : 'deliver';
  };
}

/** Everything takes up to so long. */
export function burst(random: SeededRandom, mostMs: number): Faults {
  return () => ({ delayMs: Math.floor(random.next() * mostMs) });
}

/** Some messages arrive long after what was sent later. */
export function stray(random: SeededRandom): Faults {
  return (hop) => {
    if (hop.kind !== 'message' || hop.from === brokerName || random.next() > 0.3) return 'deliver';
    const most = random.next() < 0.2 ? 20_000 : 2_000;
    return { delayMs: Math.floor(random.next() * most), strayMs: 300 };
  };
}

/** Every message arrives up to five times, in its turn or later. */
export function doubles(random: SeededRandom): Faults {
  return (hop) => {
    if (hop.kind !== 'message' || hop.from === brokerName) return 'deliver';
    const copies = 1 + Math.floor(random.next() * 5);
    return random.next() < 0.5 ? { copies } : { copies, strayMs: Math.floor(random.next() * 400) };
  };
}

/** What was asked of the broker is done, and whoever asked is not told. */
export function lostAnswers(random: SeededRandom): Faults {
  return (hop) => (hop.kind === 'answer' && random.next() < 0.3 ? 'drop' : 'deliver');
}

/** Submissions are handed out again, since nobody seems to have settled them. */
export function lostAcks(): Faults {
  return ({ kind, subject }) =>
    kind === 'call' && subject.startsWith('acknowledgement') ? 'drop' : 'deliver';
}
