/**
 * Steps before training: the passes over the rows that fit them, each a stage on workers and one on an
 * aggregator.
 *
 * What a pass comes to goes into the plan: the job goes on under a plan that names the fitted
 * pipelines, so whatever is done later by that plan uses them, on any node and after any takeover.
 */
import type { Stage } from '../../schemas/ids.ts';
import { type JobPlan, nextPass } from '../../schemas/job-plan.ts';
import type { JobState } from './job-state.ts';
import type { CoordinatorEvent } from './messages.ts';

/** The stage of the pass under way; null when all steps are fitted. */
export function passStage(plan: JobPlan | null, hasInput: (stage: Stage) => boolean): Stage | null {
  const pass = plan === null ? null : nextPass(plan);
  if (pass === null) return null;
  return hasInput(pass.fit) ? pass.fit : pass.survey;
}

/** The plan after a pass. @param results digests of the pipelines, in index order */
export function fittedPlan(plan: JobPlan, results: readonly string[]): JobPlan {
  const { preprocess } = plan;
  if (preprocess === undefined) return plan;
  const passes = (preprocess.fitted?.passes ?? 0) + 1;
  const fitted = {
    passes,
    pipelines: results as NonNullable<typeof preprocess.fitted>['pipelines'],
  };
  return { ...plan, preprocess: { ...preprocess, fitted } };
}

/** The plan is stored: what comes now is done by it. */
export function onPlanFitted(
  job: JobState,
  event: Extract<CoordinatorEvent, { type: 'plan-fitted' }>,
): void {
  // It may have been planned anew meanwhile, or told twice.
  if (event.before !== job.record.plan) return;
  job.plan = event.plan;
  job.record.plan = event.digest;
  Object.assign(job, { table: null, busy: null, trouble: null, dirty: true });
}
