/**
 * Keeps where the time of a job goes, by stage, in the job's record.
 *
 * A task counts when the log tells of it, and that it was told stands in the same record: so no
 * leader counts it twice. What passes on the clock is added with every batch; a leader that dies
 * takes at most what passed since the record was written last. Nothing is decided by any of it.
 */
import { shoal } from '../../schemas/generated/shoal.js';
import { type JobId, parseTaskId, readTaskId, type Stage } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import { type JobTime, jobTime, type StageTimes } from '../../schemas/job-time.ts';
import type { RoundReport, TaskRecord } from '../../schemas/wire.ts';
import { type JobState, phase, type TaskNote } from './job-state.ts';
import type { NodeEntry } from './node-table.ts';
import { nothingPasses, type Passing, type RoundTimes } from './passing.ts';
import type { CoordinatorState } from './state.ts';
import type { Task } from './task-table.ts';

/** Counts the time since the last call as what it was, and looks at what it is from now on. */
export function passTime(job: JobState, nowMs: number): void {
  const { stage, paused, busy, slowest, sinceMs, peak } = job.passing;
  const ms = Math.round(nowMs) - Math.round(sinceMs);
  if (ms > 0 && paused) job.record.pausedMs += ms;
  else if (ms > 0 && stage !== null) {
    const time = stageTime(job, stage);
    time.wallMs += ms;
    if (busy) time.busyMs += ms;
    if (slowest) time.slowestMs += ms;
  }
  job.passing = passingNow(job, nowMs, stage === job.table?.stage ? peak : 0);
}

function passingNow(job: JobState, nowMs: number, peakBefore: number): Passing {
  const { table } = job;
  const paused = phase(job) === 'paused';
  if (table === null || paused) return { ...nothingPasses(nowMs), paused };
  const atWork = table.claimed.size;
  const peak = Math.max(peakBefore, atWork);
  const left = table.tasks.length - table.done - table.failed - atWork;
  // Rounds say themselves what they waited for.
  const slowest = left === 0 && atWork > 0 && atWork < peak && !lasts(table.stage);
  return { stage: table.stage, paused, busy: atWork > 0, slowest, sinceMs: nowMs, peak };
}

function stageTime(job: JobState, stage: Stage): shoal.StageTime {
  const { time } = job.record;
  const known = time.find((own) => own.stage === stage);
  if (known !== undefined) return known as shoal.StageTime;
  const fresh = shoal.StageTime.create({ stage });
  time.push(fresh);
  return fresh;
}

type Cost = Pick<TaskNote, 'fetchMs' | 'storeMs' | 'cpuMs' | 'fetchedBytes' | 'storedBytes'>;

/** What a committed attempt cost, as its record says; what is nothing is left out. */
export function costOf(record: TaskRecord): Cost {
  const { fetchMs, storeMs, cpuMs, fetchedBytes, storedBytes } = record.cost ?? {};
  const all = { fetchMs, storeMs, cpuMs, fetchedBytes, storedBytes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => (value ?? 0) > 0));
}

/** A task that the log tells of now. */
export function countDone(job: JobState, note: TaskNote): void {
  const { stage } = parseTaskId(note.task);
  const time = stageTime(job, stage);
  const { ms = 0, fetchMs = 0, storeMs = 0, cpuMs = 0, fetchedBytes = 0, storedBytes = 0 } = note;
  time.tasks += 1;
  time.fetchMs += fetchMs;
  time.storeMs += storeMs;
  time.cpuMs += cpuMs;
  time.fetchedBytes += fetchedBytes;
  time.storedBytes += storedBytes;
  if (lasts(stage)) countRounds(job, note.rounds ?? {});
  else time.computeMs += Math.max(0, ms - fetchMs);
}

/** Rounds of a leader that is done, or whose lead went to another. */
function countRounds(job: JobState, times: RoundTimes): void {
  const { waitMs, closeMs, slowestMs, bytes } = ofAllFits(job, times);
  const time = stageTime(job, 'rounds');
  time.waitMs += waitMs;
  time.closeMs += closeMs;
  time.slowestMs += slowestMs;
  time.computeMs += Math.max(0, waitMs - slowestMs) + closeMs;
  time.fetchedBytes += bytes;
}

/**
 * What the rounds of one fit add to those of the job. Fits run side by side: of the clock each adds its
 * part of their mean, or several would have waited for longer than the job was under way.
 */
function ofAllFits(job: JobState, times: RoundTimes): Required<RoundTimes> {
  const fits = Math.max(1, job.plan?.fits.length ?? 1);
  const part = (ms = 0) => Math.round(ms / fits);
  const { waitMs, closeMs, slowestMs, bytes = 0 } = times;
  return { waitMs: part(waitMs), closeMs: part(closeMs), slowestMs: part(slowestMs), bytes };
}

/** The times in the note of a task that led rounds; nothing where there are none. */
export function roundTimesOf(record: TaskRecord): RoundTimes {
  try {
    const note = JSON.parse(record.note || '{}') as Record<string, unknown>;
    const wanted = ['waitMs', 'closeMs', 'slowestMs', 'bytes'];
    const found = wanted.filter((key) => typeof note[key] === 'number');
    return Object.fromEntries(found.map((key) => [key, Number(note[key])]));
  } catch {
    return {};
  }
}

/** A lead that went to another node: what its leader had said last is kept. */
export function countLead(job: JobState, fit: number): void {
  const report = job.reports.get(fit);
  if (report === undefined) return;
  job.reports.delete(fit);
  countRounds(job, timesIn(report));
}

function timesIn(report: RoundReport): RoundTimes {
  return {
    waitMs: Number(report.waitMs ?? 0),
    closeMs: Number(report.closeMs ?? 0),
    slowestMs: Number(report.slowestTotalMs ?? 0),
    bytes: Number(report.bytes ?? 0),
  };
}

/** An attempt that came to nothing. @param ms from its claim to its loss or error */
export function countLost(job: JobState, task: string, ms: number): void {
  const time = stageTime(job, parseTaskId(task).stage);
  time.lost += 1;
  time.lostMs += Math.max(0, Math.round(ms));
}

/**
 * Takes in what holds have cost since the last heartbeat: they end without a record that says so.
 * What another leader may have counted is left out.
 */
export function countHolds(state: CoordinatorState, node: NodeEntry): void {
  for (const running of node.heartbeat.running) {
    const { job: id, cpuMs, fetchedBytes } = running;
    const job = state.jobs.get((id ?? '') as JobId);
    const named = readTaskId(running.task);
    const task = named?.stage === 'hold' ? job?.holds?.tasks[named.index] : undefined;
    if (job === undefined || task === undefined || task.nonce !== node.nonce) continue;
    const now = { cpuMs: Number(cpuMs ?? 0), fetchedBytes: Number(fetchedBytes ?? 0) };
    if (now.cpuMs === 0 && now.fetchedBytes === 0) continue;
    const key = `${task.id}/${running.attempt}`;
    const ours = (running.runningMs ?? 0) <= state.nowMs - state.startedMs;
    const before = job.costs.get(key) ?? (ours ? { cpuMs: 0, fetchedBytes: 0 } : now);
    job.costs.set(key, now);
    const time = stageTime(job, 'hold');
    time.cpuMs += Math.max(0, now.cpuMs - before.cpuMs);
    time.fetchedBytes += Math.max(0, now.fetchedBytes - before.fetchedBytes);
  }
}

/**
 * How long the attempt that is lost now has been at work. Of what lasts as long as rounds do only
 * the round under way is done again.
 */
export function lostMsOf(job: JobState, task: Task, nowMs: number): number {
  const ms = task.claimedMs === 0 ? 0 : Math.max(0, Math.round(nowMs - task.claimedMs));
  if (!lasts(parseTaskId(task.id).stage)) return ms;
  const open = [...job.reports.values()].map((report) => report.openMs ?? 0);
  return Math.min(ms, Math.max(0, ...open));
}

/** Where the time went so far. @param wallMs the time of day, while the job has not ended */
export function timeOf(job: JobState, wallMs: number): JobTime {
  const { record } = job;
  const endMs = Number(record.finishedAtMs) || wallMs;
  const stages = record.time.map((time) => stageTimes(time as shoal.StageTime));
  const wall = Math.max(0, endMs - Number(record.acceptedAtMs));
  return jobTime(withReports(stages, job), wall, Number(record.pausedMs));
}

function stageTimes(time: shoal.StageTime): StageTimes {
  const { stage, tasks, lost } = time;
  return {
    stage,
    tasks,
    wallMs: Number(time.wallMs),
    busyMs: Number(time.busyMs),
    slowestMs: Number(time.slowestMs),
    computeMs: Number(time.computeMs),
    cpuMs: Number(time.cpuMs),
    fetchMs: Number(time.fetchMs),
    storeMs: Number(time.storeMs),
    fetchedBytes: Number(time.fetchedBytes),
    storedBytes: Number(time.storedBytes),
    waitMs: Number(time.waitMs),
    closeMs: Number(time.closeMs),
    redone: { attempts: lost, ms: Number(time.lostMs) },
  };
}

/** Adds what an ended job took to the metrics of the cluster. */
export function countTime(state: CoordinatorState, time: JobTime): void {
  const parts = ['compute', 'cpu', 'fetch', 'store', 'slowest', 'coordination', 'paused'] as const;
  const seconds = (label: string, ms: number): void => {
    state.effects.push({ type: 'count', counter: 'job-seconds', by: ms / 1_000, label });
  };
  for (const part of parts) seconds(part, time[`${part}Ms`]);
  seconds('redone', time.redone.ms);
  for (const label of ['fetched', 'stored'] as const) {
    state.effects.push({ type: 'count', counter: 'job-bytes', by: time[`${label}Bytes`], label });
  }
}

/** Rounds under way count as their leaders said last. */
function withReports(stages: readonly StageTimes[], job: JobState): StageTimes[] {
  return stages.map((stage) => {
    if (stage.stage !== 'rounds') return stage;
    let { waitMs, closeMs, slowestMs, computeMs, fetchedBytes } = stage;
    for (const report of job.reports.values()) {
      const times = ofAllFits(job, timesIn(report));
      waitMs += times.waitMs;
      closeMs += times.closeMs;
      slowestMs += times.slowestMs;
      computeMs += Math.max(0, times.waitMs - times.slowestMs) + times.closeMs;
      fetchedBytes += times.bytes;
    }
    return { ...stage, waitMs, closeMs, slowestMs, computeMs, fetchedBytes };
  });
}
