/**
 * A job as the leading coordinator holds it: its record, and what was derived from it.
 *
 * The record is the durable part; everything else is rebuilt from it and from the task records
 * when another coordinator takes over.
 */

import { shoal } from '../../schemas/generated/shoal.js';
import type { Digest, JobId } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import type { SearchView } from '../../schemas/job-search.ts';
import { type JobSettings, settingsOf } from '../../schemas/job-settings.ts';
import type { JobSpec } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import {
  finalPhases,
  type JobEvaluation,
  type JobFailure,
  type Phase,
  type RoundsView,
  type SkippedShard,
  type Wait,
} from '../../schemas/views.ts';
import { type JobRecord, type RoundReport, records } from '../../schemas/wire.ts';
import {
  initialSnapshot,
  type JobSnapshot,
  machineName,
  machineVersion,
  phaseOf,
  restoreSnapshot,
  storeSnapshot,
} from './job-machine.ts';
import { type HoldCost, nothingPasses, type Passing, type RoundTimes } from './passing.ts';
import type { TaskTable } from './task-table.ts';
import { encodeTold } from './told.ts';

/** What listings show of a job's plan, kept when the plan itself is no longer read. */
export interface JobFacts {
  readonly dataset: string;
  readonly task: string;
  readonly shards: number;
  /** Train tasks of all fits; score tasks of a job that predicts. */
  readonly tasks: number;
  /** `name@version` of the model that a job predicts with; absent for a job that trains. */
  readonly model?: string;
}

/** What a job came to; stored in the record as JSON. */
export interface JobResult {
  /** Null until it was planned. */
  readonly facts: JobFacts | null;
  readonly model: string | null;
  /** Data set of predictions; absent for a job that trains. */
  readonly output?: string | null;
  readonly digest: string | null;
  readonly metrics: Readonly<Record<string, unknown>> | null;
  /** Absent until it was published, and without evaluation. */
  readonly evaluation?: JobEvaluation;
  /** Absent in a job that does not search; `steps` are the digests of what was measured. */
  readonly search?: SearchView & { readonly steps: readonly Digest[] };
  /** By fit, in the order of the plan; null for a job of independent tasks. */
  readonly rounds?: readonly RoundsView[] | null;
  /** Shards that the job goes on without, in the order in which they failed; absent for none. */
  readonly skippedShards?: readonly SkippedShard[];
  readonly failure: JobFailure | null;
}

export interface TaskNote {
  readonly task: string;
  readonly node: string;
  readonly attempt: number;
  readonly ms?: number;
  readonly result?: string;
  /** What the attempt cost, where its node counts it. */
  readonly fetchMs?: number;
  readonly storeMs?: number;
  readonly cpuMs?: number;
  readonly fetchedBytes?: number;
  readonly storedBytes?: number;
  /** Of a task that led rounds. */
  readonly rounds?: RoundTimes;
}

/** A hold or lead that was taken from its node. */
export interface TakenNote {
  readonly task: string;
  /** The attempt that is admitted now. */
  readonly attempt: number;
  readonly from: string;
  readonly reason: string;
  /** How much of the time of the attempt before is lost. */
  readonly lostMs: number;
}

export interface JobState {
  readonly id: JobId;
  readonly record: JobRecord;
  /** Revision of the stored record; 0 before the first write. */
  revision: number;
  snapshot: JobSnapshot;
  spec: JobSpec | null;
  /** As they hold now; `standardSettings` until there is a spec. */
  settings: JobSettings;
  plan: JobPlan | null;
  table: TaskTable | null;
  /** While rounds are under way: the slices that nodes hold. */
  holds: TaskTable | null;
  /** What the leaders of the rounds said last, by fit. */
  readonly reports: Map<number, RoundReport>;
  /** When an event last told of rounds. */
  roundsToldMs: number;
  /** When holds were last given out, or looked at for balance. */
  movedMs: number;
  /** How often, and when last, slices were moved because of measured speeds alone. */
  evened: { readonly times: number; readonly atMs: number };
  result: JobResult;
  /** The record must be written before anything that follows from it is sent. */
  dirty: boolean;
  /** Holds and leads taken from their nodes, claims and commits not yet told in an event. */
  taken: TakenNote[];
  dispatched: TaskNote[];
  finished: TaskNote[];
  flushedMs: number;
  /** An effect of this kind is under way and will come back as an event. */
  busy: 'planning' | 'fitting' | 'input' | 'publishing' | 'cleaning' | null;
  /** Since when, or (with nothing under way) the time before which it is not tried again. */
  busySinceMs: number;
  /** Wall-clock start of the present stage, for its span. */
  stageSinceMs: number;
  wait: Wait | null;
  /** What the wait is about: its words may change while that stays. */
  waitTopic: string;
  /** Why the step under way has failed so far, and how often; null while it has not. */
  trouble: { readonly what: string; readonly message: string; readonly tries: number } | null;
  /** Job that waits for memory and for which this one is held back. */
  keptFrom: JobId | null;
  /** Since when no node could take any of the pending work; null while some can. */
  stuckSinceMs: number | null;
  /** Since when it has had work to give out and nothing under way. */
  idleSinceMs: number | null;
  toldWait: string;
  /** Came from a record: tasks of the stage under way may have records already. */
  restored: boolean;
  /** Trace context that the submitter sent along. */
  submittedIn: string | null;
  /** The id that a refused submission had asked for. */
  wished: string | null;
  /** When time used was last added to the machine's budget. */
  elapsedAtMs: number;
  /** Events told that are no movement of the job. */
  quietEvents: number;
  /** Since when it has not moved, and when that is told of. */
  still: { readonly moves: number; readonly sinceMs: number; readonly tellAtMs: number };
  /** What holds have cost so far, by task and attempt: what comes on top is counted. */
  readonly costs: Map<string, HoldCost>;
  /** What time that passes counts as. */
  passing: Passing;
}

const standardSettings: JobSettings = {
  workers: { min: 1, max: 1 },
  priority: 0,
  deadline: null,
};

const emptyResult: JobResult = {
  facts: null,
  model: null,
  digest: null,
  metrics: null,
  failure: null,
};

function derived(
  record: JobRecord,
  snapshot: JobSnapshot,
  nowMs: number,
): Omit<JobState, 'spec' | 'plan' | 'revision'> {
  return {
    id: record.job as JobId,
    record,
    snapshot,
    settings: standardSettings,
    table: null,
    holds: null,
    reports: new Map(),
    roundsToldMs: Number.NEGATIVE_INFINITY,
    movedMs: nowMs,
    evened: { times: 0, atMs: nowMs },
    result: emptyResult,
    dirty: false,
    taken: [],
    dispatched: [],
    finished: [],
    flushedMs: nowMs,
    busy: null,
    busySinceMs: nowMs,
    stageSinceMs: Number(record.acceptedAtMs),
    wait: null,
    waitTopic: '',
    trouble: null,
    keptFrom: null,
    stuckSinceMs: null,
    idleSinceMs: null,
    toldWait: '',
    restored: false,
    submittedIn: null,
    wished: null,
    elapsedAtMs: nowMs,
    costs: new Map(),
    quietEvents: 0,
    still: { moves: -1, sinceMs: nowMs, tellAtMs: nowMs + limits.slowMs },
    passing: nothingPasses(nowMs),
  };
}

/** A job that was just submitted. */
export function newJob(id: JobId, term: number, nowMs: number, wallMs: number): JobState {
  const snapshot = initialSnapshot();
  const record = records.job.create({
    job: id,
    term,
    machine: machineName,
    machineVersion,
    acceptedAtMs: wallMs,
    lastHash: '0'.repeat(64),
    attemptsMax: 0,
  });
  return { ...derived(record, snapshot, nowMs), spec: null, plan: null, revision: 0, dirty: true };
}

/** A job as another coordinator left it. */
export function restoreJob(
  record: JobRecord,
  revision: number,
  plan: JobPlan | null,
  nowMs: number,
): JobState {
  const snapshot = restoreSnapshot(record.machineVersion, record.snapshot);
  const state: JobState = {
    ...derived(record, snapshot, nowMs),
    spec: record.resolved === '' ? null : (JSON.parse(record.resolved) as JobSpec),
    plan,
    revision,
  };
  state.restored = true;
  if (record.settings !== '') state.settings = JSON.parse(record.settings) as JobSettings;
  else if (state.spec !== null) state.settings = settingsOf(state.spec);
  if (record.result !== '')
    state.result = { ...emptyResult, ...JSON.parse(record.result) } as JobResult;
  return state;
}

/**
 * Of what the state holds as values the record need not hold the text too: thousands of ended jobs
 * are kept. The next sealing writes it anew.
 */
export function dropTexts(record: JobRecord): void {
  record.snapshot = '';
  record.resolved = '';
  record.result = '';
}

/** Brings the record in line with the state, ready to be written. */
export function sealRecord(job: JobState, term: number): Uint8Array {
  const { record } = job;
  record.term = term;
  record.snapshot = storeSnapshot(job.snapshot);
  record.machineVersion = machineVersion;
  record.resolved = job.spec === null ? '' : JSON.stringify(job.spec);
  record.result = JSON.stringify(job.result);
  record.told = tablesOf(job).map(({ stage, tasks }) =>
    shoal.ToldTasks.create({ stage, runs: encodeTold(tasks.map((task) => task.told)) }),
  );
  const bytes = records.job.encode(record);
  dropTexts(record);
  return bytes;
}

/** The tables of the tasks under way: those of the stage, and the slices held for its rounds. */
export function tablesOf(job: JobState): TaskTable[] {
  return [job.table, job.holds].filter((table) => table !== null);
}

export function phase(job: JobState): Phase {
  return phaseOf(job.snapshot);
}

export function ended(job: JobState): boolean {
  return finalPhases.has(phase(job));
}

/** What the steps of a search have measured so far. */
export function searchedOf(job: JobState): readonly Digest[] {
  return job.result.search?.steps ?? [];
}

/** Whether the job had another plan before: task records may belong to that one. */
export function hadOtherPlan(job: JobState): boolean {
  return skippedOf(job).length > 0 || searchedOf(job).length > 0;
}

/** Gives up plan, tables and inputs: planning comes next. */
export function clearPlan(job: JobState): void {
  Object.assign(job, { table: null, holds: null, plan: null, busy: null, wait: null, dirty: true });
  Object.assign(job, { taken: [], dispatched: [], finished: [] });
  job.reports.clear();
  job.record.plan = '';
  job.record.inputs = [];
}

/** Shards that the job goes on without. */
export function skippedOf(job: JobState): readonly SkippedShard[] {
  return job.result.skippedShards ?? [];
}
