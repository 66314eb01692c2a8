/**
 * What may become of leadership, of coordinators and of rounds: terms and attempts only grow, a lease
 * is taken when it is free or has run out, only a leader writes as one, and every round of a fit is
 * opened with the one state that it can have.
 */
import { limits } from '../../schemas/limits.ts';
import type { LeaseRecord, MessageShapes, RoundStateRecord, Share } from '../../schemas/wire.ts';

export class LeadLaws {
  #lease: LeaseRecord | null = null;
  #renewedMs = 0;
  /** Who leads in which term. */
  readonly #leaders = new Map<number, string>();
  /** State that opens each round, by job, plan, fit and round. */
  readonly states: Map<string, string>;
  readonly #shares = new Map<string, string>();

  /** @param states as they must be; those of rounds that are not named there are noted */
  constructor(states: ReadonlyMap<string, string>) {
    this.states = new Map(states);
  }

  /** How many terms there were. */
  get terms(): number {
    return this.#leaders.size;
  }

  lease(after: LeaseRecord, by: string, atMs: number): string[] {
    const before = this.#lease;
    const waitedMs = atMs - this.#renewedMs;
    this.#lease = after;
    this.#renewedMs = atMs;
    const broken: string[] = [];
    if (after.node !== by) broken.push(`was written for "${after.node}" by "${by}"`);
    const kept = before !== null && after.nonce === before.nonce;
    if (kept && after.term === before.term) return broken;
    this.#leaders.set(Number(after.term), by);
    if (Number(after.term) !== Number(before?.term ?? 0) + 1) {
      broken.push(`went from term ${before?.term ?? 0} to ${after.term}`);
    }
    if (before === null || before.released) return broken;
    const patienceMs = before.node === by ? 1.5 * limits.leaseRenewMs : limits.leaseMs;
    if (waitedMs < patienceMs) {
      broken.push(`of "${before.node}" was taken by "${by}" ${waitedMs} ms after its renewal`);
    }
    return broken;
  }

  /** A coordinator wrote a record in this term. */
  wroteAs(term: number, by: string): string[] {
    const leader = this.#leaders.get(term);
    if (leader === by) return [];
    return [`was written by "${by}" in term ${term}, which is that of "${leader}"`];
  }

  roundState(before: RoundStateRecord | undefined, after: RoundStateRecord): string[] {
    if (before === undefined) return [];
    const broken: string[] = [];
    if (after.attempt < before.attempt) broken.push(`fell back to attempt ${after.attempt}`);
    if (after.attempt === before.attempt && after.nonce !== before.nonce) {
      broken.push(`has two leaders of attempt ${after.attempt}`);
    }
    if (after.round < before.round && after.plan === before.plan)
      broken.push(`fell from round ${before.round} to ${after.round}`);
    return broken;
  }

  opened(open: MessageShapes['round-open']): string[] {
    if (open.probe) return [];
    const { job, plan, fit, round, state } = open;
    return this.#named(`${job} ${plan} ${fit} ${round}`, state);
  }

  /** The state of a round and the share of a span in it follow from data and spec alone. */
  announced(ready: MessageShapes['round-ready']): string[] {
    const { job, plan, fit, round, state } = ready;
    const broken: string[] = [];
    if (state !== '') broken.push(...this.#named(`${job} ${plan} ${fit} ${round}`, state));
    for (const share of ready.shares as Share[]) {
      const key = `${job} ${plan} ${fit} ${round} ${share.first ?? 0} ${share.count}`;
      const known = this.#shares.get(key) ?? share.sha256 ?? '';
      this.#shares.set(key, known);
      if (known !== share.sha256) broken.push(`share ${key} has two sums`);
    }
    return broken;
  }

  #named(key: string, digest: string): string[] {
    const known = this.states.get(key) ?? digest;
    this.states.set(key, known);
    return known === digest ? [] : [`round ${key} has the state ${digest}, not ${known}`];
  }
}
