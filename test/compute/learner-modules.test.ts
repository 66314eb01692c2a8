/**
 * Learners from a user's file: loaded by name, on threads and in lone processes.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { computePool } from '../../runtime/node/compute-pool.ts';
import { learnerUrl, loadLearners } from '../../runtime/node/learner-modules.ts';
import { CanonicalReader, sha256Hex } from '../../schemas/canonical.ts';
import type { Digest } from '../../schemas/ids.ts';
import { type DataSet, dataSet, jsonBytes, toyPlan } from '../task-runner/data.ts';

const file = new URL('./mean-learner.ts', import.meta.url).href;
const entry = new URL('../../cli/compute-thread.ts', import.meta.url);

describe('a learner in one file of the user', () => {
  let folder: string;
  let data: DataSet;
  const pool = computePool({ slots: 1, entry, learners: [learnerUrl(file)] });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shoal-learner-'));
    data = await dataSet();
    for (const [digest, bytes] of data.shards) await writeFile(join(folder, digest), bytes);
  });

  afterAll(async () => {
    await pool.stop();
    await rm(folder, { recursive: true });
  });

  it('[P30] trains on a worker that was started with it, without a change of the runtime', async () => {
    const plan = toyPlan(
      data,
      { learner: 'mean', numerics: 3, kind: 'regression', target: 'size', params: {} },
      1,
    );
    const planBytes = jsonBytes(plan);
    const job = {
      plan: { digest: sha256Hex(planBytes), bytes: planBytes },
      manifest: {
        digest: sha256Hex(data.manifestBytes) as Digest,
        bytes: data.manifestBytes,
      },
    };
    const shards = data.manifest.shards.map(({ index, sha256 }) => {
      return { index, path: join(folder, sha256) };
    });
    const prepared = await pool.run('prepare', { job, fit: 1, shards });
    const part = (await pool.run('train', { job, part: 0, prepared })) as Uint8Array;
    const mean = Array.from({ length: 60 }, (_, i) => ((i * 7) % 23) + 0.5);
    const expected = mean.reduce((sum, value) => sum + value, 0) / 60;
    expect(new CanonicalReader(part).float()).toBeCloseTo(expected, 10);
    const alone = { job, fit: 1, shards, part: 0 };
    expect(await pool.run('train-alone', alone, { isolated: true })).toEqual(part);
  });

  it('stands in the list of learners beside the built-in ones', async () => {
    const learners = await loadLearners(learnersWithToy, [learnerUrl(file)]);
    expect(learners.get('mean')?.numerics).toBe(3);
    expect(learners.has('toy-sum')).toBe(true);
  });

  it('is refused by name when it does not load, is no learner, or takes a name', async () => {
    const missing = learnerUrl('/no/such/file.ts');
    await expect(loadLearners(learnersWithToy, [missing])).rejects.toMatchObject({
      code: 'no-file',
      message: expect.stringContaining('/no/such/file.ts'),
    });
    const other = new URL('../task-runner/data.ts', import.meta.url).href;
    await expect(loadLearners(learnersWithToy, [other])).rejects.toMatchObject({
      code: 'bad-learner',
      message: expect.stringContaining('exports no learner'),
    });
    await expect(loadLearners(learnersWithToy, [file, `${file}?again`])).rejects.toMatchObject({
      code: 'learner',
    });
  });
});
