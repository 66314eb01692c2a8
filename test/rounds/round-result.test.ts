/**
 * The result of a fit's rounds: canonical, checked when read, and all that a model is made of.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRoundResult, encodeRoundResult } from '../../actors/rounds/round-result.ts';
import { computeFunctions } from '../../actors/task-runner/compute-functions.ts';
import { problemOf } from '../../actors/task-runner/problem.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { AnyRoundsLearner } from '../../learners/learner.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { dataSet, jsonBytes } from '../task-runner/data.ts';
import { roundsPlan } from './rounds-plan.ts';

const result = {
  state: Uint8Array.of(1, 2, 3),
  rounds: 7,
  ended: 'converged',
  metrics: { loss: 0.25, change: 1e-9 },
} as const;

describe('a result of rounds', () => {
  it('is read as it was written, whatever the order of its metrics', () => {
    const bytes = encodeRoundResult(result);
    expect(decodeRoundResult(bytes)).toEqual(result);
    const { loss, change } = result.metrics;
    expect(encodeRoundResult({ ...result, metrics: { change, loss } })).toEqual(bytes);
  });

  it('lets arrays of numbers be laid over its state', () => {
    const state = new Uint8Array(Float64Array.of(1.5, -2).buffer);
    const read = decodeRoundResult(encodeRoundResult({ ...result, state }));
    expect(new Float64Array(read.state.buffer, read.state.byteOffset)).toEqual(
      Float64Array.of(1.5, -2),
    );
  });

  it('of other bytes is refused by name', () => {
    const bytes = encodeRoundResult(result);
    const damage = fc.record({
      at: fc.integer({ min: 0, max: bytes.length - 1 }),
      by: fc.integer({ min: 1, max: 255 }),
      length: fc.integer({ min: 0, max: bytes.length }),
    });
    fc.assert(
      fc.property(damage, ({ at, by, length }) => {
        const other = bytes.slice(0, length);
        if (at < length) other[at] = (other[at] as number) ^ by;
        try {
          decodeRoundResult(other);
        } catch (error) {
          expect(error).toBeInstanceOf(TerminalError);
          expect(error).toMatchObject({ code: 'bad-rounds' });
        }
      }),
    );
    expect(() => decodeRoundResult(bytes.subarray(1))).toThrow('no result of rounds');
  });

  it('becomes the model that the learner makes of its state', async () => {
    const data = await dataSet();
    const plan = roundsPlan(data);
    const learner = learnersWithToy.get('toy-rounds') as AnyRoundsLearner;
    const problem = problemOf(plan, data.manifest);
    const state = learner.begin(problem, plan.params);
    const functions = computeFunctions(learnersWithToy, () => new Uint8Array(0));
    const named = (bytes: Uint8Array) => ({ digest: sha256Hex(bytes), bytes });
    const job = { plan: named(jsonBytes(plan)), manifest: named(data.manifestBytes) };
    const parts = [encodeRoundResult({ ...result, state })];
    const model = functions.merge?.({ job, parts } as never, () => {});
    expect(model).toEqual(learner.finish(problem, plan.params, state));
  });
});
