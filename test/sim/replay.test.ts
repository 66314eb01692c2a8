/**
 * A seed is a whole story: played again it is the same to the last revision, and its plan covers
 * every kind of trouble in turn.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { Scenario } from './scenario.ts';
import { modes, planTroubles } from './troubles.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.open();
});

describe('simulation', () => {
  it('[P01] completes a calm run with every task done once, at the first attempt', () => {
    // `Scenario.open` has checked it.
    expect(scenario.calm.get('plain')?.results.size).toBe(10 + 1);
    expect(scenario.states.size).toBeGreaterThan(25);
  });

  it.each([7, 20, 27])('[F41] plays seed %i the same way every time', async (seed) => {
    const [first, second] = [await scenario.play(seed), await scenario.play(seed)];
    expect(second).toEqual(first);
    expect(first.story.length).toBeGreaterThan(10);
  });

  it('has every kind of trouble in the plans of the first thousand seeds', () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 1_000; seed += 1) {
      for (const { what } of planTroubles(seed, new SeededRandom(seed)).troubles) {
        seen.set(what, (seen.get(what) ?? 0) + 1);
      }
    }
    for (const kind of new Set(modes.flatMap(({ kinds }) => kinds))) {
      expect(seen.get(kind), kind).toBeGreaterThanOrEqual(20);
    }
  });
});
