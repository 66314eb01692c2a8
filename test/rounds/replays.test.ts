/**
 * Messages of rounds that come again or arbitrarily late: from earlier rounds, from leaders and claims
 * that were replaced. A holder keeps its state and what it has summed; a leader sums nothing twice.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FitHold, type HoldEvent, type Opened } from '../../actors/rounds/fit-hold.ts';
import type { Sum } from '../../actors/rounds/round-functions.ts';
import { LeadScript } from './lead-script.ts';

const slices = 4;

function sumOf({ from, to }: { from: number; to: number }): Sum {
  return { from, to, bytes: Uint8Array.of(1), sha256: `h${from}+${to - from}` };
}

function opened(attempt: number, round: number): Opened {
  const digest = `s${round}`;
  const bytes = Uint8Array.of(round);
  return { attempt, leader: 'a', round, digest, size: 1, bytes, sources: [] };
}

/** Does at once what a holder asks for, but for what it announces. */
function settle(hold: FitHold, event: HoldEvent): void {
  for (const effect of hold.step(event)) {
    if (effect.type === 'contribute') {
      const sums = effect.announced.map(sumOf);
      settle(hold, { type: 'contributed', epoch: effect.epoch, slices: effect.slices, sums });
    } else if (effect.type === 'combine') {
      settle(hold, { type: 'combined', epoch: effect.epoch, sums: effect.spans.map(sumOf) });
    }
  }
}

function durable(hold: FitHold): unknown {
  const { state, attempt, shares, runs } = hold;
  return { state: state?.digest, round: state?.round, attempt, shares, runs };
}

describe('a holder', () => {
  it('[F20] [F21] keeps state and shares whatever it hears again of earlier rounds and leaders', () => {
    let replayed = 0;
    const move = fc.constantFrom('round', 'leader', 'again', 'claim', 'release');
    fc.assert(
      fc.property(
        fc.array(move, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 8 }),
        (moves, picks) => {
          const hold = new FitHold(slices);
          const heard: Opened[] = [];
          let [attempt, round, claims] = [1, 0, 1];
          for (const slice of [0, 1]) settle(hold, { type: 'claimed', slice, attempt: 1 });
          settle(hold, { type: 'prepared', slices: [0, 1] });
          for (const what of moves) {
            if (what === 'round') round += 1;
            // A new leader begins at what was put by, a round or two back.
            if (what === 'leader') [attempt, round] = [attempt + 1, Math.max(0, round - 2)];
            if (what === 'claim') {
              claims += 1;
              settle(hold, { type: 'claimed', slice: 2, attempt: claims });
              settle(hold, { type: 'prepared', slices: [2] });
            } else if (what === 'release') settle(hold, { type: 'released', slice: 2 });
            const message = opened(attempt, round);
            heard.push(message);
            settle(hold, { type: 'opened', opened: message });
            const before = durable(hold);
            for (const pick of picks) {
              const old = heard[pick % heard.length] as Opened;
              const effects = hold.step(
                pick % 5 === 0
                  ? { type: 'probed', attempt: old.attempt }
                  : { type: 'opened', opened: old },
              );
              replayed += 1;
              const asked = effects.map(({ type }) => type).filter((type) => type !== 'announce');
              expect(
                asked.every((type) => type === 'stale'),
                asked.join(),
              ).toBe(true);
              expect(durable(hold)).toEqual(before);
            }
          }
        },
      ),
      { numRuns: 400, seed: 20 },
    );
    expect(replayed).toBeGreaterThan(10_000);
  });
});

describe('a leader', () => {
  it('[F20] [F21] closes each round once, with each slice once, whatever it hears again', () => {
    let replayed = 0;
    const order = fc.shuffledSubarray(['w1', 'w2', 'w3'], { minLength: 3 });
    fc.assert(
      fc.property(
        fc.array(order, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 6 }),
        (rounds, picks) => {
          const script = new LeadScript(slices);
          const heard: string[] = [];
          script.line('first');
          script.line('state 0');
          for (const [round, nodes] of rounds.entries()) {
            const state = `s${round}`;
            // Later rounds see claims renewed: the shares of the attempt before must not count.
            const claim = 1 + Math.floor(round / 3);
            const shares: Record<string, string> = {
              ...{ w1: `0+1@${claim} 1+1@${claim}`, w2: `2+1@${claim}`, w3: `3+1@${claim}` },
            };
            let closes = 0;
            for (const node of nodes) {
              const line = `ready ${node} ${round} ${state} ${shares[node]}`;
              heard.push(line);
              const effects = script.line(line).slice(1);
              closes += effects.filter((effect) => effect.startsWith('  close')).length;
              for (const pick of picks) {
                const old = heard[pick % heard.length] as string;
                const table = script.lead.table.cover()?.length ?? 0;
                const again = script.line(old).slice(1);
                replayed += 1;
                expect(again.filter((effect) => !effect.startsWith('  refused'))).toEqual([]);
                expect(script.lead.table.cover()?.length ?? 0).toBe(table);
                expect(script.lead.state?.round).toBe(round);
              }
            }
            expect(closes).toBe(1);
            expect(script.lead.phase).toBe('closing');
            const opens = script.line('closed').filter((effect) => effect.includes('open round'));
            expect(opens).toEqual([`  open round ${round + 1} with s${round + 1}`]);
          }
        },
      ),
      { numRuns: 300, seed: 20 },
    );
    expect(replayed).toBeGreaterThan(10_000);
  });
});
