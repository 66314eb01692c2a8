/**
 * Errors that a user of the SDK can meet, beyond those of the ports.
 *
 * Each has a stable `code`; the command line turns codes into exit codes (`cli/exit-codes.ts`).
 */
import { RetryableError, ShoalError, TerminalError } from '../schemas/errors.ts';
import type { SpecIssue } from '../schemas/job-spec.ts';
import type { JobView, QueryError } from '../schemas/views.ts';

/** The coordinator refused the submission; nothing was started. */
export class JobRejectedError extends TerminalError {
  /** The id under which the refusal stands: the job's own, or one made for the refusal alone. */
  readonly job: string;
  /** Why, as the coordinator named it: `invalid-spec`, `id-conflict`, `unknown-dataset`. */
  readonly reason: string;
  readonly issues: readonly SpecIssue[];
  constructor(
    job: string,
    refusal: { code: string; message: string; fix?: string | null },
    issues: readonly SpecIssue[],
  ) {
    super('job-rejected', `job "${job}" was rejected: ${refusal.message}`, {
      ...(issues[0] === undefined ? {} : { path: issues[0].path }),
      ...(refusal.fix == null ? {} : { fix: refusal.fix }),
    });
    this.job = job;
    this.reason = refusal.code;
    this.issues = issues;
  }
}

/** The job ended without a model. */
export class JobFailedError extends TerminalError {
  readonly view: JobView;
  constructor(view: JobView) {
    const why = view.error === null ? 'no reason was recorded' : view.error.message;
    super('job-failed', `job "${view.id}" failed: ${why}`, {
      ...(view.error?.fix == null ? {} : { fix: view.error.fix }),
    });
    this.view = view;
  }
}

/** Somebody cancelled the job. */
export class JobCancelledError extends TerminalError {
  readonly view: JobView;
  constructor(view: JobView) {
    super('job-cancelled', `job "${view.id}" was cancelled`);
    this.view = view;
  }
}

/** Nobody answers for the cluster. */
export class NoCoordinatorError extends RetryableError {
  constructor(url: string, cause?: unknown) {
    super('no-coordinator', `no coordinator answers at ${url}`, 250, {
      fix: `start one with \`shoal coordinator --nats ${url}\`, or everything with \`shoal up\``,
      cause,
    });
  }
}

/** A job's events do not follow from each other: one was lost, changed or slipped in. */
export class BrokenChainError extends TerminalError {
  /** Number of the event. */
  readonly n: number;
  constructor(job: string, n: number, what: string) {
    super('broken-chain', `event ${n} of job "${job}" ${what}`, {
      fix: 'read the job itself with `shoal job show`, and see who else may write to jobs.*.events',
    });
    this.n = n;
  }
}

/** The wait was ended by its own time limit; what was waited for goes on. */
export class WaitTimeoutError extends RetryableError {
  constructor(what: string, timeoutMs: number) {
    super('timeout', `${what} did not happen within ${timeoutMs} ms`, 0, {
      fix: 'wait longer with --timeout, or go on later: nothing was stopped',
    });
  }
}

/** How to see what there is. */
const lists = {
  'data set': 'list the data sets with `shoal data list`',
  model: 'list the models with `shoal models`',
  node: 'list the nodes with `shoal nodes`',
} as const;

/** A data set, a model or a version of one that is not there, or a node. */
export class NotFoundError extends TerminalError {
  constructor(what: keyof typeof lists, name: string, guess?: string) {
    super(`unknown-${what.replaceAll(' ', '')}`, `there is no ${what} "${name}"`, {
      fix: guess === undefined ? lists[what] : `did you mean "${guess}"?`,
    });
  }
}

/** What the coordinator answered a question with, when it could not answer it. */
export function errorOfReply(error: QueryError): ShoalError {
  return new ShoalError('terminal', error.code, error.message, {
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  });
}
