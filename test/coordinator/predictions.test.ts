/**
 * Jobs that predict: the model that is meant, every way in which a data set does not fit it, the plan,
 * and the data set that is entered in the end.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type FoundModel,
  findModel,
  publishDataset,
  resolvePrediction,
} from '../../actors/coordinator/predictions.ts';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { encodeManifest, type Manifest, manifestDigest } from '../../datasets/manifest.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { ModelHeader } from '../../learners/model.ts';
import type { Bus } from '../../runtime/bus.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { checkSpec, SpecError, type SpecIssue } from '../../schemas/job-spec.ts';
import { records } from '../../schemas/wire.ts';
import { memoryCluster } from '../client/memory-cluster.ts';
import { type DataSet, dataSet, toyModel } from '../task-runner/data.ts';
import { resolvedDataset, sceneModel } from './dataset.ts';

let dataset: ResolvedDataset;
let model: FoundModel;

beforeAll(async () => {
  dataset = await resolvedDataset();
  model = sceneModel(dataset);
});

function planOf(spec: object = {}, found = model, rows = dataset): JobPlan {
  const checked = checkSpec({ dataset: 'demo', predict: 'toy', ...spec });
  return resolvePrediction(checked, rows, found, learnersWithToy);
}

function issuesOf(...args: Parameters<typeof planOf>): readonly SpecIssue[] {
  try {
    planOf(...args);
  } catch (error) {
    if (error instanceof SpecError) return error.issues;
    throw error;
  }
  throw new Error('planned');
}

/** The data set with columns changed by name. */
function withColumns(change: (manifest: Manifest) => Manifest['columns']): ResolvedDataset {
  return { ...dataset, manifest: { ...dataset.manifest, columns: change(dataset.manifest) } };
}

function changed(header: Partial<ModelHeader>): FoundModel {
  return sceneModel(dataset, header);
}

describe('[P25] a plan to predict', () => {
  it('has one score task for each shard, one that joins them, and no others', async () => {
    const { taskCount, workOf } = await import('../../schemas/job-plan.ts');
    const plan = planOf();
    const counts = (['train', 'hold', 'rounds', 'merge', 'score', 'measure'] as const).map(
      (stage) => taskCount(plan, stage),
    );
    expect(counts).toEqual([0, 0, 0, 0, 3, 1]);
    expect(workOf(plan, 'score', 2)).toEqual({ stage: 'score', fit: 0, shard: 2 });
  });

  it('says what was resolved, and follows from data and spec alone', () => {
    const plan = planOf({ output: 'scored', workers: { min: 1, max: 2 } });
    expect(plan).toMatchObject({
      ...{ learner: 'toy-sum', kind: 'classification', target: '', features: ['size', 'colour'] },
      predict: { model: model.digest, name: 'toy@1', classes: ['no', 'yes'], output: 'scored' },
    });
    expect(planOf({ output: 'scored' })).toEqual(plan);
    expect(planOf().predict?.output).toBe('');
  });

  it('asks for room for rows, model and predictions', () => {
    const small = planOf();
    const large = planOf({}, { ...model, bytes: model.bytes + 1_000 });
    expect(large.memoryPerSlot - small.memoryPerSlot).toBe(2_000);
    const classes = Array.from({ length: 100 }, (_, i) => `c${i}`);
    expect(planOf({}, changed({ classes })).memoryPerSlot).toBeGreaterThan(
      small.memoryPerSlot + 20 * 98 * 8,
    );
  });
});

describe('[P25] a data set that does not fit the model', () => {
  it('lacks a column', () => {
    const rows = withColumns(({ columns }) =>
      columns.map((column) => (column.name === 'size' ? { ...column, name: 'sizes' } : column)),
    );
    expect(issuesOf({}, model, rows)).toEqual([
      {
        ...{ path: 'dataset', value: '"demo"', fix: 'import it with that column; is it "sizes"?' },
        message: 'the data set has no column "size", which model toy@1 needs',
      },
    ]);
  });

  it('has a column of another kind, and says so for each', () => {
    const features = [
      { name: 'size', kind: 'category', levels: ['s'] },
      { name: 'colour', kind: 'number' },
    ] as const;
    expect(issuesOf({}, changed({ features })).map(({ message, fix }) => [message, fix])).toEqual([
      [
        'column "size" is of type number, model toy@1 needs category',
        'import the data set with --type size=category',
      ],
      [
        'column "colour" is of type category, model toy@1 needs number',
        'import the data set with --type colour=number',
      ],
    ]);
  });

  it('has true and false where the model knows other words, so that nothing would be known', () => {
    const rows = withColumns(({ columns }) =>
      columns.map((column) =>
        column.name === 'colour'
          ? { ...column, kind: 'boolean', levels: ['false', 'true'] }
          : column,
      ),
    );
    expect(issuesOf({}, model, rows)[0]).toMatchObject({
      fix: 'import the data set with --type colour=category',
    });
    const words = { name: 'colour', kind: 'category', levels: ['true', 'unknown'] } as const;
    expect(planOf({}, changed({ features: [words] }), rows).features).toEqual(['colour']);
  });

  it('may have levels that the model has never seen', () => {
    const amber = { name: 'colour', kind: 'category', levels: ['amber'] } as const;
    expect(planOf({}, changed({ features: [amber] })).features).toEqual(['colour']);
  });

  it('would get a version of predictions', () => {
    expect(issuesOf({ output: 'demo' })).toMatchObject([{ path: 'output', value: '"demo"' }]);
    expect(issuesOf({ id: 'demo' })).toMatchObject([{ path: 'id', value: '"demo"' }]);
    expect(planOf({ id: 'demo', output: 'other' }).predict?.output).toBe('other');
  });

  it('cannot hold so many classes, or such shards', () => {
    const classes = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    expect(issuesOf({}, changed({ classes }))).toMatchObject([
      { message: 'model toy@1 gives 10001 columns, a data set has at most 10000' },
    ]);
    const shards = dataset.manifest.shards.map((shard) => ({ ...shard, rows: 2 ** 30 }));
    const rows = { ...dataset, manifest: { ...dataset.manifest, shards } };
    expect(issuesOf({}, model, rows)).toMatchObject([
      { path: 'dataset', fix: expect.stringContaining('--rows-per-shard') },
    ]);
  });

  it('is told of an algorithm that is not known here', () => {
    expect(issuesOf({}, changed({ learner: 'own-trees' }))).toMatchObject([
      { path: 'predict', fix: 'start the coordinator with `--learner FILE`' },
    ]);
  });
});

describe('[P25] the model that is meant', () => {
  async function withModels(bus: Bus) {
    const { bytes, digest } = await toyModel(await dataSet());
    await bus.blobs.put(bytes);
    const versions = [1, 2, 3].map((version) => ({ version, digest, job: `j${version}` }));
    const removed = versions.map((own) => ({ ...own, removed: own.version === 3 }));
    const put = (name: string, live: number) =>
      bus.store.create(
        'models',
        name,
        records.model.encode(records.model.create({ name, live, versions: removed })),
      );
    await put('toy', 0);
    await put('promoted', 1);
    return digest;
  }

  it('is the version named, else the promoted one, else the newest', async () => {
    const { bus } = memoryCluster();
    const digest = await withModels(bus);
    expect(await findModel(bus, 'toy@1')).toMatchObject({ name: 'toy@1', digest });
    expect((await findModel(bus, 'toy')).name).toBe('toy@2');
    expect((await findModel(bus, 'promoted')).name).toBe('promoted@1');
    expect((await findModel(bus, 'toy')).header).toMatchObject({
      ...{ learner: 'toy-sum', kind: 'classification', classes: ['no', 'yes'] },
    });
  });

  it('has to be there, and the fix says what is', async () => {
    const { bus } = memoryCluster();
    await withModels(bus);
    const fixOf = async (reference: string) => {
      const error: unknown = await findModel(bus, reference).catch((thrown: unknown) => thrown);
      return (error as SpecError).issues[0]?.fix;
    };
    expect(await fixOf('toy@3')).toBe('use toy@1, toy@2');
    expect(await fixOf('tox')).toBe('did you mean "toy"?');
    expect(await fixOf('quantum')).toBe('list the models with `shoal models`');
  });
});

describe('[P25] predictions in the registry', () => {
  const leading = () => true;
  async function stored(bus: Bus, data: DataSet) {
    for (const shard of data.shards.values()) await bus.blobs.put(shard);
    const manifest = await bus.blobs.put(encodeManifest(data.manifest));
    return { name: 'scored', manifest, wallMs: 1_000 };
  }

  it('are one version however often they are entered; others make the next', async () => {
    const { bus, client } = memoryCluster();
    const data = await dataSet();
    const first = await stored(bus, data);
    const digest = manifestDigest(data.manifest);
    expect(await publishDataset(bus, first, leading)).toEqual({ dataset: 'scored@1', digest });
    expect(await publishDataset(bus, first, leading)).toEqual({ dataset: 'scored@1', digest });
    const second = await stored(bus, await dataSet(40));
    expect((await publishDataset(bus, second, leading)).dataset).toBe('scored@2');
    expect(await client.dataset('scored@1')).toMatchObject({ rows: 60, shards: 3, digest });
    expect(await client.dataset('scored')).toMatchObject({ rows: 40, version: 2 });
  });

  it('[F5] that were removed since are not entered again by a leader that slept', async () => {
    const { bus, client } = memoryCluster();
    const data = await dataSet();
    const predictions = await stored(bus, data);
    expect(await publishDataset(bus, predictions, leading)).toMatchObject({ dataset: 'scored@1' });
    await client.removeDataset('scored@1');
    const late = publishDataset(bus, predictions, () => false);
    await expect(late).rejects.toMatchObject({ code: 'not-leading' });
  });

  it('are not entered without all of their shards', async () => {
    const { bus } = memoryCluster();
    const data = await dataSet();
    const predictions = await stored(bus, data);
    await bus.blobs.remove(data.manifest.shards[1]?.sha256 as never);
    await expect(publishDataset(bus, predictions, leading)).rejects.toMatchObject({
      code: 'predictions-lost',
      message: 'shard 1 of the predictions is not stored any more',
    });
    expect(await bus.store.get('datasets', 'scored')).toBeUndefined();
  });
});
