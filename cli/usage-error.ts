/** Errors of the command line itself: how it was called, and that it was interrupted. */
import { TerminalError } from '../schemas/errors.ts';

export class UsageError extends TerminalError {
  constructor(message: string, fix?: string) {
    super(
      'usage',
      fix === undefined ? message : `${message}; ${fix}`,
      fix === undefined ? {} : { fix },
    );
  }
}

export class InterruptedError extends TerminalError {
  constructor() {
    super('interrupted', 'interrupted');
  }
}
