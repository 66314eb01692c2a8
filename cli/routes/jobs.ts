/**
 * Definitions of the commands about jobs: submit, jobs, job show|watch|wait|events|tasks|cancel|...
 */
import { buildRouteMap, type Command, type RouteMap } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, text, time } from '../flags.ts';
import { UsageError } from '../usage-error.ts';
import { jobEventsCommand, jobExplainCommand, jobVerifyCommand } from './job-explain.ts';
import { jobReportCommand } from './job-report.ts';

export type SubmitFlags = BusFlags & {
  readonly id?: string;
  readonly detach: boolean;
  readonly timeout?: number;
};
export type WaitFlags = BusFlags & { readonly timeout?: number };
export type SetFlags = BusFlags & {
  readonly workersMin?: number;
  readonly workersMax?: number;
  readonly priority?: number;
  /** Seconds; 0 takes it away. */
  readonly deadline?: number;
};

const timeout = {
  kind: 'parsed',
  parse: time,
  optional: true,
  brief: 'give up waiting after this long (exit 6); the job goes on',
  placeholder: 'TIME',
} as const;

/** A whole number, which may be below zero; whether it is possible says the coordinator. */
function integer(input: string): number {
  if (/^-?\d{1,15}$/.test(input)) return Number(input);
  throw new UsageError(`"${input}" is not a whole number`, 'give one, such as 5 or -5');
}

/** Seconds; 0 for `none`. */
function deadline(input: string): number {
  if (input === 'none') return 0;
  const seconds = time(input) / 1_000;
  if (seconds >= 1) return seconds;
  throw new UsageError(`"${input}" is too short, at least 1 s`, 'write 10m, or none for no end');
}

const setting = (parse: (input: string) => number, brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse, optional: true, brief, placeholder }) as const;

const id = {
  kind: 'tuple',
  parameters: [{ brief: 'id of the job', parse: text, placeholder: 'ID' }],
} as const;

export const submitCommand: Command<ShoalContext> = command<SubmitFlags, [string]>({
  brief: 'Submit a job and follow it to its end',
  about:
    'Submits the job spec in FILE (JSON; "-" reads stdin) and follows it: exit 0 with a model, 1\n' +
    'when the job failed or was cancelled, 2 when the spec was rejected, 5 when the id belongs to\n' +
    'another spec. Ctrl-C detaches, the job goes on; a second one quits.\n' +
    'With --json the last line on stdout is the job, as `job show --json` gives it; with --detach\n' +
    'it is {"id"}.',
  examples: [
    'submit job.json',
    'submit --detach job.json',
    `submit - <<< '{"dataset":"adult","target":"class","algorithm":"random-forest"}'`,
  ],
  parameters: {
    flags: {
      ...busFlags,
      id: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'id of the job, instead of the one in the spec; the same id and spec is one job',
        placeholder: 'ID',
      },
      detach: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'print the id and return at once',
      },
      timeout,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'job spec, or - for stdin', parse: text, placeholder: 'FILE' }],
    },
  },
  load: async () => (await import('../commands/submit.ts')).submit,
});

export const jobsCommand: Command<ShoalContext> = command<BusFlags, []>({
  brief: 'List jobs, newest first',
  about: 'Lists jobs, newest first. With --json an array of jobs as `job show --json` gives them.',
  examples: ['jobs', 'jobs --json'],
  parameters: { flags: busFlags },
  load: async () => (await import('../commands/jobs.ts')).jobs,
});

export const jobRoutes: RouteMap<ShoalContext> = buildRouteMap({
  docs: { brief: 'Show, follow and control one job' },
  routes: {
    show: command<BusFlags, [string]>({
      brief: 'Show a job: phase, what it waits for, metrics, model',
      about:
        'Shows a job. With --json an object with id, phase, waitingFor, algorithm, dataset, task,\n' +
        'seed, model, output, digest, exactness, metrics, evaluation, search, rounds, rows,\n' +
        'shards, skippedShards, attempts, moves, reassigned, commitsRefused, progress, tasks, error,\n' +
        'startedAt, finishedAt, traceId, events, head, unpublished, standstill, time, settings, usedSeconds,\n' +
        'placed, spec.',
      examples: ['job show adult-1', 'job show adult-1 --json'],
      parameters: { flags: busFlags, positional: id },
      load: async () => (await import('../commands/jobs.ts')).jobShow,
    }),
    watch: command<WaitFlags, [string]>({
      brief: "Follow a job to its end; exit with the job's result",
      about:
        'Follows a job like `submit` does. With --json each event is a line on stdout, and the job\n' +
        'itself is the last line.',
      examples: ['job watch adult-1'],
      parameters: { flags: { ...busFlags, timeout }, positional: id },
      load: async () => (await import('../commands/jobs.ts')).jobWatch,
    }),
    wait: command<WaitFlags, [string]>({
      brief: "Wait in silence for the end of a job; exit with the job's result",
      examples: ['job wait adult-1 --timeout 10m'],
      parameters: { flags: { ...busFlags, timeout }, positional: id },
      load: async () => (await import('../commands/jobs.ts')).jobWait,
    }),
    explain: jobExplainCommand,
    report: jobReportCommand,
    events: jobEventsCommand,
    verify: jobVerifyCommand,
    tasks: command<BusFlags, [string]>({
      brief: "List a job's tasks: state, attempt, node, result",
      examples: ['job tasks adult-1'],
      parameters: { flags: busFlags, positional: id },
      load: async () => (await import('../commands/jobs.ts')).jobTasks,
    }),
    cancel: command<BusFlags, [string]>({
      brief: 'Cancel a job',
      examples: ['job cancel adult-1'],
      parameters: { flags: busFlags, positional: id },
      load: async () => (await import('../commands/jobs.ts')).jobCancel,
    }),
    pause: command<BusFlags, [string]>({
      brief: 'Hand out no more tasks of a job until it is resumed',
      examples: ['job pause adult-1'],
      parameters: { flags: busFlags, positional: id },
      load: async () => (await import('../commands/jobs.ts')).jobPause,
    }),
    resume: command<BusFlags, [string]>({
      brief: 'Go on with a paused job',
      examples: ['job resume adult-1'],
      parameters: { flags: busFlags, positional: id },
      load: async () => (await import('../commands/jobs.ts')).jobResume,
    }),
    set: command<SetFlags, [string]>({
      brief: 'Change workers, priority or deadline of a job under way',
      about:
        'Changes what is given, from the next offer and the next round on, and shows the job. The\n' +
        'spec stays as it was submitted, and the model is the same. Bounds are those of a spec.',
      examples: [
        'job set adult-1 --workers-max 2',
        'job set adult-1 --priority=-5 --deadline 10m',
        'job set adult-1 --deadline none',
      ],
      parameters: {
        flags: {
          ...busFlags,
          workersMin: setting(integer, 'fewest workers that it goes on with', 'N'),
          workersMax: setting(integer, 'most workers that work for it at a time', 'N'),
          priority: setting(integer, 'jobs of higher priority go first', 'N'),
          deadline: setting(
            deadline,
            'time from acceptance, pauses aside; none for no end',
            'TIME',
          ),
        },
        positional: id,
      },
      load: async () => (await import('../commands/jobs.ts')).jobSet,
    }),
    remove: command<BusFlags, [string]>({
      brief: 'Remove an ended job: its record and its events; its model stays',
      about:
        'Removes what is kept of an ended job. Its id may be used again, its model or data set stays.\n' +
        'Ended jobs go by themselves, see `coordinator --keep-jobs`. With --json {"removed"}.',
      examples: ['job remove adult-1'],
      parameters: { flags: busFlags, positional: id },
      load: async () => (await import('../commands/job-remove.ts')).jobRemove,
    }),
    snapshot: command<BusFlags, [string]>({
      brief: 'Enter the state of a job in rounds as a model while it trains',
      about:
        'Enters the state that a job in rounds has put by last, every few seconds, as a version of its\n' +
        'model: to predict with, or to look at, while the job goes on.',
      examples: ['job snapshot adult-1', 'job snapshot adult-1 --json'],
      parameters: { flags: busFlags, positional: id },
      load: async () => (await import('../commands/jobs.ts')).jobSnapshot,
    }),
  },
});
