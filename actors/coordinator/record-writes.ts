/**
 * Writes what the coordinator's memory is made from: job records, and the events derived from them.
 *
 * A record is insisted on: while the broker is away or full the coordinator waits, since it can do
 * nothing that counts without it, and every job says so meanwhile.
 */
import { ConflictError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/ports/clock.ts';
import { familyOf } from '../../schemas/errors.ts';
import { failed, guarded, succeeded } from './guarded.ts';
import type { CoordinatorEffect } from './messages.ts';
import type { Emit, PerformContext } from './perform.ts';

type Effect<T extends CoordinatorEffect['type']> = Extract<CoordinatorEffect, { type: T }>;

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/**
 * Writes the record, however long the broker is away. After a write whose outcome is unknown the
 * record is read: if it holds our bytes the write has succeeded.
 * @throws ConflictError when somebody else has written
 */
export async function storeJob(
  context: PerformContext,
  effect: Effect<'store-job'>,
  emit: Emit,
): Promise<number> {
  const { store } = context.bus;
  const { job, bytes, revision } = effect;
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    try {
      const written =
        revision === 0
          ? await store.create('jobs', job, bytes)
          : await store.update('jobs', job, bytes, revision);
      succeeded(context, 'storage', emit);
      return written;
    } catch (error) {
      failed(context, 'storage', error);
      if (familyOf(error) !== 'retryable') throw error;
      const conflict = error instanceof ConflictError;
      const present = await store.get('jobs', job).catch(() => null);
      if (present !== null && present !== undefined && sameBytes(present.value, bytes))
        return present.revision;
      if ((conflict && present !== null) || context.halting()) throw error;
      context.log('warn', 'the job record could not be written yet', { job, error });
      await pause(context.clock, waitMs);
    }
  }
}

/**
 * In order; what is in the log already was published by an earlier try. A leader that slept publishes
 * nothing: the job may be gone, and its id stand for another. Whoever leads does it, from the record.
 */
export async function publishEvents(
  context: PerformContext,
  effect: Effect<'publish-events'>,
  emit: Emit,
): Promise<void> {
  const { journal, subjects } = context.bus;
  for (const event of effect.events) {
    if (!context.mayAct()) return;
    const subject = subjects.event(effect.job, event.n, event.kind);
    try {
      await guarded(context, 'storage', emit, () =>
        journal.append(subject, event.json, { expectEmpty: true }),
      );
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    emit({ type: 'events-published', job: effect.job, n: event.n });
  }
}
