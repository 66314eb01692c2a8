/**
 * A node of a scene: what it says of itself, and the offers that it has been sent.
 */
import { toyLearner } from '../../learners/toy.ts';
import { toyRounds } from '../../learners/toy-rounds.ts';
import { shoal } from '../../schemas/generated/shoal.js';
import { preprocessName, preprocessNumerics } from '../../schemas/preprocess.ts';
import type { Heartbeat, Offer, RoundReport } from '../../schemas/wire.ts';

export interface SceneNode {
  readonly id: string;
  nonce: string;
  role: string;
  slots: number;
  memoryBytes: number;
  labels: Record<string, string>;
  learners: string[];
  seq: number;
  bootedMs: number;
  beatMs: number;
  /** Beats by itself while time passes. */
  beating: boolean;
  draining: boolean;
  leaving: boolean;
  tasksDone: number;
  commitsRefused: number;
  /** What it says to be running: attempt by `job.task`. */
  readonly running: Map<string, number>;
  /** What it says of their progress. */
  readonly progress: Map<string, number>;
  /** It knows what a copy is. */
  copies: boolean;
  /** What it says of the rounds that it leads, by `job.task`. */
  readonly rounds: Map<string, RoundReport>;
  /** Offers received. */
  offers: Offer[];
  /** Drops the job's offers. */
  withdraw(job: string): void;
}

/** Aggregators have names that begin with "a". */
export function newNode(id: string, nowMs: number): SceneNode {
  const role = id.startsWith('a') ? 'aggregator' : 'worker';
  const steps = { name: preprocessName, numerics: preprocessNumerics };
  const known = [toyLearner, toyRounds, steps];
  const learners = known.map(({ name, numerics }) => `${name}@${numerics}`);
  return {
    ...{ id, nonce: `${id}-1`, role, slots: 1, memoryBytes: 2 ** 30, labels: {}, learners },
    ...{ seq: 0, bootedMs: nowMs, beatMs: 0, beating: true, draining: false },
    ...{ leaving: false, tasksDone: 0, commitsRefused: 0, running: new Map(), rounds: new Map() },
    ...{ offers: [], progress: new Map(), copies: false },
    withdraw(job) {
      this.offers = this.offers.filter((offer) => offer.job !== job);
    },
  };
}

export function heartbeatOf(node: SceneNode, nowMs: number): Heartbeat {
  return shoal.Heartbeat.create({
    node: node.id,
    nonce: node.nonce,
    role: node.role,
    seq: node.seq,
    slots: node.slots,
    memoryBytes: node.memoryBytes,
    learners: node.learners,
    labels: Object.entries(node.labels).map(([name, value]) => ({ name, value })),
    running: [...node.running].map(([key, attempt]) => {
      const [job, ...task] = key.split('.');
      const round = node.rounds.get(key) ?? null;
      const progress = node.progress.get(key) ?? 0;
      return { job: job ?? '', task: task.join('.'), attempt, round, progress };
    }),
    copies: node.copies,
    draining: node.draining,
    leaving: node.leaving,
    tasksDone: node.tasksDone,
    commitsRefused: node.commitsRefused,
    uptimeMs: nowMs - node.bootedMs,
    host: 'h',
  });
}
