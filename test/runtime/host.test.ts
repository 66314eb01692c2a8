/** The host loop: persist before send before settle, crashes in between, conflicts, supervision. */
import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../runtime/errors.ts';
import { type EffectClass, Host } from '../../runtime/host.ts';
import { ManualClock, settle } from '../../runtime/memory/manual-clock.ts';
import { BugError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';

/** What outlives a process: the record, what was sent, and the queue of inputs not yet settled. */
interface World {
  record: { sum: number; handled: number[]; outbox: number[] };
  revision: number;
  readonly sent: number[];
  readonly queue: Map<number, number>;
  /** Everything that touched the world, in order. */
  readonly done: string[];
}

type Event =
  | { type: 'input'; id: number; n: number }
  | { type: 'flushed'; ids: number[] }
  | { type: 'conflict' }
  | { type: 'throw' };

type Effect =
  | { type: 'persist'; record: World['record']; revision: number }
  | { type: 'send'; id: number }
  | { type: 'settle'; id: number }
  | { type: 'start'; name: string };

interface State {
  record: World['record'];
  revision: number;
  dirty: boolean;
  /** What it believes was never stored. */
  deposed: boolean;
}

function world(inputs: readonly number[]): World {
  return {
    record: { sum: 0, handled: [], outbox: [] },
    revision: 1,
    sent: [],
    queue: new Map(inputs.map((n, id) => [id, n])),
    done: [],
  };
}

interface Options {
  /** Called before each effect; a promise that never resolves is the death of the process. */
  readonly before?: (effect: Effect) => void | Promise<void>;
  readonly onLoad?: () => void;
  readonly onStep?: (event: Event) => void;
}

/** An actor that sums its inputs, remembers which, and tells of each of them once it is stored. */
function summing(world: World, clock: ManualClock, logs: string[], options: Options = {}) {
  const host = new Host<State, Event, Effect>(
    {
      name: 'summing',
      async load() {
        options.onLoad?.();
        return {
          record: structuredClone(world.record),
          revision: world.revision,
          dirty: false,
          deposed: false,
        };
      },
      step(state, event) {
        const { record } = state;
        options.onStep?.(event);
        if (event.type === 'throw') throw new TypeError('broken invariant');
        if (event.type === 'conflict') state.deposed = true;
        if (event.type === 'conflict') return { state, effects: [] };
        if (event.type === 'flushed') {
          record.outbox = record.outbox.filter((id) => !event.ids.includes(id));
          return { state, effects: [] };
        }
        if (!record.handled.includes(event.id)) {
          record.sum += event.n;
          record.handled.push(event.id);
          record.outbox.push(event.id);
          state.dirty = true;
        }
        return { state, effects: [{ type: 'settle', id: event.id }] };
      },
      flush(state) {
        if (state.deposed) return [];
        const sends = state.record.outbox.map((id): Effect => ({ type: 'send', id }));
        if (!state.dirty) return sends;
        state.dirty = false;
        const { revision } = state;
        state.revision += 1;
        // Listed last on purpose: the class decides, not the place.
        return [
          ...sends,
          { type: 'persist', record: structuredClone(state.record), revision },
          { type: 'start', name: 'after' },
        ];
      },
      classOf: (effect): EffectClass => effect.type,
      async perform(effect, emit) {
        await options.before?.(effect);
        world.done.push(effect.type === 'start' ? `start ${effect.name}` : effect.type);
        if (effect.type === 'persist') {
          if (effect.revision !== world.revision) throw new ConflictError('record');
          world.revision += 1;
          world.record = structuredClone(effect.record);
        } else if (effect.type === 'send') {
          world.sent.push(effect.id);
          emit({ type: 'flushed', ids: [effect.id] });
        } else if (effect.type === 'settle') world.queue.delete(effect.id);
      },
      conflict: (): Event => ({ type: 'conflict' }),
    },
    { clock, log: (level, message) => logs.push(`${level} ${message}`) },
  );
  return host;
}

function deliver(world: World, host: Host<State, Event, Effect>): void {
  for (const [id, n] of world.queue) host.emit({ type: 'input', id, n });
}

const never = () => new Promise<void>(() => {});

describe('host', () => {
  it('persists, then sends, then settles, then starts; a burst is one write', async () => {
    const there = world([1, 2, 3]);
    const host = summing(there, new ManualClock(), []);
    deliver(there, host);
    await host.stop();
    expect(there.done.slice(0, 8)).toEqual([
      'persist',
      ...['send', 'send', 'send'],
      ...['settle', 'settle', 'settle'],
      'start after',
    ]);
    expect(there.record).toMatchObject({ sum: 6, handled: [0, 1, 2] });
    expect(there.queue.size).toBe(0);
  });

  for (const kind of ['persist', 'send', 'settle', 'start'] as const) {
    for (const when of ['before', 'after'] as const) {
      it(`[P96] loses and doubles nothing when the process dies ${when} it ${kind}s`, async () => {
        const there = world([1, 2, 3]);
        const clock = new ManualClock();
        let dead = false;
        const first = summing(there, clock, [], {
          before(effect) {
            if (dead) return never();
            if (effect.type !== kind) return undefined;
            if (when === 'before') {
              dead = true;
              return never();
            }
            // Dying after an effect is dying before whatever comes next.
            queueMicrotask(() => {
              dead = true;
            });
            return undefined;
          },
        });
        deliver(there, first);
        await settle();
        // What was settled must be in the record, and what was sent, too.
        const settled = [0, 1, 2].filter((id) => !there.queue.has(id));
        for (const id of [...settled, ...there.sent]) expect(there.record.handled).toContain(id);
        const second = summing(there, clock, []);
        deliver(there, second);
        await second.stop();
        // With nothing left in the queue a last input makes the next process flush its outbox.
        there.queue.set(3, 4);
        const third = summing(there, clock, []);
        deliver(there, third);
        await third.stop();
        expect(there.record).toMatchObject({ sum: 10, handled: [0, 1, 2, 3] });
        expect([...new Set(there.sent)].sort()).toEqual([0, 1, 2, 3]);
        expect(there.queue.size).toBe(0);
      });
    }
  }

  it('drops sends and settlements of a batch whose write lost, and tells the actor', async () => {
    const there = world([1]);
    const logs: string[] = [];
    const heard: string[] = [];
    const host = summing(there, new ManualClock(), logs, {
      before(effect) {
        if (effect.type !== 'persist') return;
        // Something else comes in meanwhile; the lost write is heard of first.
        there.revision = 7;
        host.emit({ type: 'flushed', ids: [0] });
      },
      onStep: ({ type }) => heard.push(type),
    });
    deliver(there, host);
    await settle();
    await host.stop();
    expect(there.done).toEqual(['persist']);
    expect(there.sent).toEqual([]);
    expect(there.queue.size).toBe(1);
    expect(heard).toEqual(['input', 'conflict', 'flushed']);
    expect(logs).toEqual([]);
  });

  it('[P96] [P20] restarts an actor that throws, from its records, and goes on', async () => {
    const there = world([5]);
    const logs: string[] = [];
    let loads = 0;
    const host = summing(there, new ManualClock(), logs, { onLoad: () => (loads += 1) });
    deliver(there, host);
    await settle();
    host.emit({ type: 'throw' });
    await settle();
    there.queue.set(9, 7);
    deliver(there, host);
    await host.stop();
    expect(loads).toBe(2);
    expect(there.record.sum).toBe(12);
    expect(logs).toEqual(['error actor crashed']);
  });

  it('[P96] gives up on an actor that keeps crashing, and says why', async () => {
    const there = world([]);
    let loads = 0;
    const host = summing(there, new ManualClock(), [], { onLoad: () => (loads += 1) });
    for (let i = 0; i <= limits.restartsMax; i++) {
      host.emit({ type: 'throw' });
      await settle();
    }
    await expect(host.stopped).rejects.toThrow('broken invariant');
    expect(loads).toBe(limits.restartsMax + 1);
  });

  it('bears any number of crashes that are far enough apart', async () => {
    const clock = new ManualClock();
    const there = world([]);
    let loads = 0;
    const host = summing(there, clock, [], { onLoad: () => (loads += 1) });
    for (let i = 0; i < 3 * limits.restartsMax; i++) {
      host.emit({ type: 'throw' });
      await settle();
      await clock.advance(limits.restartWindowMs / limits.restartsMax + 1);
    }
    await host.stop();
    expect(loads).toBe(3 * limits.restartsMax + 1);
  });

  it('takes a lost send for a lost message, and a bug in one for something to report', async () => {
    for (const [error, logged] of [
      [new ConflictError('x'), 'debug effect not delivered'],
      [new BugError('x', 'x'), 'error effect failed'],
    ] as const) {
      const there = world([1]);
      const logs: string[] = [];
      let failed = false;
      const host = summing(there, new ManualClock(), logs, {
        before(effect) {
          if (effect.type !== 'send' || failed) return;
          failed = true;
          throw error;
        },
      });
      deliver(there, host);
      await host.stop();
      expect(there.queue.size).toBe(0);
      expect(logs).toEqual([logged]);
    }
  });

  it('refuses events when the mailbox is full, and says so', async () => {
    const logs: string[] = [];
    const there = world([]);
    const host = summing(there, new ManualClock(), logs, { onLoad: () => {} });
    for (let i = 0; i <= limits.mailboxMax; i++) host.emit({ type: 'conflict' });
    expect(host.mailbox.refused).toBe(1);
    expect(logs).toEqual(['warn mailbox full: event refused']);
    await host.stop();
  });

  it('stops once, however often it is told, and waits for what it has started', async () => {
    const there = world([1]);
    let finish = () => {};
    const host = summing(there, new ManualClock(), [], {
      before(effect) {
        if (effect.type !== 'start') return undefined;
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    deliver(there, host);
    await settle();
    const stops = Promise.all([host.stop(), host.stop()]);
    await settle();
    expect(there.done).not.toContain('start after');
    finish();
    await stops;
    expect(there.done).toContain('start after');
    await host.stop();
  });
});
