/** Blobs that nothing names, ended jobs and what is left of them: collected, and nothing else is. */
import { describe, expect, it } from 'vitest';
import { CollectorMarks } from '../../actors/coordinator/collector-marks.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { records } from '../../schemas/wire.ts';
import { KeptCluster } from './kept-cluster.ts';

const short = { graceMs: 60_000, restMs: 20_000, lookMs: 10_000 };
const text = (what: string) => new TextEncoder().encode(what);

describe('the collector', () => {
  it('removes what nothing names, and keeps what models, data sets and jobs need', async () => {
    const cluster = await new KeptCluster().open(short);
    const { bus, client } = cluster;
    const stray = await cluster.settled(bus.blobs.put(text('stray')));
    // A put that a crashed client left half-way.
    const half = parseDigest('ab'.repeat(32));
    const record = { size: 10, chunks: 1, complete: false };
    await bus.store.create('blobs', half, records.blob.encode(records.blob.create(record)));
    expect(await cluster.run({ id: 'j' })).toBe('completed');
    const before = await cluster.count('blobs');
    await cluster.pass(50_000);
    expect(await cluster.count('blobs')).toBe(before);
    await cluster.pass(80_000);
    expect(await cluster.settled(bus.blobs.has(stray))).toBe(false);
    expect(await bus.store.get('blobs', half)).toBeUndefined();
    expect(await cluster.count('blobs')).toBeLessThan(before - 2);
    // The model opens, and the data set still trains.
    const [model] = await cluster.settled(client.models());
    const exported = await cluster.settled(client.exportModel(`${model?.name}`));
    expect(exported.bytes.length).toBeGreaterThan(0);
    expect(exported.provenance).not.toBeNull();
    expect(await cluster.run({ id: 'k', seed: 9 })).toBe('completed');
    expect(cluster.logs.filter((line) => /not collected/.test(line))).toEqual([]);
  });

  it('keeps all that a paused job needs, however long', async () => {
    const cluster = await new KeptCluster().open(short);
    const spec = { id: 'long', params: { tasks: 12 } };
    await cluster.submit(spec);
    await cluster.clock.advance(600);
    expect((await cluster.settled(cluster.client.job('long').pause())).phase).toBe('paused');
    await cluster.settled(cluster.client.removeDataset('demo'));
    await cluster.pass(150_000);
    await cluster.settled(cluster.client.job('long').resume());
    const view = await cluster.settled(cluster.client.job('long').ended());
    expect(view.phase).toBe('completed');
  });

  it('keeps the shards of predictions while their job goes on', async () => {
    const cluster = await new KeptCluster().open(short);
    expect(await cluster.run({ id: 'm', model: 'toy' })).toBe('completed');
    const predict = { id: 'p', predict: 'toy', dataset: 'demo', output: 'scored' };
    await cluster.settled(cluster.client.submit(predict));
    await cluster.clock.advance(450);
    const paused = await cluster.settled(cluster.client.job('p').pause()).catch(() => null);
    await cluster.pass(150_000);
    if (paused !== null) await cluster.settled(cluster.client.job('p').resume());
    expect((await cluster.settled(cluster.client.job('p').ended())).phase).toBe('completed');
    await cluster.pass(150_000);
    const frames: number[] = [];
    const read = async () => {
      for await (const frame of cluster.client.frames('scored')) frames.push(frame.rows);
    };
    await cluster.settled(read());
    expect(frames.reduce((sum, rows) => sum + rows, 0)).toBe(60);
  });

  it('[F19] ages nothing by a clock that jumps, nor while its process sleeps', async () => {
    const cluster = await new KeptCluster().open(short);
    const stray = await cluster.settled(cluster.bus.blobs.put(text('stray')));
    await cluster.pass(20_000);
    cluster.broker.freeze('c1');
    await cluster.pass(600_000);
    cluster.broker.thaw('c1');
    await cluster.pass(15_000);
    expect(await cluster.settled(cluster.bus.blobs.has(stray))).toBe(true);
    await cluster.pass(120_000);
    expect(await cluster.settled(cluster.bus.blobs.has(stray))).toBe(false);
  });

  it('goes on under the next leader with what the last one condemned', async () => {
    const cluster = await new KeptCluster().open(short);
    const stray = await cluster.settled(cluster.bus.blobs.put(text('stray')));
    const saved = await cluster.settled(cluster.bus.blobs.put(text('saved')));
    const marked = async () => {
      const entry = await cluster.settled(cluster.bus.store.get('blobs', stray));
      return entry !== undefined && records.blob.decode(entry.value).condemned;
    };
    for (let i = 0; i < 30 && !(await marked()); i += 1) await cluster.pass(5_000);
    expect(await marked()).toBe(true);
    cluster.broker.kill('c1');
    cluster.coordinator('c2', short);
    await cluster.settled(cluster.bus.blobs.put(text('saved')));
    await cluster.pass(58_000);
    expect(await cluster.settled(cluster.bus.blobs.has(stray))).toBe(false);
    expect(await cluster.settled(cluster.bus.blobs.has(saved))).toBe(true);
  });

  it('decides nothing while something in use cannot be read', async () => {
    const cluster = await new KeptCluster().open(short);
    const stray = await cluster.settled(cluster.bus.blobs.put(text('stray')));
    const { digest } = await cluster.settled(cluster.client.dataset('demo'));
    cluster.broker.corrupt(cluster.bus.subjects.chunk(parseDigest(digest), 0));
    await cluster.pass(150_000);
    expect(await cluster.settled(cluster.bus.blobs.has(stray))).toBe(true);
    expect(
      cluster.logs.some((line) => /not collected.*corrupt|not collected.*SHA/.test(line)),
    ).toBe(true);
  });
});

describe('marks', () => {
  const ages = { graceMs: 100, restMs: 10 };
  const blob = { digest: 'a', revision: 1, condemned: false, going: false };
  const none = new Set<string>();

  it('count from the first look that found a blob unnamed, at one revision', () => {
    const marks = new CollectorMarks();
    expect(marks.look([blob], none, 0, ages)).toEqual([]);
    expect(marks.look([blob], none, 99, ages)).toEqual([]);
    expect(marks.look([{ ...blob, revision: 2 }], none, 150, ages)).toEqual([]);
    expect(marks.look([{ ...blob, revision: 2 }], new Set(['a']), 260, ages)).toEqual([]);
    expect(marks.look([{ ...blob, revision: 2 }], none, 270, ages)).toEqual([]);
    expect(marks.look([{ ...blob, revision: 2 }], none, 370, ages)).toMatchObject([
      { what: 'condemn', revision: 2 },
    ]);
    const condemned = { ...blob, revision: 3, condemned: true };
    expect(marks.look([condemned], none, 380, ages)).toEqual([]);
    expect(marks.look([condemned], new Set(['a']), 385, ages)).toMatchObject([{ what: 'revive' }]);
    expect(marks.look([condemned], none, 390, ages)).toEqual([]);
    expect(marks.look([condemned], none, 400, ages)).toMatchObject([{ what: 'remove' }]);
    expect(marks.look([{ ...condemned, going: true }], none, 401, ages)).toMatchObject([
      { what: 'remove' },
    ]);
  });
});

describe('ended jobs', () => {
  it('are kept by number, the newest of them, and go with all that they left', async () => {
    const cluster = await new KeptCluster().open({ ...short, jobsMax: 3 });
    for (let i = 0; i < 6; i += 1) {
      expect(await cluster.run({ id: `j${i}`, seed: i })).toBe('completed');
    }
    await cluster.pass(limits.taskRecordsKeptMs + 30_000);
    const ids = (await cluster.settled(cluster.client.jobs())).map(({ id }) => id);
    expect(ids.sort()).toEqual(['j3', 'j4', 'j5']);
    expect(await cluster.count('jobs')).toBe(3);
    expect(await cluster.count('tasks')).toBe(0);
    expect(await cluster.events('j0')).toBe(0);
    expect(await cluster.events('j5')).toBeGreaterThan(5);
    expect(await cluster.settled(cluster.client.models())).toHaveLength(6);
  });

  it('are kept by age, and the id may be used again', async () => {
    const cluster = await new KeptCluster().open({ ...short, jobsMs: 60_000 });
    expect(await cluster.run({ id: 'j' })).toBe('completed');
    await cluster.pass(30_000);
    expect(await cluster.count('jobs')).toBe(1);
    await cluster.pass(60_000);
    expect(await cluster.count('jobs')).toBe(0);
    expect(await cluster.run({ id: 'j', seed: 4 })).toBe('completed');
    const events: string[] = [];
    const read = async () => {
      for await (const { kind } of cluster.client.job('j').events()) events.push(kind);
    };
    await cluster.settled(read());
    expect(events.at(0)).toBe('accepted');
    expect(events.at(-1)).toBe('completed');
  });

  it('go when somebody asks; one under way does not, nor one that has just ended', async () => {
    const cluster = await new KeptCluster().open(short);
    await cluster.submit({ id: 'j', params: { tasks: 12 } });
    await cluster.clock.advance(600);
    const ask = () => cluster.settled(cluster.client.job('j').remove({ patienceMs: 0 }));
    await expect(ask()).rejects.toMatchObject({ code: 'wrong-phase' });
    await cluster.settled(cluster.client.job('j').ended());
    await expect(ask()).rejects.toMatchObject({ code: 'too-soon' });
    await cluster.settled(cluster.client.job('j').remove());
    expect(await cluster.count('jobs')).toBe(0);
    expect(await cluster.events('j')).toBe(0);
    await expect(ask()).rejects.toMatchObject({ code: 'no-job' });
    expect(await cluster.settled(cluster.client.models())).toHaveLength(1);
  });

  it('are removed by the next leader when the last one died half-way', async () => {
    const cluster = await new KeptCluster().open(short);
    expect(await cluster.run({ id: 'j' })).toBe('completed');
    await cluster.pass(5_000);
    cluster.broker.kill('c1');
    const { store, journal, subjects } = cluster.bus;
    const entry = await cluster.settled(store.get('jobs', 'j'));
    const record = records.job.decode(entry?.value ?? text(''));
    record.removing = true;
    await cluster.settled(
      store.update('jobs', 'j', records.job.encode(record), entry?.revision ?? 0),
    );
    await cluster.settled(journal.purge(subjects.eventsOf('j' as never)));
    cluster.coordinator('c2', short);
    await cluster.pass(20_000);
    expect(await cluster.count('jobs')).toBe(0);
    expect(await cluster.count('tasks')).toBe(0);
  });

  it('go under a later leader without its taking the mark for a write of somebody else', async () => {
    const cluster = await new KeptCluster().open(short);
    for (const id of ['j', 'k', 'l']) expect(await cluster.run({ id })).toBe('completed');
    await cluster.pass(5_000);
    cluster.broker.kill('c1');
    cluster.coordinator('c2', { ...short, jobsMax: 0 });
    await cluster.pass(40_000);
    expect(await cluster.count('jobs')).toBe(0);
    expect(cluster.logs.filter((line) => line.startsWith('c2 leading'))).toHaveLength(1);
  });

  it('leave task records that the next leader clears away', async () => {
    const cluster = await new KeptCluster().open(short);
    expect(await cluster.run({ id: 'j' })).toBe('completed');
    expect(await cluster.count('tasks')).toBeGreaterThan(0);
    cluster.broker.kill('c1');
    cluster.coordinator('c2', short);
    await cluster.pass(75_000);
    expect(await cluster.count('tasks')).toBe(0);
    expect(await cluster.count('jobs')).toBe(1);
  });

  it('[F19] are not aged by a wall clock that jumps', async () => {
    const cluster = await new KeptCluster().open({ ...short, jobsMs: 24 * 3_600_000 });
    expect(await cluster.run({ id: 'j' })).toBe('completed');
    await cluster.pass(20_000);
    cluster.clocks[0]?.setWall(48 * 3_600_000);
    await cluster.pass(limits.clockSteadyMs - 20_000);
    expect(await cluster.count('jobs')).toBe(1);
    cluster.clocks[0]?.setWall(0);
    await cluster.pass(limits.clockSteadyMs + 20_000);
    expect(await cluster.count('jobs')).toBe(1);
  });
});

describe('a purge', () => {
  const purge = (cluster: KeptCluster, force: boolean) =>
    cluster.settled(cluster.client.removeDataset('demo', { purge: true, force }));

  it('is refused while a job uses the data, with the names; forced, it fails them by name', async () => {
    const cluster = await new KeptCluster().open(short);
    const { manifest } = await cluster.settled(cluster.client.dataset('demo'));
    await cluster.submit({ id: 'j', params: { tasks: 30 } });
    await cluster.clock.advance(600);
    await expect(purge(cluster, false)).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining('"j"'),
    });
    expect(await cluster.settled(cluster.client.datasets())).toHaveLength(1);
    await purge(cluster, true);
    const view = await cluster.settled(cluster.client.job('j').ended());
    expect(view).toMatchObject({ phase: 'failed', error: { code: 'data-purged' } });
    for (const { sha256 } of manifest.shards) {
      expect(await cluster.settled(cluster.bus.blobs.has(parseDigest(sha256)))).toBe(false);
    }
  });

  it('has every node look for copies, and those that were away look when they start', async () => {
    const cluster = await new KeptCluster().open(short);
    expect(await cluster.run({ id: 'j' })).toBe('completed');
    const before = cluster.swept.length;
    expect(before).toBeGreaterThan(0);
    await purge(cluster, false);
    await cluster.pass(1_000);
    expect(cluster.swept.length).toBe(before + 1);
    await cluster.node('w2', 'worker');
    await cluster.pass(1_000);
    expect(cluster.swept).toContain('w2');
  });

  it('without a coordinator goes on only by force', async () => {
    const cluster = await new KeptCluster().open(short);
    cluster.broker.kill('c1');
    await expect(purge(cluster, false)).rejects.toMatchObject({ code: 'no-coordinator' });
    await purge(cluster, true);
    expect(await cluster.settled(cluster.client.datasets())).toEqual([]);
  });

  it('takes the bytes of a model, except what another version has too', async () => {
    const cluster = await new KeptCluster().open(short);
    expect(await cluster.run({ id: 'a', model: 'one' })).toBe('completed');
    expect(await cluster.run({ id: 'b', model: 'two' })).toBe('completed');
    const [one, two] = await cluster.settled(cluster.client.models());
    expect(one?.digest).toBe(two?.digest);
    const kept = () => cluster.settled(cluster.bus.blobs.has(parseDigest(one?.digest ?? '')));
    await cluster.settled(cluster.client.removeModel('one', { purge: true }));
    expect(await kept()).toBe(true);
    await cluster.settled(cluster.client.removeModel('two', { purge: true }));
    expect(await kept()).toBe(false);
  });
});

describe('where room is short', () => {
  it('a new job waits and says for what, and begins by itself', async () => {
    const cluster = await new KeptCluster().open(short);
    cluster.usage = { bytes: 95, maxBytes: 100 };
    await cluster.pass(12_000);
    await cluster.submit({ id: 'j' });
    await cluster.pass(3_000);
    const view = await cluster.settled(cluster.client.job('j').view());
    expect(view.phase).toBe('accepted');
    expect(view.waitingFor?.what).toMatch(/room for blobs: 95 of 100 bytes are taken \(95 %\)/);
    expect(await cluster.settled(cluster.client.status())).toMatchObject({
      storage: { bytes: 95, maxBytes: 100 },
    });
    cluster.usage = { bytes: 50, maxBytes: 100 };
    await cluster.pass(12_000);
    expect((await cluster.settled(cluster.client.job('j').ended())).phase).toBe('completed');
  });

  it('the leader looks at once, and no longer lets what is condemned rest so long', async () => {
    const cluster = await new KeptCluster().open({
      graceMs: 5_000,
      restMs: 500_000,
      lookMs: 60_000,
    });
    const stray = await cluster.settled(cluster.bus.blobs.put(text('stray')));
    await cluster.pass(40_000);
    cluster.usage = { bytes: 85, maxBytes: 100 };
    await cluster.pass(110_000);
    expect(await cluster.settled(cluster.bus.blobs.has(stray))).toBe(false);
    expect(cluster.logs.some((line) => /collecting at once/.test(line))).toBe(true);
  });

  it('no data is taken in, and the figure is told', async () => {
    const cluster = await new KeptCluster().open(short);
    cluster.bus.blobs.usage = async () => ({ bytes: 95, maxBytes: 100 });
    const importing = cluster.client.importCsv('d', () => [text('x,y\n1,2\n')]);
    await expect(cluster.settled(importing)).rejects.toMatchObject({
      code: 'storage-full',
      message: expect.stringMatching(/95 of 100 bytes \(95 %\)/),
    });
  });
});

describe('[F28] a damaged model', () => {
  it('ends a job that predicts with it by name, and is told of by the leader', async () => {
    const cluster = await new KeptCluster().open(short);
    expect(await cluster.run({ id: 'm', model: 'toy' })).toBe('completed');
    const [model] = await cluster.settled(cluster.client.models());
    const digest = parseDigest(model?.digest ?? '');
    cluster.broker.corrupt(cluster.bus.subjects.chunk(digest, 0));
    await cluster.settled(
      cluster.client.submit({ id: 'p', predict: 'toy', dataset: 'demo', output: 'scored' }),
    );
    await expect(cluster.settled(cluster.client.job('p').ended())).rejects.toMatchObject({
      reason: 'model-damaged',
    });
    await cluster.pass(15_000);
    expect(cluster.logs.some((line) => line.includes('damaged'))).toBe(true);
    // The same job again, under another name, has the same model: stored anew, it is whole.
    expect(await cluster.run({ id: 'again', model: 'toy' })).toBe('completed');
    await cluster.settled(cluster.client.exportModel('toy'));
  });
});
