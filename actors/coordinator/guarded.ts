/**
 * Asks a dependency through its breaker, and tells when that opens and closes: a line in the log
 * and a metric at once, and in the events of the jobs that waited when it is over.
 */
import { ConflictError } from '../../runtime/errors.ts';
import { familyOf, RetryableError, ShoalError } from '../../schemas/errors.ts';
import {
  admits,
  type Breaker,
  type Dependency,
  dependencyNames,
  noteFailure,
  noteSuccess,
} from './breakers.ts';
import type { Emit, PerformContext } from './perform.ts';

type Guarding = Pick<PerformContext, 'breakers' | 'clock' | 'log' | 'metrics'>;

function breakerOf(context: Guarding, dependency: Dependency): Breaker {
  return context.breakers.get(dependency) as Breaker;
}

/** Of one record, one blob or this leader: other jobs have no part in it, and must not wait for it. */
const codesOfOne: ReadonlySet<string> = new Set(['corrupt-blob', 'registry-busy', 'not-leading']);

/** Whether the dependency is at fault: it did not answer, was full, or may not be used. */
function itsFault(error: unknown): boolean {
  if (error instanceof ConflictError) return false;
  if (error instanceof ShoalError && codesOfOne.has(error.code)) return false;
  if (familyOf(error) === 'retryable') return true;
  return error instanceof ShoalError && ['denied', 'no-jetstream'].includes(error.code);
}

function tell(context: Guarding, breaker: Breaker): void {
  const { dependency, state, cause } = breaker;
  const open = state !== 'closed';
  context.metrics.set('shoal_breaker_open', open ? 1 : 0, { dependency });
  context.log(open ? 'warn' : 'info', `breaker ${state}`, {
    dependency: dependencyNames[dependency],
    cause,
  });
}

export function succeeded(context: Guarding, dependency: Dependency, emit: Emit): void {
  const breaker = breakerOf(context, dependency);
  const { openedAtMs, cause } = breaker;
  if (!noteSuccess(breaker)) return;
  tell(context, breaker);
  emit({ type: 'recovered', dependency, cause, openedAtMs });
}

export function failed(context: Guarding, dependency: Dependency, error: unknown): void {
  if (!itsFault(error)) return;
  const { clock } = context;
  const message = error instanceof Error ? error.message : String(error);
  const breaker = breakerOf(context, dependency);
  if (noteFailure(breaker, message, clock.nowMs(), clock.wallMs())) tell(context, breaker);
}

/** @throws RetryableError without asking while the breaker is open, and what the work throws */
export async function guarded<T>(
  context: Guarding,
  dependency: Dependency,
  emit: Emit,
  work: () => Promise<T>,
): Promise<T> {
  const breaker = breakerOf(context, dependency);
  if (!admits(breaker, context.clock.nowMs())) {
    const message = `${dependencyNames[dependency]}: ${breaker.cause}`;
    throw new RetryableError('breaker-open', message, 500);
  }
  try {
    const value = await work();
    succeeded(context, dependency, emit);
    return value;
  } catch (error) {
    if (itsFault(error)) failed(context, dependency, error);
    else succeeded(context, dependency, emit);
    throw error;
  }
}
