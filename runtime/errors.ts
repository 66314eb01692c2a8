/**
 * Errors that the ports raise; adapters map the broker's codes to these, never callers.
 */
import { RetryableError, ShoalError, TerminalError } from '../schemas/errors.ts';

/** A compare-and-set found another revision than expected. Read again and decide from the value. */
export class ConflictError extends ShoalError {
  readonly key: string;
  constructor(key: string, message = `record ${JSON.stringify(key)} was changed by somebody else`) {
    super('retryable', 'conflict', message);
    this.key = key;
  }
}

/** No answer in time: the operation may or may not have happened. */
export class TimeoutError extends RetryableError {
  constructor(what: string, timeoutMs: number, cause?: unknown) {
    super('timeout', `${what} did not answer within ${timeoutMs} ms`, 250, { cause });
  }
}

/**
 * The broker answers, but not that it has stored this: a full or failing disk, which nats-server
 * tells nobody but its log, or servers that elect who leads. It may have been stored all the same.
 */
export class NotStoredError extends RetryableError {
  constructor(what: string, timeoutMs: number, cause?: unknown) {
    const message = `${what} was not stored within ${timeoutMs} ms, though nats-server answers`;
    super('not-stored', message, 500, {
      fix: 'look at its disk and its log: after a full disk it has to be started again',
      cause,
    });
  }
}

/** The broker knows of nobody who listens there: the process is gone, or was never started. */
export class NoRespondersError extends RetryableError {
  constructor(subject: string) {
    super('no-responders', `nobody listens on ${JSON.stringify(subject)}`, 250);
  }
}

/** The link to the broker is down; nothing was sent. */
export class DisconnectedError extends RetryableError {
  constructor(what: string) {
    super('disconnected', `${what}: not connected to nats-server`, 500);
  }
}

/** The work was told to stop. */
export class CancelledError extends TerminalError {
  constructor(what: string) {
    super('cancelled', `${what} was cancelled`);
  }
}
