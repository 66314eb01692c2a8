/**
 * What is in use: the digest of every blob that a record names, or a blob that such a record names.
 *
 * Digests are found by their form, 64 hexadecimal digits, wherever they stand in a record: a field
 * that a newer release has added keeps its blob alive too. Kept are data sets and models that are
 * listed, all that jobs under way name or have stored, and the plans of jobs that have ended.
 */
import type { Bus } from '../../runtime/bus.ts';
import type { Log } from '../../runtime/log.ts';
import type { Entry } from '../../runtime/ports/store.ts';
import { familyOf, ShoalError } from '../../schemas/errors.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { finalPhases, type Phase } from '../../schemas/views.ts';
import { type JobRecord, records } from '../../schemas/wire.ts';

/** Digests in these bytes. */
export function digestsIn(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.match(/[0-9a-f]{64}/g) ?? [];
}

interface PlanFacts {
  readonly names: readonly string[];
  /** '' where the plan is lost. */
  readonly manifest: string;
  /** Manifest of the data that it is measured on; '' where it holds rows out. */
  readonly test: string;
  readonly predicts: boolean;
}

/** What a look at all records shows. */
export interface Named {
  /** Digests that something names. */
  readonly named: ReadonlySet<string>;
  /** Jobs that have task records, and have ended or are not there. */
  readonly leftovers: readonly string[];
}

export class CollectorRoots {
  private readonly bus: Bus;
  private readonly log: Log;
  /** What blobs name, by their digest; they never change. Only what the last look needed is kept. */
  private known = new Map<string, readonly string[]>();
  private asked = new Map<string, readonly string[]>();
  private plans = new Map<string, PlanFacts>();
  private plansAsked = new Map<string, PlanFacts>();

  constructor(bus: Bus, log: Log) {
    this.bus = bus;
    this.log = log;
  }

  /** @throws when anything cannot be read now: then nothing may be decided */
  async look(): Promise<Named> {
    const named = new Set<string>();
    const running = new Set<string>();
    const tasks = Map.groupBy(await this.bus.store.list('tasks', ''), ({ key }) => jobOfKey(key));
    this.asked = new Map();
    this.plansAsked = new Map();
    const { store } = this.bus;
    for (const entry of await store.list('models', '')) {
      add(named, digestsIn(listedModel(entry.value)));
    }
    for (const entry of await store.list('datasets', '')) {
      for (const manifest of listedManifests(entry.value)) {
        named.add(manifest);
        add(named, await this.within(manifest));
      }
    }
    for (const entry of await store.list('jobs', '')) {
      if (await this.ofJob(named, entry, tasks.get(entry.key) ?? [])) running.add(entry.key);
    }
    this.known = this.asked;
    this.plans = this.plansAsked;
    return { named, leftovers: [...tasks.keys()].filter((job) => !running.has(job)) };
  }

  /** @returns whether the job goes on, as far as can be told */
  private async ofJob(
    named: Set<string>,
    { value }: Entry,
    tasks: readonly Entry[],
  ): Promise<boolean> {
    const record = readable(() => records.job.decode(value));
    if (record === null) {
      await this.ofNewerJob(named, value, tasks);
      return true;
    }
    if (hasEnded(record)) {
      if (record.plan !== '') named.add(record.plan);
      // What was measured is read for reports as long as the job is listed.
      for (const { stage, digest } of record.inputs) {
        if (stage === 'measured' && digest) named.add(digest);
      }
      return false;
    }
    add(named, digestsIn(value));
    const plan = record.plan === '' ? null : await this.plan(record.plan);
    if (plan !== null) {
      named.add(plan.manifest);
      add(named, plan.names);
      add(named, await this.within(plan.manifest));
      if (plan.test !== '') add(named, await this.within(plan.test));
    }
    for (const { digest } of record.inputs) {
      if (digest) add(named, await this.within(digest));
    }
    // A result of a job that predicts names the shard that was stored before it.
    await this.ofTasks(named, tasks, plan?.predicts === true);
    return true;
  }

  /** Of a record of another release whatever it names may name more. */
  private async ofNewerJob(
    named: Set<string>,
    value: Uint8Array,
    tasks: readonly Entry[],
  ): Promise<void> {
    for (const digest of digestsIn(value)) {
      named.add(digest);
      for (const inner of await this.within(digest)) {
        named.add(inner);
        add(named, await this.within(inner));
      }
    }
    await this.ofTasks(named, tasks, true);
  }

  private async ofTasks(named: Set<string>, tasks: readonly Entry[], deep: boolean): Promise<void> {
    for (const task of tasks) {
      for (const result of digestsIn(task.value)) {
        named.add(result);
        if (deep) add(named, await this.within(result));
      }
    }
  }

  private async plan(digest: string): Promise<PlanFacts> {
    const known = this.plans.get(digest) ?? (await this.readPlan(digest));
    this.plansAsked.set(digest, known);
    return known;
  }

  private async readPlan(digest: string): Promise<PlanFacts> {
    const bytes = (await this.bytes(digest)) ?? new Uint8Array();
    const plan = readable(
      () => JSON.parse(new TextDecoder().decode(bytes)) as Partial<Record<string, unknown>>,
    );
    const dataset = plan?.dataset as { readonly manifest?: unknown } | undefined;
    const manifest = typeof dataset?.manifest === 'string' ? dataset.manifest : '';
    const other = plan?.test as { readonly manifest?: unknown } | undefined;
    const test = typeof other?.manifest === 'string' ? other.manifest : '';
    const { output } = (plan?.preprocess ?? {}) as { readonly output?: unknown };
    const makes = plan?.predict !== undefined || output !== undefined;
    return { names: digestsIn(bytes), manifest, test, predicts: makes };
  }

  /** Digests that a blob names. */
  private async within(digest: string): Promise<readonly string[]> {
    const known = this.asked.get(digest) ?? this.known.get(digest);
    const found = known ?? digestsIn((await this.bytes(digest)) ?? new Uint8Array());
    this.asked.set(digest, found);
    return found;
  }

  /** Null for what is not stored, or is no digest: it names nothing. */
  private async bytes(digest: string): Promise<Uint8Array | null> {
    try {
      return await this.bus.blobs.get(parseDigest(digest));
    } catch (error) {
      if (familyOf(error) !== 'terminal') throw error;
      const code = error instanceof ShoalError ? error.code : '';
      this.log('debug', 'something in use cannot be read', { digest, code });
      return null;
    }
  }
}

/** `<job>.<stage>.<index>` */
function jobOfKey(key: string): string {
  return key.slice(0, key.indexOf('.'));
}

function add(named: Set<string>, digests: readonly string[]): void {
  for (const digest of digests) named.add(digest);
}

/** Null for what a newer release wrote. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function hasEnded(record: JobRecord): boolean {
  const snapshot = readable(() => JSON.parse(record.snapshot) as { value?: unknown });
  return finalPhases.has(snapshot?.value as Phase);
}

/** The record's bytes without the versions that were removed. */
function listedModel(value: Uint8Array): Uint8Array {
  const record = readable(() => records.model.decode(value));
  if (record === null) return value;
  record.versions = record.versions.filter((version) => version.removed !== true);
  return records.model.encode(record);
}

/** Manifests of the versions that are listed; every digest of a record of another release. */
function listedManifests(value: Uint8Array): readonly string[] {
  const record = readable(() => records.dataset.decode(value));
  if (record === null) return digestsIn(value);
  record.versions = record.versions.filter((version) => version.removed !== true);
  return digestsIn(records.dataset.encode(record));
}
