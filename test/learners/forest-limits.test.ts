/**
 * The random forest's plans, what it refuses, and that no bytes can crash the reader of its models.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnSchema } from '../../datasets/frame.ts';
import { learners } from '../../learners/catalogue.ts';
import { LearnerError, ModelError } from '../../learners/errors.ts';
import type { Problem } from '../../learners/learner.ts';
import { decodeModel } from '../../learners/model.ts';
import { featuresPerNode } from '../../learners/random-forest/forest-params.ts';
import { randomForest } from '../../learners/random-forest/random-forest.ts';
import {
  defaults,
  FEATURES,
  fitForest,
  makeData,
  quiet,
  slice,
  sourceOf,
} from './forest-fixture.ts';

describe('random forest: plans', () => {
  const data = makeData('classification', 400);

  it('features a node', () => {
    const many = Array.from({ length: 28 }, (_, f) => ({ name: `x${f}`, kind: 'number' as const }));
    const wide = { ...data.problem, features: many };
    const of = (maxFeatures: number | string, kind = wide.kind) =>
      featuresPerNode({ ...wide, kind }, { ...defaults, maxFeatures });
    expect([of('auto'), of('auto', 'regression'), of('sqrt'), of('third'), of('all')]).toEqual([
      5, 9, 5, 9, 28,
    ]);
    expect([of(3), of(99)]).toEqual([3, 28]);
  });

  it('tasks: at least 8 when there are trees enough, at most 1024, never empty', () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e5 }));
    fc.assert(
      fc.property(cases, ([rows, trees]) => {
        const tasks = randomForest.taskCount({ ...data.problem, rows }, { ...defaults, trees });
        expect(tasks).toBeGreaterThanOrEqual(Math.min(8, trees));
        expect(tasks).toBeLessThanOrEqual(Math.min(1024, trees));
      }),
    );
    const memory = (slots: number) => randomForest.memoryBytes(data.problem, defaults, slots);
    expect(memory(4)).toBeGreaterThan(memory(1));
  });

  it('refuses what it cannot learn, by name', () => {
    const { problem } = data;
    const prepare = (changed: Partial<Problem>) => () =>
      randomForest.prepare({ ...problem, ...changed }, defaults, sourceOf(data), quiet);
    const text: ColumnSchema = { name: 'notes', kind: 'text' };
    expect(prepare({ features: [...FEATURES, text] })).toThrow(/feature "notes" is free text/);
    expect(prepare({ features: [] })).toThrow(LearnerError);
    expect(prepare({ features: [{ name: 'gone', kind: 'number' }] })).toThrow(
      /"gone" is not among/,
    );
    expect(prepare({ classes: new Array<string>(2000).fill('x') })).toThrow(/has 2000 classes/);
    const endless = makeData('regression', 10);
    (endless.columns.get('target') as { values: Float64Array }).values[3] = Infinity;
    expect(() => fitForest(endless, defaults)).toThrow(/must be finite/);
    const empty = sourceOf(data, [], { kind: 'holdout', part: 'test', seed: 1, fraction: 0 });
    expect(() => fitForest(data, defaults, empty)).toThrow(/no row to train on/);
  });

  it('prediction names a column that is not there or of another kind', () => {
    const { predictor } = decodeModel(fitForest(data, { ...defaults, trees: 1 }), learners);
    const frame = slice(data.columns, 0, 3);
    const without = new Map(frame.columns);
    without.delete('size');
    expect(() => predictor.predict({ ...frame, columns: without })).toThrow(/"size" is needed/);
    without.set('size', { kind: 'category', codes: new Int32Array(3) });
    expect(() => predictor.predict({ ...frame, columns: without })).toThrow(
      /was trained on a number/,
    );
  });

  it('stops when the progress report throws', () => {
    const prepared = randomForest.prepare(data.problem, defaults, sourceOf(data), quiet);
    const stop = () => {
      throw new Error('cancelled');
    };
    expect(() => randomForest.train(data.problem, defaults, prepared, 0, stop)).toThrow(
      'cancelled',
    );
  });
});

describe('random forest: bytes from elsewhere', () => {
  for (const kind of ['classification', 'regression'] as const) {
    it(`${kind}: no change of bytes crashes or hangs the reader`, () => {
      const data = makeData(kind, 150, 0.3);
      const model = fitForest(data, { ...defaults, trees: 5 });
      const frame = slice(data.columns, 0, 20);
      const flips = fc.array(fc.tuple(fc.nat(model.length - 1), fc.nat(255)), { maxLength: 8 });
      const cut = fc.option(fc.nat(model.length), { freq: 4 });
      fc.assert(
        fc.property(flips, cut, (changes, length) => {
          const bytes = model.slice(0, length ?? model.length);
          for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
          const begin = performance.now();
          try {
            const found = randomForest.decode(bytes).predict(frame);
            expect(found.every((value) => Number.isFinite(value))).toBe(true);
          } catch (error) {
            if (!(error instanceof LearnerError)) expect(error).toBeInstanceOf(ModelError);
          }
          expect(performance.now() - begin).toBeLessThan(1000);
        }),
        { numRuns: 2000 },
      );
    });
  }

  it('another learner or numerics version is refused', () => {
    const data = makeData('regression', 20);
    const model = fitForest(data, { ...defaults, trees: 1 });
    const at = Buffer.from(model).indexOf('random-forest') + 'random-forest'.length;
    const newer = model.slice();
    newer[at + 1] = 2;
    expect(() => randomForest.decode(newer)).toThrow('model has numerics 2, this version reads 1');
  });
});
