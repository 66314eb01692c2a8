/**
 * Which version of a model answers where none is named: one rule, for clients and coordinator.
 *
 * A version taken from a job in training is used by its number; it never takes the place of one
 * that is finished.
 */
import type { ModelRecord, ModelVersion } from './wire.ts';

/** Versions that were not removed, oldest first. */
export function presentVersions(record: ModelRecord): ModelVersion[] {
  return record.versions.filter((version) => version.removed !== true);
}

/** The live version if one was promoted, else the newest finished one, else the newest. */
export function answeringVersion(record: ModelRecord): ModelVersion | undefined {
  const all = presentVersions(record);
  return (
    all.find((version) => version.version === record.live) ??
    all.findLast((version) => (version.snapshotRound ?? 0) === 0) ??
    all.at(-1)
  );
}
