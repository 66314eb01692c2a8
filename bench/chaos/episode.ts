/**
 * One episode: hurt the cluster, heal it, and see how soon it is itself again.
 *
 * Times are of this process's monotonic clock. An episode says nothing of whether results are
 * right; that is checked of every job when it ends.
 */

import { wait } from './waits.ts';
import type { Scene, Wound } from './wounds.ts';
import { wounds } from './wounds.ts';

export interface Outcome {
  readonly what: readonly string[];
  readonly regainedMs: number[];
  takeoverMs: number | null;
  resumeMs: number | null;
}

/** How long after the end of a fault its effects are still looked for. */
export const watchedMs = 60_000;

interface Inflicted {
  readonly wound: Wound;
  readonly healed: Promise<void>;
}

async function strike(scene: Scene, kind: string, outcome: Outcome): Promise<Inflicted | null> {
  const { witness } = scene;
  const { term } = witness.leader;
  const signalMs = performance.now();
  const wound = (await wounds[kind]?.inflict(scene)) ?? null;
  if (wound === null) return null;
  for (const victim of wound.victims) {
    witness.follow(victim, signalMs, (ms) => outcome.regainedMs.push(ms));
  }
  if (wound.leaderHit === true) {
    const limit = AbortSignal.timeout(wound.lastsMs + watchedMs);
    void witness.led(term, limit).then((leader) => {
      if (leader !== null) outcome.takeoverMs = performance.now() - signalMs;
    });
  }
  return { wound, healed: wait(wound.lastsMs).then(() => wound.heal()) };
}

/** @param begun told what is done as soon as it is done @returns null where none of it could be */
export async function playEpisode(
  scene: Scene,
  kinds: readonly string[],
  begun: (what: string) => void,
): Promise<Outcome | null> {
  const { witness } = scene;
  const outcome: Outcome = { what: [], regainedMs: [], takeoverMs: null, resumeMs: null };
  const inflicted: Inflicted[] = [];
  for (const kind of kinds) {
    const one = await strike(scene, kind, outcome);
    if (one === null) continue;
    inflicted.push(one);
    (outcome.what as string[]).push(one.wound.what);
    begun(`${kind}: ${one.wound.what}`);
  }
  if (inflicted.length === 0) return null;
  await Promise.all(inflicted.map(({ healed }) => healed));
  const healedMs = performance.now();
  void witness.progress(AbortSignal.timeout(watchedMs)).then(() => {
    const tookMs = performance.now() - healedMs;
    if (tookMs < watchedMs) outcome.resumeMs = tookMs;
  });
  return outcome;
}
