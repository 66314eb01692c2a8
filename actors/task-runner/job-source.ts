/**
 * What tasks of a job read besides shards: plan, manifest, stage inputs and results, from blobs.
 *
 * Plans and manifests are kept, parsed for this thread and as shared bytes for the compute threads.
 */
import { type Manifest, parseManifest } from '../../datasets/manifest.ts';
import type { Blobs } from '../../runtime/ports/blobs.ts';
import { canonicalJson, sha256Hex } from '../../schemas/canonical.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import { type JobPlan, paramsOf, type StageInputs, trainedSplits } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobBytes, NamedBytes } from './compute-functions.ts';
import { Memo } from './memo.ts';
import { parseInputs, parsePlan } from './plan-bytes.ts';

const jobsKept = 16;
const inputsKept = 16;

export interface JobData {
  readonly plan: JobPlan;
  readonly manifest: Manifest;
  /** Of the rows that are scored, where they are of another data set. */
  readonly test?: Manifest;
  readonly bytes: JobBytes;
  /** Names what the plan makes of the data set's rows, for each fit: equal keys, equal data. */
  readonly fitKeys: readonly string[];
}

type OnFetched = (bytes: number) => void;

export class JobSource {
  readonly #blobs: Blobs;
  readonly #jobs = new Memo<JobData>(jobsKept);
  readonly #inputs = new Memo<StageInputs>(inputsKept);

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /** @param onFetched here and below: called with the number of bytes that came over the network */
  job(plan: Digest, onFetched?: OnFetched): Promise<JobData> {
    return this.#jobs.get(plan, () => this.#load(plan, onFetched));
  }

  inputs(digest: Digest, onFetched?: OnFetched): Promise<StageInputs> {
    return this.#inputs.get(digest, async () => parseInputs(await this.#get(digest, onFetched)));
  }

  /** Forgets what is kept; jobs under way read it again. */
  clear(): void {
    this.#jobs.clear();
    this.#inputs.clear();
  }

  /** A blob in shared memory. */
  async shared(digest: Digest, onFetched?: OnFetched): Promise<NamedBytes> {
    return { digest, bytes: sharedCopy(await this.#get(digest, onFetched)) };
  }

  /** Results in the order asked for: those at hand, and blobs, a few in flight at a time. */
  async all(
    digests: readonly Digest[],
    inline: StageInputs['inline'],
    onEach: () => void,
    onFetched?: OnFetched,
  ): Promise<Uint8Array[]> {
    const found: Uint8Array[] = new Array(digests.length);
    let next = 0;
    const fetchSome = async () => {
      for (let i = next++; i < digests.length; i = next++) {
        const digest = digests[i] as Digest;
        const text = inline[digest];
        found[i] = text === undefined ? await this.#get(digest, onFetched) : fromText(text, digest);
        onEach();
      }
    };
    await Promise.all(Array.from({ length: limits.chunksInFlight }, fetchSome));
    return found;
  }

  async #get(digest: Digest, onFetched?: OnFetched): Promise<Uint8Array> {
    const bytes = await this.#blobs.get(digest);
    onFetched?.(bytes.length);
    return bytes;
  }

  async #load(digest: Digest, onFetched?: OnFetched): Promise<JobData> {
    const planBytes = await this.#get(digest, onFetched);
    const plan = parsePlan(planBytes);
    const manifestDigest = parseDigest(plan.dataset.manifest);
    const manifestBytes = await this.#get(manifestDigest, onFetched);
    const pipelines = plan.preprocess?.fitted?.pipelines ?? [];
    const fitted = pipelines.map((one) => this.shared(one, onFetched));
    const { ofFit } = trainedSplits(plan);
    const test = plan.test && (await this.shared(parseDigest(plan.test.manifest), onFetched));
    return {
      plan,
      ...(test === undefined ? {} : { test: parseManifest(Uint8Array.from(test.bytes)) }),
      manifest: parseManifest(manifestBytes),
      bytes: {
        plan: { digest, bytes: sharedCopy(planBytes) },
        manifest: { digest: manifestDigest, bytes: sharedCopy(manifestBytes) },
        ...(test === undefined ? {} : { test }),
        ...(pipelines.length === 0 ? {} : { pipelines: await Promise.all(fitted) }),
      },
      fitKeys: plan.fits.map(({ split }, i) =>
        fitKey(plan, paramsOf(plan, i), { split, pipeline: pipelines[ofFit[i] ?? 0] }),
      ),
    };
  }
}

/** All that the learner's `prepare` is told; the seed too, since a learner may use it. */
function fitKey(plan: JobPlan, params: unknown, rows: Readonly<Record<string, unknown>>): string {
  const { kind, features, target, learner, numerics, seed, dataset } = plan;
  const told = { kind, features, target, learner, numerics, params, seed, ...rows };
  return sha256Hex(canonicalJson({ ...told, manifest: dataset.manifest }));
}

function fromText(base64: string, digest: Digest): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  if (sha256Hex(bytes) === digest) return bytes;
  throw new TerminalError('bad-plan', `result "${digest}" in the stage inputs has other bytes`);
}

function sharedCopy(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
