/**
 * What every `Transport` must do.
 */
import { describe, expect, it } from 'vitest';
import { NoRespondersError, TimeoutError } from '../../runtime/errors.ts';
import { limits } from '../../schemas/limits.ts';
import { bytesOf, failure, type Harness, textOf } from './harness.ts';

export function runTransportCases(make: () => Promise<Harness>): void {
  describe('transport', () => {
    it('delivers in order, with headers, and never in the sender’s own turn', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      const got: string[] = [];
      const own: string[] = [];
      b.transport.subscribe('x.*', (m) =>
        got.push(`${m.subject} ${textOf(m.bytes)} ${m.headers.k}`),
      );
      a.transport.subscribe('x.1', (m) => own.push(textOf(m.bytes)));
      await Promise.all([a.transport.ping(1_000), b.transport.ping(1_000)]);
      for (let i = 0; i < 100; i += 1) a.transport.publish('x.1', bytesOf(`${i}`), { k: 'v' });
      expect(own).toEqual([]);
      await broker.until(() => got.length === 100 && own.length === 100);
      expect(got).toEqual(Array.from({ length: 100 }, (_, i) => `x.1 ${i} v`));
    });

    it('keeps no reference to the bytes that it was given', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      const got: string[] = [];
      b.transport.subscribe('x', (m) => got.push(textOf(m.bytes)));
      await b.transport.ping(1_000);
      const buffer = bytesOf('first');
      a.transport.publish('x', buffer);
      buffer.set(bytesOf('wrong'));
      await broker.until(() => got.length === 1);
      expect(got).toEqual(['first']);
    });

    it('gives each message to one member of a queue', async () => {
      await using broker = await make();
      const buses = await Promise.all(['a', 'b', 'c'].map((name) => broker.connect(name)));
      const got = [0, 0, 0];
      for (const [i, bus] of buses.entries()) {
        bus.transport.subscribe('work', () => (got[i] = (got[i] ?? 0) + 1), 'group');
        await bus.transport.ping(1_000);
      }
      for (let i = 0; i < 60; i += 1) buses[0]?.transport.publish('work', bytesOf(`${i}`));
      await broker.until(() => got.reduce((sum, n) => sum + n, 0) === 60);
      expect(Math.max(...got)).toBeLessThan(60);
    });

    it('answers a request, and at once says when nobody listens', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      const subscription = b.transport.subscribe('ask', (m) =>
        m.respond(bytesOf(`${textOf(m.bytes)}!`), { from: 'b' }),
      );
      await b.transport.ping(1_000);
      const answer = await a.transport.request('ask', bytesOf('hello'), { timeoutMs: 1_000 });
      expect([textOf(answer.bytes), answer.headers.from]).toEqual(['hello!', 'b']);
      subscription.unsubscribe();
      await b.transport.ping(1_000);
      const start = broker.nowMs();
      const request = a.transport.request('ask', bytesOf('hello'), { timeoutMs: 5_000 });
      expect(await failure(request)).toBeInstanceOf(NoRespondersError);
      expect(broker.nowMs() - start).toBeLessThan(1_000);
    });

    it('says that nobody listens once the process that did is gone', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      b.transport.subscribe('ask', (m) => m.respond(bytesOf('here')));
      await b.transport.ping(1_000);
      await a.transport.request('ask', bytesOf(''), { timeoutMs: 1_000 });
      await b.close();
      const request = a.transport.request('ask', bytesOf(''), { timeoutMs: 5_000 });
      expect(await failure(request)).toBeInstanceOf(NoRespondersError);
    });

    it('gives up on a request that is heard but not answered', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      b.transport.subscribe('ask', () => {});
      await b.transport.ping(1_000);
      const start = broker.nowMs();
      const request = a.transport.request('ask', bytesOf(''), { timeoutMs: 100 });
      expect(await failure(broker.pass(request))).toBeInstanceOf(TimeoutError);
      expect(broker.nowMs() - start).toBeGreaterThanOrEqual(90);
    });

    it('refuses a payload that is too large, with both numbers', async () => {
      await using broker = await make();
      const a = await broker.connect('a');
      const large = new Uint8Array(limits.payloadMax + 1);
      const request = a.transport.request('x', large, { timeoutMs: 100 });
      expect(await failure(request)).toMatchObject({ code: 'too-large' });
      expect(() => a.transport.publish('x', large)).toThrow(
        new RegExp(`${limits.payloadMax + 1} bytes.*${limits.payloadMax}`),
      );
    });

    it('[P22] comes back after a restart of the broker, with its subscriptions', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      const states: string[] = [];
      const got: string[] = [];
      a.onLink((state) => states.push(state));
      b.transport.subscribe('x', (m) => got.push(textOf(m.bytes)));
      await b.transport.ping(1_000);
      await broker.kill();
      await broker.until(() => !a.transport.connected() && !b.transport.connected());
      a.transport.publish('x', bytesOf('lost'));
      const while_ = a.transport.request('x', bytesOf(''), { timeoutMs: 100 });
      expect(await failure(while_)).toMatchObject({ code: 'disconnected' });
      await broker.start();
      await broker.until(() => a.transport.connected() && b.transport.connected());
      await Promise.all([a.transport.ping(1_000), b.transport.ping(1_000)]);
      a.transport.publish('x', bytesOf('after'));
      await broker.until(() => got.length > 0);
      expect(got).toEqual(['after']);
      expect(states).toEqual(['disconnected', 'connected']);
    });
  });
}
