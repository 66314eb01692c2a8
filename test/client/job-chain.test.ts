/** A whole chain against the job that it belongs to: what is missing, changed or slipped in is named. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainStart } from '../../client/event-chain.ts';
import { checkChain, readChain } from '../../client/job-chain.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { parseJobId } from '../../schemas/ids.ts';
import type { EventKind, JobView } from '../../schemas/views.ts';
import { answerJobs, encodeEvent, eventOf, memoryCluster } from './memory-cluster.ts';

const id = parseJobId('j');

/** The bytes of a sound chain. */
function chainOf(length: number): { n: number; kind: EventKind; bytes: Uint8Array }[] {
  let previous = chainStart;
  return Array.from({ length }, (_, i) => {
    const kind = i === length - 1 ? 'completed' : 'phase';
    const bytes = encodeEvent(eventOf('j', i + 1, kind, previous, { i, from: 'a', to: 'b' }));
    previous = sha256Hex(bytes);
    return { n: i + 1, kind, bytes };
  });
}

async function reported(
  stored: readonly { n: number; kind: EventKind; bytes: Uint8Array }[],
  told: { events: number; head: string; unpublished?: number },
) {
  const { bus } = memoryCluster();
  for (const { n, kind, bytes } of stored) {
    await bus.journal.append(bus.subjects.event(id, n, kind), bytes);
  }
  const view = { id, unpublished: 0, ...told } as unknown as JobView;
  return checkChain(await readChain(bus, id), view, told.events);
}

const headOf = (chain: readonly { bytes: Uint8Array }[]) =>
  sha256Hex(chain.at(-1)?.bytes ?? new Uint8Array());

describe('chain of a job', () => {
  it('is sound from the first event to the one that the record names', async () => {
    const chain = chainOf(5);
    const report = await reported(chain, { events: 5, head: headOf(chain) });
    expect(report).toEqual({ job: 'j', sound: true, events: 5, head: headOf(chain), faults: [] });
  });

  it('[F18] any flipped bit is found, and named by its event', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.nat({ max: 5 }),
        fc.nat(),
        fc.nat({ max: 7 }),
        async (length, which, where, bit) => {
          const chain = chainOf(length);
          const head = headOf(chain);
          const at = which % length;
          const entry = chain[at] as (typeof chain)[0];
          const bytes = Uint8Array.from(entry.bytes);
          const place = where % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
          const changed = chain.with(at, { ...entry, bytes });
          const report = await reported(changed, { events: length, head });
          expect(report.sound).toBe(false);
          // By itself, or by the next one that does not follow from it.
          expect([at + 1, at + 2]).toContain(report.faults[0]?.n);
          expect(report.faults[0]?.message).toMatch(/event \d+ of job "j"/);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('names an event that is missing in the middle, and at the end', async () => {
    const chain = chainOf(5);
    const told = { events: 5, head: headOf(chain) };
    const middle = await reported(chain.toSpliced(2, 1), told);
    expect(middle.faults).toMatchObject([
      { n: 3, message: expect.stringMatching(/event 3 of job "j" is missing/) },
    ]);
    expect((await reported(chain.slice(0, 4), told)).faults).toMatchObject([
      { n: 5, message: 'event 5 of job "j" missing: its record counts 5, the log has 4' },
    ]);
    expect((await reported([], told)).faults[0]?.n).toBe(1);
  });

  it('takes no event that waits to be published for a missing one', async () => {
    const chain = chainOf(5);
    const told = { events: 5, head: headOf(chain), unpublished: 2 };
    expect((await reported(chain.slice(0, 3), told)).sound).toBe(true);
    expect((await reported(chain.slice(0, 2), told)).sound).toBe(false);
  });

  it('names what was slipped in: a second event of one number, and one too many', async () => {
    const chain = chainOf(3);
    const told = { events: 3, head: headOf(chain) };
    const forged = encodeEvent(eventOf('j', 2, 'cancelled', chainStart));
    const twice = [...chain, { n: 2, kind: 'cancelled' as const, bytes: forged }];
    expect((await reported(twice, told)).faults).toMatchObject([
      { n: 2, message: expect.stringMatching(/twice/) },
    ]);
    const [first, second] = chainOf(3);
    const short = { events: 2, head: sha256Hex(second?.bytes ?? new Uint8Array()) };
    expect(first).toBeDefined();
    expect((await reported(chain, short)).faults).toMatchObject([
      { n: 3, message: expect.stringMatching(/none of its/) },
    ]);
  });

  it('names a whole other chain under the same name', async () => {
    const chain = chainOf(3);
    const report = await reported(chain, { events: 3, head: 'f'.repeat(64) });
    expect(report.faults).toMatchObject([
      { n: 3, message: expect.stringMatching(/not the one of its record/) },
    ]);
  });

  it('is verified by the handle, which also ends a reading at a hole', async () => {
    const { bus, client } = memoryCluster();
    const chain = chainOf(4);
    for (const { n, kind, bytes } of chain.toSpliced(1, 1)) {
      await bus.journal.append(bus.subjects.event(id, n, kind), bytes);
    }
    answerJobs(bus, { events: 4, unpublished: 0, head: headOf(chain) });
    expect(await client.job('j').verify()).toMatchObject({ sound: false, faults: [{ n: 2 }] });
    const read = async () => {
      for await (const _ of client.job('j').events({ follow: false }));
    };
    await expect(read()).rejects.toMatchObject({ code: 'broken-chain', n: 2 });
    const { story, broken, live } = await client.job('j').explain();
    expect(broken).toMatchObject({ n: 2 });
    expect(story.n).toBe(1);
    expect(live).not.toBeNull();
  });
});
