/**
 * The entry of the threads that share an import: a composition root that gives the functions of
 * `datasets/csv-crew-functions.ts` the file system. The code comes from the compile cache, where a
 * command left it the last time.
 */
import { enableCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { EncodeInput, SniffInput } from '../datasets/csv-crew-functions.ts';
import type { ThreadFunction } from '../runtime/node/compute-channel.ts';

type Progress = Parameters<ThreadFunction>[1];

enableCompileCache();
const { obeyKernels } = await import('./kernel-setting.ts');
obeyKernels(process.env);
const { csvCrewFunctions } = await import('../datasets/csv-crew-functions.ts');
const { serveCalls } = await import('../runtime/node/compute-channel.ts');
const { fileRange } = await import('../runtime/node/file-bytes.ts');

const functions = csvCrewFunctions(fileRange);

if (parentPort !== null) {
  serveCalls(parentPort, {
    'csv-sniff': (input: SniffInput, progress: Progress) =>
      functions['csv-sniff'](input, () => progress(0, 0)),
    'csv-shard': (input: EncodeInput, progress: Progress) =>
      functions['csv-shard'](input, () => progress(0, 0)),
  });
}
