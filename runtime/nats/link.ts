/**
 * The one connection of a process, with bounded requests, JetStream API calls and stored publishes.
 *
 * Every wait has a limit; while the link is down nothing is sent and calls fail at once. Payloads
 * below the flush threshold are copied, since nats.js keeps a reference to them until it flushes.
 */
import {
  createInbox,
  type Msg,
  type NatsConnection,
  headers as newHeaders,
} from '@nats-io/nats-core';
import { type ShoalError, TerminalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import { DisconnectedError, NoRespondersError, NotStoredError, TimeoutError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Headers } from '../ports/transport.ts';
import {
  type ApiFault,
  brokerError,
  faultCodes,
  faultError,
  JetStreamFault,
} from './broker-error.ts';

/** nats.js writes out at once whatever is larger, so no reference outlives the call. */
const flushedInline = 32 * 1024;

/** The server takes 4,096 bytes for subject, reply subject and sizes together. */
const subjectMax = 3_840;

/** A server that is there answers a ping within this. */
const answerMs = 500;
const electionPauseMs = 200;

export interface PubAck {
  readonly stream: string;
  readonly seq: number;
  readonly duplicate: boolean;
}

export interface StoreOptions {
  /** The sequence that must be the subject's last; 0 for none. */
  readonly expectLast?: number;
  readonly id?: string;
  readonly headers?: Headers;
  readonly timeoutMs?: number;
}

export class Link {
  readonly nc: NatsConnection;
  readonly clock: Clock;
  private readonly inboxPrefix: string;
  private readonly listeners = new Set<(connected: boolean) => void>();
  /** Of each stream, the highest sequence that was acknowledged to this process. */
  readonly acknowledged = new Map<string, number>();
  private up = true;
  private clustered = false;
  /** What the server said last of why it would not have us; null when it has not said a thing. */
  trouble: string | null = null;
  /** Called when a stream that must exist was not there. */
  onMissingStream: () => void = () => {};

  constructor(nc: NatsConnection, clock: Clock, inboxPrefix: string) {
    this.nc = nc;
    this.clock = clock;
    this.inboxPrefix = inboxPrefix;
  }

  inbox(): string {
    return createInbox(this.inboxPrefix);
  }

  get connected(): boolean {
    return this.up && !this.nc.isClosed();
  }

  /** Closed on purpose: nothing will ever come again. */
  get closed(): boolean {
    return this.nc.isClosed();
  }

  /** Told by whoever reads the connection's status. */
  setConnected(up: boolean): void {
    this.up = up;
    if (up) this.trouble = null;
    for (const listener of [...this.listeners]) listener(up);
  }

  /** A protocol error of the server, such as credentials that were revoked. */
  noteTrouble(error: Error): void {
    // A request that was denied tells its caller, and has nothing to do with the link.
    if (error.name !== 'PermissionViolationError') this.trouble = error.message;
  }

  /** Calls the listener on every change of the link. @returns what stops that */
  onChange(listener: (connected: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether several servers keep the streams, so that one that is read from may lag behind. */
  get replicated(): boolean {
    this.clustered ||= this.nc.info?.cluster !== undefined;
    return this.clustered;
  }

  /** The largest payload, headers included, that the server takes. */
  get payloadMax(): number {
    return this.nc.info?.max_payload ?? limits.payloadMax;
  }

  /** A core request. @throws NoRespondersError, TimeoutError, DisconnectedError */
  async request(
    subject: string,
    bytes: Uint8Array,
    timeoutMs: number,
    headers?: Headers,
    what = `request to "${subject}"`,
  ): Promise<Msg> {
    if (!this.connected) throw new DisconnectedError(what);
    this.checkSize(subject, bytes, headers, what);
    try {
      return await this.nc.request(subject, held(bytes), {
        timeout: timeoutMs,
        ...(headers === undefined ? {} : { headers: toHeaders(headers) }),
      });
    } catch (error) {
      throw brokerError(error, what, subject, timeoutMs);
    }
  }

  publish(subject: string, bytes: Uint8Array, headers?: Headers, reply?: string): void {
    if (!this.connected) return;
    this.checkSize(subject, bytes, headers, `message to "${subject}"`);
    this.nc.publish(subject, held(bytes), {
      ...(headers === undefined ? {} : { headers: toHeaders(headers) }),
      ...(reply === undefined ? {} : { reply }),
    });
  }

  /** A JetStream API call, below `$JS.API.`. @throws JetStreamFault for a fault in the answer */
  async api<T>(verb: string, body: object | null, timeoutMs: number = limits.storeMs): Promise<T> {
    const subject = `$JS.API.${verb}`;
    const bytes = body === null ? new Uint8Array() : Buffer.from(JSON.stringify(body));
    let answer: Msg;
    try {
      answer = await this.request(subject, bytes, timeoutMs, undefined, `JetStream ${verb}`);
    } catch (error) {
      // Nobody answers the API where JetStream is off, and for a moment after a restart.
      if (error instanceof NoRespondersError && this.nc.info?.jetstream !== true) {
        throw new JetStreamFault({ code: 503, err_code: faultCodes.notEnabled });
      }
      throw error;
    }
    const parsed = answer.json() as T & { error?: ApiFault };
    if (parsed.error !== undefined) {
      if (parsed.error.err_code === faultCodes.streamNotFound) this.onMissingStream();
      throw new JetStreamFault(parsed.error);
    }
    return parsed;
  }

  /** Publishes and waits until a stream has stored it. `key` names the record in errors. */
  async store(
    subject: string,
    bytes: Uint8Array,
    key: string,
    options: StoreOptions = {},
  ): Promise<PubAck> {
    // Headers are built afresh for each publish: nats.js adds to the object that it is given.
    const headers: Record<string, string> = { ...options.headers };
    if (options.id !== undefined) headers['Nats-Msg-Id'] = options.id;
    if (options.expectLast !== undefined) {
      headers['Nats-Expected-Last-Subject-Sequence'] = String(options.expectLast);
    }
    const what = `write of "${key}"`;
    const answer = await this.untilLed(options.timeoutMs ?? limits.storeMs, () =>
      this.request(subject, bytes, options.timeoutMs ?? limits.storeMs, headers, what),
    ).catch(async (error: unknown) => {
      if (error instanceof TimeoutError && (await this.answers())) {
        throw new NotStoredError(what, options.timeoutMs ?? limits.storeMs, error);
      }
      if (!(error instanceof NoRespondersError)) throw error;
      this.onMissingStream();
      throw faultError({ code: 404, err_code: faultCodes.streamNotFound }, what, key);
    });
    const ack = answer.json() as { stream: string; seq: number; duplicate?: boolean } & {
      error?: ApiFault;
    };
    if (ack.error !== undefined) throw faultError(ack.error, what, key);
    const before = this.acknowledged.get(ack.stream) ?? 0;
    this.acknowledged.set(ack.stream, Math.max(before, ack.seq));
    return { stream: ack.stream, seq: ack.seq, duplicate: ack.duplicate === true };
  }

  /** While servers elect who leads a stream nobody takes messages for it: nothing was sent then. */
  private async untilLed(timeoutMs: number, send: () => Promise<Msg>): Promise<Msg> {
    const deadline = this.clock.nowMs() + timeoutMs;
    for (;;) {
      try {
        return await send();
      } catch (error) {
        const electing = this.replicated && error instanceof NoRespondersError;
        if (!electing || this.clock.nowMs() > deadline) throw error;
        await this.pause(electionPauseMs);
      }
    }
  }

  private answers(): Promise<boolean> {
    return this.ping(answerMs).then(
      () => true,
      () => false,
    );
  }

  /** Milliseconds of a round trip. @throws TimeoutError, DisconnectedError */
  async ping(timeoutMs: number): Promise<number> {
    if (!this.connected) throw new DisconnectedError('ping');
    const start = this.clock.nowMs();
    try {
      await this.within(timeoutMs, 'nats-server', this.nc.flush());
    } catch (error) {
      throw brokerError(error, 'ping', 'nats-server', timeoutMs);
    }
    return this.clock.nowMs() - start;
  }

  /** The promise, or a TimeoutError after this long. */
  within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = this.clock.after(timeoutMs, () => reject(new TimeoutError(what, timeoutMs)));
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve);
    });
  }

  /** The server hangs up on whoever sends what is too long: it must not get that far. */
  private checkSize(
    subject: string,
    bytes: Uint8Array,
    headers: Headers | undefined,
    what: string,
  ): void {
    if (subject.length > subjectMax) {
      throw new TerminalError(
        'too-large',
        `subject "${subject.slice(0, 60)}..." has ${subject.length} bytes, at most ${subjectMax} are possible`,
        { fix: 'use shorter names and ids' },
      );
    }
    const size = bytes.length + headerBytes(headers);
    if (size <= this.payloadMax) return;
    throw new TerminalError(
      'too-large',
      `${what} has ${size} bytes, nats-server takes at most ${this.payloadMax}`,
    );
  }
}

function held(bytes: Uint8Array): Uint8Array {
  return bytes.length < flushedInline ? new Uint8Array(bytes) : bytes;
}

/** `NATS/1.0`, a line for each, an empty line. */
function headerBytes(headers: Headers | undefined): number {
  if (headers === undefined) return 0;
  const lines = Object.entries(headers).map(
    ([name, value]) => Buffer.byteLength(name) + Buffer.byteLength(value) + 4,
  );
  return lines.reduce((sum, line) => sum + line, 12);
}

function toHeaders(from: Headers) {
  const headers = newHeaders();
  for (const [name, value] of Object.entries(from)) headers.set(name, value);
  return headers;
}

/** Headers of a received message, first value of each. */
export function fromHeaders(message: Pick<Msg, 'headers'>): Headers {
  const headers: Record<string, string> = {};
  if (message.headers !== undefined) {
    for (const name of message.headers.keys()) headers[name] = message.headers.get(name);
  }
  return headers;
}

/** An error as the ports promise it, from anything that a JetStream call threw. */
export function portError(error: unknown, what: string, key: string): ShoalError {
  return brokerError(error, what, key, limits.storeMs);
}
