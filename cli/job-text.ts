/**
 * A job in words: one line a fact, for people.
 */

import { eventWords } from '../client/story-lines.ts';
import { byScore } from '../schemas/job-search.ts';
import type { JobSettings } from '../schemas/job-settings.ts';
import type { JobEvent, JobView, RoundsView } from '../schemas/views.ts';
import { standstillLines } from './story-text.ts';
import { duration, figure } from './table.ts';

/** All that is known of a job, as lines. */
export function jobLines(job: JobView): string[] {
  const { error, waitingFor, progress } = job;
  const line = (name: string, value: string | number | null): string[] =>
    value === null || value === '' ? [] : [`${name.padEnd(12)} ${value}`];
  return [
    ...line('job', job.id),
    ...line('phase', job.phase),
    ...line(
      'waiting for',
      waitingFor === null
        ? null
        : `${waitingFor.what}${waitingFor.node === null ? '' : ` on ${waitingFor.node}`}, since ${waitingFor.since}`,
    ),
    ...(job.standstill === null ? [] : standstillLines(job.standstill)),
    ...line('algorithm', job.algorithm),
    ...line('data set', job.dataset),
    ...line('task', job.task),
    ...line('seed', job.seed),
    ...line(
      'progress',
      progress === null
        ? null
        : `${progress.stage} ${progress.done}/${progress.total}, ${progress.running} running`,
    ),
    ...line('tasks', `${job.tasks.done}/${job.tasks.total}`),
    ...(job.rounds ?? []).map((rounds) => `${'rounds'.padEnd(12)} ${roundsText(rounds)}`),
    ...settingLines(job).flatMap(([name, value]) => line(name, value)),
    ...line('reassigned', job.reassigned),
    ...line('moves', job.moves === 0 ? null : job.moves),
    ...line('attempts', job.attempts),
    ...line('refused', job.commitsRefused === 0 ? null : `${job.commitsRefused} late commits`),
    ...metricLines(job.metrics, job.evaluation).map((text) => `${'metric'.padEnd(12)} ${text}`),
    ...line('measured on', measuredRows(job.metrics) === null ? null : measuredText(job)),
    ...searchLines(job),
    ...line('model', job.model),
    ...line(job.model === null ? 'output' : 'predictions', job.output),
    ...line('digest', job.digest),
    ...line('exactness', job.exactness),
    ...job.skippedShards.map(
      ({ shard, rows, cause }) =>
        `${'without'.padEnd(12)} shard ${shard}${rows === null ? '' : ` of ${rows} rows`}: ${cause}`,
    ),
    ...line('started', job.startedAt),
    ...line('finished', job.finishedAt),
    ...line('took', job.finishedAt === null ? null : duration(tookMs(job))),
    ...line('trace', job.traceId),
    ...line('error', error === null ? null : `${error.message} (${error.code})`),
    ...line('fix', error?.fix ?? null),
    ...(error?.issues ?? []).map(
      (issue) => `  ${issue.path === '' ? '(spec)' : issue.path}: ${issue.message}; ${issue.fix}`,
    ),
  ];
}

/** Settings that matter, and in brackets what the spec says where they were changed. */
function settingLines({ settings, usedSeconds, spec, placed }: JobView): [string, string | null][] {
  if (settings === null) return [];
  const asked = spec as JobSettings | null;
  const shown = (now: string | null, submitted: string | null): string | null =>
    asked === null || now === submitted ? now : `${now ?? 'none'} (spec: ${submitted ?? 'none'})`;
  const workers = ({ workers: { min, max } }: JobSettings) => `${min} to ${max}`;
  const priorities = [settings.priority, asked?.priority ?? 0];
  const plain = priorities.every((own) => own === 0);
  const priority = (own: JobSettings) => (plain ? null : String(own.priority));
  const deadline = (own: JobSettings) => (own.deadline === null ? null : `${own.deadline} s`);
  const text = (of: (own: JobSettings) => string | null) =>
    shown(of(settings), asked === null ? null : of(asked));
  const used = settings.deadline === null ? '' : `, ${usedSeconds} s used`;
  const until = text(deadline);
  const claims = placed.local + placed.remote;
  return [
    ['workers', text(workers)],
    ['priority', text(priority)],
    ['deadline', until === null ? null : `${until}${used}`],
    [
      'local',
      claims === 0 ? null : `${placed.local} of ${claims} claims found their data in memory`,
    ],
  ];
}

/** `holdout: 24, converged, loss 0.3124` */
function roundsText({ fit, round, ended, metrics }: RoundsView): string {
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${figure(value)}`);
  return [`${fit}: ${round}`, ...(ended === null ? [] : [ended]), ...figures].join(', ');
}

export function tookMs(job: JobView): number {
  return job.finishedAt === null ? 0 : Date.parse(job.finishedAt) - Date.parse(job.startedAt);
}

/** How many rows the metrics were measured on. */
export function measuredRows(metrics: JobView['metrics']): number | null {
  return typeof metrics?.rows === 'number' ? metrics.rows : null;
}

/** So many trials are shown, the best first; `--json` and the report have them all. */
const trialsShown = 8;

function searchLines({ search }: JobView): string[] {
  if (search === null) return [];
  const { strategy, metric, step, of, trials, best } = search;
  const distinct = new Set(trials.map(({ trial }) => trial)).size;
  const done = `${distinct} trials by ${strategy}, step ${Math.min(step + 1, of)} of ${of}`;
  const ranked = [...trials].sort(
    (a, b) =>
      Number(b.trial === best) - Number(a.trial === best) ||
      b.step - a.step ||
      byScore(metric, a.score, b.score) ||
      a.trial - b.trial,
  );
  const lines = ranked.slice(0, trialsShown).map(({ trial, params, score, spread }) => {
    const values = Object.entries(params).map(([name, value]) => `${name} ${shortValue(value)}`);
    const about = spread === null ? '' : ` ± ${figure(spread)}`;
    const result = score === null ? `no ${metric}` : `${metric} ${figure(score)}${about}`;
    return `${'trial'.padEnd(12)} ${trial}${trial === best ? ' (best)' : ''}: ${result}: ${values.join(', ')}`;
  });
  const left = trials.length - lines.length;
  const more = left > 0 ? [`${''.padEnd(12)} and ${left} more: \`job show --json\``] : [];
  return [`${'search'.padEnd(12)} ${done}`, ...lines, ...more];
}

function shortValue(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toPrecision(4);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function measuredText({ metrics, evaluation }: JobView): string {
  const folds = evaluation?.fits.length ?? 1;
  return `${measuredRows(metrics)} rows held out${folds > 1 ? `, ${folds} folds` : ''}`;
}

/** What people ask for first; other figures follow in the order in which they come. */
const firstMetrics = ['accuracy', 'auc', 'logLoss', 'f1', 'r2', 'rmse', 'mae'];

/**
 * Metrics that are single figures, e.g. `accuracy 0.8561`, with their standard deviation where there
 * are several fits; tables are left to `--json`.
 */
export function metricLines(
  metrics: JobView['metrics'],
  evaluation: JobView['evaluation'] = null,
): string[] {
  if (metrics === null) return [];
  const known = firstMetrics.filter((name) => name in metrics);
  const names = [...new Set([...known, ...Object.keys(metrics)])];
  return names
    .filter((name) => typeof metrics[name] === 'number' && name !== 'rows')
    .map((name) => {
      const spread = evaluation?.spread[name] ?? null;
      return `${name} ${figure(metrics[name])}${spread === null ? '' : ` ± ${figure(spread)}`}`;
    });
}

/** An event as a line: number, time, kind and cause, and what it says in words. */
export function eventLine(event: JobEvent): string {
  const { n, kind, at, cause } = event;
  return `${String(n).padStart(4)} ${at} ${kind.padEnd(16)} ${eventWords(event)} [${cause}]`;
}
