/**
 * The tests of one part of the seeds that every run of the suite plays: parts are files of their own,
 * so that they share the processors. `npm run sim` plays any others.
 */
import { expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

const seedsInAll = 1_000;
const parts = 4;
const groups = 5;

/** @param part from 1 to 4 */
export async function playPart(part: number): Promise<void> {
  const scenario = await Scenario.open();
  const size = seedsInAll / parts / groups;
  for (let group = 0; group < groups; group += 1) {
    const from = 1 + ((part - 1) * groups + group) * size;
    const to = from + size - 1;
    const name = `[P13] [P43] [P53] [P59] [P72] [F41] seeds ${from} to ${to}`;
    it(name, { timeout: 600_000 }, async () => {
      const broken: string[] = [];
      for (let seed = from; seed <= to; seed += 1) {
        const played = await scenario.play(seed);
        broken.push(...played.broken.map((what) => `npm run sim -- --seed ${seed}: ${what}`));
      }
      expect(broken).toEqual([]);
    });
  }
}
