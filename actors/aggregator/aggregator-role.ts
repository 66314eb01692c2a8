/**
 * The aggregator's work: fitting the steps before training, leading rounds, merging the parts of a
 * model, measuring scored rows, and joining predictions into a data set.
 *
 * Results come in the order of their index, never of their arrival; the arithmetic runs on compute
 * threads.
 */
import type { Compute } from '../../runtime/ports/compute.ts';
import { BugError, TerminalError } from '../../schemas/errors.ts';
import type { Digest } from '../../schemas/ids.ts';
import {
  datasetMade,
  isReplanned,
  sliceCount,
  type TaskWork,
  workOf,
} from '../../schemas/job-plan.ts';
import { leadRounds } from '../rounds/leader.ts';
import type { RoundNode } from '../rounds/round-node.ts';
import type { MeasureInput, MergeInput } from '../task-runner/compute-functions.ts';
import type { JobData, JobSource } from '../task-runner/job-source.ts';
import type { JoinInput } from '../task-runner/predict-functions.ts';
import type { Role, TaskContext, TaskOutcome, TaskRequest } from '../task-runner/role.ts';
import type { FitStepsInput } from '../task-runner/step-functions.ts';

export class AggregatorRole implements Role {
  readonly name = 'aggregator';
  readonly stages = ['fit', 'fit2', 'fit3', 'rounds', 'merge', 'measure'] as const;
  readonly inlines = false;
  readonly #compute: Compute;
  readonly #source: JobSource;
  readonly #rounds: RoundNode;

  constructor(compute: Compute, source: JobSource, rounds: RoundNode) {
    this.#compute = compute;
    this.#source = source;
    this.#rounds = rounds;
  }

  async execute(request: TaskRequest, context: TaskContext): Promise<Uint8Array | TaskOutcome> {
    if (request.stage === 'rounds') return this.#lead(request, context);
    if (request.inputs === null) {
      throw new TerminalError('bad-plan', `a ${request.stage} task needs inputs`);
    }
    const inputs = request.inputs;
    const fetched = (fetchedBytes: number) => context.spend({ fetchedBytes });
    const job = await context.span('blob.get', () => this.#source.job(request.plan, fetched));
    const work = workOf(job.plan, request.stage, request.index);
    const { results, inline } = await this.#source.inputs(inputs, fetched);
    const wanted = wantedResults(job, work, results);
    const parts = await context.span('blob.get', () =>
      this.#source.all(wanted, inline, context.moved, fetched),
    );
    const [name, input] = callOf(job, work, request, parts);
    const { signal, isolated, moved: onProgress } = context;
    const onCpu = (cpuMs: number) => context.spend({ cpuMs });
    const result = await context.span('compute', () =>
      this.#compute.run(name, input, { signal, isolated, onProgress, onCpu }),
    );
    if (result instanceof Uint8Array) return result;
    throw new BugError('compute', `"${name}" returned no bytes`);
  }

  async #lead(request: TaskRequest, context: TaskContext): Promise<TaskOutcome> {
    const { plan, bytes } = await context.span('blob.get', () => this.#source.job(request.plan));
    const work = workOf(plan, request.stage, request.index);
    if (work.stage !== 'rounds') throw new BugError('role', `"${work.stage}" is not led`);
    const { node, nonce, attempt } = context;
    const { job } = request;
    const slices = sliceCount(plan);
    const place = {
      job,
      fit: work.fit,
      slices,
      node,
      nonce,
      attempt,
      plan: request.plan,
      replanned: isReplanned(plan),
    };
    return context.span('rounds', () => leadRounds(this.#rounds, place, bytes, context));
  }

  /** Nothing is kept between tasks but plans, which are bounded. */
  forget(): void {}

  rest(): void {}

  async sweep(): Promise<void> {
    this.#source.clear();
  }

  held(): readonly string[] {
    return [];
  }
}

/** The function that does the work on the parts, and what it is given. */
function callOf(
  { plan, bytes: job }: JobData,
  work: TaskWork,
  request: TaskRequest,
  parts: readonly Uint8Array[],
): [name: string, input: MergeInput | MeasureInput | JoinInput | FitStepsInput] {
  if ('split' in work) return ['fit-steps', { job, pass: work.pass, split: work.split, parts }];
  if (request.stage === 'merge') return ['merge', { job, fit: request.index, parts }];
  const scores = parts;
  const made = datasetMade(plan);
  if (made === null) return ['measure', { job, scores }];
  return ['join-predictions', { job, scores, output: made || request.job }];
}

/** The results that the work reads, in index order. */
function wantedResults(job: JobData, work: TaskWork, results: readonly Digest[]): Digest[] {
  if (work.stage === 'measure' || 'split' in work) return [...results];
  if (work.stage !== 'merge') throw new BugError('role', `an aggregator runs no ${work.stage}`);
  if (job.plan.rounds !== undefined) return results.slice(work.fit, work.fit + 1);
  const fit = job.plan.fits[work.fit];
  const from = fit?.firstTask ?? 0;
  const wanted = results.slice(from, from + (fit?.tasks ?? 0));
  if (wanted.length === (fit?.tasks ?? 0)) return wanted;
  throw new TerminalError(
    'bad-plan',
    `fit ${work.fit} has ${wanted.length} parts of ${fit?.tasks}`,
  );
}
