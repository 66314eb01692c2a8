/**
 * The small parts of the runner: what is kept and for how long, problems, plans and measures.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Memo } from '../../actors/task-runner/memo.ts';
import { parseInputs, parsePlan } from '../../actors/task-runner/plan-bytes.ts';
import { bytesOf, PreparedCache } from '../../actors/task-runner/prepared-cache.ts';
import { frameFor, problemOf } from '../../actors/task-runner/problem.ts';
import type { Frame } from '../../datasets/frame.ts';
import {
  decodeScoredRows,
  encodeScoredRows,
  joinScoredRows,
  type ScoredRows,
} from '../../learners/predictions.ts';
import type { Digest } from '../../schemas/ids.ts';
import { meanMetrics, spreadOf } from '../../schemas/measured.ts';
import { dataSet, jsonBytes, predictPlan, toyPlan } from './data.ts';

const data = await dataSet();

describe('prepared data', () => {
  const shared = (bytes: number) => ({ columns: [new Uint8Array(new SharedArrayBuffer(bytes))] });
  const use = (key: string, job = 'j') => ({
    key,
    job,
    manifest: `${key}-0123456789abcdef`,
    signal: new AbortController().signal,
    onProgress() {},
  });

  it('is made once for all that ask, and evicted by bytes, the least recently used first', async () => {
    const cache = new PreparedCache(250);
    const made: string[] = [];
    const get = (key: string) =>
      cache.get(use(key), async () => {
        made.push(key);
        return shared(100);
      });
    await Promise.all([get('a'), get('a')]);
    await get('b');
    await get('a');
    await get('c');
    expect(made).toEqual(['a', 'b', 'c']);
    expect(cache.held()).toEqual(['a-0123456789abcd', 'c-0123456789abcd']);
    await get('b');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  it('keeps what was asked for last, even over the bound', async () => {
    const cache = new PreparedCache(10);
    await cache.get(use('a'), async () => shared(100));
    expect(cache.held()).toHaveLength(1);
    await cache.get(use('b'), async () => shared(100));
    expect(cache.held()).toEqual(['b-0123456789abcd']);
  });

  it('forgets a job: aborts what is being made for it alone', async () => {
    const cache = new PreparedCache(1_000);
    const aborted = cache.get(
      use('a'),
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    await cache.get(use('b', 'other'), async () => shared(8));
    cache.forget('j');
    await expect(aborted).rejects.toThrow('aborted');
    expect(cache.held()).toHaveLength(1);
    cache.forget('other');
    expect(cache.held()).toEqual([]);
  });

  it('breaks off a making that hangs when all who wait for it were told to stop', async () => {
    const cache = new PreparedCache(1_000);
    const stops = [new AbortController(), new AbortController()];
    let made = 0;
    const hung = stops.map(({ signal }) =>
      cache.get({ ...use('a'), signal }, (making) => {
        made += 1;
        return new Promise((_, reject) => {
          making.addEventListener('abort', () => reject(new Error('aborted')));
        });
      }),
    );
    stops[0]?.abort('stopped');
    const third = cache.get(use('a'), async () => shared(8));
    stops[1]?.abort('fenced');
    expect(made).toBe(1);
    const settled = Promise.allSettled([...hung, third]);
    cache.forget('j');
    await settled;
    const alone = new AbortController();
    const last = cache.get({ ...use('a'), signal: alone.signal }, async (making) => {
      await new Promise((_, reject) => {
        making.addEventListener('abort', () => reject(new Error('broken off')));
      });
    });
    alone.abort('stopped');
    await expect(last).rejects.toThrow('broken off');
    expect(await cache.get(use('a'), async () => shared(8))).toEqual(shared(8));
  });

  it('does not keep a failure, and tells everybody who waits how far it is', async () => {
    const cache = new PreparedCache(1_000);
    let moves = 0;
    const asked = {
      ...use('a'),
      onProgress() {
        moves += 1;
      },
    };
    await expect(
      cache.get(asked, async (_signal, onProgress) => {
        await null;
        onProgress();
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(moves).toBe(1);
    expect(await cache.get(use('a'), async () => 'second')).toBe('second');
  });

  it('drops what nobody has asked for during half an hour', async () => {
    const cache = new PreparedCache(1_000);
    cache.rest(1_000);
    await cache.get(use('a'), async () => shared(8));
    cache.rest(1_000 + 30 * 60_000);
    expect(cache.held()).toHaveLength(1);
    cache.rest(1_001 + 30 * 60_000);
    expect(cache.held()).toEqual([]);
  });

  it('counts each buffer once', () => {
    const one = new Float64Array(new SharedArrayBuffer(80));
    expect(
      bytesOf({ a: one, b: [one, one.subarray(2)], c: new Map([['d', new Uint8Array(5)]]) }),
    ).toBe(85);
  });
});

describe('memory of small things', () => {
  it('a memo keeps the last used, and no failure', async () => {
    const memo = new Memo<number>(2);
    let made = 0;
    const make = async () => ++made;
    await memo.get('a', make);
    await memo.get('b', make);
    await memo.get('a', make);
    await memo.get('c', make);
    expect(await memo.get('a', make)).toBe(1);
    expect(await memo.get('b', make)).toBe(4);
    await expect(memo.get('x', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await memo.get('x', make)).toBe(5);
  });
});

describe('a problem', () => {
  const spec = (target: string, kind: 'classification' | 'regression') => ({
    ...toyPlan(data),
    target,
    kind,
  });

  it('has levels as classes, whatever the target column is', () => {
    const { manifest } = data;
    expect(problemOf(spec('label', 'classification'), manifest).classes).toEqual(['no', 'yes']);
    const grade = problemOf(spec('grade', 'classification'), manifest);
    expect(grade.classes).toEqual(['1', '2', '3', '4']);
    expect(grade.target.levels).toEqual(grade.classes);
    expect(problemOf(spec('size', 'regression'), manifest).classes).toEqual([]);
    expect(grade.features.map((feature) => feature.name)).toEqual(['size', 'colour']);
  });

  it('has no target among the columns when it clusters', () => {
    const spec = { ...toyPlan(data), target: '', kind: 'clustering' as const };
    const rounds = { mode: 'sync' as const, slicesPerShard: 1, sliceBytes: 0 };
    const problem = problemOf({ ...spec, rounds }, data.manifest);
    expect(problem).toMatchObject({ target: { name: 'cluster' }, classes: [], mode: 'sync' });
    const frame: Frame = { rows: 0, firstRow: 0, columns: new Map() };
    expect(frameFor(problem, frame)).toBe(frame);
  });

  it('refuses a target that does not fit', () => {
    const { manifest } = data;
    expect(() => problemOf(spec('colour', 'regression'), manifest)).toThrow(/regression/);
    expect(() => problemOf(spec('size', 'classification'), manifest)).toThrow(/whole/);
    expect(() => problemOf(spec('nothing', 'regression'), manifest)).toThrow(/no column/);
  });
});

describe('plans', () => {
  it('are read back as written, and nothing else is', () => {
    const plan = toyPlan(data);
    expect(parsePlan(jsonBytes(plan))).toEqual(plan);
    for (const bad of [
      Uint8Array.of(1, 2),
      jsonBytes([]),
      jsonBytes({ ...plan, format: 2 }),
      jsonBytes({ ...plan, fits: [{}] }),
      jsonBytes({ ...plan, dataset: { manifest: 'x' } }),
    ]) {
      expect(() => parsePlan(bad)).toThrow();
    }
    expect(parseInputs(jsonBytes({ format: 1, results: ['a'.repeat(64)] })).results).toHaveLength(
      1,
    );
    expect(() => parseInputs(jsonBytes({ format: 1, results: ['a'] }))).toThrow(/SHA-256/);
    expect(() => parseInputs(jsonBytes({ format: 1 }))).toThrow(/results/);
  });

  it('[P25] that predict name a model, and classes where they classify', () => {
    const plan = predictPlan(data, { digest: 'ab'.repeat(32) as Digest, classes: ['a', 'b'] });
    expect(parsePlan(jsonBytes(plan))).toEqual(plan);
    expect(parsePlan(jsonBytes(predictPlan(data)))).toEqual(predictPlan(data));
    const { predict } = plan;
    for (const change of [
      { predict: null },
      { predict: { ...predict, model: 'x' } },
      { predict: { ...predict, classes: 'a' } },
      { predict: { ...predict, output: undefined } },
      { predict: { ...predict, classes: [] } },
      { kind: 'regression' },
      { fits: [] },
      { fits: toyPlan(data).fits.slice(0, 1) },
    ]) {
      expect(() => parsePlan(jsonBytes({ ...plan, ...change }))).toThrow();
    }
  });
});

describe('scored rows', () => {
  const scored = fc
    .record({ rows: fc.integer({ min: 0, max: 9 }), classes: fc.constantFrom(0, 2, 3) })
    .map(({ rows, classes }): ScoredRows => {
      const kind = classes === 0 ? 'regression' : 'classification';
      return {
        kind,
        classes: ['a', 'b', 'c'].slice(0, classes),
        targets: Float64Array.from({ length: rows }, (_, i) =>
          classes === 0 ? i / 3 : i % classes,
        ),
        predictions: Float64Array.from({ length: rows * (classes || 1) }, (_, i) => i / 7),
      };
    });

  it('come back as they were', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        expect(decodeScoredRows(encodeScoredRows(rows))).toEqual(rows);
      }),
    );
  });

  it('read nothing but what was written', () => {
    fc.assert(
      fc.property(scored, fc.nat(), (rows, at) => {
        const bytes = Uint8Array.from(encodeScoredRows(rows));
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => decodeScoredRows(cut)).toThrow();
      }),
    );
  });

  it('join in the order given, of one problem only', () => {
    const part = (value: number): ScoredRows => ({
      kind: 'regression',
      classes: [],
      targets: Float64Array.of(value),
      predictions: Float64Array.of(-value),
    });
    expect([...joinScoredRows([part(2), part(1)]).targets]).toEqual([2, 1]);
    expect(() => joinScoredRows([])).toThrow();
    expect(() => joinScoredRows([part(1), { ...part(1), classes: ['a'] }])).toThrow();
  });
});

it('metrics of folds: means of scores, sums of counts', () => {
  const fold = (rows: number, auc: number | null, confusion: number[][]) => ({
    rows,
    accuracy: 0.5,
    logLoss: 1,
    auc,
    f1: null,
    confusion,
  });
  expect(meanMetrics([fold(4, 0.5, [[1, 2]]), fold(6, null, [[3, 4]])])).toEqual({
    rows: 10,
    accuracy: 0.5,
    logLoss: 1,
    auc: 0.5,
    f1: null,
    confusion: [[4, 6]],
  });
  const half = { ...fold(1, 0.25, [[0]]), confusion: null };
  expect(meanMetrics([fold(1, 1, [[1]]), half])).toMatchObject({ auc: 0.625, confusion: null });
  expect(spreadOf([fold(4, 0.5, [[1]]), fold(6, 0.7, [[1]]), fold(6, 0.9, [[1]])])).toEqual({
    accuracy: 0,
    logLoss: 0,
    auc: expect.closeTo(0.2, 12),
    f1: null,
  });
});
