/**
 * Writes that the coordinator insists on: one whose answer was lost is recognised as its own, one
 * that another has beaten is not made again, and an event that is in the log stays as it is.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { newBreakers } from '../../actors/coordinator/breakers.ts';
import type { PerformContext, Unstamped } from '../../actors/coordinator/perform.ts';
import { publishEvents, storeJob } from '../../actors/coordinator/record-writes.ts';
import type { Bus } from '../../runtime/bus.ts';
import { ConflictError } from '../../runtime/errors.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import type { Hop } from '../../runtime/memory/memory-network.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { Metrics } from '../../runtime/metrics.ts';
import type { JobId } from '../../schemas/ids.ts';

const job = 'j' as JobId;
const [mine, theirs] = [new Uint8Array([1]), new Uint8Array([2])];
let clock: ManualClock;
let broker: MemoryBroker;
let bus: Bus;
let context: PerformContext;
let told: Unstamped[];

beforeEach(() => {
  clock = new ManualClock();
  broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
  bus = broker.connect({ name: 'c1' });
  told = [];
  context = {
    ...{ bus, clock, breakers: newBreakers(), metrics: new Metrics() },
    ...{ log: () => {}, halting: () => false, mayAct: () => true },
  } as unknown as PerformContext;
});

/** Loses the first hop of this kind. */
function loseFirst(kind: Hop['kind']): void {
  let lost = false;
  broker.faults = (hop) => {
    if (lost || hop.kind !== kind || !hop.subject.startsWith('write')) return 'deliver';
    lost = true;
    return 'drop';
  };
}

/** What the work comes to within ten seconds. */
async function outcome<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  await clock.advanceUntil(() => over, 10_000);
  return work;
}

const write = (bytes: Uint8Array, revision: number) =>
  storeJob(context, { type: 'store-job', job, bytes, revision } as never, (event) =>
    told.push(event),
  );

describe('a record of a job', () => {
  it.each(['call', 'answer'] as const)(
    '[P97] [F22] is written once when the first %s is lost',
    async (kind) => {
      loseFirst(kind);
      expect(await outcome(write(mine, 0))).toBe(1);
      expect((await outcome(bus.store.get('jobs', job)))?.value).toEqual(mine);
    },
  );

  it('[P53] that another leader has written is not written over, and the loser is told', async () => {
    await outcome(bus.store.create('jobs', job, theirs));
    await expect(outcome(write(mine, 0))).rejects.toThrow(ConflictError);
    await expect(outcome(write(mine, 7))).rejects.toThrow(ConflictError);
    expect((await outcome(bus.store.get('jobs', job)))?.value).toEqual(theirs);
  });

  it('[F15] is written as soon as the disk has room again', async () => {
    broker.full = true;
    clock.after(3_000, () => {
      broker.full = false;
    });
    expect(await outcome(write(mine, 0))).toBe(1);
  });
});

it('[F22] an event whose answer was lost is in the log once, and known to be', async () => {
  const event = { job, n: 1, kind: 'accepted', json: mine };
  const effect = { type: 'publish-events', job, events: [event] } as never;
  const publish = () => publishEvents(context, effect, (each) => told.push(each));
  loseFirst('answer');
  await expect(outcome(publish())).rejects.toThrow('did not answer');
  await outcome(publish());
  expect(told).toMatchObject([{ type: 'events-published', n: 1 }]);
  let count = 0;
  for await (const _ of bus.journal.read(bus.subjects.eventsOf(job), { follow: false })) count += 1;
  expect(count).toBe(1);
});
