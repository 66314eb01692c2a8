/**
 * The base of every error that shoal raises on purpose.
 *
 * The family alone decides what a host does with a message whose handling failed: `terminal` is
 * answered and dropped for good (`term`), `retryable` is handed back with a delay (`nak`), and a
 * `bug` crashes the actor so that its supervisor restarts it from its records.
 */

export type ErrorFamily = 'terminal' | 'retryable' | 'bug';

export interface ErrorDetails {
  /** Where in the input the fault lies, e.g. `params.trees`. */
  readonly path?: string;
  /** What the user can do about it. */
  readonly fix?: string;
  readonly cause?: unknown;
}

export class ShoalError extends Error {
  /** Stable, documented, kebab-case: `no-coordinator`, `unknown-dataset`. */
  readonly code: string;
  readonly family: ErrorFamily;
  readonly path?: string;
  readonly fix?: string;

  constructor(family: ErrorFamily, code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.family = family;
    this.code = code;
    if (details.path !== undefined) this.path = details.path;
    if (details.fix !== undefined) this.fix = details.fix;
  }
}

/** The request can never succeed as it stands. */
export class TerminalError extends ShoalError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('terminal', code, message, details);
  }
}

/** The same request may succeed later; `afterMs` is the least wait that makes sense. */
export class RetryableError extends ShoalError {
  readonly afterMs: number;
  constructor(code: string, message: string, afterMs: number, details?: ErrorDetails) {
    super('retryable', code, message, details);
    this.afterMs = afterMs;
  }
}

/** A broken invariant: our fault, never the user's. */
export class BugError extends ShoalError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('bug', code, message, details);
  }
}

/**
 * The family of any thrown value. An error that names no family but carries a string `code` was
 * raised on purpose by the pure layers about its input, so it is terminal; all else is a bug.
 */
export function familyOf(error: unknown): ErrorFamily {
  if (error instanceof ShoalError) return error.family;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code.startsWith('ERR_') ? 'bug' : 'terminal';
  }
  return 'bug';
}
