/**
 * The toy learner, the catalogue and the header that every model begins with.
 */
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../datasets/frame.ts';
import { defineLearner, learners, learnersOf, learnersWithToy } from '../../learners/catalogue.ts';
import { LearnerError, ModelError, ProcessExitRequest } from '../../learners/errors.ts';
import type { Problem, RowSource } from '../../learners/learner.ts';
import {
  decodeModel,
  describeModel,
  modelHeader,
  readModelHeader,
  writeModelHeader,
} from '../../learners/model.ts';
import { defaultParams } from '../../learners/params.ts';
import { type ToyParams, toyLearner, toyProblem } from '../../learners/toy.ts';
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';

const quiet = () => undefined;

function sourceOf(...rows: readonly number[]): RowSource {
  let firstRow = 0;
  const frames: Frame[] = rows.map((count) => {
    firstRow += count;
    return { rows: count, firstRow: firstRow - count, columns: new Map() };
  });
  return { frames: () => frames, split: { kind: 'all' } };
}

function fitToy(problem: Problem, params: ToyParams, source: RowSource): Uint8Array {
  const prepared = toyLearner.prepare(problem, params, source, quiet);
  const parts = Array.from({ length: toyLearner.taskCount(problem, params) }, (_, task) =>
    toyLearner.train(problem, params, prepared, task, quiet),
  );
  return toyLearner.merge(problem, params, parts);
}

const params = { ...defaultParams(toyLearner.params), tasks: 5 };

describe('toy learner', () => {
  it('one model for any sharding, another for another seed', () => {
    const whole = fitToy(toyProblem(1, 30), params, sourceOf(30));
    expect(fitToy(toyProblem(1, 30), params, sourceOf(7, 0, 23))).toEqual(whole);
    expect(fitToy(toyProblem(2, 30), params, sourceOf(30))).not.toEqual(whole);
    expect(fitToy(toyProblem(1, 30), { ...params, spin: 100 }, sourceOf(30))).not.toEqual(whole);
  });

  it('a missing or swapped part is refused', () => {
    const problem = toyProblem(1, 30);
    const prepared = toyLearner.prepare(problem, params, sourceOf(30), quiet);
    const part = (task: number) => toyLearner.train(problem, params, prepared, task, quiet);
    const parts = [0, 1, 2, 3, 4].map(part);
    expect(() => toyLearner.merge(problem, params, parts.slice(1))).toThrow('4 parts, 5 expected');
    expect(() => toyLearner.merge(problem, params, parts.toReversed())).toThrow(ModelError);
  });

  it('fails as it is told', () => {
    const problem = toyProblem(1, 3);
    const run = (fail: ToyParams['fail'], task: number) => {
      const told = { ...params, fail, failTask: 2 };
      const prepared = toyLearner.prepare(problem, told, sourceOf(3), quiet);
      toyLearner.train(problem, told, prepared, task, quiet);
    };
    expect(() => run('error', 2)).toThrow(LearnerError);
    expect(() => run('exit', 2)).toThrow(ProcessExitRequest);
    expect(() => run('exit', 1)).not.toThrow();
  });

  it('reports progress, and stops when the report throws', () => {
    const problem = toyProblem(1, 3);
    const prepared = toyLearner.prepare(problem, params, sourceOf(3), quiet);
    const stop = (done: number) => {
      if (done > 100_000) throw new Error('cancelled');
    };
    const long = { ...params, spin: 1e9 };
    expect(() => toyLearner.train(problem, long, prepared, 0, stop)).toThrow('cancelled');
  });
});

describe('models', () => {
  it('are described without their learner and opened with it', () => {
    const bytes = fitToy(toyProblem(1, 30), params, sourceOf(30));
    expect(describeModel(bytes)).toMatchObject({
      learner: 'toy-sum',
      kind: 'regression',
      target: { name: 'target', kind: 'number' },
      trees: 0,
    });
    const { predictor } = decodeModel(bytes, learnersWithToy);
    expect(predictor.predict({ rows: 3, firstRow: 0, columns: new Map() })).toHaveLength(3);
    expect(() => decodeModel(bytes, learners)).toThrow(/needs the learner "toy-sum", known here/);
  });

  it('of all kinds keep theirs, and classify with one class at least', () => {
    const bytesOf = (problem: Problem) => {
      const writer = new CanonicalWriter();
      writeModelHeader(writer, modelHeader(toyLearner, problem, 0));
      return writer.finish();
    };
    const { target, ...rest } = toyProblem(1, 30);
    const classes = ['a', 'b'];
    const level = { name: 'target', kind: 'category' as const, levels: classes };
    const problems: Problem[] = [
      { ...rest, target },
      { ...rest, target, kind: 'clustering' },
      { ...rest, target: level, kind: 'classification', classes },
    ];
    for (const problem of problems) {
      const header = readModelHeader(new CanonicalReader(bytesOf(problem)));
      expect(header).toEqual(modelHeader(toyLearner, problem, 0));
    }
    const none = { ...rest, target: level, kind: 'classification' as const };
    expect(() => describeModel(bytesOf(none))).toThrow('cannot have 0 classes');
    expect(() => decodeModel(bytesOf(problems[1]!), learnersWithToy)).toThrow(
      '"toy-sum" has no models for clustering',
    );
  });

  it('garbage is a ModelError', () => {
    expect(() => describeModel(new Uint8Array(0))).toThrow(ModelError);
    expect(() => describeModel(Uint8Array.of(4, 255, 255, 255, 255))).toThrow(ModelError);
    const bytes = fitToy(toyProblem(1, 30), params, sourceOf(30));
    expect(() => decodeModel(bytes.subarray(0, bytes.length - 1), learnersWithToy)).toThrow(
      ModelError,
    );
  });
});

describe('catalogue', () => {
  it('refuses a bad name, numerics 0 and two of one name', () => {
    expect(() => defineLearner({ ...toyLearner, name: 'Toy Sum' })).toThrow(LearnerError);
    expect(() => defineLearner({ ...toyLearner, numerics: 0 })).toThrow(/must be 1 or more/);
    expect(() => learnersOf(toyLearner, toyLearner)).toThrow('two learners are called "toy-sum"');
    expect(learnersOf(toyLearner).get('toy-sum')).toBe(toyLearner);
  });
});
