/**
 * Fields of events as the kinds say that they are, and harmless where they are not: a story is told
 * as far as it can be read.
 */
import type { JobEvent } from '../schemas/views.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(event: JobEvent): Fields {
  return event;
}

/** A text; empty where there is none. */
export function nameOf(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'string' ? value : '';
}

/** A number; 0 where there is none. */
export function numberOf(fields: Fields, key: string): number {
  const value = fields[key];
  return typeof value === 'number' ? value : 0;
}

/** What the event tells of each of its tasks. */
export function tasksOf(event: JobEvent): readonly Fields[] {
  const { tasks } = event;
  if (!Array.isArray(tasks)) return [];
  return tasks.filter((task): task is Fields => typeof task === 'object' && task !== null);
}
