/**
 * A stand-in for the coordinator: stores a job's data, makes offers, admits attempts, and waits for
 * records and heartbeats. It decides nothing, so a test says what happens.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShardFiles } from '../../actors/task-runner/shard-files.ts';
import type { Bus } from '../../runtime/bus.ts';
import type { Watch } from '../../runtime/ports/store.ts';
import type { Digest, JobId, NodeId, TaskId } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { keys } from '../../schemas/subjects.ts';
import {
  decodeMessage,
  encodeMessage,
  type Heartbeat,
  records,
  type TaskRecord,
  TaskState,
} from '../../schemas/wire.ts';
import { type DataSet, jsonBytes } from './data.ts';

export interface OfferOptions {
  readonly attempt?: number;
  readonly term?: number;
  readonly isolated?: boolean;
  readonly input?: Digest;
  readonly traceparent?: string;
}

type Check<T> = { readonly test: (value: T) => boolean; readonly resolve: (value: T) => void };

export class Offerer {
  readonly bus: Bus;
  readonly job: JobId;
  readonly tasks = new Map<string, TaskRecord>();
  readonly heartbeats: Heartbeat[] = [];
  #plan = '' as Digest;
  #watch: Watch | null = null;
  readonly #taskChecks = new Set<Check<ReadonlyMap<string, TaskRecord>>>();
  readonly #beatChecks = new Set<Check<Heartbeat>>();

  constructor(bus: Bus, job: string) {
    this.bus = bus;
    this.job = job as JobId;
  }

  /** Stores plan, manifest and shards, and listens. */
  async open(data: DataSet, plan: JobPlan): Promise<void> {
    const { blobs, store, transport, subjects } = this.bus;
    for (const shard of data.shards.values()) await blobs.put(shard);
    await blobs.put(data.manifestBytes);
    this.#plan = await blobs.put(jsonBytes(plan));
    transport.subscribe(subjects.heartbeat('*'), (message) => {
      const beat = decodeMessage('heartbeat', Uint8Array.from(message.bytes));
      this.heartbeats.push(beat);
      for (const check of this.#beatChecks) if (check.test(beat)) check.resolve(beat);
    });
    this.#watch = await store.watch('tasks', keys.tasksOf(this.job), ({ key, value }) => {
      if (value === null) return;
      this.tasks.set(key.slice(this.job.length + 1), records.task.decode(value));
      for (const check of this.#taskChecks) if (check.test(this.tasks)) check.resolve(this.tasks);
    });
    await this.#watch.caughtUp;
  }

  async close(): Promise<void> {
    await this.#watch?.stop();
  }

  offer(node: string, tasks: readonly string[], options: OfferOptions = {}): void {
    const { attempt = 1, term = 1, isolated = false, input = '', traceparent = '' } = options;
    const offers = tasks.map((task) => {
      return { job: this.job, task, attempt, plan: this.#plan, input, isolated, traceparent };
    });
    const bytes = encodeMessage('offers', { term, coordinator: 'test', offers });
    this.bus.transport.publish(this.bus.subjects.offers(node as NodeId), bytes);
  }

  async control(node: string, verb: string): Promise<Heartbeat> {
    const { transport, subjects } = this.bus;
    const bytes = encodeMessage('control', { verb, job: this.job, term: 1 });
    const reply = await transport.request(subjects.control(node as NodeId), bytes, {
      timeoutMs: 2_000,
    });
    return decodeMessage('control-reply', reply.bytes).heartbeat as Heartbeat;
  }

  /** Admits the next attempt of a task, as after the death of its node. */
  async admit(task: string, change: Partial<TaskRecord> = {}): Promise<void> {
    const key = keys.task(this.job, task as TaskId);
    const entry = await this.bus.store.get('tasks', key);
    if (entry === undefined) throw new Error(`no record of ${task}`);
    const record = records.task.decode(entry.value);
    Object.assign(record, { state: TaskState.PENDING, attempt: record.attempt + 1, ...change });
    await this.bus.store.update('tasks', key, records.task.encode(record), entry.revision);
  }

  record(task: string): Promise<TaskRecord> {
    return this.when((tasks) => tasks.has(task)).then((tasks) => tasks.get(task) as TaskRecord);
  }

  when(test: (tasks: ReadonlyMap<string, TaskRecord>) => boolean) {
    if (test(this.tasks)) return Promise.resolve(this.tasks as ReadonlyMap<string, TaskRecord>);
    return new Promise<ReadonlyMap<string, TaskRecord>>((resolve) => {
      this.#taskChecks.add({ test, resolve });
    });
  }

  whenState(task: string, state: number): Promise<TaskRecord> {
    return this.when((tasks) => tasks.get(task)?.state === state).then(
      (tasks) => tasks.get(task) as TaskRecord,
    );
  }

  whenDone(tasks: readonly string[]) {
    return this.when((found) => tasks.every((task) => found.get(task)?.state === TaskState.DONE));
  }

  /** The next heartbeat for which the test holds. */
  beat(test: (beat: Heartbeat) => boolean): Promise<Heartbeat> {
    return new Promise((resolve) => {
      this.#beatChecks.add({ test, resolve });
    });
  }
}

/** Shards in a folder of the test, fetched from the bus's blobs when first asked for. */
export class TestShardFiles implements ShardFiles {
  readonly fetched: Digest[] = [];
  /** Digests whose first copy on disk is to be broken. */
  readonly corrupt = new Set<string>();
  readonly #bus: Bus;
  readonly #folder: Promise<string>;
  readonly #paths = new Map<Digest, Promise<string>>();

  constructor(bus: Bus) {
    this.#bus = bus;
    this.#folder = mkdtemp(join(tmpdir(), 'shoal-shards-'));
  }

  path(digest: Digest, onFetched?: (bytes: number) => void): Promise<string> {
    const found = this.#paths.get(digest) ?? this.#fetch(digest, onFetched);
    this.#paths.set(digest, found);
    return found;
  }

  async drop(digest: Digest): Promise<void> {
    await unlink(await this.path(digest));
    this.#paths.delete(digest);
  }

  async remove(): Promise<void> {
    await rm(await this.#folder, { recursive: true, force: true });
  }

  async #fetch(digest: Digest, onFetched?: (bytes: number) => void): Promise<string> {
    this.fetched.push(digest);
    const bytes = Uint8Array.from(await this.#bus.blobs.get(digest));
    if (createHash('sha256').update(bytes).digest('hex') !== digest) throw new Error('bad blob');
    if (this.corrupt.delete(digest)) bytes[64] = (bytes[64] as number) ^ 0xff;
    onFetched?.(bytes.length);
    const path = join(await this.#folder, digest);
    await writeFile(path, bytes);
    return path;
  }
}
