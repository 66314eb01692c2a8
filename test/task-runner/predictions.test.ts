/**
 * Shards of predictions and the data set that they become, on this thread.
 */
import { describe, expect, it } from 'vitest';
import { computeFunctions, type JobBytes } from '../../actors/task-runner/compute-functions.ts';
import { joinPredictions } from '../../actors/task-runner/join-predictions.ts';
import {
  type OpenModel,
  predictedColumns,
  predictShard,
  type ShardPredictions,
} from '../../actors/task-runner/predict-shard.ts';
import type { ColumnSchema, Frame, LevelColumn, NumberColumn } from '../../datasets/frame.ts';
import { type Manifest, parseManifest } from '../../datasets/manifest.ts';
import { decodeShard } from '../../datasets/shard.ts';
import { shardFrames } from '../../datasets/shard-frames.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { decodeModel } from '../../learners/model.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { Digest } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { dataSet, jsonBytes, predictPlan, toyModel } from './data.ts';

const data = await dataSet();
const shardsOf = data.manifest.shards;
const frames = [
  ...shardFrames(data.manifest, (i) => data.shards.get(shardsOf[i]?.sha256 ?? '') as Uint8Array),
];

/** Ten classes, whose order as numbers is not that of their names. */
const classes = Array.from({ length: 10 }, (_, i) => String(i + 2));
const plan = predictPlan(data, { digest: 'ab'.repeat(32) as Digest, classes });
const columns = data.manifest.columns;

/** Gives each row's colour, as the model's levels have it, as its class; unknown is all alike. */
const colours: ColumnSchema = {
  name: 'colour',
  kind: 'category',
  levels: ['amber', 'blue', 'red'],
};
const model: OpenModel = {
  features: [colours],
  predictor: {
    predict(frame: Frame) {
      const { codes } = frame.columns.get('colour') as LevelColumn;
      const values = new Float64Array(frame.rows * classes.length).fill(0.1);
      codes.forEach((code, i) => {
        if (code >= 0) values[i * classes.length + 8 - code] = 0.5;
      });
      return values;
    },
  },
};

function shardAt(index: number, open: OpenModel = model, own: JobPlan = plan) {
  return predictShard(own, index, frames[index] as Frame, columns, open);
}

async function joined(own: JobPlan = plan, open: OpenModel = model) {
  const made: ShardPredictions[] = [];
  for (let i = 0; i < frames.length; i++) made.push(await shardAt(i, open, own));
  const results = made.map(({ result }) => result);
  const manifest = parseManifest(joinPredictions(own, 'scored', data.manifest, results));
  return { made, manifest };
}

function column<T>(manifest: Manifest, made: readonly ShardPredictions[], name: string): T[] {
  return made.map(({ shard }, i) => decodeShard(shard, manifest, i).columns.get(name) as T);
}

describe('[P25] a shard of predictions', () => {
  it('has a row for each row: the likeliest class, then the probability of each', async () => {
    const { made, manifest } = await joined();
    const names = manifest.columns.map(({ name }) => name);
    expect(names).toEqual(['prediction', ...classes.map((name) => `probability_${name}`)]);
    const levels = manifest.columns[0]?.levels ?? [];
    // Levels stand in the order of their bytes, columns in the order of the classes.
    expect(levels).toEqual(['10', '11', '2', '3', '4', '5', '6', '7', '8', '9']);
    const said = column<LevelColumn>(manifest, made, 'prediction').flatMap(({ codes }) =>
      [...codes].map((code) => levels[code]),
    );
    const { levels: known = [] } = columns.find(({ name }) => name === 'colour') ?? {};
    const wanted = frames.flatMap((frame) =>
      [...(frame.columns.get('colour') as LevelColumn).codes].map(
        (code) => ({ red: '8', blue: '9', green: '2' })[known[code] ?? ''],
      ),
    );
    expect(said).toEqual(wanted);
    const nine = column<NumberColumn>(manifest, made, 'probability_9').flatMap(({ values }) => [
      ...values,
    ]);
    expect(nine).toEqual(wanted.map((name) => (name === '9' ? 0.5 : 0.1)));
  });

  it('is described by what the manifest needs, and joined to a sound one', async () => {
    const { made, manifest } = await joined();
    expect(manifest).toMatchObject({ name: 'scored', rows: 60, split: data.manifest.split });
    expect(manifest.shards.map(({ sha256 }) => sha256)).toEqual(
      made.map(({ shard }) => sha256Hex(shard)),
    );
    expect(manifest.shards.map(({ rows }) => rows)).toEqual(shardsOf.map(({ rows }) => rows));
    expect(manifest.columns[0]?.stats).toEqual({ missing: 0, distinct: 3 });
    const { values, mean, min, max } = manifest.columns[8]?.stats ?? {};
    expect({ values, min, max }).toEqual({ values: [0.1, 0.5], min: 0.1, max: 0.5 });
    expect(mean).toBeCloseTo(0.1 + 0.4 / 3, 12);
  });

  it('has the same bytes each time, whatever else the thread did', async () => {
    const first = await shardAt(1);
    await shardAt(2);
    expect(await shardAt(1)).toEqual(first);
  });

  it('of a regression or clustering has one column of numbers, bit for bit', async () => {
    const values = Float64Array.from({ length: 20 }, (_, i) => Math.PI * (i - 5));
    const open = { features: [], predictor: { predict: () => values } };
    for (const kind of ['regression', 'clustering'] as const) {
      const { made, manifest } = await joined({ ...predictPlan(data), kind }, open);
      expect(manifest.columns).toMatchObject([
        { name: 'prediction', kind: 'number', storage: 'float64' },
      ]);
      const [first] = column<NumberColumn>(manifest, made, 'prediction');
      expect(first?.values).toEqual(values);
    }
  });

  it('is refused where the model gives no finite number, and the row is named', async () => {
    const values = new Float64Array(200);
    values[37] = Number.NaN;
    await expect(
      shardAt(1, { features: [], predictor: { predict: () => values } }),
    ).rejects.toMatchObject({ code: 'bad-prediction', message: expect.stringContaining('row 23') });
    await expect(
      shardAt(1, { features: [], predictor: { predict: () => values.subarray(1) } }),
    ).rejects.toMatchObject({ message: 'the model gave 199 values for 20 rows, not 200' });
  });
});

describe('joining predictions', () => {
  it('refuses results that do not tell of the shards in their order', async () => {
    const results = (await joined()).made.map(({ result }) => result);
    const join = (own: readonly Uint8Array[]) => () =>
      joinPredictions(plan, 'scored', data.manifest, own);
    expect(join(results.slice(1))).toThrow('2 shards of predictions for 3 of rows');
    expect(join([...results].reverse())).toThrow('score 0 does not tell of shard 0');
    expect(join([new Uint8Array(3), ...results.slice(1)])).toThrow('score 0 is not JSON');
    const other = jsonBytes({ format: 2, index: 0 });
    expect(join([other, ...results.slice(1)])).toThrow('score 0 does not tell');
  });
});

describe('[P25] compute functions', () => {
  it('predict the shards of a data set as the model does alone, and join them', async () => {
    const { bytes, digest } = await toyModel(data);
    const own = predictPlan(data, { digest, classes: ['no', 'yes'] });
    const planBytes = jsonBytes(own);
    const job: JobBytes = {
      plan: { digest: sha256Hex(planBytes), bytes: planBytes },
      manifest: { digest: own.dataset.manifest, bytes: data.manifestBytes },
    };
    const table = computeFunctions(
      learnersWithToy,
      (path) => data.shards.get(path) as Uint8Array,
    ) as unknown as Record<string, (input: unknown, progress: () => void) => Promise<never>>;
    const made: ShardPredictions[] = [];
    for (const { index, sha256 } of shardsOf) {
      const shard = { index, path: sha256 };
      const input = { job, shard, model: { digest, bytes } };
      made.push((await table.predict?.(input, () => {})) as unknown as ShardPredictions);
    }
    const scores = made.map(({ result }) => result);
    const joinInput = { job, scores, output: 'scored' };
    const manifest = parseManifest((await table['join-predictions']?.(joinInput, () => {}))!);
    const { predictor } = decodeModel(bytes, learnersWithToy);
    const no = column<NumberColumn>(manifest, made, 'probability_no').flatMap(({ values }) => [
      ...values,
    ]);
    const alone = frames.flatMap((frame) => [...predictor.predict(frame)]);
    expect(no).toEqual(alone.filter((_, i) => i % 2 === 0));
    expect(predictedColumns(own).map(({ name }) => name)).toEqual(
      manifest.columns.map(({ name }) => name),
    );
  });
});
