/**
 * The failure detector: what to think of a node, from the times of its heartbeats alone.
 *
 * Pure: time comes as a number, verdicts go out as data. It may be wrong, safely, because every
 * commit is fenced; it is never wrong for ever, because a node that speaks again is alive again.
 * It doubts itself first: while the observer's own link is unproven nobody is judged, and when
 * most nodes fall silent together judgement is put off, by twice the dead time at most.
 */
import { limits } from '../schemas/limits.ts';

export type Verdict = 'alive' | 'suspect' | 'dead';

/** What the detector remembers of one node. */
export interface Pulse {
  /** Monotonic milliseconds of the last sign of life. */
  lastMs: number;
  /** When the node was last asked directly; 0 for never since its last beat. */
  askedMs: number;
  /** The broker said that nobody listens under the node's name: its process is gone. */
  gone: boolean;
  /** Times that it spoke again after it had been taken for dead, less one for each calm minute. */
  wrongs: number;
  /** When it last did. */
  wrongMs: number;
}

export function freshPulse(nowMs: number): Pulse {
  return { lastMs: nowMs, askedMs: 0, gone: false, wrongs: 0, wrongMs: 0 };
}

/** Any message from the node counts as a sign of life. */
export function beat(pulse: Pulse, nowMs: number): void {
  pulse.lastMs = nowMs;
  pulse.askedMs = 0;
  pulse.gone = false;
}

/**
 * The node was taken for dead, and speaks again. Its link may be too slow for its beats to pass what
 * it sends, and would be so the next time: each time it is given twice as long, for a while.
 */
export function wronged(pulse: Pulse, nowMs: number): void {
  pulse.wrongs = Math.min(limits.wrongsMax, standing(pulse, nowMs) + 1);
  pulse.wrongMs = nowMs;
}

/** Wrong verdicts that are not yet forgotten. */
function standing({ wrongs, wrongMs }: Pulse, nowMs: number): number {
  return Math.max(0, wrongs - Math.floor((nowMs - wrongMs) / limits.wrongForgottenMs));
}

/** Silence after which the node counts as dead, where the crowd is not silent. */
export function patienceMs(pulse: Pulse, nowMs: number): number {
  return limits.deadMs * 2 ** standing(pulse, nowMs);
}

/** Silence that counts against a node: what fell into a gap of the observer's own link does not. */
function silence(pulse: Pulse, observer: Observer, nowMs: number): number {
  return nowMs - Math.max(pulse.lastMs, observer.linkUpSinceMs);
}

/** Whether the node should be asked now: after one missed beat, and again until it is judged. */
export function shouldAsk(pulse: Pulse, observer: Observer, nowMs: number): boolean {
  if (silence(pulse, observer, nowMs) < limits.askAfterMs) return false;
  return pulse.askedMs === 0 || nowMs - pulse.askedMs >= limits.askTimeoutMs;
}

/** The observer's view of itself and of the crowd. */
export interface Observer {
  /** When the observer last proved its own link, by the echo of its own heartbeat. */
  readonly linkProvenMs: number;
  /** Since when the link has been proven without a gap. */
  readonly linkUpSinceMs: number;
  /** Since when more than half of at least three nodes have been silent; null when they are not. */
  readonly crowdSilentSinceMs: number | null;
}

/** What to think of a node now. */
export function verdict(pulse: Pulse, observer: Observer, nowMs: number): Verdict {
  const silentMs = silence(pulse, observer, nowMs);
  if (silentMs < limits.askAfterMs) return 'alive';
  // A blind observer judges nobody: its own echo must be fresher than the silence it accuses.
  if (nowMs - observer.linkProvenMs > limits.askAfterMs) return 'suspect';
  if (pulse.gone) return 'dead';
  if (silentMs < patienceMs(pulse, nowMs)) return 'suspect';
  const delayed =
    observer.crowdSilentSinceMs !== null && nowMs - observer.crowdSilentSinceMs < 2 * limits.deadMs;
  return delayed ? 'suspect' : 'dead';
}

/** Whether most of the nodes are silent at this moment; few nodes are no crowd. */
export function crowdSilent(pulses: Iterable<Pulse>, nowMs: number): boolean {
  let all = 0;
  let silent = 0;
  for (const pulse of pulses) {
    all += 1;
    if (nowMs - pulse.lastMs >= limits.askAfterMs && !pulse.gone) silent += 1;
  }
  return all >= 3 && silent * 2 > all;
}
