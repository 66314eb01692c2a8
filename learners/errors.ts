/**
 * Errors of learners. Each says by its class what the caller should do about it.
 */

/** Bytes that are not a sound model (or part of one); retrying cannot help. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code = 'model';
}

/** The problem, the parameters or the data cannot be trained on; retrying cannot help. */
export class LearnerError extends Error {
  override readonly name = 'LearnerError';
  readonly code = 'learner';
}

/**
 * Thrown by a learner to ask that the whole process ends at once, as a native crash would end it.
 * Only test learners throw it; the thread's entry maps it to the end of the process.
 */
export class ProcessExitRequest extends Error {
  override readonly name = 'ProcessExitRequest';
  readonly code = 'process-exit';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`the task asked for the process to end with code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
