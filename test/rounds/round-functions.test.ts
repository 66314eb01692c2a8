/**
 * What rounds compute on threads is in memory of its own: that of sums is used again.
 */
import { describe, expect, it } from 'vitest';
import { roundFunctions } from '../../actors/rounds/round-functions.ts';
import { ThreadJobs } from '../../actors/task-runner/thread-jobs.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { AnyLearner } from '../../learners/learner.ts';
import type { RoundsLearner } from '../../learners/rounds-learner.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { dataSet, jsonBytes } from '../task-runner/data.ts';
import { roundsPlan } from './rounds-plan.ts';

const data = await dataSet();
const plan = roundsPlan(data);
const stored = (bytes: Uint8Array) => ({ digest: sha256Hex(bytes), bytes });
const job = { plan: stored(jsonBytes(plan)), manifest: stored(data.manifestBytes) };

describe('closing a round', () => {
  it('gives a state of its own where the learner gives its arguments back', () => {
    const toy = learnersWithToy.get('toy-rounds') as unknown as RoundsLearner;
    const careless: RoundsLearner = {
      ...toy,
      close: (_problem, _params, _state, sum) => ({ state: sum, ended: null, metrics: {} }),
    };
    const learners = new Map([['toy-rounds', careless as unknown as AnyLearner]]);
    const functions = roundFunctions(new ThreadJobs(learners), () => new Uint8Array());
    const sum = new Uint8Array(new SharedArrayBuffer(16)).fill(7);
    const closed = functions['close-round'](
      { job, round: 0, state: new Uint8Array(8), parts: [{ from: 0, to: 6, bytes: sum }] } as never,
      () => {},
    );
    // The next round's sums are pulled into the same memory.
    sum.fill(9);
    expect(sha256Hex(closed.state)).toBe(closed.sha256);
  });
});
