/** The data set `demo` of simulated clusters: stored as an import leaves it, and computed on inline. */
import { computeFunctions } from '../../actors/task-runner/compute-functions.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { Bus } from '../../runtime/bus.ts';
import type { InlineFunction } from '../../runtime/memory/inline-compute.ts';
import { records } from '../../schemas/wire.ts';
import type { DataSet } from '../task-runner/data.ts';

export async function storeDemo({ blobs, store }: Bus, data: DataSet): Promise<void> {
  for (const shard of data.shards.values()) await blobs.put(shard);
  const manifest = await blobs.put(data.manifestBytes);
  const record = records.dataset.create({ name: 'demo', versions: [{ version: 1, manifest }] });
  await store.create('datasets', 'demo', records.dataset.encode(record));
}

/** What nodes compute with, the path of a shard's file being its digest. */
export function inlineFunctions(data: DataSet): Readonly<Record<string, InlineFunction>> {
  const read = (digest: string) => data.shards.get(digest) as Uint8Array;
  const table = computeFunctions(learnersWithToy, read);
  return Object.fromEntries(
    Object.entries(table).map(([name, run]) => {
      const inlined: InlineFunction = (input, context) => {
        let count = 0;
        return run(input as never, () => context.progress(++count));
      };
      return [name, inlined];
    }),
  );
}
