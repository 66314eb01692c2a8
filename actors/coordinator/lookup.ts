/**
 * What planning and publishing read and write outside the step: data sets, plans, the registry.
 *
 * Every function here can be done twice with the same outcome, because a coordinator may die
 * between doing it and remembering that it was done.
 */
import { encodeManifest, type Manifest, parseManifest } from '../../datasets/manifest.ts';
import type { Learners } from '../../learners/learner.ts';
import type { Bus } from '../../runtime/bus.ts';
import { ConflictError } from '../../runtime/errors.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import { RetryableError, ShoalError, TerminalError } from '../../schemas/errors.ts';
import { type Digest, type JobId, parseDigest } from '../../schemas/ids.ts';
import type { JobPlan, StageInputs } from '../../schemas/job-plan.ts';
import type { SearchView } from '../../schemas/job-search.ts';
import { type JobSpec, SpecError, showValue } from '../../schemas/job-spec.ts';
import { evaluationOf, type Measured } from '../../schemas/measured.ts';
import { nearest } from '../../schemas/nearest.ts';
import type { JobEvaluation, SkippedShard } from '../../schemas/views.ts';
import { type DatasetVersion, type ModelRecord, records } from '../../schemas/wire.ts';
import { verifyLead } from './fence.ts';
import { exactnessOf, leaveOut } from './left-out.ts';
import type { InputToStore } from './messages.ts';
import { resolveOutput } from './outputs.ts';
import { findModel, resolvePrediction } from './predictions.ts';
import { type ResolvedDataset, resolveStep } from './resolve.ts';
import type { MeasuredStep } from './search-steps.ts';

const casTries = 16;

function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

/** What an earlier plan of the job has settled; nothing for its first. */
export interface Replanning {
  /** `name@version` of the data set, and of the model that the job predicts with. */
  readonly dataset: string | null;
  readonly model: string | null;
  /** Shards to leave out beside those of the spec. */
  readonly skipped: readonly number[];
  /** What the steps of the job's search have measured. */
  readonly searched?: readonly Digest[];
}

/** The data set without the shards that the spec or an earlier plan leaves out. @throws SpecError */
async function datasetFor(
  bus: Bus,
  spec: JobSpec,
  { dataset, skipped }: Pick<Replanning, 'dataset' | 'skipped'>,
): Promise<ResolvedDataset> {
  const found = await findDataset(bus, spec, dataset);
  const left = leaveOut(spec, found, skipped);
  if (left !== found) await bus.blobs.put(encodeManifest(left.manifest));
  return left;
}

/**
 * Finds the data set version that the spec names, the newest without one.
 * @param kept `name@version` that the job began with: it goes on with that, though it was removed since
 * @throws SpecError
 */
async function findDataset(bus: Bus, spec: JobSpec, kept: string | null): Promise<ResolvedDataset> {
  const [name = '', wanted] = (kept ?? spec.dataset).split('@');
  const entry = await bus.store.get('datasets', name);
  const versions = entry === undefined ? [] : records.dataset.decode(entry.value).versions;
  const present = versions.filter((version) => kept !== null || version.removed !== true);
  const chosen: DatasetVersion | undefined =
    wanted === undefined ? present.at(-1) : present.find((v) => v.version === Number(wanted));
  if (chosen === undefined) throw await unknownDataset(bus, spec, name, present);
  const digest = parseDigest(chosen.manifest ?? '');
  const manifest = await manifestOf(bus, digest, `${name}@${chosen.version}`);
  return { name, version: chosen.version ?? 0, digest, manifest };
}

/** The data set that the job is measured on; null where it holds rows out. @throws SpecError */
async function testDataset(
  bus: Bus,
  spec: JobSpec,
  { dataset }: Pick<Replanning, 'dataset'>,
): Promise<ResolvedDataset | null> {
  const { evaluate } = spec;
  if (evaluate === false || !('dataset' in evaluate)) return null;
  try {
    const own = { ...spec, dataset: evaluate.dataset };
    // Always named with its version: a job that has begun goes on with that.
    return await findDataset(bus, own, dataset === null ? null : own.dataset);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new SpecError(error.issues.map((issue) => ({ ...issue, path: 'evaluate.dataset' })));
  }
}

/** @throws TerminalError('dataset-damaged') for one that is not whole: waiting mends nothing */
async function manifestOf(bus: Bus, digest: Digest, name: string): Promise<Manifest> {
  try {
    return parseManifest(await bus.blobs.get(digest));
  } catch (error) {
    const code = error instanceof ShoalError ? error.code : '';
    if (code !== 'corrupt-blob' && code !== 'no-blob') throw error;
    const message = `data set ${JSON.stringify(name)} cannot be used: ${(error as Error).message}`;
    const fix = 'import it again, which stores its bytes anew';
    throw new TerminalError('dataset-damaged', message, { fix, cause: error });
  }
}

async function unknownDataset(
  bus: Bus,
  spec: JobSpec,
  name: string,
  present: readonly DatasetVersion[],
): Promise<SpecError> {
  const value = showValue(spec.dataset);
  if (present.length > 0) {
    const has = present.map((version) => `${name}@${version.version}`).join(', ');
    return new SpecError([
      { path: 'dataset', value, message: `there is no data set ${value}`, fix: `use ${has}` },
    ]);
  }
  const names = (await bus.store.list('datasets', '')).map((entry) => entry.key);
  const guess = nearest(name, names);
  const known = names.length === 0 ? '' : `, or use one of ${names.slice(0, 10).join(', ')}`;
  const fix =
    guess === undefined
      ? `import it with \`shoal data import ${name} FILE\`${known}`
      : `did you mean ${JSON.stringify(guess)}?`;
  return new SpecError([{ path: 'dataset', value, message: `there is no data set ${value}`, fix }]);
}

/** Plans a job and stores the plan. @throws SpecError */
export async function planJob(
  bus: Bus,
  learners: Learners,
  spec: JobSpec,
  before: Replanning = { dataset: null, model: null, skipped: [] },
): Promise<{ plan: JobPlan; digest: Digest; search?: PlannedSearch }> {
  if (spec.predict !== undefined) {
    const model = await findModel(bus, before.model ?? spec.predict);
    const dataset = await datasetFor(bus, spec, before);
    const plan = resolvePrediction(spec, dataset, model, learners);
    return { plan, digest: await bus.blobs.put(encodeJson(plan)) };
  }
  if (spec.algorithm === undefined && spec.output !== undefined) {
    const plan = resolveOutput(spec, await datasetFor(bus, spec, before));
    return { plan, digest: await storePlan(bus, plan) };
  }
  const learner = learners.get(spec.algorithm ?? '');
  if (learner === undefined) {
    const known = [...learners.keys()];
    const guess = nearest(spec.algorithm ?? '', known);
    throw new SpecError([
      {
        path: 'algorithm',
        value: showValue(spec.algorithm),
        message: `there is no algorithm ${showValue(spec.algorithm)}`,
        fix:
          guess === undefined
            ? `use one of ${known.join(', ')}`
            : `did you mean ${JSON.stringify(guess)}?`,
      },
    ]);
  }
  const dataset = await datasetFor(bus, spec, before);
  const steps = await Promise.all((before.searched ?? []).map((own) => measuredStep(bus, own)));
  const test = await testDataset(bus, spec, before);
  const { plan, step } = resolveStep(spec, dataset, learner, steps, test);
  const digest = await bus.blobs.put(encodeJson(plan));
  if (step === null) return { plan, digest };
  return { plan, digest, search: { view: step.view, measured: step.chosen?.measured ?? null } };
}

export function storePlan(bus: Bus, plan: JobPlan): Promise<Digest> {
  return bus.blobs.put(encodeJson(plan));
}

/** How a search stands when its next step has been planned. */
export interface PlannedSearch {
  readonly view: SearchView;
  /** What the step of the chosen trial has measured; null while trials go on. */
  readonly measured: Digest | null;
}

async function measuredStep(bus: Bus, digest: Digest): Promise<MeasuredStep> {
  const { trials = [] } = await readJson(bus, digest);
  return { digest, trials };
}

async function readJson(bus: Bus, digest: Digest): Promise<Measured> {
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(await bus.blobs.get(digest))));
}

export async function storeInput(bus: Bus, input: InputToStore): Promise<Digest> {
  const inline = Object.fromEntries(
    [...input.inline].map(([digest, bytes]) => [digest, Buffer.from(bytes).toString('base64')]),
  );
  const inputs: StageInputs = { format: 1, results: input.results.map(parseDigest), inline };
  return bus.blobs.put(encodeJson(inputs));
}

export interface Publication {
  readonly job: JobId;
  readonly name: string;
  readonly plan: JobPlan;
  readonly digest: string;
  /** Digest of what the measure task found; null without evaluation. */
  readonly measured: string | null;
  readonly spec: JobSpec;
  readonly wallMs: number;
  /** Rounds closed so far, for a model taken from a job in training; 0 for a finished one. */
  readonly snapshotRound?: number;
  /** Of such a model: when its job was accepted. */
  readonly acceptedMs?: number;
  /** Shards that the job has gone on without. */
  readonly skipped?: readonly SkippedShard[];
}

export interface Published {
  readonly model: string;
  readonly metrics: Readonly<Record<string, unknown>> | null;
  readonly evaluation: JobEvaluation | null;
}

/**
 * Enters the model in the registry. A version that this job has entered before is found by the
 * job's id and the digest, so publishing twice makes one version; another job may have had that id
 * before, which was removed since.
 * @param mayAct whether this leader may still write: what was published may be removed again by now
 */
export async function publishModel(
  bus: Bus,
  publication: Publication,
  mayAct: () => boolean,
): Promise<Published> {
  const { job, name, plan, digest, measured, snapshotRound = 0, skipped = [] } = publication;
  const found = measured === null ? null : await readMeasured(bus, parseDigest(measured));
  const { metrics, evaluation } = found ?? { metrics: null, evaluation: null };
  const stored = await bus.store.get('blobs', digest);
  const bytes = stored === undefined ? 0 : Number(records.blob.decode(stored.value).size);
  const provenance = await bus.blobs.put(
    encodeJson({
      ...{ format: 1, model: digest, job, plan, spec: publication.spec, metrics },
      ...(snapshotRound === 0 ? {} : { snapshotRound }),
      ...(skipped.length === 0 ? {} : { skippedShards: skipped }),
    }),
  );
  const named = new Set(publication.spec.withoutShards);
  for (let i = 0; i < casTries; i++) {
    const entry = await bus.store.get('models', name);
    const record =
      entry === undefined ? records.model.create({ name }) : records.model.decode(entry.value);
    const known = record.versions.find(
      (own) =>
        own.job === job &&
        own.digest === digest &&
        (own.snapshotRound ?? 0) === snapshotRound &&
        own.removed !== true,
    );
    if (known !== undefined) return { model: `${name}@${known.version}`, metrics, evaluation };
    verifyLead(mayAct, `model ${JSON.stringify(name)}`);
    if (snapshotRound > 0) refuseLate(record, job, publication.acceptedMs ?? 0);
    const version = (record.versions.at(-1)?.version ?? 0) + 1;
    record.versions.push({
      version,
      digest,
      job,
      learner: `${plan.learner}@${plan.numerics}`,
      dataset: `${plan.dataset.name}@${plan.dataset.version}`,
      kind: plan.kind,
      exactness: exactnessOf(plan.without?.filter(({ shard }) => !named.has(shard))),
      provenance,
      metrics: metrics === null ? '' : JSON.stringify(metrics),
      bytes,
      createdAtMs: publication.wallMs,
      snapshotRound,
    });
    try {
      const value = records.model.encode(record);
      if (entry === undefined) await bus.store.create('models', name, value);
      else await bus.store.update('models', name, value, entry.revision);
      return { model: `${name}@${version}`, metrics, evaluation };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw new RetryableError(
    'registry-busy',
    `model ${JSON.stringify(name)} keeps being changed by others`,
    500,
  );
}

/** The newest version answers: a state on the way must not come after the model that it led to. */
function refuseLate(record: ModelRecord, job: string, acceptedMs: number): void {
  // A model bears the time at which its job was accepted: earlier ones are of a job of that id that
  // was removed.
  const last = record.versions.find(
    (own) => own.job === job && !own.snapshotRound && Number(own.createdAtMs) >= acceptedMs,
  );
  if (last === undefined) return;
  const model = `${record.name}@${last.version}`;
  throw new TerminalError('wrong-phase', `job "${job}" has ended meanwhile`, {
    fix: `its model is ${model}`,
  });
}

/** The mean over the scored fits, and what each came to. */
async function readMeasured(bus: Bus, digest: Digest) {
  const measured = await readJson(bus, digest);
  return { metrics: measured.metrics, evaluation: evaluationOf(measured, digest) };
}
