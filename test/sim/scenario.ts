/**
 * One seed, from the choice of jobs and troubles to the verdict: some jobs on a whole cluster, trouble
 * for a while, then a quiet network and a bounded time to come to the results of a calm run.
 */
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { type JobSpecInput, parseSpec, specDigest } from '../../schemas/job-spec.ts';
import { type DataSet, dataSet, toyModel } from '../task-runner/data.ts';
import {
  checkCancelled,
  checkDamaged,
  checkFailed,
  checkPlan,
  checkSuccess,
  checkSurvivors,
  checkToldOnce,
  type Outcome,
  outcomeOf,
} from './checks.ts';
import { unleash } from './nemesis.ts';
import { giveOrders, rivalOf } from './orders.ts';
import { SimCluster } from './sim-cluster.ts';
import { hitBy, type Plan, planTroubles, type TroubleKind } from './troubles.ts';

/** How long a cluster has, once nothing is wrong any more, to end every job. Milliseconds. */
export const recoveryMs = 30_000;
/** Within this time every client has found a broker that came back. */
const reconnectMs = 600;

type Spec = JobSpecInput & { readonly id: string };

const demo = { dataset: 'demo', target: 'label' } as const;
const plain: Spec = {
  ...{ id: 'plain', ...demo, algorithm: 'toy-sum', evaluate: false },
  params: { tasks: 10 },
};
const scored: Spec = {
  ...{ id: 'scored', ...demo, algorithm: 'toy-sum', seed: 3 },
  params: { tasks: 4 },
};
const rounds: Spec = { id: 'rounds', ...demo, algorithm: 'toy-rounds', params: { rounds: 25 } };
/** Too large to travel inside messages: states and contributions are pulled. */
const pulled: Spec = {
  ...{ id: 'pulled', ...demo, algorithm: 'toy-rounds', evaluate: false, seed: 5 },
  params: { rounds: 8, stateBytes: 600_000, contributionBytes: 150_000 },
};
/** Holders keep rows, margins and nodes from round to round. */
const boosted: Spec = {
  ...{ id: 'boosted', ...demo, algorithm: 'gradient-boosting', evaluate: false },
  params: { trees: 3, maxDepth: 3, minLeaf: 2 },
};
const predicting: Spec = { id: 'predicting', dataset: 'demo', predict: 'toy', output: 'told' };
/** One of its tasks errs every time. */
const failing: Spec = {
  ...{ id: 'failing', ...demo, algorithm: 'toy-sum' },
  params: { tasks: 6, fail: 'error', failTask: 2 },
};

/** Jobs of a run: as many as have no divisor in common with the modes, so that each meets each. */
const mixes: readonly (readonly Spec[])[] = [
  ...[[plain], [scored, failing], [rounds], [plain, rounds]],
  ...[[pulled], [scored, boosted], [predicting], [predicting, plain]],
];

function digestOf(spec: Spec): string {
  return specDigest(parseSpec(new TextEncoder().encode(JSON.stringify(spec))));
}

export interface Played {
  readonly seed: number;
  /** What went wrong; nothing in a sound run. */
  readonly broken: readonly string[];
  readonly story: readonly string[];
  /** Simulated time, milliseconds, and how much of it passed after the last trouble. */
  readonly ms: number;
  readonly healedMs: number;
  readonly troubles: readonly (TroubleKind | 'lossy' | 'people')[];
}

export class Scenario {
  readonly calm: ReadonlyMap<string, Outcome>;
  /** States of all rounds of a calm run. */
  readonly states: ReadonlyMap<string, string>;
  readonly #data: DataSet;
  readonly #model: Uint8Array;
  /** Calm runs of jobs that won an id from the first that asked for it. */
  readonly #rivals = new Map<string, Outcome>();

  private constructor(
    ground: { readonly data: DataSet; readonly model: Uint8Array },
    calm: ReadonlyMap<string, Outcome>,
    states: ReadonlyMap<string, string>,
  ) {
    this.#data = ground.data;
    this.#model = ground.model;
    this.calm = calm;
    this.states = states;
  }

  /** Plays the calm run that all others are held against. @throws Error where it is not sound */
  static async open(): Promise<Scenario> {
    const data = await dataSet();
    const ground = { data, model: (await toyModel(data)).bytes };
    const first = new Scenario(ground, new Map(), new Map());
    const specs = [plain, scored, rounds, pulled, boosted, predicting];
    const { cluster, outcomes, broken } = await first.#run(0, specs, null, false);
    const wrong = [...broken, ...outcomes.flatMap((outcome) => checkToldOnce(outcome))];
    wrong.push(...outcomes.flatMap((outcome) => checkSurvivors(outcome, new Set())));
    if (cluster.watchdog.leads.terms !== 1) wrong.push('leadership changed in a calm run');
    for (const { id, phase } of outcomes)
      if (phase !== 'completed') wrong.push(`${id} is ${phase}`);
    if (wrong.length > 0) throw new Error(`the calm run is not sound: ${wrong.join('; ')}`);
    const calm = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
    return new Scenario(ground, calm, cluster.watchdog.leads.states);
  }

  async play(seed: number): Promise<Played> {
    const random = new SeededRandom(seed);
    const plan = planTroubles(seed, random);
    const mix = mixes[seed % mixes.length] as readonly Spec[];
    const people = random.next() < 0.25;
    const { cluster, outcomes, broken, cancelled, overMs } = await this.#run(
      ...[seed, mix, plan, people],
    );
    for (const outcome of outcomes) {
      const calm = await this.#calmOf(outcome.id, cluster);
      const gone = cancelled.has(outcome.id);
      const wrong = this.#judge({ outcome, calm }, plan, people, gone, cluster);
      broken.push(...wrong.map((what) => `${outcome.id}: ${what}`));
    }
    const kinds = plan.troubles.map(({ what }) => what);
    return {
      seed,
      broken,
      story: cluster.story,
      ms: cluster.clock.nowMs(),
      healedMs: Math.max(0, cluster.clock.nowMs() - overMs),
      troubles: [
        ...kinds,
        ...(plan.lossy > 0 ? (['lossy'] as const) : []),
        ...(people ? (['people'] as const) : []),
      ],
    };
  }

  async #run(seed: number, specs: readonly Spec[], plan: Plan | null, people: boolean) {
    const cluster = new SimCluster(seed, this.#data, this.states);
    await cluster.open();
    if (specs.some(({ id }) => id === predicting.id)) await cluster.putModel('toy', this.#model);
    const startMs = cluster.clock.nowMs();
    const overMs = plan === null ? 0 : unleash(cluster, plan);
    for (const spec of specs) await cluster.submit(spec);
    const cancelled = new Set<string>();
    for (const spec of people ? specs : []) {
      if (spec !== failing && giveOrders(cluster, spec)) cancelled.add(spec.id);
    }
    const done = () =>
      specs.every(({ id }) => cluster.ended(id) && cluster.job(id)?.outbox.length === 0);
    const quietMs = Math.max(overMs, people ? 10_000 : 0);
    const ended = await cluster.clock.advanceUntil(done, quietMs + recoveryMs);
    // Whatever is still on its way then must not undo anything.
    const restMs = startMs + overMs + reconnectMs - cluster.clock.nowMs();
    if (ended && restMs > 0) await cluster.clock.advance(restMs);
    const broken = [...cluster.watchdog.broken];
    const outcomes: Outcome[] = [];
    for (const { id } of specs) {
      const { outcome, broken: wrong } = await outcomeOf(cluster, id);
      outcomes.push(outcome);
      // The check itself reads what may be damaged.
      const read = checkPlan(cluster, outcome).catch((error: Error) =>
        cluster.watchdog.damaged.size > 0 ? [] : [error.message],
      );
      broken.push(...wrong, ...(await read));
    }
    return { cluster, outcomes, broken, cancelled, overMs: startMs + quietMs };
  }

  /**
   * What the job should come to: as it was submitted first, or as whoever else asked for its id. That
   * the other had a right to it, the laws of jobs have seen to.
   */
  async #calmOf(id: string, cluster: SimCluster): Promise<Outcome> {
    const calm = this.calm.get(id) as Outcome;
    const first = [plain, scored, rounds, pulled].find((own) => own.id === id);
    // Of one that predicts there is no other: the submission that crosses it is no job.
    if (first === undefined) return calm;
    const rival = rivalOf(first);
    if (cluster.job(id)?.specDigest !== digestOf(rival)) return calm;
    const known = this.#rivals.get(id);
    if (known !== undefined) return known;
    const { outcomes } = await this.#run(0, [rival], null, false);
    const [outcome = calm] = outcomes;
    this.#rivals.set(id, outcome);
    return outcome;
  }

  #judge(
    { outcome, calm }: { readonly outcome: Outcome; readonly calm: Outcome },
    plan: Plan,
    people: boolean,
    cancelled: boolean,
    { watchdog }: SimCluster,
  ): string[] {
    if (watchdog.damaged.size > 0) {
      if (outcome.id === failing.id) return [];
      if (cancelled && outcome.phase === 'cancelled') return checkCancelled(outcome);
      return checkDamaged(outcome, calm, watchdog.damaged);
    }
    if (outcome.id === failing.id) return checkFailed(outcome);
    if (cancelled && outcome.phase === 'cancelled') return checkCancelled(outcome);
    const broken = checkSuccess(outcome, calm);
    const hit = hitBy(plan);
    if (plan.lossy > 0 || hit.has('broker') || people) return broken;
    broken.push(...checkSurvivors(outcome, hit));
    if (hit.has('c1') || hit.has('c2')) return broken;
    broken.push(...checkToldOnce(outcome));
    if (watchdog.leads.terms > 1) broken.push('leadership changed, and no coordinator was hit');
    return broken;
  }
}
