/**
 * What a leader does after a look at its lease: removals, and what enters a registry, since no
 * compare-and-set tells that it was there before and is gone.
 *
 * Whoever slept longer than its lease may have been followed by another leader, for whom the same
 * names may stand for new jobs by now. Each single step is taken only while the lease is held.
 */
import { RetryableError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';

/**
 * @param mayAct whether the lease has been renewed lately
 * @throws RetryableError not-leading: whoever leads goes on with it
 */
export function verifyLead(mayAct: () => boolean, what: string): void {
  if (mayAct()) return;
  const message = `${what}: put off until it is sure that this coordinator still leads`;
  throw new RetryableError('not-leading', message, limits.leaseRenewMs);
}
