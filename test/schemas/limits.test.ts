/**
 * The limits fit together, and what the layout and the wire promise fits into them.
 */
import { describe, expect, it } from 'vitest';
import { layoutOf, submissionQueue } from '../../runtime/layout.ts';
import { limits } from '../../schemas/limits.ts';

describe('limits', () => {
  it('are whole numbers above zero', () => {
    for (const [name, value] of Object.entries(limits)) {
      expect(Number.isSafeInteger(value) && value > 0, name).toBe(true);
    }
  });

  it('of silence grow from a missed beat to a death', () => {
    const order = ['heartbeatMs', 'askAfterMs', 'deadMs', 'takeoverMs'] as const;
    const values = order.map((name) => limits[name]);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(limits.askAfterMs + limits.askTimeoutMs).toBeLessThan(limits.deadMs);
    // A lease outlives a renewal that took as long as a write may, and one that failed before it.
    expect(limits.leaseRenewMs * 2).toBeLessThan(limits.leaseMs);
    expect(limits.leaseMs).toBeLessThan(limits.takeoverMs);
  });

  it('of sizes nest: a chunk, a record and an event fit into one message with their headers', () => {
    const headers = 4_096;
    for (const size of [limits.chunkBytes, limits.recordMax, limits.eventMax, limits.specMax]) {
      expect(size + headers).toBeLessThanOrEqual(limits.payloadMax);
    }
    // A submitted and a resolved spec stand in one record.
    expect(2 * limits.specMax).toBeLessThan(limits.recordMax);
    expect(limits.chunksInFlight * limits.chunkBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(limits.inlineResultMax).toBeLessThan(limits.chunkBytes);
  });

  it('of the layout leave room for what is in flight', () => {
    const layout = layoutOf();
    expect(layout.jobs.messagesMax).toBeGreaterThan(limits.submissionsInFlight);
    expect(layout.events.messageBytesMax).toBeGreaterThanOrEqual(limits.eventMax);
    expect(submissionQueue.settleMs).toBeGreaterThan(limits.storeMs);
    for (const bucket of Object.values(layout.buckets)) expect(bucket.perSubjectMax).toBe(1);
  });
});
