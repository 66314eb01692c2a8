/**
 * The entry of the threads that share an import: a composition root that gives the functions of
 * `datasets/csv-crew-functions.ts` the file system.
 */
import { parentPort } from 'node:worker_threads';
import {
  csvCrewFunctions,
  type EncodeInput,
  type SniffInput,
} from '../datasets/csv-crew-functions.ts';
import { serveCalls, type ThreadFunction } from '../runtime/node/compute-channel.ts';
import { fileRange } from './file-bytes.ts';

type Progress = Parameters<ThreadFunction>[1];

const functions = csvCrewFunctions(fileRange);

if (parentPort !== null) {
  serveCalls(parentPort, {
    'csv-sniff': (input: SniffInput, progress: Progress) =>
      functions['csv-sniff'](input, () => progress(0, 0)),
    'csv-shard': (input: EncodeInput, progress: Progress) =>
      functions['csv-shard'](input, () => progress(0, 0)),
  });
}
