/**
 * The decisions of a node that leads the rounds of one fit, from the first state to the last.
 *
 * Events in, effects out: no I/O and no clock. A round is opened and opened again until shares that
 * cover every slice are here; nothing is waited for that is not repeated, so a lost message costs
 * time alone. Contributions count for exactly one round and state; what comes late, early, twice or
 * from a claim that was given away changes nothing.
 */
import { limits } from '../../schemas/limits.ts';
import type { LeadEffect, LeadEvent, LeadPlace, OpenState } from './lead-events.ts';
import { Holders } from './lead-holders.ts';
import { reportOf } from './lead-report.ts';
import type { RoundReady } from './messages.ts';
import { type ReduceGroup, ReducePlan } from './reduce-plan.ts';
import type { RoundMetrics } from './round-result.ts';
import { RoundStats } from './round-stats.ts';
import { type RoundShare, ShareTable } from './share-table.ts';

/** A holder that seems to have missed the opening is told again after this long. */
const reopenMs = 20;

type Phase = 'starting' | 'probing' | 'fetching' | 'open' | 'closing' | 'over';

export class RoundLead {
  readonly place: LeadPlace;
  readonly holders: Holders;
  readonly stats = new RoundStats();
  phase: Phase = 'starting';
  /** The state that opens the round under way. */
  state: OpenState | null = null;
  /** Of the round closed last. */
  metrics: RoundMetrics = {};
  table: ShareTable;
  openedMs = 0;
  /** Round of the state put by last. */
  checkpointed = 0;
  #closingMs = 0;
  readonly #attempts: number[];
  #probeByMs = Number.POSITIVE_INFINITY;
  #nextOpenMs = Number.POSITIVE_INFINITY;
  #nextCheckpointMs = Number.POSITIVE_INFINITY;
  #checkpointing = false;
  /** What may be fetched, the best first. */
  #candidates: OpenState[] = [];
  #recorded: OpenState | null = null;
  /** Pulls under way. */
  readonly #coming = new Map<string, RoundShare>();
  #reduce: ReducePlan | null = null;
  #told = 0;

  constructor(place: LeadPlace) {
    this.place = place;
    this.holders = new Holders(place.slices);
    this.#attempts = new Array(place.slices).fill(0);
    this.table = new ShareTable(place.slices, this.#attempts);
  }

  /** When a tick is due at the latest; null while nothing depends on time. */
  get dueMs(): number | null {
    if (this.phase === 'probing') return this.#probeByMs;
    return this.phase === 'open' ? this.#nextOpenMs : null;
  }

  /** Changes with all progress: what holders repeat, and what is opened again, is none. */
  get mark(): string {
    return `${this.phase} ${this.state?.round ?? 0} ${this.stats.bytes}`;
  }

  report(atMs: number) {
    return reportOf(this, atMs);
  }

  step(event: LeadEvent): LeadEffect[] {
    if (this.phase === 'over') return [];
    switch (event.type) {
      case 'recovered':
        return this.#recovered(event);
      case 'ready':
        return this.#ready(event.message, event.atMs);
      case 'state':
        return this.#gotState(event);
      case 'pulled':
        return this.#pulled(event);
      case 'reduced':
        return this.#reduced(event);
      case 'closed':
        return this.#closed(event);
      case 'checkpointed':
        this.#checkpointing = false;
        this.#nextCheckpointMs = event.atMs + limits.checkpointMs;
        if (event.round !== null) this.checkpointed = event.round;
        return [];
      case 'fenced':
        return this.#stop();
      case 'tick':
        return this.#tick(event.atMs);
    }
  }

  #recovered(event: Extract<LeadEvent, { type: 'recovered' }>): LeadEffect[] {
    this.#nextCheckpointMs = event.atMs + limits.checkpointMs;
    this.#recorded = event.record;
    this.checkpointed = event.record?.round ?? 0;
    if (event.first) return this.#fetchNext(event.atMs);
    this.phase = 'probing';
    this.#probeByMs = event.atMs + limits.probeMs;
    return [{ type: 'probe' }];
  }

  #ready(message: RoundReady, atMs: number): LeadEffect[] {
    const { attempt, round, state } = message;
    if (attempt > this.place.attempt) return this.#stop();
    this.holders.heard(message);
    if (this.phase === 'probing') {
      return this.holders.slices >= this.place.slices ? this.#choose(atMs) : [];
    }
    const open = this.state;
    if (open === null || (this.phase !== 'open' && this.phase !== 'closing')) return [];
    if (round === open.round && state === open.digest && attempt === this.place.attempt) {
      return this.phase === 'open' ? this.#offered(message, atMs) : [];
    }
    if (this.phase === 'open' && round > open.round && state !== '') {
      return this.#jump(message, atMs);
    }
    this.#nextOpenMs = Math.min(this.#nextOpenMs, atMs + reopenMs);
    const count = message.shares.length;
    return count > 0 ? [{ type: 'refused', reason: 'wrong-state', count }] : [];
  }

  /** A holder is further on than this leader knew: its state is what the rounds go on from. */
  #jump(message: RoundReady, atMs: number): LeadEffect[] {
    const { round, state: digest, stateSize: size } = message;
    this.#candidates = [{ round, digest, size, bytes: null, nodes: [message.node] }];
    this.#recorded = this.state;
    this.#coming.clear();
    return [{ type: 'abandon' }, ...this.#fetchNext(atMs)];
  }

  #choose(atMs: number): LeadEffect[] {
    const least = this.#recorded?.round ?? 0;
    this.#candidates = this.holders.states().filter((state) => state.round > least);
    return this.#fetchNext(atMs);
  }

  /** The best state that can be had: a holder's, the one put by, or the first of all. */
  #fetchNext(atMs: number): LeadEffect[] {
    this.phase = 'fetching';
    const next = this.#candidates.shift();
    if (next !== undefined) return [{ type: 'fetch', state: next }];
    const recorded = this.#recorded;
    this.#recorded = null;
    if (recorded === null) return [{ type: 'begin' }];
    if (recorded.bytes === null) return [{ type: 'load', state: recorded }];
    return this.#open(recorded, atMs);
  }

  #gotState(event: Extract<LeadEvent, { type: 'state' }>): LeadEffect[] {
    if (this.phase !== 'fetching') return [];
    if (event.state === null) return this.#fetchNext(event.atMs);
    return this.#open(event.state, event.atMs);
  }

  #open(state: OpenState, atMs: number): LeadEffect[] {
    this.phase = 'open';
    this.state = state;
    this.openedMs = atMs;
    this.table = new ShareTable(this.place.slices, this.#attempts);
    this.#coming.clear();
    this.#told = 0;
    this.#reduce = ReducePlan.for(this.place.slices, this.holders.count);
    this.#nextOpenMs = atMs + limits.heartbeatMs;
    return [{ type: 'open', state, sources: [] }];
  }

  #offered(message: RoundReady, atMs: number): LeadEffect[] {
    const effects: LeadEffect[] = [];
    const offered = this.table.offer(message.node, message.shares, atMs);
    for (const reason of offered.refused) effects.push({ type: 'refused', reason, count: 1 });
    for (const [first, second] of offered.differing) {
      effects.push({ type: 'alarm', first, second });
    }
    this.stats.bytes += offered.bytes;
    effects.push(...this.#spread(message.node), ...this.#collect(atMs));
    return effects;
  }

  /** Of many holders: tells who else has a large state, each time that twice as many have it. */
  #spread(node: string): LeadEffect[] {
    const state = this.state;
    if (state === null || !this.holders.has(node, state)) return [];
    const sources = this.holders.havers(state);
    const few = this.holders.count <= limits.reduceFanIn || sources.length >= this.holders.count;
    if (few || state.size <= limits.inlineRoundMax) return [];
    if (sources.length < Math.max(1, this.#told * 2)) return [];
    this.#told = sources.length;
    return [{ type: 'open', state, sources }];
  }

  #collect(atMs: number): LeadEffect[] {
    if (this.phase !== 'open' || this.state === null) return [];
    const effects: LeadEffect[] = [];
    if (!this.table.complete) {
      const wanted = this.table.wanted(this.#coming.values());
      // Few enough to be taken in at once, or too many: then holders sum for each other.
      const direct = this.#reduce === null ? wanted : this.#grouped(wanted, effects);
      for (const share of direct) {
        this.#coming.set(comingKey(share), share);
        effects.push({ type: 'pull', share });
      }
      return effects;
    }
    const parts = this.table.cover();
    if (parts === null) return effects;
    this.phase = 'closing';
    this.#closingMs = atMs;
    this.stats.complete(parts, this.openedMs, atMs);
    effects.push({ type: 'close', state: this.state, parts });
    return effects;
  }

  /** Groups of shares that a holder sums first; what is left is pulled directly. */
  #grouped(wanted: readonly RoundShare[], effects: LeadEffect[]): readonly RoundShare[] {
    const plan = this.#reduce as ReducePlan;
    const { groups, direct } = plan.split(wanted, this.table);
    for (const group of groups) {
      for (const share of group.shares) this.#coming.set(comingKey(share), share);
      effects.push({ type: 'reduce', group, state: this.state as OpenState });
    }
    return direct;
  }

  #pulled(event: Extract<LeadEvent, { type: 'pulled' }>): LeadEffect[] {
    const { share, bytes, atMs } = event;
    if (!this.#isCurrent(event.state)) return [];
    this.#coming.delete(comingKey(share));
    if (bytes === null) {
      // It announces them again, unless it is gone.
      this.table.withdraw(share.node);
      return this.#collect(atMs);
    }
    this.table.arrived(share, bytes);
    this.stats.bytes += share.size;
    return this.#collect(atMs);
  }

  #reduced(event: Extract<LeadEvent, { type: 'reduced' }>): LeadEffect[] {
    if (!this.#isCurrent(event.state)) return [];
    for (const share of event.group.shares) this.#coming.delete(comingKey(share));
    const share = event.share === null ? null : reducedShare(event.group, event.share);
    if (share === null) {
      this.#reduce?.fail(event.group);
      return this.#collect(event.atMs);
    }
    this.#coming.set(comingKey(share), share);
    return [{ type: 'pull', share }];
  }

  #isCurrent(state: OpenState): boolean {
    return this.phase === 'open' && this.state === state;
  }

  #closed(event: Extract<LeadEvent, { type: 'closed' }>): LeadEffect[] {
    if (this.phase !== 'closing' || this.state === null) return [];
    const { atMs, ended, metrics } = event;
    this.stats.closed(this.openedMs, this.#closingMs, atMs);
    this.stats.bytes += this.state.size * this.holders.count;
    this.metrics = metrics;
    const round = this.state.round + 1;
    const state = { ...event.next, round, nodes: [] };
    const took = atMs - this.openedMs;
    const effects: LeadEffect[] = [{ type: 'round', round, ms: took }];
    if (ended !== null) {
      this.phase = 'over';
      this.state = state;
      return [...effects, { type: 'finish', state, ended, metrics }];
    }
    effects.push(...this.#open(state, atMs));
    if (!this.#checkpointing && atMs >= this.#nextCheckpointMs) {
      this.#checkpointing = true;
      effects.push({ type: 'checkpoint', state, metrics });
    }
    return effects;
  }

  #tick(atMs: number): LeadEffect[] {
    if (this.phase === 'probing' && atMs >= this.#probeByMs) return this.#choose(atMs);
    if (this.phase !== 'open' || this.state === null || atMs < this.#nextOpenMs) return [];
    this.#nextOpenMs = atMs + limits.heartbeatMs;
    return [{ type: 'open', state: this.state, sources: this.holders.havers(this.state) }];
  }

  #stop(): LeadEffect[] {
    this.phase = 'over';
    return [{ type: 'stop' }];
  }
}

function comingKey(share: RoundShare): string {
  return `${share.node} ${share.from} ${share.to}`;
}

/** What a holder summed for others, checked against what it was asked for. */
function reducedShare(
  group: ReduceGroup,
  reply: NonNullable<Extract<LeadEvent, { type: 'reduced' }>['share']>,
): RoundShare | null {
  const { from, to } = group.span;
  if (reply.first !== from || reply.count !== to - from || !reply.size || !reply.sha256) {
    return null;
  }
  return {
    from,
    to,
    node: group.node,
    attempts: group.shares.flatMap((share) => share.attempts),
    size: reply.size,
    sha256: reply.sha256,
    inline: null,
    atMs: Math.max(...group.shares.map((share) => share.atMs)),
  };
}
