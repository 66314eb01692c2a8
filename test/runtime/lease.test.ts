/** The leader's lease with plain numbers: who may take it when, and under which term. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  candidate,
  decide,
  holds,
  type LeaseView,
  mayAct,
  mayTell,
  observe,
} from '../../runtime/lease.ts';
import { limits } from '../../schemas/limits.ts';

const { leaseMs, leaseRenewMs } = limits;

function lease(change: Partial<LeaseView> = {}): LeaseView {
  return { node: 'c1', nonce: 'n1', term: 4, released: false, revision: 10, ...change };
}

function standby(): Candidate {
  return candidate('c2', 'n2');
}

describe('lease', () => {
  it('[F15] may be told from while it is seen to be held, also where nothing can be written', () => {
    const state = candidate('c1', 'n1');
    for (let nowMs = 1_000; nowMs <= 30_000; nowMs += 1_000) observe(state, lease(), nowMs);
    expect(mayAct(state, 30_000)).toBe(false);
    expect(mayTell(state, 30_000)).toBe(true);
    // An answer that was long under way says how things were.
    observe(state, lease(), 34_000, 30_000);
    expect(mayTell(state, 34_000)).toBe(false);
    observe(state, lease({ nonce: 'n2', revision: 11 }), 34_500);
    expect(mayTell(state, 34_500)).toBe(false);
  });

  it('is taken at once where there has never been one, under term 1', () => {
    const state = standby();
    observe(state, null, 0);
    expect(decide(state, 0)).toEqual({ kind: 'take', term: 1 });
  });

  it('is taken when the own clock has seen it unchanged for the lease time, not before', () => {
    const state = standby();
    // First seen at 5 s: how old it was then does not matter.
    observe(state, lease(), 5_000);
    observe(state, lease(), 5_000 + leaseMs - 1);
    expect(decide(state, 5_000 + leaseMs - 1)).toEqual({ kind: 'wait' });
    observe(state, lease(), 5_000 + leaseMs);
    expect(decide(state, 5_000 + leaseMs)).toEqual({ kind: 'take', term: 5 });
  });

  it('starts to count anew with every renewal seen', () => {
    const state = standby();
    for (let i = 0; i < 20; i++) {
      const nowMs = 1_000 + i * leaseRenewMs;
      observe(state, lease({ revision: 10 + i }), nowMs);
      expect(decide(state, nowMs)).toEqual({ kind: 'wait' });
    }
  });

  it('is free at once when it was released', () => {
    const state = standby();
    observe(state, lease({ released: true }), 1_000);
    expect(decide(state, 1_000)).toEqual({ kind: 'take', term: 5 });
  });

  it('is free soon for the same node under a new nonce: its former self does not renew it', () => {
    const state = candidate('c1', 'n-new');
    observe(state, lease(), 1_000);
    expect(holds(state)).toBe(false);
    expect(decide(state, 1_000 + leaseRenewMs)).toEqual({ kind: 'wait' });
    expect(decide(state, 1_000 + 1.5 * leaseRenewMs)).toEqual({ kind: 'take', term: 5 });
  });

  it('is renewed by its holder in time, and the holder may act no longer than it lasts', () => {
    const state = candidate('c1', 'n1');
    observe(state, lease(), 1_000);
    state.renewedMs = 1_000;
    expect(decide(state, 1_000 + leaseRenewMs - 1)).toEqual({ kind: 'wait' });
    expect(decide(state, 1_000 + leaseRenewMs)).toEqual({ kind: 'renew', term: 4 });
    expect(mayAct(state, 1_000 + leaseMs - 1)).toBe(true);
    expect(mayAct(state, 1_000 + leaseMs)).toBe(false);
    observe(state, lease({ node: 'c2', nonce: 'n2', term: 5, revision: 11 }), 1_001);
    expect(mayAct(state, 1_001)).toBe(false);
  });

  it('[P53] is taken over within 5 s of the holder’s death, whenever that is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 249 }),
        (diesMs, offset) => {
          const state = standby();
          for (let nowMs = offset; ; nowMs += leaseRenewMs / 4) {
            const renewals = Math.floor(Math.min(nowMs, diesMs) / leaseRenewMs);
            observe(state, lease({ revision: 10 + renewals }), nowMs);
            if (decide(state, nowMs).kind !== 'take') continue;
            return nowMs > diesMs && nowMs - diesMs <= limits.takeoverMs;
          }
        },
      ),
    );
  });

  it('has one holder at a time under CAS, and the term grows with every change of holder', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ who: fc.nat(2), ms: fc.integer({ min: 0, max: 4_000 }) })),
        fc.array(fc.nat(40), { maxLength: 8 }),
        (turns, releases) => {
          const all = [0, 1, 2].map((i) => candidate(`c${i}`, `n${i}`));
          let record: LeaseView | null = null;
          let nowMs = 0;
          const holders: [string, number][] = [];
          turns.forEach(({ who, ms }, i) => {
            nowMs += ms;
            const state = all[who] as Candidate;
            // Reads, then writes at the revision read: nobody comes between in this model.
            observe(state, record, nowMs);
            const move = decide(state, nowMs);
            const releasing = holds(state) && releases.includes(i);
            if (move.kind === 'wait' && !releasing) return;
            const term = move.kind === 'wait' ? (record?.term ?? 0) : move.term;
            record = {
              node: state.node,
              nonce: state.nonce,
              term,
              released: releasing,
              revision: (record?.revision ?? 0) + 1,
            };
            observe(state, record, nowMs);
            state.renewedMs = nowMs;
            if (holders.at(-1)?.[0] !== state.node || move.kind === 'take') {
              holders.push([state.node, term]);
            }
          });
          const terms = holders.map(([, term]) => term);
          return terms.every((term, i) => term === i + 1);
        },
      ),
    );
  });
});
