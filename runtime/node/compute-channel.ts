/**
 * What passes between the pool and its threads: calls, replies, and a block of shared memory.
 *
 * The shared block holds a counter that the thread moves and a flag that the pool raises, each on a
 * cache line of its own; so progress is read and work is cancelled without a message, even while
 * the thread never returns to its event loop. Both ends import this file.
 */
import type { MessagePort } from 'node:worker_threads';
import {
  BugError,
  type ErrorFamily,
  familyOf,
  RetryableError,
  TerminalError,
} from '../../schemas/errors.ts';
import { CancelledError } from '../errors.ts';
import { moved } from '../ports/compute.ts';

/** What a thread is started with. */
export interface ThreadData {
  /** Modules of user-supplied learners, as absolute URLs. */
  readonly learners: readonly string[];
}

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
  readonly control: SharedArrayBuffer;
}

export interface PlainError {
  readonly family: ErrorFamily;
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly fix?: string;
}

export type Reply =
  | { readonly id: number; readonly value: unknown; readonly cpuMs?: number }
  | { readonly id: number; readonly error: PlainError };

const cacheLine = 64;
const counterAt = 0;
const cancelAt = cacheLine / Int32Array.BYTES_PER_ELEMENT;

export function newControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * cacheLine);
}

export function counterOf(control: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(control), counterAt);
}

export function requestCancel(control: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(control), cancelAt, 1);
}

export function plainError(error: unknown): PlainError {
  const family = familyOf(error);
  if (!(error instanceof Error)) return { family, code: 'thrown-value', message: String(error) };
  const own = error as Error & { code?: unknown; path?: unknown; fix?: unknown };
  return {
    family,
    code: typeof own.code === 'string' ? own.code : error.name,
    message: error.message,
    ...(typeof own.path === 'string' ? { path: own.path } : {}),
    ...(typeof own.fix === 'string' ? { fix: own.fix } : {}),
  };
}

/** The error as this side's class; its stack is that of the receiver. */
export function errorFromPlain(plain: PlainError): Error {
  const { family, code, message, path, fix } = plain;
  if (code === 'cancelled') return new TerminalError(code, message);
  const details = {
    ...(path === undefined ? {} : { path }),
    ...(fix === undefined ? {} : { fix }),
  };
  if (family === 'terminal') return new TerminalError(code, message, details);
  if (family === 'retryable') return new RetryableError(code, message, 0, details);
  return new BugError(code, message, details);
}

/** A function that a thread can run; it calls `progress` often, which throws once cancelled. */
export type ThreadFunction = (
  input: never,
  progress: (done: number, total: number) => void,
) => unknown;

/** The thread's side: runs calls one after the other and answers each. */
export function serveCalls(
  port: MessagePort,
  functions: Readonly<Record<string, ThreadFunction>>,
): void {
  port.on('message', async (call: Call) => {
    let reply: Reply;
    try {
      const run = functions[call.name];
      if (run === undefined) {
        throw new BugError('no-function', `there is no compute function "${call.name}"`);
      }
      const before = process.threadCpuUsage();
      const value = await run(call.input as never, progressOf(call));
      const { user, system } = process.threadCpuUsage(before);
      reply = { id: call.id, value, cpuMs: (user + system) / 1_000 };
    } catch (error) {
      reply = { id: call.id, error: plainError(error) };
    }
    answer(port, reply);
  });
}

function progressOf(call: Call): (done: number, total: number) => void {
  const control = new Int32Array(call.control);
  let count = 0;
  return () => {
    count += 1;
    Atomics.store(control, counterAt, count);
    if (Atomics.load(control, cancelAt) !== 0) throw new CancelledError(`"${call.name}"`);
  };
}

function answer(port: MessagePort, reply: Reply): void {
  try {
    port.postMessage(reply, 'value' in reply ? transferable(reply.value) : []);
  } catch (error) {
    // What the function returned cannot be cloned.
    port.postMessage({ id: reply.id, error: plainError(error) });
  }
}

/** The buffer of plain bytes moves instead of being copied, as do those that the result names. */
function transferable(value: unknown): ArrayBuffer[] {
  if (typeof value === 'object' && value !== null && moved in value) {
    return value[moved] as ArrayBuffer[];
  }
  const moves = value instanceof Uint8Array && value.buffer instanceof ArrayBuffer;
  return moves && !Buffer.isBuffer(value) ? [value.buffer] : [];
}
