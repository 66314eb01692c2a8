/**
 * What can be done to the memory broker that cannot be done to a real one at will.
 */
import { describe, expect, it } from 'vitest';
import { NoRespondersError, TimeoutError } from '../../runtime/errors.ts';
import { InlineCompute } from '../../runtime/memory/inline-compute.ts';
import { ManualClock, settle } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { JobId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { bytesOf, failure, textOf } from '../contract/harness.ts';

function make() {
  const clock = new ManualClock();
  const broker = new MemoryBroker({ clock, random: new SeededRandom(7) });
  const connect = (name: string) => broker.connect({ name, clock: clock.child() });
  return { clock, broker, connect };
}

describe('faults', () => {
  it('a lost call times out and has done nothing; a lost answer times out and has', async () => {
    const { clock, broker, connect } = make();
    const a = connect('a');
    broker.faults = (hop) => (hop.kind === 'call' ? 'drop' : 'deliver');
    const lost = failure(a.store.create('jobs', 'j', bytesOf('1')));
    await clock.advance(limits.storeMs);
    expect(await lost).toBeInstanceOf(TimeoutError);
    broker.faults = (hop) => (hop.kind === 'answer' ? 'drop' : 'deliver');
    const unknown = failure(a.store.create('jobs', 'k', bytesOf('1')));
    await clock.advance(limits.storeMs);
    expect(await unknown).toBeInstanceOf(TimeoutError);
    broker.faults = null;
    expect(await a.store.get('jobs', 'j')).toBeUndefined();
    expect(await a.store.get('jobs', 'k')).toBeDefined();
    expect(broker.dropped).toBe(2);
  });

  it('[F8] a removal that comes late takes nothing that was stored after it was begun', async () => {
    const { clock, broker, connect } = make();
    const [a, b] = [connect('a'), connect('b')];
    const { subjects } = a;
    const event = (n: number) => subjects.event('j' as JobId, n, 'accepted');
    await a.store.create('tasks', 'j.train.0', bytesOf('old'));
    await a.journal.append(event(1), bytesOf('old'));
    broker.faults = ({ subject }) =>
      subject.startsWith('purge') ? { delayMs: 20_000 } : 'deliver';
    const removals = [
      failure(a.store.purge('tasks', 'j.')),
      failure(a.journal.purge(subjects.eventsOf('j' as JobId))),
    ];
    await clock.advance(limits.storeMs);
    for (const removal of removals) expect(await removal).toBeInstanceOf(TimeoutError);
    // Meanwhile somebody else has removed the same, and begun anew.
    broker.faults = null;
    await b.store.purge('tasks', 'j.');
    await b.journal.purge(subjects.eventsOf('j' as JobId));
    await b.store.create('tasks', 'j.train.0', bytesOf('new'));
    await b.journal.append(event(1), bytesOf('new'), { expectEmpty: true });
    await clock.advance(30_000);
    const kept = (await b.store.list('tasks', 'j.')).map(({ value }) => textOf(value));
    for await (const { bytes } of b.journal.read(event(1), { follow: false }))
      kept.push(textOf(bytes));
    expect(kept).toEqual(['new', 'new']);
  });

  it('delays keep the order from one sender to one receiver', async () => {
    const { clock, broker, connect } = make();
    const [a, b] = [connect('a'), connect('b')];
    const random = new SeededRandom(3);
    broker.faults = () => ({ delayMs: Math.floor(random.next() * 50) });
    const got: string[] = [];
    b.transport.subscribe('x', (message) => got.push(textOf(message.bytes)));
    await settle();
    for (let i = 0; i < 50; i += 1) a.transport.publish('x', bytesOf(`${i}`));
    await settle();
    expect(got.length).toBeLessThan(50);
    await clock.advance(60);
    expect(got).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
  });

  it('doubles messages where asked to', async () => {
    const { broker, connect } = make();
    const [a, b] = [connect('a'), connect('b')];
    broker.faults = (hop) => (hop.subject === 'x' ? { copies: 2 } : 'deliver');
    const got: string[] = [];
    b.transport.subscribe('x', (message) => got.push(textOf(message.bytes)));
    await settle();
    a.transport.publish('x', bytesOf('1'));
    await settle();
    expect(got).toEqual(['1', '1']);
  });

  it('cuts one pair of nodes and no other', async () => {
    const { broker, connect } = make();
    const [a, b, c] = [connect('a'), connect('b'), connect('c')];
    const got: string[] = [];
    for (const [name, bus] of [
      ['b', b],
      ['c', c],
    ] as const) {
      bus.transport.subscribe('x', () => got.push(name));
    }
    await settle();
    broker.faults = (hop) => (hop.from === 'a' && hop.to === 'b' ? 'drop' : 'deliver');
    a.transport.publish('x', bytesOf('1'));
    await settle();
    expect(got).toEqual(['c']);
  });
});

describe('processes', () => {
  it('a killed one is heard of at once by who asks it, and its calls and timers never end', async () => {
    const { clock, broker } = make();
    const own = clock.child();
    const b = broker.connect({ name: 'b', clock: own });
    const a = broker.connect({ name: 'a' });
    const after: string[] = [];
    b.transport.subscribe('ask', (message) => message.respond(bytesOf('here')));
    own.after(100, () => after.push('timer'));
    await settle();
    await a.transport.request('ask', bytesOf(''), { timeoutMs: 100 });
    broker.kill('b');
    const call = b.store.get('jobs', 'j').finally(() => after.push('call'));
    call.catch(() => {});
    const request = a.transport.request('ask', bytesOf(''), { timeoutMs: 100 });
    expect(await failure(request)).toBeInstanceOf(NoRespondersError);
    await clock.advance(10_000);
    expect(after).toEqual([]);
  });

  it('a frozen one answers nothing, and wakes up to all that came meanwhile', async () => {
    const { clock, broker } = make();
    const own = clock.child();
    const b = broker.connect({ name: 'b', clock: own });
    const a = broker.connect({ name: 'a' });
    const got: string[] = [];
    b.transport.subscribe('ask', (message) => {
      got.push(textOf(message.bytes));
      message.respond(bytesOf('late'));
    });
    own.after(500, () => got.push('timer'));
    await settle();
    broker.freeze('b');
    const request = failure(a.transport.request('ask', bytesOf('q'), { timeoutMs: 1_000 }));
    await clock.advance(5_000);
    expect(await request).toBeInstanceOf(TimeoutError);
    expect(got).toEqual([]);
    broker.thaw('b');
    await settle();
    expect(got).toEqual(['timer', 'q']);
  });

  it('a disconnected one loses core messages and catches up on records', async () => {
    const { broker, connect } = make();
    const [a, b] = [connect('a'), connect('b')];
    const got: string[] = [];
    b.transport.subscribe('x', (message) => got.push(textOf(message.bytes)));
    await b.store.watch('jobs', '', (change) => got.push(`${change.key}@${change.revision}`));
    broker.disconnect('b');
    a.transport.publish('x', bytesOf('lost'));
    await a.store.create('jobs', 'j', bytesOf('1'));
    await settle();
    expect(got).toEqual([]);
    broker.reconnect('b');
    await settle();
    expect(got).toEqual(['j@1']);
    a.transport.publish('x', bytesOf('heard'));
    await settle();
    expect(got).toEqual(['j@1', 'heard']);
  });

  it('the full stream of submissions refuses an append and swallows a plain message', async () => {
    const { connect } = make();
    const a = connect('a');
    for (let i = 0; i < 10_000; i += 1) a.transport.publish('jobs.submit', bytesOf('{}'));
    await settle();
    const refused = a.journal.append('jobs.submit', bytesOf('{}'));
    expect(await failure(refused)).toMatchObject({ code: 'stream-full', family: 'retryable' });
    a.transport.publish('jobs.submit', bytesOf('{}'));
    const answer = await a.transport.request('jobs.submit', bytesOf('{}'), { timeoutMs: 100 });
    expect(textOf(answer.bytes)).toContain('full');
  });
});

describe('clock, random and compute', () => {
  it('the same seed gives the same numbers', () => {
    const draw = (seed: number) => {
      const random = new SeededRandom(seed);
      return [random.next(), random.next(), random.token(12)];
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  it('advancing lets a chain of promises end before the next timer runs', async () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.after(10, async () => {
      for (let i = 0; i < 1_000; i += 1) await null;
      log.push('chain');
    });
    clock.after(10, () => log.push('next'));
    expect(await clock.advanceUntil(() => log.length === 2, 100)).toBe(true);
    expect(log).toEqual(['chain', 'next']);
    expect(clock.nowMs()).toBe(10);
    expect(await clock.advanceUntil(() => false, 100)).toBe(false);
  });

  it('calls take their time on the clock, and wait for a slot', async () => {
    const clock = new ManualClock();
    const compute = new InlineCompute({
      slots: 1,
      clock,
      functions: { work: (input) => input },
      durationMs: () => 100,
    });
    const done: unknown[] = [];
    for (const n of [1, 2]) void compute.run('work', n).then((value) => done.push(value));
    await clock.advance(99);
    expect(done).toEqual([]);
    await clock.advance(1);
    expect(done).toEqual([1]);
    await clock.advance(100);
    expect(done).toEqual([1, 2]);
    await expect(compute.run('unknown', 1)).rejects.toMatchObject({ code: 'unknown-function' });
    await compute.stop();
  });
});
