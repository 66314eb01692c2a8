/**
 * How a job keeps and tells its search: the trials measured so far, and the one that was chosen.
 */
import type { JobPlan } from '../../schemas/job-plan.ts';
import { tell } from './event-chain.ts';
import { type JobState, searchedOf } from './job-state.ts';
import type { PlannedSearch } from './lookup.ts';
import { noteInput } from './phases.ts';
import type { CoordinatorState } from './state.ts';

/** A step was planned: what the steps before came to is known now. */
export function noteSearch(
  state: CoordinatorState,
  job: JobState,
  { view, measured }: PlannedSearch,
): void {
  job.result = { ...job.result, search: { ...view, steps: searchedOf(job) } };
  // The metrics of the model are those of the trial that it was chosen for.
  if (measured !== null) noteInput(job, 'measured', measured);
  if (view.step === 0) return;
  const { metric, best, step, of } = view;
  const trials = view.trials
    .filter((own) => own.step === step - 1)
    .map(({ trial, score }) => ({ trial, score }));
  tell(job, 'searched', 'stage:measure', state.wallMs, { step, of, metric, trials, best });
}

/** What the event of planning says of the step. */
export function stepTold({ search }: JobPlan): Readonly<Record<string, unknown>> {
  if (search === undefined) return {};
  const { step, of, metric, trials } = search;
  return { search: { step, of, metric, trials: trials.length } };
}
