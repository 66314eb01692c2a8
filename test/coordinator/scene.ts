/**
 * A stage for the coordinator's step: records, nodes and a clock, moved by hand.
 *
 * It answers at once what only a broker would answer (writes, publications, sweeps), holds what
 * somebody has to do (plans, inputs, the registry) until told, and lets workers claim and commit
 * by the same rules as real ones. It decides nothing for the coordinator.
 */
import { type JobState, restoreJob } from '../../actors/coordinator/job-state.ts';
import type { CoordinatorEffect, CoordinatorEvent } from '../../actors/coordinator/messages.ts';
import type { Unstamped } from '../../actors/coordinator/perform.ts';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { type CoordinatorState, newState } from '../../actors/coordinator/state.ts';
import { flush, step } from '../../actors/coordinator/step.ts';
import { failureOf } from '../../actors/coordinator/submissions.ts';
import { holds } from '../../actors/task-runner/task-records.ts';
import type { Digest, JobId, NodeId, Stage } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { SpecError } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobEvent } from '../../schemas/views.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { scenePlan } from './dataset.ts';
import { heartbeatOf, newNode, type SceneNode } from './scene-node.ts';

type Effect<T extends CoordinatorEffect['type']> = Extract<CoordinatorEffect, { type: T }>;
/** What a crash does not take back. */
const durable = new Set(['store-job', 'publish-events', 'write-task']);

export class Scene {
  state: CoordinatorState;
  nowMs = 1_000;
  /** What the coordinator's wall clock said when its own began. */
  wallStartMs = Date.parse('2026-01-01T00:00:00Z');
  term = 1;
  revision = 0;
  readonly dataset: ResolvedDataset;
  readonly nodes = new Map<string, SceneNode>();
  readonly jobs = new Map<string, { bytes: Uint8Array; revision: number }>();
  readonly tasks = new Map<string, { record: TaskRecord; revision: number }>();
  readonly plans = new Map<string, JobPlan>();
  readonly log = new Map<string, JobEvent[]>();
  readonly logBytes = new Map<string, Uint8Array[]>();
  /** Effects that wait for somebody to do them, newest of a kind and job. */
  readonly held = new Map<string, CoordinatorEffect>();
  /** The broker takes no events while this is false. */
  publishing = true;
  /** Writes of task records fail, and reading them back too, while this is true. */
  losingTaskWrites = false;
  echoing = true;
  readonly seen: CoordinatorEffect[] = [];
  /** Every event so far, in order. */
  readonly told: Unstamped[] = [];
  /** Told before and after what is written for good; whatever it throws is the coordinator's end. */
  onWrite: (when: 'before' | 'after', effect: CoordinatorEffect) => void = () => {};
  private echoMs = 0;
  private sequences = 0;
  private readonly queue: Unstamped[] = [];

  constructor(dataset: ResolvedDataset) {
    this.dataset = dataset;
    this.state = this.fresh([]);
  }

  private fresh(jobs: Iterable<JobState>): CoordinatorState {
    const me = { node: 'c1' as NodeId, nonce: `c${this.term}`, term: this.term, cluster: 'test' };
    return newState(me, jobs, this.nowMs, this.nowMs + this.wallStartMs);
  }

  /** Handles events, and what the broker answers to their effects, until nothing is left. */
  handle(...events: Unstamped[]): CoordinatorEffect[] {
    const shown: CoordinatorEffect[] = [];
    this.queue.push(...events);
    while (this.queue.length > 0) {
      const effects: CoordinatorEffect[] = [];
      for (const event of this.queue.splice(0)) {
        this.told.push(event);
        const stamped = { ...event, atMs: this.nowMs, wallMs: this.nowMs + this.wallStartMs };
        effects.push(...step(this.state, stamped as CoordinatorEvent).effects);
      }
      effects.push(...flush(this.state));
      for (const effect of effects) {
        const written = durable.has(effect.type);
        if (written) this.onWrite('before', effect);
        this.answer(effect);
        if (written) this.onWrite('after', effect);
      }
      shown.push(...effects);
    }
    this.seen.push(...shown);
    return shown;
  }

  private answer(effect: CoordinatorEffect): void {
    switch (effect.type) {
      case 'store-job':
        this.storeJob(effect);
        return;
      case 'publish-events':
        this.publish(effect);
        return;
      case 'sweep':
        this.sweep(effect);
        return;
      case 'write-task':
        this.writeTask(effect);
        return;
      case 'offer':
        this.nodes.get(effect.node)?.offers.push(...effect.offers);
        return;
      case 'tell-node':
        if (effect.verb === 'release') this.release(effect);
        else if (effect.verb === 'withdraw') this.node(effect.node).withdraw(effect.job);
        else if (effect.verb === 'drain' || effect.verb === 'close')
          this.node(effect.node).draining = true;
        return;
      case 'plan':
      case 'store-plan':
      case 'store-input':
      case 'publish-model':
      case 'publish-dataset':
      case 'snapshot':
      case 'clean':
        this.held.set(`${effect.type} ${effect.job}`, effect);
        return;
      default:
    }
  }

  /** The node lets go at once: of the task, or of all that lasts as long as rounds. */
  private release({ node, job, task, attempt = 0 }: Effect<'tell-node'>): void {
    const { running } = this.node(node);
    for (const [key, own] of [...running]) {
      const lasting = key.startsWith(`${job}.hold.`) || key.startsWith(`${job}.rounds.`);
      const named = key === `${job}.${task}`;
      if (lasting ? task === '' || named : named && own <= attempt) running.delete(key);
    }
  }

  private storeJob({ job, bytes, revision }: Effect<'store-job'>): void {
    const present = this.jobs.get(job)?.revision ?? 0;
    if (present !== revision) throw new Error(`${job} stands at ${present}, not ${revision}`);
    this.revision += 1;
    this.jobs.set(job, { bytes, revision: this.revision });
    this.queue.push({ type: 'job-stored', job, revision: this.revision });
  }

  private publish({ job, events }: Effect<'publish-events'>): void {
    if (!this.publishing) return;
    const log = this.log.get(job) ?? [];
    const bytes = this.logBytes.get(job) ?? [];
    for (const event of events) {
      if (event.n > log.length) {
        log.push(JSON.parse(new TextDecoder().decode(Uint8Array.from(event.json))) as JobEvent);
        bytes.push(Uint8Array.from(event.json));
      }
      this.queue.push({ type: 'events-published', job: job as JobId, n: event.n });
    }
    this.log.set(job, log);
    this.logBytes.set(job, bytes);
  }

  private sweep({ job, upTo }: Effect<'sweep'>): void {
    const found = new Set<string>();
    for (const [key, { record, revision }] of this.tasks) {
      if (!key.startsWith(`${job}.`)) continue;
      const task = key.slice(job.length + 1);
      found.add(task);
      this.queue.push({ type: 'task-record', job, task, record: copy(record), revision });
    }
    this.queue.push({ type: 'swept', job, upTo, found });
  }

  private writeTask({ job, task, record, revision }: Effect<'write-task'>): void {
    const key = `${job}.${task}`;
    const present = this.tasks.get(key);
    if (this.losingTaskWrites) {
      this.queue.push({ type: 'task-written', job, task });
      return;
    }
    if (present === undefined || present.revision === revision) this.put(key, record);
    else if (present !== undefined) this.tellTask(key);
    this.queue.push({ type: 'task-written', job, task });
  }

  private put(key: string, record: TaskRecord): void {
    this.revision += 1;
    this.tasks.set(key, { record: copy(record), revision: this.revision });
    this.tellTask(key);
  }

  /** Has the coordinator see a record as it stands. */
  tellTask(key: string): void {
    const entry = this.tasks.get(key);
    if (entry === undefined) throw new Error(`no record of ${key}`);
    const [job = '', ...task] = key.split('.');
    const { revision } = entry;
    const record = copy(entry.record);
    this.queue.push({ type: 'task-record', job, task: task.join('.'), record, revision });
  }

  /** Time passes in ticks; whoever beats, beats. */
  pass(ms: number, tickMs: number = limits.tickMs): CoordinatorEffect[] {
    const shown: CoordinatorEffect[] = [];
    for (let left = ms; left > 0; left -= tickMs) {
      this.nowMs += Math.min(tickMs, left);
      const events: Unstamped[] = [];
      const echoDue = this.nowMs - this.echoMs >= limits.heartbeatMs;
      if (this.echoing && echoDue) {
        this.echoMs = this.nowMs;
        events.push({ type: 'echo' });
      }
      for (const node of this.nodes.values()) {
        const due = this.nowMs - node.beatMs >= limits.heartbeatMs;
        if (node.beating && due) events.push(this.heartbeat(node));
      }
      shown.push(...this.handle(...events, { type: 'tick' }));
    }
    return shown;
  }

  node(id: string): SceneNode {
    const node = this.nodes.get(id) ?? newNode(id, this.nowMs);
    this.nodes.set(id, node);
    return node;
  }

  heartbeat(node: SceneNode): Unstamped {
    node.seq += 1;
    node.beatMs = this.nowMs;
    return { type: 'heartbeat', node: node.id, heartbeat: heartbeatOf(node, this.nowMs) };
  }

  /** A new process under the same name: nothing of the old one is left. */
  reboot(id: string): SceneNode {
    const node = this.node(id);
    node.nonce = `${id}-${Number(node.nonce.split('-').at(-1)) + 1}`;
    Object.assign(node, { seq: 0, bootedMs: this.nowMs, beating: true, draining: false });
    node.leaving = false;
    node.offers = [];
    node.running.clear();
    node.rounds.clear();
    return node;
  }

  submit(bytes: Uint8Array, messageId: string | null = null): CoordinatorEffect[] {
    this.sequences += 1;
    return this.redeliver(this.sequences, bytes, messageId);
  }

  redeliver(seq: number, bytes: Uint8Array, messageId: string | null = null) {
    const submission = { seq, bytes, messageId, traceparent: null };
    return this.handle({ type: 'submission', submission, delivery: seq });
  }

  /** Claims as a worker does. @returns why not, or null */
  claim(id: string, key: string, attempt?: number, plan = this.planOf(key)): string | null {
    const node = this.node(id);
    const record = copy(this.tasks.get(key)?.record ?? records.task.create({ attempt: 1 }));
    const wanted = attempt ?? record.attempt;
    if (record.copy?.nonce === node.nonce && record.copy.attempt === wanted) {
      node.running.set(key, wanted);
      return null;
    }
    if (record.state !== TaskState.PENDING) return 'is not pending';
    if (record.attempt !== wanted) return `admits attempt ${record.attempt}`;
    if (record.errors.some((error) => error.attempt === wanted)) return 'has failed';
    if (record.plan !== '' && record.plan !== plan) return `is of plan ${record.plan}`;
    const [job = '', ...task] = key.split('.');
    record.job = job;
    record.task = task.join('.');
    record.plan = plan;
    record.state = TaskState.CLAIMED;
    record.node = id;
    record.nonce = node.nonce;
    record.term = this.term;
    node.running.set(key, wanted);
    this.put(key, record);
    return null;
  }

  /** The plan that the coordinator offers by now. */
  private planOf(key: string): string {
    return this.state.jobs.get(key.split('.')[0] as JobId)?.record.plan ?? '';
  }

  /** Commits, or reports an error, as a worker does: only a claim that stands may do so. */
  finish(id: string, key: string, change: (record: TaskRecord) => void): string | null {
    const node = this.node(id);
    const held = this.tasks.get(key)?.record;
    node.running.delete(key);
    const holder = { node: id, nonce: node.nonce };
    const own = held?.copy?.nonce === node.nonce ? held.copy.attempt : held?.attempt;
    if (held === undefined || !holds(held, own ?? 0, holder)) {
      node.commitsRefused += 1;
      return 'is fenced';
    }
    const record = copy(held);
    if (own !== held.attempt) {
      const { node: takenFrom } = held;
      Object.assign(record, { ...holder, attempt: own, takenFrom, takenFor: 'copied' });
    }
    change(record);
    if (record.state === TaskState.DONE) node.tasksDone += 1;
    this.put(key, record);
    return null;
  }

  commit(id: string, key: string, result = `r-${key.split('.').slice(1).join('.')}`) {
    return this.finish(id, key, (record) => {
      record.state = TaskState.DONE;
      record.result = result;
      record.computeMs = 5;
    });
  }

  private take<T extends CoordinatorEffect['type']>(type: T, job: string): Effect<T> {
    const effect = this.held.get(`${type} ${job}`);
    if (effect === undefined) throw new Error(`nobody asked to ${type} for ${job}`);
    this.held.delete(`${type} ${job}`);
    return effect as Effect<T>;
  }

  /** Plans the job against the scene's data set, as `lookup.ts` does. */
  planned(job: string): Unstamped {
    const { spec, before } = this.take('plan', job);
    try {
      const plan = scenePlan(spec, this.dataset, before.skipped);
      const without = (plan.without ?? []).map(({ shard }) => `-${shard}`);
      const digest = `plan-${job}${without.join('')}` as Digest;
      this.plans.set(digest, plan);
      return { type: 'planned', job: job as JobId, plan, digest };
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      return { type: 'refused', job: job as JobId, failure: failureOf(error) };
    }
  }

  planFitted(job: string): Unstamped {
    const { before, plan } = this.take('store-plan', job);
    const digest = `${before}+` as Digest;
    this.plans.set(digest, plan);
    return { type: 'plan-fitted', job: job as JobId, before, plan, digest };
  }

  inputStored(job: string): Unstamped {
    const { stage, plan } = this.take('store-input', job).input;
    return {
      type: 'input-stored',
      job: job as JobId,
      stage: stage as Stage,
      digest: `in-${stage}` as Digest,
      plan,
    };
  }

  published(job: string): Unstamped {
    if (this.held.has(`publish-dataset ${job}`)) {
      const { name, manifest: digest } = this.take('publish-dataset', job);
      return { type: 'dataset-published', job: job as JobId, dataset: `${name}@1`, digest };
    }
    const { digest, name } = this.take('publish-model', job);
    const metrics = { accuracy: 1 };
    return { type: 'model-published', job: job as JobId, model: `${name}@1`, digest, metrics };
  }

  cleaned(job: string): Unstamped {
    this.take('clean', job);
    for (const key of [...this.tasks.keys()]) if (key.startsWith(`${job}.`)) this.tasks.delete(key);
    return { type: 'cleaned', job: job as JobId };
  }

  /** The record of a job that this coordinator did not know of. */
  found(job: string): Unstamped {
    const { bytes, revision } = this.jobs.get(job) ?? { bytes: new Uint8Array(), revision: 0 };
    this.state.jobs.delete(job as JobId);
    this.state.active.delete(job as JobId);
    const record = records.job.decode(Uint8Array.from(bytes));
    const plan = this.plans.get(record.plan) ?? null;
    return { type: 'job-found', record, revision, plan };
  }

  /** Another coordinator takes over, with nothing but the records. */
  takeover(): void {
    this.term += 1;
    this.held.clear();
    this.queue.length = 0;
    for (const node of this.nodes.values()) node.offers = [];
    const jobs = [...this.jobs.values()].map(({ bytes, revision }) => {
      const record = records.job.decode(Uint8Array.from(bytes));
      return restoreJob(record, revision, this.plans.get(record.plan) ?? null, this.nowMs);
    });
    this.state = this.fresh(jobs);
  }
}

function copy(record: TaskRecord): TaskRecord {
  return records.task.decode(records.task.encode(record));
}
