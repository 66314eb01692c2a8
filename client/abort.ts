/**
 * Waiting that a caller can end: by an AbortSignal, or by a time limit on an injected clock.
 */
import type { Clock } from '../runtime/ports/clock.ts';
import { WaitTimeoutError } from './errors.ts';

/** The promise, or the signal's reason if that comes first. The work itself is not stopped. */
export async function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    promise.catch(() => {}); // if the signal won, nobody else looks at a later failure
  }
}

/** Resolves after the time, rejects with the signal's reason. */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(ms, resolve);
  try {
    await abortable(promise, signal);
  } finally {
    timer.cancel();
  }
}

/**
 * A signal that follows the caller's and ends by itself after the time limit.
 * @param what named in the `WaitTimeoutError` that becomes the signal's reason
 */
export function limited(
  clock: Clock,
  what: string,
  timeoutMs?: number,
  signal?: AbortSignal,
): { readonly signal: AbortSignal; readonly end: () => void } & Disposable {
  const own = new AbortController();
  const timer =
    timeoutMs === undefined
      ? undefined
      : clock.after(timeoutMs, () => own.abort(new WaitTimeoutError(what, timeoutMs)));
  const end = (): void => {
    timer?.cancel();
    own.abort();
  };
  return {
    signal: signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]),
    end,
    [Symbol.dispose]: end,
  };
}
