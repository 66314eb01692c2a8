/**
 * What the rounds of a node share: the bus, its threads, and the bytes that it keeps for others.
 */
import type { Bus } from '../../runtime/bus.ts';
import type { Log } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Clock } from '../../runtime/ports/clock.ts';
import type { Compute } from '../../runtime/ports/compute.ts';
import type { NodeId } from '../../schemas/ids.ts';
import type { KeptBytes } from './kept-bytes.ts';

export interface RoundNode {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly compute: Compute;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly kept: KeptBytes;
}

/** Who holds or leads: a node and its boot nonce. */
export interface RoundIdentity {
  readonly node: NodeId;
  readonly nonce: string;
}

/** Why work for a round is broken off; a reason given saves the building of an error each time. */
export const roundOver = 'round over';

/** The bytes in shared memory of their own. */
export function sharedCopy(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
