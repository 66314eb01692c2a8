/**
 * The jobs that chaos runs: one of each kind that the system has, small enough that many fit into
 * an hour and large enough that a fault falls into their middle.
 */
import type { ShoalClient } from '../../client/client.ts';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';

/** What clients submit all the time. */
export const commonNames = ['forest', 'sum', 'logistic', 'rounds', 'pulled', 'predict'] as const;
/** Long enough for a fault that lasts. */
export const longNames = ['long-forest', 'long-sum', 'long-rounds'] as const;
/** Over before one has looked. */
export const shortNames = ['short-sum'] as const;
export type SpecName =
  | (typeof commonNames)[number]
  | (typeof longNames)[number]
  | (typeof shortNames)[number];

const dense = { dataset: 'dense', target: syntheticTarget.dense };

/** Of each kind what is submitted, but for id and model. */
export const specs: Readonly<Record<SpecName, JobSpecInput>> = {
  forest: { ...dense, algorithm: 'random-forest', params: { trees: 120 }, seed: 7 },
  sum: { ...dense, algorithm: 'toy-sum', params: { tasks: 24, spin: 1e7 }, evaluate: false },
  logistic: { ...dense, algorithm: 'logistic-regression', workers: { min: 2 } },
  rounds: { ...dense, algorithm: 'toy-rounds', params: { rounds: 60, spin: 60_000 } },
  pulled: {
    ...{ ...dense, algorithm: 'toy-rounds' },
    params: { rounds: 30, spin: 60_000, stateBytes: 300_000, contributionBytes: 150_000 },
  },
  predict: { dataset: 'people', predict: 'base', output: 'scored' },
  'long-forest': { ...dense, algorithm: 'random-forest', params: { trees: 900 }, seed: 7 },
  'long-sum': {
    ...dense,
    algorithm: 'toy-sum',
    params: { tasks: 200, spin: 1e7 },
    evaluate: false,
  },
  'long-rounds': { ...dense, algorithm: 'toy-rounds', params: { rounds: 400, spin: 60_000 } },
  'short-sum': { ...dense, algorithm: 'toy-sum', params: { tasks: 4, spin: 1e5 }, evaluate: false },
};

/** Imports the data, trains the model that is predicted with. */
export async function prepareData(client: ShoalClient): Promise<void> {
  const rows = 8_000;
  const denseCsv = () => syntheticCsv({ kind: 'dense', rows, seed: 1 });
  await client.importCsv('dense', denseCsv, { rowsPerShard: 2_000 });
  const people = () => syntheticCsv({ kind: 'mixed', rows: 24_000, seed: 9 });
  await client.importCsv('people', people, { rowsPerShard: 3_000 });
  const training = await client.submit({
    ...{ dataset: 'people', target: syntheticTarget.mixed, algorithm: 'random-forest' },
    ...{ params: { trees: 100 }, evaluate: false, model: 'base', id: 'base' },
  });
  await training.result({ timeoutMs: 120_000 });
}

/** Runs one of each, undisturbed. @returns digests, and milliseconds that each took */
export async function calmRuns(
  client: ShoalClient,
  names: readonly SpecName[],
  tell: (line: string) => void,
): Promise<Map<SpecName, { readonly digest: string; readonly tookMs: number }>> {
  const calm = new Map<SpecName, { digest: string; tookMs: number }>();
  for (const name of names) {
    const startedMs = performance.now();
    const job = await client.submit({ ...specs[name], id: `calm-${name}` });
    const { digest } = await job.result({ timeoutMs: 120_000 });
    const tookMs = performance.now() - startedMs;
    calm.set(name, { digest: digest ?? '', tookMs });
    tell(`calm ${name}: ${(tookMs / 1000).toFixed(1)} s, ${digest}`);
  }
  return calm;
}
