/**
 * The encoding that learners of rounds share: columns, sparse rows, moments, scales, held-back rows.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../datasets/frame.ts';
import { designLayout } from '../../learners/encoding/design-layout.ts';
import { rowsOfFrame } from '../../learners/encoding/design-rows.ts';
import { combineMoments, measureMoments } from '../../learners/encoding/moments.ts';
import { scaleRows, scalingOf } from '../../learners/encoding/scaling.ts';
import { trainingRows } from '../../learners/encoding/training-rows.ts';
import { type Data, FEATURES, quiet, slice, sourceOf } from './forest-fixture.ts';
import { noisy } from './linear-fixture.ts';

const NAN = Number.NaN;

describe('columns', () => {
  it('are numbers, then levels, then indicators', () => {
    expect(designLayout(FEATURES)).toEqual({
      numbers: ['size', 'weight'],
      levels: [
        { name: 'colour', from: 2, levels: 3 },
        { name: 'new', from: 5, levels: 2 },
      ],
      indicators: -1,
      codes: 2,
      width: 7,
    });
    expect(designLayout(FEATURES, true)).toMatchObject({ indicators: 7, codes: 4, width: 9 });
    const levels = FEATURES.filter(({ kind }) => kind !== 'number');
    expect(designLayout(levels, true)).toMatchObject({ indicators: -1, codes: 2, width: 5 });
  });
});

describe('rows', () => {
  const frame: Frame = {
    rows: 3,
    firstRow: 0,
    columns: new Map([
      ['size', { kind: 'number', values: Float64Array.of(1, NAN, 3) }],
      ['weight', { kind: 'number', values: Float32Array.of(NAN, 5, 6) }],
      ['colour', { kind: 'category', codes: Int32Array.of(2, -1, 7) }],
      ['new', { kind: 'boolean', codes: Int32Array.of(0, 1, -1) }],
    ]),
  };

  it('list their set columns; a missing or unknown level is none', () => {
    const rows = rowsOfFrame(designLayout(FEATURES), frame);
    expect([...rows.numbers]).toEqual([1, NAN, NAN, 5, 3, 6]);
    expect([...rows.codes]).toEqual([4, 5, 7, 6, 7, 7]);
  });

  it('list missing numbers where they have indicators', () => {
    const rows = rowsOfFrame(designLayout(FEATURES, true), frame);
    const none = 9;
    expect([...rows.codes]).toEqual([4, 5, none, 8, none, 6, 7, none, none, none, none, none]);
  });

  it('are scaled to mean 0 and deviation 1, missing ones to 0', () => {
    const rows = rowsOfFrame(designLayout(FEATURES), frame);
    const moments = new Float64Array(6);
    measureMoments(rows.numbers, 2, null, moments);
    const scaling = scalingOf(moments, ['size', 'weight']);
    const out = new Float64Array(6);
    scaleRows(rows, scaling, null, 0, 3, out);
    expect([...out]).toEqual([-1, 0, 0, -1, 1, 1]);
    const two = new Float64Array(4);
    scaleRows(rows, scaling, Int32Array.of(2, 0), 0, 2, two);
    expect([...two]).toEqual([1, 1, -1, 0]);
  });
});

describe('moments', () => {
  const value = fc.oneof(fc.constant(NAN), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  const pairs = fc.array(fc.tuple(value, value), { maxLength: 40 });

  const measure = (rows: readonly (readonly [number, number])[]) => {
    const moments = new Float64Array(6);
    measureMoments(Float64Array.from(rows.flat()), 2, null, moments);
    return moments;
  };

  it('of two parts join to those of all rows', () => {
    fc.assert(
      fc.property(pairs, pairs, (left, right) => {
        const joined = new Float64Array(6);
        combineMoments(measure(left), measure(right), joined);
        const all = measure([...left, ...right]);
        expect([joined[0], joined[1]]).toEqual([all[0], all[1]]);
        for (let i = 2; i < 6; i++) {
          expect(Math.abs(joined[i]! - all[i]!)).toBeLessThanOrEqual(
            1e-9 * (1 + Math.abs(all[i]!)),
          );
        }
      }),
    );
  });

  it('of nothing change nothing', () => {
    const some = measure([
      [1, NAN],
      [4, 2],
    ]);
    for (const [a, b] of [
      [some, measure([])],
      [measure([]), some],
    ] as const) {
      const joined = new Float64Array(6);
      combineMoments(a, b, joined);
      expect([...joined]).toEqual([...some]);
    }
  });

  it('keep the spread of numbers far from zero', () => {
    const rows = Array.from({ length: 100 }, (_, i): [number, number] => [1e9 + (i % 2), 0]);
    const joined = new Float64Array(6);
    combineMoments(measure(rows.slice(0, 33)), measure(rows.slice(33)), joined);
    expect(joined[4]).toBeCloseTo(25, 5);
    const { scales } = scalingOf(joined, ['a', 'b']);
    expect([...scales].map((s) => s.toFixed(6))).toEqual(['0.500000', '1.000000']);
  });

  it('are kept apart by group', () => {
    const moments = new Float64Array(12);
    const groups = Int32Array.of(1, 0, 1);
    measureMoments(Float64Array.of(1, 2, 3, 4, 5, NAN), 2, groups, moments);
    expect([...moments]).toEqual([1, 1, 2, 1, 3, 4, 3, 2, 0, 0, 8, 0]);
  });
});

describe('training rows', () => {
  const data: Data = noisy('classification', 500);
  const layout = designLayout(data.problem.features);

  it('are split the same way however they come', () => {
    const whole = trainingRows(data.problem, layout, 0.25, sourceOf(data), quiet);
    const parts = trainingRows(data.problem, layout, 0.25, sourceOf(data, [1, 77, 400]), quiet);
    expect(parts).toEqual(whole);
    const held = whole.validation.targets.length;
    expect(held + whole.train.targets.length).toBe(500);
    expect(held).toBeGreaterThan(90);
    expect(held).toBeLessThan(160);
  });

  it('leave out rows of other parts of the split', () => {
    const test = { kind: 'fold', folds: 4, fold: 1, part: 'test', seed: 3 } as const;
    const some = trainingRows(data.problem, layout, 0, sourceOf(data, [], test), quiet);
    const rest = trainingRows(
      data.problem,
      layout,
      0,
      sourceOf(data, [], { ...test, part: 'train' }),
      quiet,
    );
    expect(some.train.design.rows + rest.train.design.rows).toBe(500);
    expect(some.validation.design.rows).toBe(0);
  });

  it('name a target that cannot be learned', () => {
    const text = {
      kind: 'text',
      bytes: new Uint8Array(),
      offsets: new Int32Array(3),
      present: new Uint8Array(2),
    } as const;
    const frame = slice(data.columns, 0, 2);
    const columns = new Map([...frame.columns, ['target', text] as const]);
    const source = { frames: () => [{ ...frame, columns }], split: { kind: 'all' } as const };
    expect(() => trainingRows(data.problem, layout, 0, source, quiet)).toThrow(
      /"target" is a text/,
    );
  });
});
