/**
 * Gradient boosting: one model for any slices, rebuilt holders, losses, constraints, bad input.
 */
import { describe, expect, it } from 'vitest';
import { gradientBoosting } from '../../learners/boosting/gradient-boosting.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { cutsOf, fitBoosting, framesOf } from './boosting-fixture.ts';
import { makeData } from './forest-fixture.ts';

const digestOf = (model: Uint8Array) => sha256Hex(model);

describe('any slices', () => {
  const small = { trees: 6, maxDepth: 4, minLeaf: 2 };
  const cases = {
    binary: { data: makeData('classification', 1500, 0.2, ['a', 'b']), params: small },
    classes: { data: makeData('classification', 1500, 0.2), params: small },
    squared: { data: makeData('regression', 1500, 0.2), params: { ...small, rowSample: 0.7 } },
    absolute: {
      data: makeData('regression', 1500, 0.2),
      params: { ...small, objective: 'absolute', validation: 0.2 },
    },
    poisson: {
      data: makeData('regression', 1500, 0.2),
      params: { ...small, objective: 'poisson', columnSample: 0.6, validation: 0.1 },
    },
  };
  for (const [name, { data, params }] of Object.entries(cases)) {
    it(`${name}: gives one model for 1, 2, 4 and 8 slices, evolved or rebuilt`, () => {
      const one = fitBoosting(data, params);
      for (const slices of [2, 4, 8]) {
        const cuts = cutsOf(data.problem.rows, slices);
        const other = fitBoosting(data, params, { cuts, rebuild: slices === 4 });
        expect(digestOf(other.model), `${slices}`).toBe(digestOf(one.model));
      }
      const predictor = gradientBoosting.decode(one.model);
      const [frame] = framesOf(data);
      expect(predictor.predict(frame!).every(Number.isFinite)).toBe(true);
    });
  }
});
