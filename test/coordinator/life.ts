/**
 * The whole life of a job on a scene, played by itself: nodes claim and commit, what somebody has to
 * do for the coordinator is done, and the coordinator may be killed at any write and be followed by
 * another. Says at the end what came of it, and what is wrong with that.
 */
import { phase } from '../../actors/coordinator/job-state.ts';
import type { ControlVerb, CoordinatorEffect } from '../../actors/coordinator/messages.ts';
import type { Unstamped } from '../../actors/coordinator/perform.ts';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { EventChain } from '../../client/event-chain.ts';
import type { JobId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { finalPhases, type Phase } from '../../schemas/views.ts';
import { records, TaskState } from '../../schemas/wire.ts';
import { Scene } from './scene.ts';

export const lifeId = 'j' as JobId;
const training = { dataset: 'demo', target: 'label', id: lifeId } as const;
/** A job of each kind; two of its tasks, or three slices. */
export const lives = {
  tasks: { ...training, algorithm: 'toy-sum', params: { tasks: 2 } },
  rounds: { ...training, algorithm: 'toy-rounds', evaluate: false },
  predict: { id: lifeId, dataset: 'demo', predict: 'toy' },
  /** Its steps need two passes over the rows. */
  steps: {
    ...{ ...training, algorithm: 'toy-sum', params: { tasks: 1 }, evaluate: false },
    preprocess: [
      { step: 'impute', columns: ['size'] },
      { step: 'standardise', columns: ['size'] },
    ],
  },
} as const;
export type LifeKind = keyof typeof lives;

/** The coordinator's end. */
export class Crash extends Error {}

export interface CrashPoint {
  /** Counts durable writes, from 1. */
  readonly write: number;
  readonly when: 'before' | 'after';
}

const ends = new Set(['completed', 'failed', 'cancelled', 'rejected']);

export class Life {
  readonly scene: Scene;
  writes = 0;
  crashes = 0;
  #crash: CrashPoint | null = null;
  #bytes: Uint8Array = new Uint8Array(0);
  #replies = 0;

  constructor(dataset: ResolvedDataset) {
    this.scene = new Scene(dataset);
    this.scene.onWrite = (when) => {
      if (when === 'before') this.writes += 1;
      if (this.#crash?.write !== this.writes || this.#crash.when !== when) return;
      this.#crash = null;
      this.crashes += 1;
      throw new Crash();
    };
  }

  get phase(): Phase | undefined {
    const job = this.scene.state.jobs.get(lifeId);
    return job && phase(job);
  }

  get ended(): boolean {
    return this.phase !== undefined && finalPhases.has(this.phase);
  }

  /** Kills the coordinator once, so many writes from now. */
  crashAt({ write, when }: CrashPoint): void {
    this.#crash = { write: this.writes + write, when };
  }

  begin(spec: object): void {
    for (const id of ['w1', 'w2', 'a1'])
      this.scene.handle(this.scene.heartbeat(this.scene.node(id)));
    this.#bytes = new TextEncoder().encode(JSON.stringify(spec));
    this.do(() => this.scene.submit(this.#bytes));
    while (!this.#settled()) this.do(() => this.scene.redeliver(1, this.#bytes));
  }

  #settled(): boolean {
    return this.scene.seen.some((effect) => effect.type === 'settle');
  }

  handle(...events: Unstamped[]): void {
    this.do(() => this.scene.handle(...events));
  }

  /** Somebody asks, again and again until there is an answer. */
  ask(verb: ControlVerb): void {
    this.#replies += 1;
    const reply = this.#replies;
    const answered = (effect: CoordinatorEffect) =>
      effect.type === 'reply' && effect.reply === reply;
    while (!this.scene.seen.some(answered)) {
      this.handle({ type: 'control', verb, job: lifeId, reply });
    }
  }

  /** Does it; a coordinator that dies of it is followed by another. */
  do(what: () => unknown): void {
    try {
      what();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.takeover();
    }
  }

  takeover(): void {
    const { scene } = this;
    scene.takeover();
    // The watch begins with what is there.
    for (const key of scene.tasks.keys()) scene.tellTask(key);
    const beats = [...scene.nodes.values()].map((node) => scene.heartbeat(node));
    this.handle(...beats, { type: 'tick' });
  }

  /** Another coordinator finds the job in a phase that its record was never seen in. */
  standIn(wanted: Phase): void {
    const { scene } = this;
    const stored = scene.jobs.get(lifeId);
    if (stored === undefined) throw new Error('there is no job yet');
    const record = records.job.decode(Uint8Array.from(stored.bytes));
    record.snapshot = JSON.stringify({ ...JSON.parse(record.snapshot), value: wanted });
    scene.jobs.set(lifeId, { ...stored, bytes: records.job.encode(record) });
    scene.takeover();
  }

  /** One thing that somebody has to do. @returns false when there is nothing */
  act(): boolean {
    const { scene } = this;
    for (const [key, effect] of scene.held) {
      const done = this.#outcomeOf(effect);
      if (done === null) scene.held.delete(key);
      else {
        this.do(() => scene.handle(done()));
        return true;
      }
    }
    return this.#work();
  }

  #outcomeOf({ type }: CoordinatorEffect): (() => Unstamped) | null {
    const { scene } = this;
    if (type === 'plan') return () => scene.planned(lifeId);
    if (type === 'store-plan') return () => scene.planFitted(lifeId);
    if (type === 'store-input') return () => scene.inputStored(lifeId);
    if (type === 'clean') return () => scene.cleaned(lifeId);
    if (type === 'publish-model' || type === 'publish-dataset')
      return () => scene.published(lifeId);
    return null;
  }

  /** A node claims what it was offered, or commits what it has claimed. */
  #work(): boolean {
    const { scene } = this;
    for (const node of scene.nodes.values()) {
      const offer = node.offers.shift();
      if (offer !== undefined) {
        const key = `${offer.job}.${offer.task}`;
        if (scene.claim(node.id, key, offer.attempt ?? 1) === null) this.handle();
        return true;
      }
      const key = [...node.running.keys()].find((own) => !own.includes('.hold.'));
      if (key === undefined || (key.includes('.rounds.') && !this.#allHeld())) continue;
      scene.finish(node.id, key, (record) => {
        record.state = TaskState.DONE;
        record.result = `r-${record.task}`;
        if (key.includes('.rounds.')) record.note = '{"rounds":2,"ended":"rounds","metrics":{}}';
      });
      this.handle();
      return true;
    }
    return false;
  }

  #allHeld(): boolean {
    const holds = this.scene.state.jobs.get(lifeId)?.holds;
    return holds?.claimed.size === holds?.tasks.length;
  }

  /** Goes on until the condition holds, or nothing moves for a minute. */
  run(until: () => boolean): void {
    for (let idle = 0; idle < 240 && !until(); ) {
      if (this.act()) idle = 0;
      else {
        idle += 1;
        this.do(() => this.scene.pass(limits.tickMs));
      }
    }
  }

  /** To the end, and on until nothing is left to be removed. @returns what is wrong */
  finish(): string[] {
    const { scene } = this;
    const outbox = () => scene.state.jobs.get(lifeId)?.record.outbox.length ?? 0;
    this.run(() => this.ended && outbox() === 0);
    const wrong: string[] = [];
    if (!this.ended) wrong.push(`it stays ${this.phase}`);
    // What the end has left: claims let go, records removed.
    for (
      let left = 0;
      left < limits.taskRecordsKeptMs + 3 * limits.sweepMs;
      left += limits.sweepMs
    ) {
      this.do(() => scene.pass(limits.sweepMs, limits.sweepMs));
      while (scene.held.has(`clean ${lifeId}`)) this.act();
    }
    return [...wrong, ...this.#wrongAtEnd()];
  }

  #wrongAtEnd(): string[] {
    const { scene } = this;
    const wrong: string[] = [];
    const chain = new EventChain(lifeId);
    const log = scene.log.get(lifeId) ?? [];
    for (const [i, bytes] of (scene.logBytes.get(lifeId) ?? []).entries()) {
      try {
        chain.take(`jobs.${lifeId}.events.${i + 1}.${log[i]?.kind}`, bytes);
      } catch (error) {
        wrong.push(`event ${i + 1}: ${(error as Error).message}`);
      }
    }
    const record = scene.state.jobs.get(lifeId)?.record;
    if (Number(record?.events) !== log.length) {
      wrong.push(`the record counts ${record?.events} events, the log has ${log.length}`);
    }
    const terminal = log.map(({ kind }) => kind).filter((kind) => ends.has(kind));
    if (terminal.join() !== this.phase) wrong.push(`it is ${this.phase}, and ended ${terminal}`);
    for (const key of scene.tasks.keys()) wrong.push(`the record of ${key} stays`);
    for (const node of scene.nodes.values()) {
      const lasting = [...node.running.keys()].filter((key) => /\.(hold|rounds)\./.test(key));
      if (lasting.length > 0) wrong.push(`${node.id} still has ${lasting}`);
    }
    return wrong;
  }

  /** Phase and what was published. */
  get outcome(): string {
    const result = this.scene.state.jobs.get(lifeId)?.result;
    return `${this.phase} ${result?.model ?? result?.output ?? '-'} ${result?.digest ?? '-'}`;
  }
}
