/** The profile of a column: how many differ, how they spread, whatever the order and the parts. */
import { expect, it } from 'vitest';
import { FrameProfile, withProfile } from '../../datasets/column-profile.ts';
import type { DataColumn } from '../../datasets/data-schema.ts';
import type { Frame } from '../../datasets/frame.ts';

const column = (max: number): DataColumn => ({
  name: 'x',
  kind: 'number',
  storage: 'float64',
  stats: { missing: 0, distinct: null, min: 0, max },
});

const frameOf = (values: Float64Array): Frame => ({
  rows: values.length,
  firstRow: 0,
  columns: new Map([['x', { kind: 'number', values }]]),
});

it.each([500, 1024, 5_000, 40_000])('of %i values is exact or within a tenth', (distinct) => {
  const values = Float64Array.from({ length: 60_000 }, (_, i) => (i * 7919) % distinct);
  const schema = [column(distinct - 1)];
  const whole = new FrameProfile(schema);
  whole.take(frameOf(values));
  const parts = [3, 0, 2, 1].map((k) => {
    const profile = new FrameProfile(schema);
    profile.take(frameOf(values.slice(15_000 * k, 15_000 * (k + 1)).reverse()));
    return profile.parts();
  });
  const [found] = withProfile(schema, [whole.parts()]);
  expect(withProfile(schema, parts)).toEqual([found]);
  const { stats } = found!;
  if (distinct <= 1024) expect(stats.distinct).toBe(distinct);
  else expect(Math.abs((stats.estimate ?? 0) / distinct - 1)).toBeLessThan(0.1);
  expect(stats.histogram?.reduce((a, b) => a + b)).toBe(values.length);
});
