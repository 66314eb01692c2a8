/**
 * Own exp, log and random numbers: close to the engine's, and pinned to the bit.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log } from '../../learners/math.ts';
import { hash32, Xoshiro } from '../../learners/random.ts';
import { sha256Hex } from '../../schemas/canonical.ts';

/** Distance in units in the last place between two finite numbers of one sign. */
function ulps(a: number, b: number): number {
  const bits = new BigInt64Array(Float64Array.of(a, b).buffer);
  const apart = bits[0]! - bits[1]!;
  return Number(apart < 0n ? -apart : apart);
}

describe('math', () => {
  it('exp is within 2 ulp of the engine', () => {
    fc.assert(
      fc.property(fc.double({ min: -745, max: 709.7, noNaN: true }), (x) => {
        expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(2);
      }),
      { numRuns: 20_000 },
    );
  });

  it('log is within 2 ulp of the engine', () => {
    const positive = fc.oneof(
      fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 0.5, max: 2, noNaN: true }),
      fc.double({ min: 1e-300, max: 1e-200, noNaN: true }),
    );
    fc.assert(
      fc.property(positive, (x) => {
        expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(2);
      }),
      { numRuns: 20_000 },
    );
  });

  it('edges', () => {
    expect([exp(0), exp(-0), exp(Infinity), exp(-Infinity), exp(710), exp(-746)]).toEqual([
      1,
      1,
      Infinity,
      0,
      Infinity,
      0,
    ]);
    expect([log(1), log(0), log(-0), log(Infinity)]).toEqual([0, -Infinity, -Infinity, Infinity]);
    expect([exp(Number.NaN), log(Number.NaN), log(-1)]).toEqual([NaN, NaN, NaN]);
    expect(log(2)).toBe(Math.LN2);
    expect(ulps(exp(1), Math.E)).toBeLessThanOrEqual(1);
  });

  it('bits are pinned', () => {
    const values = new Float64Array(4000);
    for (let i = 0; i < 2000; i++) {
      values[2 * i] = exp(i * 0.37 - 300);
      values[2 * i + 1] = log(i * 1.7 + 1e-3);
    }
    expect(sha256Hex(new Uint8Array(values.buffer))).toMatchInlineSnapshot(
      `"4b08e97a23ccdd11c4105e48c7bfc6affe2019b417d020834bf396a662246211"`,
    );
  });
});

describe('random', () => {
  it('streams are pinned', () => {
    const random = new Xoshiro(hash32(1, 2, 3));
    expect(Array.from({ length: 6 }, () => random.next())).toMatchInlineSnapshot(`
      [
        589688390,
        2041968778,
        892605026,
        923630138,
        928699760,
        350037985,
      ]
    `);
    expect(hash32(0) === hash32(0, 0)).toBe(false);
  });

  it('below stays below and is even', () => {
    const random = new Xoshiro(7);
    const seen = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) seen[random.below(10)]!++;
    for (const count of seen) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    expect(random.below(1)).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (n) => {
        const drawn = random.below(n);
        expect(drawn >= 0 && drawn < n).toBe(true);
      }),
    );
  });
});
