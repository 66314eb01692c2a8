/**
 * Snapshots: the state that the rounds of a job have put by, as a model, while the job goes on.
 *
 * Reads only what the leader of the rounds has stored; nothing here is known to the leader, and the
 * rounds are not disturbed. The final fit is taken where there is one: the model that is to be.
 */
import { parseManifest } from '../../datasets/manifest.ts';
import { trainsInRounds } from '../../learners/learner.ts';
import { withSteps } from '../../learners/model.ts';
import { canonicalJson, sha256Hex } from '../../schemas/canonical.ts';
import { RetryableError, TerminalError } from '../../schemas/errors.ts';
import { type JobId, parseDigest } from '../../schemas/ids.ts';
import { isReplanned, type JobPlan, paramsOf, trainedSplits } from '../../schemas/job-plan.ts';
import type { JobSpec } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { keys } from '../../schemas/subjects.ts';
import type { SnapshotView } from '../../schemas/views.ts';
import { records } from '../../schemas/wire.ts';
import { readRoundState } from '../rounds/round-states.ts';
import { problemOf } from '../task-runner/problem.ts';
import { publishModel } from './lookup.ts';
import type { PerformContext } from './perform.ts';

interface Wanted {
  readonly job: JobId;
  readonly name: string;
  readonly plan: JobPlan;
  readonly spec: JobSpec;
  readonly wallMs: number;
  /** When the job was accepted, by the wall clock. */
  readonly acceptedMs: number;
}

/** @throws RetryableError('no-state') before the first state was put by */
export async function takeSnapshot(
  { bus, learners, mayAct }: Pick<PerformContext, 'bus' | 'learners' | 'mayAct'>,
  { job, name, plan, spec, wallMs, acceptedMs }: Wanted,
): Promise<SnapshotView> {
  const learner = learners.get(plan.learner);
  if (learner === undefined || !trainsInRounds(learner)) {
    throw new TerminalError('no-learner', `"${plan.learner}" is not known to the coordinator`);
  }
  const fit = plan.fits.length - 1;
  const entry = await bus.store.get('rounds', keys.roundState(job, fit));
  const record = entry === undefined ? null : records.roundState.decode(entry.value);
  if (record === null || record.state === '' || record.round === 0) throw notYet(job);
  // Of the plan before, which had shards that this one does without.
  const planDigest = sha256Hex(canonicalJson(plan));
  if (isReplanned(plan) && record.plan !== planDigest) throw notYet(job);
  const state = await readRoundState(bus.store, { job, fit }, record);
  if (state === null) throw notYet(job);
  const manifest = parseManifest(await bus.blobs.get(parseDigest(plan.dataset.manifest)));
  const bytes = learner.finish(problemOf(plan, manifest), paramsOf(plan, fit), state);
  const { ofFit } = trainedSplits(plan);
  const pipeline = plan.preprocess?.fitted?.pipelines[ofFit[fit] ?? 0];
  const steps = pipeline === undefined ? undefined : await bus.blobs.get(pipeline);
  const digest = await bus.blobs.put(withSteps(bytes, steps));
  const metrics = JSON.parse(record.metrics || '{}') as Record<string, number>;
  const entered = { job, name, plan, digest, measured: null, spec, wallMs, acceptedMs };
  const { model } = await publishModel(bus, { ...entered, snapshotRound: record.round }, mayAct);
  return {
    ...{ model, digest, job, fit: plan.fits[fit]?.name ?? '', round: record.round, metrics },
    at: new Date(Number(record.writtenAtMs)).toISOString(),
  };
}

function notYet(job: string): RetryableError {
  const message = `job ${JSON.stringify(job)} has put no state by yet`;
  const fix = `ask again in ${limits.checkpointMs / 1000} s`;
  return new RetryableError('no-state', message, limits.checkpointMs, { fix });
}
