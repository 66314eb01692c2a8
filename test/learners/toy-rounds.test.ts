/**
 * The toy learner in rounds: what it promises to the tests of the runtime.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../datasets/frame.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { LearnerError, ModelError, ProcessExitRequest } from '../../learners/errors.ts';
import type { RowSource } from '../../learners/learner.ts';
import { decodeModel, describeModel } from '../../learners/model.ts';
import { defaultParams } from '../../learners/params.ts';
import { wordsIn } from '../../learners/round-bytes.ts';
import { combineTree, cover, type Span } from '../../learners/slice-tree.ts';
import { toyProblem } from '../../learners/toy.ts';
import { type ToyHeld, type ToyRoundsParams, toyRounds } from '../../learners/toy-rounds.ts';

const quiet = () => undefined;
const problem = toyProblem(7, 600);
const defaults = { ...defaultParams(toyRounds.params), rounds: 5 };
const holder = toyRounds.holder!;

function sliceSource(slice: number, slices: number): RowSource {
  const rows = problem.rows / slices;
  const frame: Frame = { rows, firstRow: rows * slice, columns: new Map() };
  return { frames: () => [frame], split: { kind: 'all' } };
}

interface Trace {
  readonly states: Uint8Array[];
  /** By round, then slice. */
  readonly parts: Uint8Array[][];
  readonly helds: Uint32Array[][];
  readonly model: Uint8Array;
}

function train(params: ToyRoundsParams, slices: number): Trace {
  const all = Array.from({ length: slices }, (_, slice) => slice);
  const prepared = all.map((slice) =>
    toyRounds.prepare(problem, params, sliceSource(slice, slices), quiet),
  );
  const states = [toyRounds.begin(problem, params)];
  const parts: Uint8Array[][] = [];
  const helds: Uint32Array[][] = [];
  let held: ToyHeld[] = [];
  for (let round = 0; ; round++) {
    const state = states[round]!;
    held = all.map((slice) => {
      const at = { round, slice, slices };
      if (round === 0) return holder.rebuild(problem, params, state, prepared[slice]!, at);
      return holder.evolve(problem, params, state, prepared[slice]!, held[slice]!, at);
    });
    helds.push(held.map((words) => Uint32Array.from(words)));
    const sums = all.map((slice) => {
      const hold = { prepared: prepared[slice]!, held: held[slice]! };
      return toyRounds.contribute(problem, params, state, hold, { round, slice, slices }, quiet);
    });
    parts.push(sums);
    const closed = toyRounds.close(problem, params, state, sumOf(sums), round);
    states.push(closed.state);
    if (closed.ended === null) continue;
    return { states, parts, helds, model: toyRounds.finish(problem, params, closed.state) };
  }
}

const combine = (left: Uint8Array, right: Uint8Array) =>
  toyRounds.combine(problem, defaults, left, right);

function sumAt(parts: readonly Uint8Array[], span: Span): Uint8Array {
  const known = ({ from, to }: Span) => (to - from === 1 ? parts[from] : undefined);
  return combineTree(span, known, combine);
}

const sumOf = (parts: readonly Uint8Array[]) => sumAt(parts, { from: 0, to: parts.length });

describe('toy learner in rounds', () => {
  it('one model for the same arguments, another for other data, seed, slices or parameters', () => {
    const { model } = train(defaults, 6);
    expect(train(defaults, 6).model).toEqual(model);
    expect(train(defaults, 5).model).not.toEqual(model);
    expect(train({ ...defaults, rounds: 6 }, 6).model).not.toEqual(model);
    expect(train({ ...defaults, spin: 10 }, 6).model).not.toEqual(model);
    expect(train({ ...defaults, stateBytes: 100 }, 6).model).not.toEqual(model);
  });

  it('rebuild is bit-equal to evolving through all earlier rounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(1, 2, 3, 5),
        (rounds, slices) => {
          const params = { ...defaults, rounds };
          const { states, helds } = train(params, slices);
          helds.forEach((ofRound, round) => {
            ofRound.forEach((held, slice) => {
              const prepared = toyRounds.prepare(
                problem,
                params,
                sliceSource(slice, slices),
                quiet,
              );
              const at = { round, slice, slices };
              const rebuilt = holder.rebuild(problem, params, states[round]!, prepared, at);
              expect(Uint32Array.from(rebuilt)).toEqual(held);
            });
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  it('a contribution that is lost, doubled, swapped or of another round is refused', () => {
    const { parts, states } = train(defaults, 4);
    const [a, b, c, d] = parts[1] as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const close = (...chosen: Uint8Array[]) =>
      toyRounds.close(problem, defaults, states[1]!, sumOf(chosen), 1);
    expect(close(a, b, c, d).state).toEqual(states[2]);
    expect(() => close(a, b, c)).toThrow('slices 0 to 3 of 4 in round 1');
    expect(() => close(a, b, b, d)).toThrow(LearnerError);
    expect(() => close(a, c, b, d)).toThrow(/cannot be combined/);
    expect(() => close(a, b, c, parts[0]![3]!)).toThrow(/cannot be combined/);
    expect(() => toyRounds.close(problem, defaults, states[0]!, a, 0)).toThrow(LearnerError);
  });

  it('[P88] combine law: a hundred contributions in any whole subtrees give one exact sum', () => {
    const { parts, states } = train({ ...defaults, rounds: 1 }, 100);
    const metrics = (chosen: readonly Uint8Array[]) =>
      toyRounds.close(problem, defaults, states[0]!, sumOf(chosen), 0).metrics;
    const whole = sumOf(parts[0]!);
    const exact = parts[0]!.reduce((sum, part) => (sum + wordsIn(part, 0, 5)[4]!) >>> 0, 0);
    expect(metrics(parts[0]!)).toEqual({ sum: exact, rows: problem.rows });
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(99), { minLength: 1, maxLength: 99 }), (picked) => {
        const owned = new Set(picked);
        const others = new Set([...parts[0]!.keys()].filter((slice) => !owned.has(slice)));
        const sums = new Map<string, Uint8Array>();
        for (const span of [...cover(100, owned), ...cover(100, others)]) {
          sums.set(`${span.from} ${span.to}`, sumAt(parts[0]!, span));
        }
        const known = ({ from, to }: Span) => sums.get(`${from} ${to}`);
        expect(combineTree({ from: 0, to: 100 }, known, combine)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('a contribution of the right place with another content gives another model', () => {
    const { parts, states } = train(defaults, 2);
    const changed = parts[1]![1]!.slice();
    changed[24]! ^= 1;
    const sum = sumOf([parts[1]![0]!, changed]);
    const { state } = toyRounds.close(problem, defaults, states[1]!, sum, 1);
    expect(state).not.toEqual(states[2]);
  });

  it('state and contributions have the sizes asked for', () => {
    const params = { ...defaults, stateBytes: 1 << 16, contributionBytes: 1 << 17 };
    const { states, parts } = train(params, 3);
    expect(states[0]).toHaveLength(1 << 16);
    expect(states[0]).not.toEqual(states[1]);
    expect(parts[0]![0]).toHaveLength(1 << 17);
    const torn = parts[1]!.map((part) => part.slice());
    torn[2]![100_000]! ^= 1;
    expect(() => toyRounds.close(problem, params, states[1]!, sumOf(torn), 1)).toThrow(
      /word 2500\d of the sum was changed/,
    );
  });

  it('a holder that skipped a round, or has a stale state, is refused', () => {
    const { states } = train(defaults, 2);
    const prepared = toyRounds.prepare(problem, defaults, sliceSource(0, 2), quiet);
    const at = (round: number) => ({ round, slice: 0, slices: 2 });
    const held = holder.rebuild(problem, defaults, states[0]!, prepared, at(0));
    const evolve = () => holder.evolve(problem, defaults, states[2]!, prepared, held, at(2));
    expect(evolve).toThrow('state of slice 0 goes from round 0 to 2');
    expect(() => holder.rebuild(problem, defaults, states[1]!, prepared, at(2))).toThrow(
      'state of round 1 given in round 2',
    );
  });

  it('fails as it is told', () => {
    const told = (fail: ToyRoundsParams['fail']) => ({
      ...defaults,
      fail,
      failRound: 1,
      failSlice: 1,
    });
    expect(() => train(told('error'), 2)).toThrow('slice 1 fails in round 1');
    expect(() => train(told('exit'), 2)).toThrow(ProcessExitRequest);
    expect(() => train(told('exit'), 1)).not.toThrow();
  });

  it('its model is described and opened like any other', () => {
    const { model } = train(defaults, 3);
    expect(describeModel(model)).toMatchObject({ learner: 'toy-rounds', kind: 'regression' });
    const { predictor } = decodeModel(model, learnersWithToy);
    expect(predictor.predict({ rows: 3, firstRow: 0, columns: new Map() })).toHaveLength(3);
    expect(() => toyRounds.decode(model.subarray(0, model.length - 1))).toThrow(ModelError);
  });
});
