/**
 * Maps what nats.js and JetStream raise to shoal's own errors, once, by class and code.
 *
 * Nothing above the adapter ever looks at the broker's codes or texts.
 */
import { errors as nats } from '@nats-io/nats-core';
import { RetryableError, ShoalError, TerminalError } from '../../schemas/errors.ts';
import { ConflictError, DisconnectedError, NoRespondersError, TimeoutError } from '../errors.ts';

/** The error object in a JetStream API answer or publish acknowledgement. */
export interface ApiFault {
  readonly code: number;
  readonly err_code?: number;
  readonly description?: string;
}

export const faultCodes = {
  unavailable: 10008,
  notEnabledForAccount: 10039,
  notEnabled: 10076,
  notFound: 10037,
  streamNotFound: 10059,
  streamNameInUse: 10058,
  consumerNotFound: 10014,
  wrongLastSequence: 10071,
  wrongLastSequenceUnknown: 10164,
  streamFull: 10077,
  messageTooLarge: 10054,
  noPeers: 10005,
  notClustered: 10074,
  insufficientResources: 10023,
  storageExceeded: 10047,
  accountExceeded: 10002,
  tooManyPending: 10167,
} as const;

/** A JetStream fault that the caller may want to tell apart before it becomes an error. */
export class JetStreamFault extends Error {
  readonly fault: ApiFault;
  constructor(fault: ApiFault) {
    super(fault.description ?? `JetStream fault ${fault.err_code ?? fault.code}`);
    this.name = 'JetStreamFault';
    this.fault = fault;
  }
}

export function isFault(error: unknown, ...codes: readonly number[]): error is JetStreamFault {
  return error instanceof JetStreamFault && codes.includes(error.fault.err_code ?? 0);
}

/** The error for a fault met while doing `what` on `key`. */
export function faultError(fault: ApiFault, what: string, key: string): ShoalError {
  const cause = new JetStreamFault(fault);
  const text = fault.description ?? `fault ${fault.err_code ?? fault.code}`;
  switch (fault.err_code) {
    case faultCodes.wrongLastSequence:
    case faultCodes.wrongLastSequenceUnknown:
      return new ConflictError(key);
    case faultCodes.streamFull:
    case faultCodes.tooManyPending:
      return new RetryableError('stream-full', `${what}: the stream is full (${text})`, 1_000, {
        cause,
      });
    case faultCodes.insufficientResources:
    case faultCodes.storageExceeded:
    case faultCodes.accountExceeded:
      return new RetryableError(
        'storage-full',
        `${what}: nats-server has no room left (${text})`,
        1_000,
        {
          fix: 'free disk space, raise `max_file_store`, or remove data sets and models',
          cause,
        },
      );
    case faultCodes.messageTooLarge:
      return new TerminalError('too-large', `${what}: ${text}`, { cause });
    case faultCodes.notEnabled:
    case faultCodes.notEnabledForAccount:
      return new TerminalError('no-jetstream', `${what}: JetStream is off`, {
        fix: 'start nats-server with JetStream (-js), and enable it for the account',
        cause,
      });
    case faultCodes.streamNotFound:
      return new RetryableError('no-stream', `${what}: the stream does not exist`, 1_000, {
        fix: 'run `shoal doctor`: the layout is missing or broken',
        cause,
      });
    default:
      return new RetryableError('broker-fault', `${what}: nats-server says: ${text}`, 1_000, {
        cause,
      });
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof nats.RequestError && error.cause !== undefined ? error.cause : error;
}

/** The error for whatever a nats.js call threw while doing `what` on `subject`. */
export function brokerError(
  error: unknown,
  what: string,
  subject: string,
  timeoutMs: number,
): ShoalError {
  if (error instanceof ShoalError) return error;
  if (error instanceof JetStreamFault) return faultError(error.fault, what, subject);
  const cause = causeOf(error);
  if (cause instanceof nats.NoRespondersError) return new NoRespondersError(subject);
  if (cause instanceof nats.TimeoutError) return new TimeoutError(what, timeoutMs, error);
  if (cause instanceof nats.PermissionViolationError) {
    return new TerminalError('denied', `${what}: ${cause.operation} on "${subject}" is denied`, {
      fix: 'use credentials whose role may do this',
      cause: error,
    });
  }
  if (cause instanceof nats.AuthorizationError) {
    return new TerminalError('denied', `${what}: nats-server refused the credentials`, {
      cause: error,
    });
  }
  if (cause instanceof nats.InvalidArgumentError || cause instanceof nats.InvalidSubjectError) {
    const code = cause instanceof nats.InvalidSubjectError ? 'bad-subject' : 'too-large';
    return new TerminalError(code, `${what}: ${cause.message}`, { cause: error });
  }
  if (
    cause instanceof nats.ClosedConnectionError ||
    cause instanceof nats.DrainingConnectionError ||
    cause instanceof nats.ConnectionError ||
    error instanceof nats.RequestError
  ) {
    return new DisconnectedError(what);
  }
  return new RetryableError(
    'broker-fault',
    `${what}: ${error instanceof Error ? error.message : String(error)}`,
    1_000,
    { cause: error },
  );
}
