/**
 * Jobs that predict: a finished model, a data set, and a data set of predictions that comes of them.
 *
 * Such a job is cut into the same shards as one that trains, each scored by whichever worker has
 * room. Everything here can be done twice with the same outcome.
 */

import type { DataColumn } from '../../datasets/data-schema.ts';
import { columnsMax } from '../../datasets/data-schema.ts';
import { nextEntry } from '../../datasets/dataset-entry.ts';
import type { ColumnSchema } from '../../datasets/frame.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import { parseManifest } from '../../datasets/manifest.ts';
import type { Learners } from '../../learners/learner.ts';
import { describeModel, type ModelHeader } from '../../learners/model.ts';
import type { Bus } from '../../runtime/bus.ts';
import { ConflictError } from '../../runtime/errors.ts';
import { RetryableError, ShoalError, TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { type JobSpec, SpecError, type SpecIssue, showValue } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { answeringVersion, presentVersions } from '../../schemas/model-versions.ts';
import { nearest } from '../../schemas/nearest.ts';
import { records } from '../../schemas/wire.ts';
import { verifyLead } from './fence.ts';
import type { ResolvedDataset } from './resolve.ts';

const casTries = 16;
/** What a process needs beside model and shard. */
const baseBytes = 32 * 2 ** 20;

export interface FoundModel {
  /** `name@version` */
  readonly name: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly header: ModelHeader;
}

/** The version that the reference names, else the one that answers. @throws SpecError */
export async function findModel(bus: Bus, reference: string): Promise<FoundModel> {
  const [name = '', wanted] = reference.split('@');
  const entry = await bus.store.get('models', name);
  const record = entry === undefined ? null : records.model.decode(entry.value);
  const present = record === null ? [] : presentVersions(record);
  const live = record === null ? undefined : answeringVersion(record);
  const chosen =
    wanted === undefined ? live : present.find((own) => own.version === Number(wanted));
  if (chosen === undefined) {
    const names = (await bus.store.list('models', '')).map(({ key }) => key);
    const guess = nearest(name, names);
    const has = present.map(({ version }) => `${name}@${version}`).join(', ');
    const fix =
      has !== ''
        ? `use ${has}`
        : guess !== undefined && guess !== name
          ? `did you mean ${JSON.stringify(guess)}?`
          : 'list the models with `shoal models`';
    const value = showValue(reference);
    throw new SpecError([{ path: 'predict', value, message: `there is no model ${value}`, fix }]);
  }
  const digest = parseDigest(chosen.digest ?? '');
  const bytes = await modelBytes(bus, digest, `${name}@${chosen.version}`);
  return {
    ...{ name: `${name}@${chosen.version}`, digest, bytes: bytes.length },
    header: describeModel(Uint8Array.from(bytes)),
  };
}

/** @throws TerminalError('model-damaged') for one that is not whole: waiting mends nothing */
async function modelBytes(bus: Bus, digest: Digest, name: string): Promise<Uint8Array> {
  try {
    return await bus.blobs.get(digest);
  } catch (error) {
    const code = error instanceof ShoalError ? error.code : '';
    if (code !== 'corrupt-blob' && code !== 'no-blob') throw error;
    const message = `model ${JSON.stringify(name)} cannot be used: ${(error as Error).message}`;
    const fix = 'predict with another version, or train it again';
    throw new TerminalError('model-damaged', message, { fix, cause: error });
  }
}

/** Makes the plan. @throws SpecError with every issue found */
export function resolvePrediction(
  spec: JobSpec,
  dataset: ResolvedDataset,
  model: FoundModel,
  learners: Learners,
): JobPlan {
  const { manifest } = dataset;
  const { header } = model;
  const learner = learners.get(header.learner);
  const issues = [
    ...columnIssues(spec, manifest, model),
    ...outputIssues(spec, dataset),
    ...sizeIssues(spec, manifest, model),
  ];
  if (learner === undefined) {
    issues.push({
      path: 'predict',
      value: showValue(spec.predict),
      message: `the model is of algorithm ${JSON.stringify(header.learner)}, which is not known here`,
      fix: 'start the coordinator with `--learner FILE`',
    });
  }
  if (issues.length > 0 || learner === undefined) throw new SpecError(issues);
  const shardBytes = Math.max(...manifest.shards.map((shard) => shard.bytes));
  const memoryPerSlot = 3 * (shardBytes + predictedBytes(manifest, header)) + 2 * model.bytes;
  const all = { kind: 'all' } as const;
  return {
    format: 1,
    learner: learner.name,
    numerics: learner.numerics,
    kind: header.kind,
    seed: 0,
    params: {},
    dataset: { name: dataset.name, version: dataset.version, manifest: dataset.digest },
    target: '',
    features: header.features.map((feature) => feature.name),
    rowCount: manifest.rows,
    shardCount: manifest.shards.length,
    ...(dataset.without === undefined ? {} : { without: dataset.without }),
    rows: 'all',
    fits: [{ name: 'predict', split: all, scored: all, firstTask: 0, tasks: 0 }],
    memoryBytes: baseBytes + memoryPerSlot,
    memoryPerSlot,
    predict: {
      model: model.digest,
      name: model.name,
      classes: header.classes,
      output: spec.output ?? '',
    },
  };
}

/** Columns of the model that the data set lacks, or has of another kind. */
function columnIssues(
  spec: JobSpec,
  manifest: Manifest,
  { name, header }: FoundModel,
): SpecIssue[] {
  const names = manifest.columns.map((column) => column.name);
  return header.features.flatMap((feature): SpecIssue[] => {
    const found = manifest.columns.find((column) => column.name === feature.name);
    const value = showValue(spec.dataset);
    const column = JSON.stringify(feature.name);
    if (found === undefined) {
      const guess = nearest(feature.name, names);
      const message = `the data set has no column ${column}, which model ${name} needs`;
      const fix = `import it with that column${guess === undefined ? '' : `; is it "${guess}"?`}`;
      return [{ path: 'dataset', value, message, fix }];
    }
    if (suits(found, feature)) return [];
    const message = `column ${column} is of type ${found.kind}, model ${name} needs ${feature.kind}`;
    const fix = `import the data set with --type ${feature.name}=${feature.kind}`;
    return [{ path: 'dataset', value, message, fix }];
  });
}

/**
 * Whether a column means what the feature does. Levels never seen are missing values; but a column
 * read as true and false where the model knows other words would be missing as a whole, unseen.
 */
export function suits(found: DataColumn, feature: ColumnSchema): boolean {
  if (found.kind === feature.kind) return true;
  const levelled = (kind: string) => kind === 'category' || kind === 'boolean';
  if (!levelled(found.kind) || !levelled(feature.kind)) return false;
  const known = new Set(feature.levels);
  return found.stats.distinct === 0 || (found.levels ?? []).some((level) => known.has(level));
}

/** A version with other columns would take the place of the rows that were read. */
export function outputIssues(spec: JobSpec, dataset: ResolvedDataset): SpecIssue[] {
  const { output, id } = spec;
  if ((output ?? id) !== dataset.name) return [];
  const [path, value] = output === undefined ? ['id', id] : ['output', output];
  const message = 'is the name of the data set that is read';
  return [{ path, value: showValue(value), message, fix: 'give another "output"' }];
}

function sizeIssues(spec: JobSpec, manifest: Manifest, { name, header }: FoundModel): SpecIssue[] {
  const value = showValue(spec.predict);
  const columns = header.classes.length + 1;
  if (columns > columnsMax) {
    const message = `model ${name} gives ${columns} columns, a data set has at most ${columnsMax}`;
    return [{ path: 'predict', value, message, fix: 'predict with a model of fewer classes' }];
  }
  const bytes = predictedBytes(manifest, header);
  if (bytes <= limits.blobMax) return [];
  const message = `a shard of predictions would have ${bytes} bytes, at most ${limits.blobMax} fit`;
  const fix = 'import the data set with fewer rows a shard (`--rows-per-shard`)';
  return [{ path: 'dataset', value: showValue(spec.dataset), message, fix }];
}

/** Bytes of the largest shard of predictions: a code or a number, and a number for each class. */
function predictedBytes(manifest: Manifest, { classes }: ModelHeader): number {
  const rows = Math.max(...manifest.shards.map((shard) => shard.rows));
  return rows * (classes.length === 0 ? 8 : 4 + 8 * classes.length);
}

/** Enters the predictions in the registry of data sets; the same manifest makes one version. */
export async function publishDataset(
  bus: Bus,
  { name, manifest: digest, wallMs }: { name: string; manifest: string; wallMs: number },
  mayAct: () => boolean,
): Promise<{ dataset: string; digest: string }> {
  const manifest = parseManifest(Uint8Array.from(await bus.blobs.get(parseDigest(digest))));
  await requireShards(bus, manifest);
  for (let i = 0; i < casTries; i++) {
    const entry = await bus.store.get('datasets', name);
    const record =
      entry === undefined ? records.dataset.create({ name }) : records.dataset.decode(entry.value);
    const known = record.versions.find((own) => own.manifest === digest && own.removed !== true);
    if (known !== undefined) return { dataset: `${name}@${known.version}`, digest };
    verifyLead(mayAct, `data set ${JSON.stringify(name)}`);
    const version = nextEntry(record.versions, manifest, digest, wallMs);
    record.versions.push(version);
    const value = records.dataset.encode(record);
    try {
      if (entry === undefined) await bus.store.create('datasets', name, value);
      else await bus.store.update('datasets', name, value, entry.revision);
      return { dataset: `${name}@${version.version}`, digest };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  const message = `data set ${JSON.stringify(name)} keeps being changed by others`;
  throw new RetryableError('registry-busy', message, 500);
}

/** Whoever removed a data set of the same content meanwhile may have taken shards away. */
async function requireShards(bus: Bus, manifest: Manifest): Promise<void> {
  for (const { index, sha256 } of manifest.shards) {
    if (await bus.blobs.touch(parseDigest(sha256))) continue;
    const message = `shard ${index} of the predictions is not stored any more`;
    throw new TerminalError('predictions-lost', message, {
      fix: 'submit the job again under another id',
    });
  }
}
