/**
 * What can go wrong when a nats-server is looked for or started on this machine.
 *
 * Every message names the cause and the fix; `code` is what programs decide by.
 */

export type NatsServerErrorCode =
  | 'nats-server-not-found'
  | 'nats-server-too-old'
  | 'nats-server-failed'
  | 'port-in-use'
  | 'data-dir-in-use'
  | 'credentials-required';

export class NatsServerError extends Error {
  override readonly name = 'NatsServerError';
  readonly code: NatsServerErrorCode;

  constructor(code: NatsServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
