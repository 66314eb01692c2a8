/** What the log has told of tasks: stored small, read back whole, and bounded by what is asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTold, encodeTold, nothingTold } from '../../actors/coordinator/told.ts';

const entry = fc.record({
  admitted: fc.integer({ min: 1, max: 1_000 }),
  dispatched: fc.integer({ min: 0, max: 1_000 }),
  errors: fc.integer({ min: 0, max: 3 }),
  done: fc.boolean(),
});

describe('what was told', () => {
  it('comes back as it was stored', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 50 }), (told) => {
        expect(decodeTold(encodeTold(told), told.length)).toEqual(told);
      }),
    );
  });

  it('tells nothing of tasks that the bytes do not reach, and nothing of more than there are', () => {
    const one = { admitted: 2, dispatched: 2, errors: 1, done: true };
    expect(decodeTold(encodeTold([one]), 2)).toEqual([one, nothingTold()]);
    expect(decodeTold(encodeTold([one, one, one]), 2)).toEqual([one, one]);
    expect(decodeTold([], 1)).toEqual([nothingTold()]);
  });

  it('gives each task an entry of its own', () => {
    const [first, second] = decodeTold(encodeTold([nothingTold(), nothingTold()]), 2);
    expect(first).not.toBe(second);
  });

  it('stores ten thousand tasks that go alike in a few numbers', () => {
    const told = Array.from({ length: 10_000 }, (_, i) => ({ ...nothingTold(), done: i < 4_000 }));
    expect(encodeTold(told)).toHaveLength(10);
  });
});
