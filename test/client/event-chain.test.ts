/** The chain of a job's events: in order whatever the arrival, and broken by any change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainStart, EventChain } from '../../client/event-chain.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { JobEvent } from '../../schemas/views.ts';
import { encodeEvent, eventOf } from './memory-cluster.ts';

function chainOf(length: number): { event: JobEvent; subject: string; bytes: Uint8Array }[] {
  let previous = chainStart;
  return Array.from({ length }, (_, i) => {
    const event = eventOf('j', i + 1, 'phase', previous, { i });
    const bytes = encodeEvent(event);
    previous = sha256Hex(bytes);
    return { event, subject: `jobs.j.events.${i + 1}.phase`, bytes };
  });
}

describe('event chain', () => {
  it('hands events out in order, once each, for any order of arrival and any repetition', () => {
    const arrivals = fc.integer({ min: 1, max: 40 }).chain((length) =>
      fc.tuple(
        fc.constant(length),
        fc.shuffledSubarray(
          [...Array(length).keys(), ...Array(length).keys()].map((index, i) => ({ index, i })),
          { minLength: length * 2, maxLength: length * 2 },
        ),
      ),
    );
    fc.assert(
      fc.property(arrivals, ([length, order]) => {
        const entries = chainOf(length);
        const chain = new EventChain('j');
        const seen = order.flatMap(({ index }) =>
          chain.take(entries[index]!.subject, entries[index]!.bytes).map((event) => event.n),
        );
        expect(seen).toEqual(entries.map(({ event }) => event.n));
        expect(chain.head).toBe(sha256Hex(entries[length - 1]!.bytes));
      }),
    );
  });

  it('is broken by an event that was changed, even by a space', () => {
    const [first, second] = chainOf(2);
    const chain = new EventChain('j');
    const changed = new TextEncoder().encode(`${new TextDecoder().decode(first!.bytes)} `);
    expect(chain.take(first!.subject, changed)).toHaveLength(1);
    expect(() => chain.take(second!.subject, second!.bytes)).toThrow(/event 2 of job "j" follows/);
  });

  it('is broken by an event whose subject says something else, or that is not JSON', () => {
    const [first] = chainOf(1);
    const other = new EventChain('j');
    expect(() => other.take('jobs.j.events.2.phase', first!.bytes)).toThrow(/does not say/);
    expect(() => other.take('jobs.j.events.1.phase', new Uint8Array([255]))).toThrow(/not JSON/);
  });

  it('does not wait for ever for an event that never comes', () => {
    const chain = new EventChain('j');
    const feed = (): void => {
      for (let n = 2; n < 2_000; n++) {
        const event = eventOf('j', n, 'phase', chainStart);
        chain.take(`jobs.j.events.${n}.phase`, encodeEvent(event));
      }
    };
    expect(feed).toThrow(/event 1 of job "j" is missing/);
  });
});
