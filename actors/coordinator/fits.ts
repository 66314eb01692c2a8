/**
 * The fits of a plan: which models are trained, on which rows, with which parameters.
 *
 * Those that are scored come first, the one on all rows last. A step of a search has the scored ones
 * once for each trial; its last step has nothing but the model to be.
 */
import type { AnyLearner, Problem, TaskKind } from '../../learners/learner.ts';
import { trainsInRounds } from '../../learners/learner.ts';
import type { FitPlan, RowSplit } from '../../schemas/job-plan.ts';
import { trialsMax } from '../../schemas/job-search.ts';
import type { JobSpec } from '../../schemas/job-spec.ts';
import type { PlannedStep } from './search-steps.ts';

/** Of rounds every fit of a step is held in memory at the same time. */
const roundsFitsMax = 16;
/** Tasks of a stage that a step of a search may come to. */
const stepTasksMax = 4096;

type Params = Readonly<Record<string, unknown>>;
type PlannedSplit = Pick<FitPlan, 'name' | 'split' | 'scored' | 'trial' | 'params'>;

/** The fits of a job that does not search: those that are scored, then the one on all rows. */
function splitsOf(spec: JobSpec): PlannedSplit[] {
  const { evaluate, seed } = spec;
  const final = { name: 'final', split: { kind: 'all' } as const, scored: null };
  if (evaluate === false) return [final];
  const pair = (name: string, part: (own: 'train' | 'test') => RowSplit): PlannedSplit => ({
    ...{ name, split: part('train'), scored: part('test') },
  });
  // Measured on other data: nothing has to be held out.
  if ('dataset' in evaluate) return [{ ...final, scored: final.split }];
  const scored =
    'holdout' in evaluate
      ? [
          pair('holdout', (part) => ({
            ...{ kind: 'holdout', part, seed, fraction: evaluate.holdout },
          })),
        ]
      : Array.from({ length: evaluate.folds }, (_, fold) =>
          pair(`fold-${fold}`, (part) => ({
            ...{ kind: 'fold', part, seed, folds: evaluate.folds, fold },
          })),
        );
  return spec.refit ? [...scored, final] : scored;
}

function stepSplits(spec: JobSpec, { trials }: PlannedStep, params: Params): PlannedSplit[] {
  const all = splitsOf(spec);
  if (trials.length === 0) return all.slice(-1).map((split) => ({ ...split, scored: null }));
  const scored = all.filter((split) => split.scored !== null);
  return trials.flatMap(({ trial, params: own }) =>
    scored.map((split) => ({
      ...split,
      ...{ name: `trial-${trial}-${split.name}`, trial, params: { ...params, ...own } },
    })),
  );
}

/** @param params those of the job, all defaults filled in, the chosen ones among them */
export function planFits(
  spec: JobSpec,
  { problem, kind, params }: { problem: Problem; kind: TaskKind; params: Params },
  learner: AnyLearner,
  step: PlannedStep | null,
): FitPlan[] {
  let firstTask = 0;
  // Without a target there is nothing to score held-out rows against.
  const own = kind === 'clustering' ? { ...spec, evaluate: false as const } : spec;
  const splits = step === null ? splitsOf(own) : stepSplits(own, step, params);
  return splits.map((fit) => {
    const tasks = trainsInRounds(learner)
      ? 1
      : learner.taskCount(problem, { ...(fit.params ?? params) });
    const planned = { ...fit, firstTask, tasks };
    firstTask += tasks;
    return planned;
  });
}

/** How many trials one step may have. */
export function trialsPerStep(
  spec: JobSpec,
  learner: AnyLearner,
  shards: number,
  tasksPerFit: () => number,
): number {
  const scored = splitsOf(spec).filter((split) => split.scored !== null).length;
  const most = trainsInRounds(learner)
    ? roundsFitsMax
    : stepTasksMax / Math.max(shards, tasksPerFit());
  return Math.min(trialsMax, Math.max(1, Math.floor(most / Math.max(1, scored))));
}
