/**
 * Looks at everything that is written or said in a simulated cluster, in the turn in which it
 * happens, and holds it to the laws. A broken law is told once, with the time.
 */
import { createHash } from 'node:crypto';
import type { Spy } from '../../runtime/memory/memory-broker.ts';
import type { StoredEntry } from '../../runtime/memory/memory-stream.ts';
import { limits } from '../../schemas/limits.ts';
import {
  type BlobRecord,
  decodeMessage,
  type JobRecord,
  type ModelRecord,
  type RoundStateRecord,
  records,
  recordVersion,
  type TaskRecord,
  TaskState,
} from '../../schemas/wire.ts';
import { JobLaws, phaseIn } from './job-laws.ts';
import { LeadLaws } from './lead-laws.ts';
import { taskLaws } from './task-laws.ts';

/** A change of a record. */
export interface Seen<T> {
  readonly key: string;
  readonly revision: number;
  readonly record: T;
  readonly atMs: number;
  /** Name of the process that wrote it. */
  readonly by: string;
}

const over = new Set(['completed', 'failed', 'cancelling', 'cancelled', 'rejected']);
interface Offered {
  readonly job: string;
  readonly task: string;
  readonly attempt: number;
}

/** Holds and leads fill no slot. */
const lasting = /^(hold|rounds)\./;
const chunkSubject = /^shoal\.blobs\.([0-9a-f]{64})\.(\d+)$/;

export class Watchdog implements Spy {
  readonly jobs: Seen<JobRecord>[] = [];
  readonly tasks: Seen<TaskRecord>[] = [];
  /** Laws that were broken. */
  readonly broken: string[] = [];
  readonly leads: LeadLaws;
  /** Digests of what the simulation itself has damaged or lost. */
  readonly damaged = new Set<string>();
  /** Complete blobs. */
  readonly blobs = new Set<string>();
  readonly #jobLaws = new JobLaws();
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #rounds = new Map<string, RoundStateRecord>();
  readonly #models = new Map<string, ModelRecord>();
  readonly #chunks = new Map<string, Uint8Array[]>();
  /** Number of the last heartbeat of each process, by node and nonce. */
  readonly #beats = new Map<string, number>();
  readonly #nowMs: () => number;

  /** @param states that open rounds in a calm run, by job, fit and round */
  constructor(nowMs: () => number, states: ReadonlyMap<string, string>) {
    this.#nowMs = nowMs;
    this.leads = new LeadLaws(states);
  }

  job(id: string): JobRecord | undefined {
    return this.#jobLaws.record(id);
  }

  readonly stored = (entry: StoredEntry): void => {
    const { subject } = entry;
    const chunk = chunkSubject.exec(subject);
    if (chunk !== null) {
      const [, digest = '', n = ''] = chunk;
      const chunks = this.#chunks.get(digest) ?? [];
      this.#chunks.set(digest, chunks);
      chunks[Number(n)] = entry.bytes;
      return;
    }
    if (subject.startsWith('jobs.') && subject.includes('.events.')) {
      this.#note('', this.#jobLaws.published(subject, entry.bytes));
      return;
    }
    const [, , bucket, key] = /^(\$KV)\.(\w+)\.(.+)$/.exec(subject) ?? [];
    // A removal leaves a marker.
    if (bucket !== undefined && key !== undefined && entry.bytes.length > 0) {
      this.#record(bucket, key, entry);
    }
  };

  readonly settled = (entry: StoredEntry, deliveries: number): void => {
    this.#note('', this.#jobLaws.settled(entry.seq, entry.bytes, deliveries));
  };

  readonly message = (from: string, subject: string, bytes: Uint8Array): void => {
    const place = `a message of ${from}`;
    if (subject.endsWith('.offers')) this.#note(place, this.#offered(bytes));
    else if (subject.endsWith('.heartbeat')) this.#note(place, this.#beat(bytes));
    else if (subject.startsWith('shoal.rounds.')) {
      const opens = subject.includes('.open.');
      const broken = opens
        ? this.leads.opened(decodeMessage('round-open', bytes))
        : this.leads.announced(decodeMessage('round-ready', bytes));
      this.#note(place, broken);
    }
  };

  #note(what: string, broken: readonly string[]): void {
    const at = `${(this.#nowMs() / 1_000).toFixed(3)} s`;
    for (const law of broken) {
      if (this.broken.length < 20) this.broken.push(`${at}: ${what} ${law}`);
    }
  }

  #record(bucket: string, key: string, entry: StoredEntry): void {
    const { by, seq: revision } = entry;
    const value = Uint8Array.from(entry.bytes);
    const atMs = this.#nowMs();
    // `min_reader`, the first field: what is for later readers is nobody's to judge.
    if (value[0] === 8 && (value[1] ?? 0) > recordVersion) return;
    switch (bucket) {
      case 'SHOAL_JOB_RECORDS': {
        const record = records.job.decode(value);
        this.jobs.push({ key, revision, record, atMs, by });
        this.#note(key, this.#jobLaws.stored(key, record, value.length));
        this.#note(key, this.leads.wroteAs(Number(record.term), by));
        return;
      }
      case 'SHOAL_TASK_RECORDS': {
        const record = records.task.decode(value);
        this.tasks.push({ key, revision, record, atMs, by });
        this.#note(key, this.#task(key, record, by));
        this.#tasks.set(key, record);
        return;
      }
      case 'SHOAL_CLUSTER':
        if (key.startsWith('lease')) {
          this.#note('the lease', this.leads.lease(records.lease.decode(value), by, atMs));
        }
        return;
      case 'SHOAL_BLOB_RECORDS':
        this.#note(`blob ${key}`, this.#blob(key, records.blob.decode(value)));
        return;
      case 'SHOAL_MODELS':
        this.#note(`model ${key}`, this.#model(key, records.model.decode(value)));
        return;
      case 'SHOAL_ROUND_STATES': {
        // Chunks of a state have longer keys.
        if (key.split('.').length !== 2) return;
        const record = records.roundState.decode(value);
        // With a job that is given up its states are removed; a leader that has not heard of it yet
        // finds none, and puts by the first one.
        const known = this.#givenUp(key) ? undefined : this.#rounds.get(key);
        this.#note(`rounds ${key}`, this.leads.roundState(known, record));
        this.#rounds.set(key, record);
      }
    }
  }

  #task(key: string, record: TaskRecord, by: string): string[] {
    const ended = this.#givenUp(key);
    const known = this.#tasks.get(key);
    // Removed with the records of its job, and created anew by a claim that came too late.
    const removed = ended && known !== undefined && record.attempt === 1;
    const before = removed && record.state === TaskState.CLAIMED ? undefined : known;
    const broken = taskLaws(before, record, by);
    if (by.startsWith('c')) broken.push(...this.leads.wroteAs(Number(record.term), by));
    const inBlob = record.inlineResult.length === 0 && record.state === TaskState.DONE;
    if (inBlob && !this.blobs.has(record.result)) broken.push('is done, and its result not stored');
    return broken;
  }

  /** Whether the job of a task or of a state of rounds needs none of them any more. */
  #givenUp(key: string): boolean {
    const [id = ''] = key.split('.');
    const job = this.#jobLaws.record(id);
    return job === undefined || over.has(phaseIn(job));
  }

  #offered(bytes: Uint8Array): string[] {
    const { offers } = decodeMessage('offers', bytes);
    const broken: string[] = [];
    if (offers.length > limits.offersPerMessage) broken.push(`has ${offers.length} offers`);
    for (const offer of offers) {
      const { job, task, attempt } = { job: '', task: '', attempt: 1, ...offer } as Offered;
      if (this.#jobLaws.record(job) === undefined) broken.push(`offers ${task} of unknown ${job}`);
      const stored = this.#tasks.get(`${job}.${task}`);
      if (attempt > 1 && attempt > (stored?.attempt ?? 0) && !hasCopy(stored, attempt)) {
        broken.push(`offers attempt ${attempt} of ${task}, which is not admitted`);
      }
    }
    return broken;
  }

  #beat(bytes: Uint8Array): string[] {
    const { node, nonce, seq, role, queued, running, slots } = decodeMessage('heartbeat', bytes);
    const broken: string[] = [];
    // A process that starts anew has a nonce of its own: beats of the two are told apart by it.
    const process = `${node} ${nonce}`;
    const before = this.#beats.get(process) ?? 0;
    if (seq <= before) broken.push(`is beat ${seq} of "${process}" after beat ${before}`);
    this.#beats.set(process, seq);
    if (role === 'coordinator') return broken;
    if (queued > limits.offersInFlightMax) broken.push(`has ${queued} offers queued`);
    const filling = running.filter(({ task }) => !lasting.test(task ?? '')).length;
    // Results that are being stored and committed fill no slot, but they must not pile up either.
    if (filling > 8 * slots) broken.push(`runs ${filling} tasks on ${slots} slots`);
    return broken;
  }

  #blob(digest: string, { complete, chunks, size }: BlobRecord): string[] {
    if (!complete || this.blobs.has(digest)) return [];
    this.blobs.add(digest);
    const here = this.#chunks.get(digest) ?? [];
    const hash = createHash('sha256');
    for (let n = 0; n < chunks; n += 1) hash.update(here[n] ?? new Uint8Array());
    if (this.damaged.has(digest) || hash.digest('hex') === digest) return [];
    return [`is called complete with ${here.length} of ${chunks} chunks of ${size} bytes`];
  }

  #model(name: string, after: ModelRecord): string[] {
    const before = this.#models.get(name)?.versions ?? [];
    this.#models.set(name, after);
    const broken: string[] = [];
    for (const [i, { version, digest }] of before.entries()) {
      const now = after.versions[i];
      if (now?.version !== version || now?.digest !== digest)
        broken.push(`lost version ${version}`);
    }
    for (const { digest } of after.versions) {
      if (!this.blobs.has(digest ?? '')) broken.push(`names ${digest}, which is not stored`);
    }
    return broken;
  }
}

function hasCopy(record: TaskRecord | undefined, attempt: number): boolean {
  const { copy } = (record ?? {}) as { copy?: { attempt?: number } | null };
  return copy?.attempt === attempt;
}
