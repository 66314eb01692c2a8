/**
 * Whole jobs of the coordinator's transcripts, with the bytes of their events and records: what the
 * tests of stories replay, and what golden chains are made of.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { notes } from '../../actors/coordinator/task-notes.ts';
import { jobView } from '../../actors/coordinator/view.ts';
import type { JobEvent, JobView } from '../../schemas/views.ts';
import { records } from '../../schemas/wire.ts';
import { Transcript } from '../coordinator/transcript.ts';

const folder = new URL('../coordinator/transcripts/', import.meta.url);

export interface PlayedJob {
  readonly transcript: string;
  readonly id: string;
  readonly events: readonly JobEvent[];
  /** The bytes of each, as they stand in the log. */
  readonly bytes: readonly Uint8Array[];
  /** What the coordinator says of it at the end. */
  readonly view: JobView;
  /** Claims and results that the log has not been told of yet. */
  readonly untold: number;
  /** Its record, and those of its tasks that are left. */
  readonly record: Uint8Array;
  readonly tasks: ReadonlyMap<string, Uint8Array>;
}

/** Every job of a transcript that the log tells of. */
export function playedJobs(file: string, dataset: ResolvedDataset): PlayedJob[] {
  const transcript = new Transcript(dataset);
  transcript.play(readFileSync(new URL(file, folder), 'utf8'));
  const { scene } = transcript;
  return [...scene.log].flatMap(([id, events]) => {
    const job = scene.state.jobs.get(id as never);
    const record = scene.jobs.get(id)?.bytes;
    if (job === undefined || record === undefined) return [];
    const tasks = [...scene.tasks].filter(([key]) => key.startsWith(`${id}.`));
    return [
      {
        ...{ transcript: file, id, events: [...events], bytes: scene.logBytes.get(id) ?? [] },
        untold: notes(job),
        ...{ view: jobView(scene.state, job), record: Uint8Array.from(record) },
        tasks: new Map(tasks.map(([key, own]) => [key, records.task.encode(own.record)])),
      },
    ];
  });
}

export function transcripts(): string[] {
  return readdirSync(folder).sort();
}
