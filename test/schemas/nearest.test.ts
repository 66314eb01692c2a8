/** "Did you mean": the distance is a metric, and what is far away is not meant. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../schemas/nearest.ts';

describe('edit distance', () => {
  it('counts insertions, deletions, changes and swaps of neighbours', () => {
    const cases: [string, string, number][] = [
      ['', '', 0],
      ['', 'abc', 3],
      ['seed', 'seed', 0],
      ['sead', 'seed', 1],
      ['sed', 'seed', 1],
      ['seeed', 'seed', 1],
      ['esed', 'seed', 1],
      ['kitten', 'sitting', 3],
      // A swapped pair is not changed again: optimal string alignment.
      ['ca', 'abc', 3],
    ];
    for (const [a, b, distance] of cases)
      expect(`${a} ${b} ${editDistance(a, b)}`).toBe(`${a} ${b} ${distance}`);
  });

  it('is symmetric, zero for the same word only, and never above the longer word', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('nearest', () => {
  const known = ['dataset', 'target', 'algorithm', 'evaluate', 'seed', 'rows'];

  it('finds what was meant, and nothing where nothing is near', () => {
    expect(nearest('dataste', known)).toBe('dataset');
    expect(nearest('Targt', known)).toBe('target');
    expect(nearest('algoritm', known)).toBe('algorithm');
    expect(nearest('quantum', known)).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });

  it('takes the first of equally near words, and any word for itself', () => {
    expect(nearest('cat', ['bat', 'hat'])).toBe('bat');
    for (const word of known) expect(nearest(word, known)).toBe(word);
  });

  it('is quick about words of any length', () => {
    expect(nearest('x'.repeat(100_000), known)).toBeUndefined();
  });
});
