/**
 * One compute call in a process of its own, so that nothing else dies with it.
 *
 * The child's main thread only waits, and a thread of the child computes: so the child notices when
 * its parent is gone and ends itself, and progress reaches the parent while the work never pauses.
 */
import { fork } from 'node:child_process';
import { RetryableError } from '../../schemas/errors.ts';
import { CancelledError } from '../errors.ts';
import type { Compute } from '../ports/compute.ts';
import { errorFromPlain, type PlainError, plainError } from './compute-channel.ts';
import { exhaustion } from './exhaustion.ts';

export interface ProcessCall {
  readonly entry: URL;
  readonly learners: readonly string[];
  readonly name: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
  readonly onProgress: (count: number) => void;
  readonly onCpu: (ms: number) => void;
}

/** What the signal is mostly about, for whoever reads the cause. */
const hints: { readonly [signal in NodeJS.Signals]?: string } = {
  SIGKILL: ': out of memory of the machine, or killed by somebody',
  SIGABRT: ': out of memory of its heap, or ended by its own code',
  SIGSEGV: ': a fault in native code',
};

interface Start {
  readonly learners: readonly string[];
  readonly name: string;
  readonly input: unknown;
}

type FromChild =
  | { readonly type: 'progress'; readonly count: number }
  | { readonly type: 'cpu'; readonly ms: number }
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'error'; readonly error: PlainError };

/** @throws what the function threw; RetryableError('compute-crashed') when the process died */
export function runInProcess(call: ProcessCall): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const child = fork(call.entry, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  call.signal.addEventListener('abort', kill, { once: true });
  if (call.signal.aborted) kill();
  child.on('message', (message: FromChild) => {
    if (message.type === 'progress') call.onProgress(message.count);
    else if (message.type === 'cpu') call.onCpu(message.ms);
    else if (message.type === 'value') resolve(message.value);
    else reject(errorFromPlain(message.error));
  });
  child.on('error', (error) => {
    reject(exhaustion(error, `no process for "${call.name}" can be started`) ?? error);
  });
  child.on('exit', (code, signal) => {
    call.signal.removeEventListener('abort', kill);
    const how = signal === null ? `with code ${code}` : `by ${signal}${hints[signal] ?? ''}`;
    // After an answer this changes nothing: the promise is settled already.
    reject(
      call.signal.aborted
        ? new CancelledError(`"${call.name}"`)
        : new RetryableError('compute-crashed', `the process of "${call.name}" ended ${how}`, 0),
    );
  });
  const { learners, name } = call;
  const start: Start = { learners, name, input: unshared(call.input) };
  // Without a process there is no channel either; the error comes as an event.
  if (child.pid === undefined) return promise;
  child.send(start, (error) => {
    if (error !== null) kill();
  });
  return promise;
}

/** The child's side: runs the one call that it is sent, answers, and ends. */
export function serveProcess(poolOf: (learners: readonly string[]) => Compute): void {
  const tell = (message: FromChild, then?: () => void) => {
    process.send?.(message, undefined, undefined, () => then?.());
  };
  const leave = () => process.exit(0);
  // The parent is gone: nobody wants the result.
  process.once('disconnect', leave);
  process.once('message', (start: Start) => {
    poolOf(start.learners)
      .run(start.name, start.input, {
        onProgress: (count) => tell({ type: 'progress', count }),
        onCpu: (ms) => tell({ type: 'cpu', ms }),
      })
      .then(
        (value) => tell({ type: 'value', value }, leave),
        (error) => tell({ type: 'error', error: plainError(error) }, leave),
      );
  });
}

/** A copy without shared memory, which cannot go to another process. */
export function unshared(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof SharedArrayBuffer) return Uint8Array.from(new Uint8Array(value)).buffer;
  if (ArrayBuffer.isView(value)) {
    if (!(value.buffer instanceof SharedArrayBuffer)) return value;
    const make = value.constructor as new (source: ArrayBufferView) => ArrayBufferView;
    return new make(value);
  }
  if (Array.isArray(value)) return value.map(unshared);
  if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, unshared(part)]));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unshared(part)]));
}
