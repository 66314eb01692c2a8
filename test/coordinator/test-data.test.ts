/** A data set to be measured on: which do not fit the one that is trained on. */
import { expect, it } from 'vitest';
import { testIssues, testOf } from '../../actors/coordinator/test-data.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import type { Digest } from '../../schemas/ids.ts';
import { checkSpec } from '../../schemas/job-spec.ts';
import { resolvedDataset } from './dataset.ts';

it('[P57] names the column that is missing or of another kind, and the fix', async () => {
  const trained = await resolvedDataset();
  const spec = checkSpec({ dataset: 'demo', target: 'label', algorithm: 'random-forest' });
  const other = (change: (column: Manifest['columns'][number]) => object | null) => {
    const columns = trained.manifest.columns.flatMap((column) => {
      const changed = change(column);
      return changed === null ? [] : [{ ...column, ...changed }];
    });
    const manifest = { ...trained.manifest, columns } as Manifest;
    return { name: 'fresh', version: 3, digest: 'f'.repeat(64) as Digest, manifest };
  };
  const found = (test: ReturnType<typeof other>) =>
    testIssues(spec, trained.manifest, ['size', 'colour'], test);
  expect(found(other(() => ({})))).toEqual([]);
  expect(found(other(({ name }) => (name === 'grade' ? null : {})))).toEqual([]);
  const at = { path: 'evaluate.dataset', value: '"fresh@3"' };
  expect(found(other(({ name }) => (name === 'label' ? null : {})))).toEqual([
    { ...at, message: 'the test data have no column "label"', fix: 'import them with that column' },
  ]);
  expect(found(other(({ name }) => (name === 'size' ? { kind: 'category' } : {})))).toEqual([
    {
      ...at,
      message: 'column "size" of the test data is of type category, not number',
      fix: 'import them with --type size=number',
    },
  ]);
  const same = testIssues(spec, trained.manifest, ['size'], trained);
  expect(same).toMatchObject([{ path: 'evaluate.dataset', value: '"demo@1"' }]);
  expect(testOf(other(() => ({})))).toMatchObject({ name: 'fresh', version: 3, shardCount: 3 });
});
