/**
 * The nodes that the coordinator knows of: membership, load and the detector's verdicts.
 *
 * Nodes make themselves known by heartbeats. A node's identity is its name and a boot nonce: a
 * beat under a new nonce means that the process behind the old one is gone, whatever its claims.
 */
import {
  beat,
  freshPulse,
  type Pulse,
  type Verdict,
  wronged,
} from '../../runtime/failure-detector.ts';
import type { Heartbeat } from '../../schemas/wire.ts';
import { nothingUnheeded, type OfferKind, type Unheeded } from './deafness.ts';

/** Boots of a node that are remembered as over. */
const formerMax = 8;

export interface NodeEntry {
  readonly id: string;
  nonce: string;
  /** Nonces of processes that others have replaced, the last few. */
  former: readonly string[];
  heartbeat: Heartbeat;
  readonly pulse: Pulse;
  verdict: Verdict | 'left';
  /** Messages heard from the node. */
  messages: number;
  /** Tasks that our tables show as claimed by it. */
  claims: number;
  /** Offers made to it that have led to nothing yet. */
  offered: number;
  /** Commits of tasks seen in the last second or so, smoothed. */
  ratePerS: number;
  doneAtRate: number;
  rateAtMs: number;
  /** Lost since its last sign of life: its claims have been dealt with. */
  settled: boolean;
  /** When it died or restarted, and when tasks erred on it that succeeded elsewhere; the last ones. */
  deaths: number[];
  faults: number[];
  /** When tasks last erred on it, whatever came of them. */
  errors: number[];
  /** Gets no work while there are others; null while it is trusted. */
  quarantine: Quarantine | null;
  /** Until then slices and leads of rounds go to others first: one stood still on it. */
  shunnedUntilMs: number;
  /** Offers that it does not take up, nor says to have heard of. */
  readonly unheeded: Readonly<Record<OfferKind, Unheeded>>;
  /** Work that it names and that is over by the records: since when. */
  readonly over: Map<string, number>;
}

export interface Quarantine {
  readonly reason: string;
  readonly untilMs: number;
  /** Wall-clock time of its end. */
  readonly until: number;
}

export interface NodeTable {
  readonly nodes: Map<string, NodeEntry>;
}

export function newNodeTable(): NodeTable {
  return { nodes: new Map() };
}

export interface Heard {
  readonly node: NodeEntry;
  /** First beat ever, or of a new process under this name. */
  readonly joined: boolean;
  /** Nonce of the process that this one replaced. */
  readonly replaced: string | null;
  /** What was thought of the node until now; of a new one, what it says itself. */
  readonly before: Verdict | 'left';
  /** It was thought dead and speaks again. */
  readonly returned: boolean;
}

/** Takes in a heartbeat; the name comes from the subject. Late beats of a replaced process are dropped. */
export function hear(
  table: NodeTable,
  id: string,
  heartbeat: Heartbeat,
  nowMs: number,
): Heard | undefined {
  const known = table.nodes.get(id);
  if (known === undefined) {
    const node: NodeEntry = {
      id,
      nonce: heartbeat.nonce,
      heartbeat,
      pulse: freshPulse(nowMs),
      verdict: heartbeat.leaving ? 'left' : 'alive',
      messages: 1,
      claims: 0,
      offered: 0,
      ratePerS: 0,
      doneAtRate: heartbeat.tasksDone,
      rateAtMs: nowMs,
      settled: false,
      former: [],
      deaths: [],
      faults: [],
      errors: [],
      quarantine: null,
      shunnedUntilMs: 0,
      unheeded: nothingUnheeded(),
      over: new Map(),
    };
    table.nodes.set(id, node);
    return { node, joined: true, replaced: null, before: node.verdict, returned: false };
  }
  known.messages += 1;
  if (known.nonce !== heartbeat.nonce) {
    // Uptime tells the younger process: a beat of the old one may still be on its way.
    const older =
      heartbeat.uptimeMs > known.heartbeat.uptimeMs + (nowMs - known.pulse.lastMs) + 1_000;
    // And so does having been replaced before, unless nothing is heard of whoever took its place.
    const replacedOnce = known.former.includes(heartbeat.nonce);
    if ((older || replacedOnce) && known.verdict === 'alive') return undefined;
    const replaced = known.nonce;
    known.former = [...known.former, replaced].slice(-formerMax);
    const before = known.verdict;
    known.nonce = heartbeat.nonce;
    known.offered = 0;
    known.doneAtRate = heartbeat.tasksDone;
    known.rateAtMs = nowMs;
    note(known, heartbeat, nowMs);
    return { node: known, joined: true, replaced, before, returned: false };
  }
  if (heartbeat.seq < known.heartbeat.seq) return undefined;
  const before = known.verdict;
  if (before === 'dead') wronged(known.pulse, nowMs);
  note(known, heartbeat, nowMs);
  return { node: known, joined: false, replaced: null, before, returned: before === 'dead' };
}

function note(node: NodeEntry, heartbeat: Heartbeat, nowMs: number): void {
  node.heartbeat = heartbeat;
  node.verdict = heartbeat.leaving ? 'left' : 'alive';
  node.settled = false;
  beat(node.pulse, nowMs);
  const seconds = (nowMs - node.rateAtMs) / 1000;
  if (seconds >= 0.4) {
    const rate = Math.max(0, heartbeat.tasksDone - node.doneAtRate) / seconds;
    node.ratePerS = (node.ratePerS + rate) / 2;
    node.doneAtRate = heartbeat.tasksDone;
    node.rateAtMs = nowMs;
  }
}

/** Whether new work may go to the node. */
export function takesWork(node: NodeEntry, role: string): boolean {
  return node.verdict === 'alive' && node.heartbeat.role === role && !node.heartbeat.draining;
}

/** Slots that neither a claim nor an open offer fills. */
export function freeSlots(node: NodeEntry): number {
  return node.heartbeat.slots - node.claims - node.offered;
}

/**
 * How many offers may wait at the node beyond its slots, so that it never idles between a commit
 * and the next offer: about 50 ms of the work that it was seen to do, at least one round of slots.
 */
export function backlog(node: NodeEntry, max: number): number {
  return Math.min(max, Math.max(node.heartbeat.slots, Math.ceil(node.ratePerS * 0.05)));
}
