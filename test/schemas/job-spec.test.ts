/** The job spec: what is taken, with which defaults, and what is said about all else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkSpec,
  jobSpecJsonSchema,
  parseSpec,
  SpecError,
  type SpecIssue,
  showValue,
  specDigest,
} from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';

const least = { dataset: 'adult', target: 'class', algorithm: 'random-forest' };

function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** The issues of a spec that must not be taken. */
function issuesOf(input: unknown): readonly SpecIssue[] {
  try {
    checkSpec(input);
  } catch (error) {
    if (error instanceof SpecError) return error.issues;
    throw error;
  }
  throw new Error(`taken: ${JSON.stringify(input)}`);
}

describe('a good spec', () => {
  it('[P95] needs three keys; everything else has a default', () => {
    expect(parseSpec(bytes(least))).toEqual({
      ...least,
      params: {},
      preprocess: [],
      evaluate: { holdout: 0.2 },
      refit: true,
      seed: 0,
      rows: 'all',
      workers: { min: 1, max: 8 },
      deadline: null,
      priority: 0,
      mode: 'sync',
      updateCodec: 'none',
      labels: {},
    });
  });

  it('takes every key', () => {
    const full = {
      ...least,
      ...{ dataset: 'adult@3', id: 'job_1-A', task: 'regression', params: { trees: 10, deep: {} } },
      ...{ features: { exclude: ['id', 'name'] }, evaluate: { folds: 5 }, refit: true },
      ...{ seed: 4_294_967_295, rows: 'shard', model: 'm', workers: { min: 2, max: 2 } },
      ...{ deadline: 60.5, priority: -3, labels: { zone: 'eu' } },
    };
    expect(parseSpec(bytes(full))).toMatchObject(full);
  });

  it('has one digest, however it is written and whatever its id is', () => {
    const one = checkSpec({ ...least, id: 'a', params: { x: 1, y: 2 } });
    const two = checkSpec({ params: { y: 2, x: 1 }, seed: 0, ...least, id: 'b' });
    expect(specDigest(two)).toBe(specDigest(one));
    expect(specDigest(checkSpec({ ...least, params: { x: 1, y: 3 } }))).not.toBe(specDigest(one));
  });

  it('names no target where nothing is to be learned, and may ask for another mode', () => {
    const { target: _none, ...grouping } = least;
    const spec = checkSpec({ ...grouping, task: 'clustering', mode: 'local' });
    expect(spec).toMatchObject({ task: 'clustering', mode: 'local' });
    expect(spec).not.toHaveProperty('target');
  });

  it('[P25] predicts with a finished model instead of training one', () => {
    const spec = checkSpec({ dataset: 'people', predict: 'income@3', output: 'incomes' });
    expect(spec).toMatchObject({ dataset: 'people', predict: 'income@3', output: 'incomes' });
    expect(spec).not.toHaveProperty('algorithm');
  });

  it('has a JSON schema that asks for what every job needs', () => {
    expect(jobSpecJsonSchema()).toMatchObject({
      type: 'object',
      required: ['dataset'],
      additionalProperties: false,
    });
  });
});

describe('a bad spec', () => {
  const cases: [string, object, { path: string; value: string | null; fix: string | RegExp }][] = [
    ['a missing key', { dataset: undefined }, { path: 'dataset', value: null, fix: 'add it' }],
    ['an empty target', { target: '' }, { path: 'target', value: '""', fix: 'give at least 1' }],
    ['no algorithm', { algorithm: undefined }, { path: 'algorithm', value: null, fix: 'add it' }],
    [
      'an algorithm beside a model',
      { predict: 'income' },
      { path: 'algorithm', value: '"random-forest"', fix: /remove "predict" to train/ },
    ],
    [
      'a target beside a model',
      { predict: 'income' },
      { path: 'target', value: '"class"', fix: /remove it/ },
    ],
    [
      'no such model name',
      { predict: 'in come' },
      { path: 'predict', value: '"in come"', fix: /name@version/ },
    ],
    [
      'output of a job that trains',
      { output: 'x' },
      { path: 'output', value: '"x"', fix: /"model"/ },
    ],
    ['a misspelt key', { sead: 1 }, { path: 'sead', value: '1', fix: 'did you mean "seed"?' }],
    ['an unknown key', { xyzzy: 1 }, { path: 'xyzzy', value: '1', fix: 'remove it' }],
    [
      'an unknown inner key',
      { workers: { most: 3 } },
      { path: 'workers.most', value: '3', fix: /./ },
    ],
    ['a wrong type', { seed: '7' }, { path: 'seed', value: '"7"', fix: /number/ }],
    ['a fraction', { seed: 1.5 }, { path: 'seed', value: '1.5', fix: 'give a whole number' }],
    ['too small', { seed: -1 }, { path: 'seed', value: '-1', fix: 'give at least 0' }],
    ['too big', { priority: 101 }, { path: 'priority', value: '101', fix: 'give at most 100' }],
    [
      'no such mode',
      { mode: 'fast' },
      { path: 'mode', value: '"fast"', fix: 'use "sync" or "local"' },
    ],
    ['rows', { rows: 'some' }, { path: 'rows', value: '"some"', fix: 'use "all" or "shard"' }],
    ['an id', { id: 'a b' }, { path: 'id', value: '"a b"', fix: /1 to 64 of the characters/ }],
    ['a long id', { id: 'x'.repeat(65) }, { path: 'id', value: /x{10}/ as never, fix: /1 to 64/ }],
    ['a data set', { dataset: 'a.b' }, { path: 'dataset', value: '"a.b"', fix: /name@version/ }],
    ['version 0', { dataset: 'a@0' }, { path: 'dataset', value: '"a@0"', fix: /name@version/ }],
    [
      'evaluate',
      { evaluate: true },
      { path: 'evaluate', value: 'true', fix: /holdout.*folds.*false/ },
    ],
    [
      'features',
      { features: ['a'] },
      { path: 'features', value: '["a"]', fix: /include.*exclude/ },
    ],
    [
      'min over max',
      { workers: { min: 3, max: 2 } },
      { path: 'workers.min', value: '3', fix: 'give at most 2' },
    ],
    ['a deadline', { deadline: 0 }, { path: 'deadline', value: '0', fix: 'give at least 1' }],
    ['preprocess', { preprocess: ['scale'] }, { path: 'preprocess.0', value: '"scale"', fix: /./ }],
  ];

  for (const [what, change, issue] of cases) {
    it(`${what}: names path, value and fix`, () => {
      const found = issuesOf({ ...least, ...change });
      const [first] = found.filter(({ path }) => path === issue.path);
      expect(found.map(({ path }) => path)).toContain(issue.path);
      if (typeof issue.value === 'string' || issue.value === null) {
        expect(first?.value).toBe(issue.value);
      }
      if (typeof issue.fix === 'string') expect(first?.fix).toBe(issue.fix);
      else expect(first?.fix).toMatch(issue.fix);
      expect(first?.message).not.toBe('');
    });
  }

  it('has all its issues told at once, and the first in the message', () => {
    const issues = issuesOf({ dataset: 'a b', seed: -1, colour: 'red' });
    expect(issues.map(({ path }) => path).sort()).toEqual(
      ['algorithm', 'colour', 'dataset', 'seed'].sort(),
    );
    expect(new SpecError(issues).message).toMatch(/^\w+: .* \(and 3 more\)$/);
    expect(new SpecError(issues)).toMatchObject({ code: 'invalid-spec', family: 'terminal' });
  });

  it('may be no JSON, no UTF-8, no object, or too long', () => {
    const wrong: [Uint8Array, RegExp][] = [
      [new TextEncoder().encode("{'dataset':1}"), /not JSON/],
      [new Uint8Array(0), /not JSON/],
      [Uint8Array.of(0x22, 0xff, 0x22), /not JSON/],
      [new TextEncoder().encode('null'), /not possible here/],
      [new TextEncoder().encode('[1]'), /not possible here/],
      [new Uint8Array(300_000), /300000 bytes, at most 262144/],
    ];
    for (const [input, message] of wrong) expect(() => parseSpec(input)).toThrow(message);
    const big = bytes({
      ...least,
      labels: { pad: '' },
      params: { pad: 'x'.repeat(limits.specMax) },
    });
    expect(() => parseSpec(big)).toThrow(SpecError);
  });

  it('never crashes the reader, whatever the JSON, and every issue has a fix', () => {
    const keys = fc.constantFrom(
      ...Object.keys(parseSpec(bytes(least))),
      ...['__proto__', 'constructor', 'features', 'task', 'id', 'model', 'toString'],
    );
    const input = fc.oneof(
      fc.json(),
      fc.dictionary(keys, fc.jsonValue()).map((value) => JSON.stringify({ ...least, ...value })),
      fc.dictionary(keys, fc.jsonValue()).map((value) => JSON.stringify(value)),
      fc.string(),
    );
    fc.assert(
      fc.property(input, (text) => {
        try {
          parseSpec(new TextEncoder().encode(text));
        } catch (error) {
          if (!(error instanceof SpecError)) throw error;
          expect(error.issues.length).toBeGreaterThan(0);
          for (const issue of error.issues) {
            expect(issue.fix).not.toBe('');
            expect(issue.message).not.toBe('');
            expect(issue.value === null || issue.value.length <= 80).toBe(true);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('never crashes the reader, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (input) => {
        expect(() => parseSpec(Uint8Array.from(input))).toThrow(SpecError);
      }),
    );
  });

  it('pollutes no prototype', () => {
    const text = `{"dataset":"a","target":"b","algorithm":"c","__proto__":{"polluted":1},"params":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"labels":{"__proto__":"x"}}`;
    try {
      const spec = parseSpec(new TextEncoder().encode(text));
      expect((spec.params as { polluted?: unknown }).polluted).toBeUndefined();
    } catch (error) {
      expect(error).toBeInstanceOf(SpecError);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('shown values', () => {
  it('are JSON, and short', () => {
    expect(showValue('a')).toBe('"a"');
    expect(showValue(undefined)).toBe('undefined');
    expect(showValue({ a: [1, null] })).toBe('{"a":[1,null]}');
    expect(showValue('x'.repeat(500))).toHaveLength(80);
  });
});
