/** Models through the SDK: which version answers, and rows into predictions. */
import { describe, expect, it } from 'vitest';
import { frameOf, ModelHandle } from '../../client/model-handle.ts';
import type { ModelView } from '../../client/models.ts';
import type { ColumnSchema } from '../../datasets/frame.ts';
import type { Predictor } from '../../learners/learner.ts';
import type { ModelHeader } from '../../learners/model.ts';
import type { Bus } from '../../runtime/bus.ts';
import { records } from '../../schemas/wire.ts';
import { memoryCluster } from './memory-cluster.ts';

async function publish(bus: Bus, name: string, versions: number): Promise<void> {
  const record = records.model.create({
    name,
    versions: Array.from({ length: versions }, (_, i) => ({
      version: i + 1,
      digest: String(i + 1).repeat(64),
      metrics: '{"accuracy":0.5}',
    })),
  });
  await bus.store.create('models', name, records.model.encode(record));
}

const features: ColumnSchema[] = [
  { name: 'size', kind: 'number' },
  { name: 'colour', kind: 'category', levels: ['blue', 'red'] },
  { name: 'new', kind: 'boolean', levels: ['no', 'yes'] },
];

describe('model registry', () => {
  it('answers with the newest version until one is promoted', async () => {
    const { client, bus } = memoryCluster();
    await publish(bus, 'm', 3);
    expect(await client.models()).toMatchObject([{ name: 'm', version: 3, live: false }]);
    expect(await client.promote('m@2')).toMatchObject({ version: 2, live: true });
    expect(await client.models()).toMatchObject([{ version: 2, live: true }]);
    expect(await client.rollback('m')).toMatchObject({ version: 1, live: true });
    await expect(client.rollback('m')).rejects.toMatchObject({ code: 'no-earlier-version' });
    expect(await client.promote('m')).toMatchObject({ version: 3 });
  });

  it('takes versions out, and the mark of the live one with it', async () => {
    const { client, bus } = memoryCluster();
    await publish(bus, 'm', 2);
    await client.promote('m@1');
    expect(await client.removeModel('m@1')).toMatchObject([{ version: 1 }]);
    expect(await client.models()).toMatchObject([{ version: 2, live: false }]);
    await client.removeModel('m');
    await expect(client.model('m')).rejects.toMatchObject({ code: 'unknown-model' });
    expect(await client.models()).toEqual([]);
  });
});

describe('rows', () => {
  it('become columns: missing stays missing, an unseen level counts as missing', () => {
    const frame = frameOf(features, [
      { size: 1.5, colour: 'red', new: true },
      { size: null, colour: 'green', new: 'no' },
      { size: 2, colour: null, new: null },
    ]);
    expect(frame.columns.get('size')).toMatchObject({
      values: Float64Array.of(1.5, Number.NaN, 2),
    });
    expect(frame.columns.get('colour')).toMatchObject({ codes: Int32Array.of(1, -1, -1) });
    expect(frame.columns.get('new')).toMatchObject({ codes: Int32Array.of(1, 0, -1) });
  });

  it('are refused by row and column, never by value', () => {
    expect(() => frameOf(features, [{ size: 1, color: 'red', new: true }])).toThrow(
      expect.objectContaining({
        code: 'missing-column',
        message: 'row 0 has no column "colour"',
        fix: expect.stringContaining('rename "color"'),
      }),
    );
    expect(() => frameOf(features, [{ size: 'secret', colour: 'red', new: true }])).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });

  it('get the first class among equals, with all probabilities', () => {
    const header = { kind: 'classification', features, classes: ['a', 'b', 'c'] };
    const predictor: Predictor = { predict: () => Float64Array.of(0.2, 0.4, 0.4) };
    const handle = new ModelHandle({} as ModelView, header as unknown as ModelHeader, predictor);
    expect(handle.predict([{ size: 1, colour: 'red', new: true }])).toEqual([
      { prediction: 'b', probabilities: { a: 0.2, b: 0.4, c: 0.4 } },
    ]);
    expect(handle.predict([])).toEqual([]);
  });
});
