/**
 * The SDK: everything that a person or a program may ask of a cluster, over one bus.
 *
 * Every command of the command line is one call here. It knows the ports only, so the same client
 * runs over NATS and over the memory bus of a test.
 */
import type { CsvImport } from '../datasets/csv-import.ts';
import type { ByteSource } from '../datasets/csv-types.ts';
import type { DataFormat } from '../datasets/data-format.ts';
import type { SettledData, WriteOptions } from '../datasets/data-import.ts';
import type { Frame } from '../datasets/frame.ts';
import type { Manifest } from '../datasets/manifest.ts';
import type { ShardSink } from '../datasets/shard-writer.ts';
import { learners } from '../learners/catalogue.ts';
import type { Learners } from '../learners/learner.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/ports/clock.ts';
import type { Random } from '../runtime/ports/random.ts';
import { parseJobId } from '../schemas/ids.ts';
import { checkSpec, type JobSpecInput, specDigest } from '../schemas/job-spec.ts';
import { limits } from '../schemas/limits.ts';
import type { ClusterView, JobView, NodeView, PurgeQuestion } from '../schemas/views.ts';
import { abortable } from './abort.ts';
import { Admission } from './admission.ts';
import {
  type DatasetDetail,
  DatasetRegistry,
  type DatasetView,
  type PutShard,
} from './datasets.ts';
import { JobHandle } from './job-handle.ts';
import { type ModelHandle, openModel } from './model-handle.ts';
import { ModelRegistry, type ModelView } from './models.ts';
import { purging, type RemoveVersionsOptions } from './purge.ts';
import { type AskOptions, ask, askAll } from './queries.ts';
import { parseVersioned } from './versioned-name.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ClientOptions {
  /** Learners whose models can be opened; the built-in ones by default. */
  readonly learners?: Learners | undefined;
  /** How long one answer of the coordinator may take; 2 s by default. */
  readonly requestMs?: number | undefined;
  /** How long a question looks for a coordinator while none answers; 0, the default, asks once. */
  readonly patienceMs?: number | undefined;
  /** Told, once a question, when nobody has answered it for a second. */
  readonly onWait?: (() => void) | undefined;
}

export interface ExportedModel {
  readonly view: ModelView;
  /** Canonical bytes; their SHA-256 is the digest. */
  readonly bytes: Uint8Array;
  /** What the model was made of, where it was recorded. */
  readonly provenance: unknown;
}

export class ShoalClient implements AsyncDisposable {
  readonly bus: Bus;
  private readonly datasetRegistry: DatasetRegistry;
  private readonly modelRegistry: ModelRegistry;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly learners: Learners;
  private readonly ways: Omit<AskOptions, 'signal'>;

  constructor(bus: Bus, clock: Clock, random: Random, options: ClientOptions = {}) {
    this.bus = bus;
    this.learners = options.learners ?? learners;
    const { requestMs, patienceMs, onWait } = options;
    this.ways = { requestMs, patienceMs, onWait };
    this.clock = clock;
    this.random = random;
    this.datasetRegistry = new DatasetRegistry(bus, clock);
    this.modelRegistry = new ModelRegistry(bus);
  }

  /**
   * Hands a job in, to train a model or, with `predict`, to score a data set; resolves once JetStream has stored it. Safe to repeat with the same id: the
   * same spec is the same job.
   * @throws SpecError when the spec can never run; what only the cluster can tell (such as an
   * unknown data set) makes the handle's `result()` reject with `JobRejectedError`.
   */
  async submit(spec: JobSpecInput, options: CallOptions = {}): Promise<JobHandle> {
    const checked = checkSpec(spec);
    const id = parseJobId(checked.id ?? `j-${this.random.token(12)}`);
    const bytes = new TextEncoder().encode(JSON.stringify({ ...spec, id }));
    const digest = specDigest(checked);
    // One message id a call: every call must reach the coordinator, which knows what is one job.
    const stored = this.bus.journal.append(this.bus.subjects.submit, bytes, {
      id: `${id}.${this.random.token(12)}`,
    });
    const { seq } = await abortable(stored, options.signal);
    return new JobHandle(this.bus, this.clock, id, {
      admission: new Admission(this.bus, id, seq, digest),
      ways: this.ways,
    });
  }

  /** A job by its id; nothing is asked until a method is called. */
  job(id: string): JobHandle {
    return new JobHandle(this.bus, this.clock, id, { ways: this.ways });
  }

  /** Every job, newest first; a job's spec is shown by `job(id).view()`. */
  jobs(options: CallOptions = {}): Promise<JobView[]> {
    return askAll((from) => ask(this.bus, this.clock, 'jobs', { from }, this.asking(options)));
  }

  nodes(options: CallOptions = {}): Promise<NodeView[]> {
    return ask(this.bus, this.clock, 'nodes', {}, this.asking(options));
  }

  status(options: CallOptions = {}): Promise<ClusterView> {
    return ask(this.bus, this.clock, 'status', {}, this.asking(options));
  }

  /** Lets a node finish what it runs, then leave. */
  drain(node: string, options: CallOptions = {}): Promise<NodeView> {
    return ask(this.bus, this.clock, 'drain', { id: node }, this.asking(options));
  }

  /** Waits until a coordinator leads and answers. @throws NoCoordinatorError */
  ready(options: CallOptions & { readonly timeoutMs?: number } = {}): Promise<ClusterView> {
    return ask(
      this.bus,
      this.clock,
      'status',
      {},
      { ...this.asking(options), patienceMs: options.timeoutMs ?? limits.takeoverMs * 2 },
    );
  }

  /** The newest version of every data set. */
  datasets(options: CallOptions = {}): Promise<DatasetView[]> {
    return this.datasetRegistry.list(options.signal);
  }

  /** All versions of one data set, oldest first. @throws NotFoundError */
  datasetVersions(name: string, options: CallOptions = {}): Promise<DatasetView[]> {
    return this.datasetRegistry.versions(name, options.signal);
  }

  /** One version with its manifest: `name` (the newest) or `name@version`. @throws NotFoundError */
  dataset(reference: string, options: CallOptions = {}): Promise<DatasetDetail> {
    return this.datasetRegistry.get(reference, options.signal);
  }

  /**
   * Reads the rows of a data set, such as the predictions of a job, in their order: one frame a shard.
   * What level codes stand for is in the manifest that `dataset` gives.
   * @param options `columns` names those to be read; all by default
   * @throws NotFoundError, DataError for a column that is not there
   */
  frames(
    reference: string,
    options: CallOptions & { readonly columns?: readonly string[] } = {},
  ): AsyncGenerator<Frame, void, undefined> {
    return this.datasetRegistry.frames(reference, options.columns, options.signal);
  }

  /**
   * A data set as the bytes of one file, shard by shard.
   * @param options `onShard` is told the number of each shard as it is read
   * @throws NotFoundError
   */
  async *exportDataset(
    reference: string,
    format: DataFormat,
    options: CallOptions & { readonly onShard?: (shard: number) => void } = {},
  ): AsyncGenerator<Uint8Array | string, void, undefined> {
    const { signal, onShard } = options;
    const { manifest } = await this.datasetRegistry.get(reference, signal);
    const { exportedFile } = await import('../datasets/data-export.ts');
    const registry = this.datasetRegistry;
    let shard = 0;
    const shards = async function* (): AsyncGenerator<Uint8Array> {
      for await (const bytes of registry.shards(manifest, signal)) {
        onShard?.(shard++);
        yield bytes;
      }
    };
    yield* exportedFile(format, manifest, shards());
  }

  /**
   * Imports a CSV file as a new version of a data set. A file that breaks half-way, or a signal,
   * leaves nothing behind.
   * @param open opens the file from its first byte; it is read two or three times
   * @param options with `crew`, threads that can open the same file share the work
   * @throws DataError with file, line and fix
   */
  importCsv(
    name: string,
    open: ByteSource,
    options: Omit<CsvImport, 'name' | 'open' | 'onShard' | 'digest'> & CallOptions = {},
  ): Promise<DatasetDetail> {
    const { signal } = options;
    const produce = async (put: PutShard): Promise<Manifest> => {
      const { importCsv } = await import('../datasets/csv-import.ts');
      // Storing a shard gives its digest, so it is hashed once.
      // A put keeps nothing once it resolves, so that the bytes may be used again.
      const shards = { digest: put, onShard: () => {}, reuseShardBytes: true };
      return importCsv({ ...options, name, open, ...shards });
    };
    return this.datasetRegistry.publish(name, produce, { signal });
  }

  /**
   * Imports files of any format as a new version of a data set, several as one. What breaks half-way,
   * or a signal, leaves nothing behind.
   * @param data what `settleData` has found; its schema is shown to people before this is called
   * @throws DataError with file, place, column and fix
   */
  importData(
    name: string,
    data: SettledData,
    options: Omit<WriteOptions, 'name' | keyof ShardSink> & CallOptions = {},
  ): Promise<DatasetDetail> {
    const produce = (put: PutShard): Promise<Manifest> =>
      // As with CSV, a put keeps nothing once it resolves.
      data.write({ ...options, name, digest: put, onShard: () => {}, reuseShardBytes: true });
    return this.datasetRegistry.publish(name, produce, { signal: options.signal });
  }

  /**
   * Stores a data set that the caller cuts into shards itself; visible only once all is stored.
   * Equal content under the same name is the same version.
   */
  publishDataset(
    name: string,
    produce: (put: PutShard) => Promise<Manifest>,
    options: CallOptions = {},
  ): Promise<DatasetDetail> {
    return this.datasetRegistry.publish(name, produce, options);
  }

  /**
   * Removes a version, or all of a name. With `purge` also blobs that nothing else names, on the
   * broker and on every node.
   * @throws NotFoundError; with `purge` code `in-use` names jobs under way that use it
   */
  async removeDataset(
    reference: string,
    options: RemoveVersionsOptions = {},
  ): Promise<DatasetView[]> {
    const remove = () => this.datasetRegistry.remove(reference, options);
    if (options.purge !== true) return remove();
    const versions = await this.datasetRegistry.numbers(reference, options.signal);
    return this.purged('dataset', reference, versions, options, remove);
  }

  /** The answering version of every model. */
  models(options: CallOptions = {}): Promise<ModelView[]> {
    return this.modelRegistry.list(options.signal);
  }

  /** Opens a model for prediction: `name` (the answering version) or `name@version`. */
  async model(reference: string, options: CallOptions = {}): Promise<ModelHandle> {
    const view = await this.modelRegistry.get(reference, options.signal);
    return openModel(view, await this.modelRegistry.bytes(view, options.signal), this.learners);
  }

  /** The model's bytes with all that is recorded about it. */
  async exportModel(reference: string, options: CallOptions = {}): Promise<ExportedModel> {
    const view = await this.modelRegistry.get(reference, options.signal);
    const bytes = await this.modelRegistry.bytes(view, options.signal);
    return { view, bytes, provenance: await this.modelRegistry.provenance(view, options.signal) };
  }

  modelVersions(name: string, options: CallOptions = {}): Promise<ModelView[]> {
    return this.modelRegistry.versions(name, options.signal);
  }

  /** Makes `name@version` (or the newest) answer for the bare name. */
  promote(reference: string): Promise<ModelView> {
    return this.modelRegistry.promote(reference);
  }

  /** Makes the version before the answering one answer again. */
  rollback(name: string): Promise<ModelView> {
    return this.modelRegistry.rollback(name);
  }

  /**
   * Removes one version, or with a bare name all of them; with `purge` also their bytes.
   * @throws NotFoundError; with `purge` code `in-use` names jobs under way that predict with it
   */
  async removeModel(reference: string, options: RemoveVersionsOptions = {}): Promise<ModelView[]> {
    const remove = () => this.modelRegistry.remove(reference, options);
    if (options.purge !== true) return remove();
    const versions = await this.modelRegistry.numbers(reference, options.signal);
    return this.purged('model', reference, versions, options, remove);
  }

  private purged<T>(
    kind: PurgeQuestion['kind'],
    reference: string,
    versions: readonly number[],
    { force = false, signal }: RemoveVersionsOptions,
    remove: () => Promise<T>,
  ): Promise<T> {
    const { name: id } = parseVersioned(reference);
    const question = { id, kind, versions, force };
    return purging(this.bus, this.clock, question, this.asking({ signal }), remove);
  }

  private asking(options: CallOptions): AskOptions {
    return { ...this.ways, signal: options.signal };
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

export function clientOver(
  bus: Bus,
  clock: Clock,
  random: Random,
  options: ClientOptions = {},
): ShoalClient {
  return new ShoalClient(bus, clock, random, options);
}
