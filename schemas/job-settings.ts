/**
 * The settings of a job that may be changed while it is under way: workers, priority, deadline.
 *
 * They begin as the spec has them. A change is checked by the same bounds as a spec and refused in
 * the same words; the spec itself, and with it the model, stays as it was submitted.
 */
import { z } from 'zod';
import {
  checkWorkers,
  type JobSpec,
  SpecError,
  settingFields,
  showValue,
  translate,
} from './job-spec.ts';

export type JobSettings = Pick<JobSpec, 'workers' | 'priority' | 'deadline'>;

const { workers, priority, deadline } = settingFields;
const changeSchema = z.strictObject({
  workers: z.strictObject({ min: workers.optional(), max: workers.optional() }).optional(),
  deadline: deadline.optional(),
  priority: priority.optional(),
});

/** What is to be changed; the rest stays. */
export type SettingsChange = z.input<typeof changeSchema>;

export function settingsOf({ workers, priority, deadline }: JobSpec): JobSettings {
  return { workers, priority, deadline };
}

/**
 * The settings after a change.
 * @param change as it came over the wire
 * @throws SpecError naming every path, value and fix
 */
export function changedSettings(now: JobSettings, change: unknown): JobSettings {
  const parsed = changeSchema.safeParse(change);
  if (!parsed.success) {
    const keys = Object.keys(changeSchema.shape);
    throw new SpecError(parsed.error.issues.flatMap((issue) => translate(issue, change, keys)));
  }
  const { workers = {}, priority = now.priority, deadline = now.deadline } = parsed.data;
  if (Object.keys(parsed.data).length === 0) {
    const fix = 'give workers.min, workers.max, priority or deadline';
    throw new SpecError([{ path: '', value: showValue(change), message: 'changes nothing', fix }]);
  }
  const { min = now.workers.min, max = now.workers.max } = workers;
  checkWorkers({ min, max });
  return { workers: { min, max }, priority, deadline };
}
