/**
 * What every `Journal` must do.
 */
import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../runtime/errors.ts';
import type { Delivery } from '../../runtime/ports/journal.ts';
import { parseJobId } from '../../schemas/ids.ts';
import { bytesOf, failure, type Harness, textOf } from './harness.ts';

const job = parseJobId('j');

export function runJournalCases(make: () => Promise<Harness>): void {
  describe('journal', () => {
    it('numbers what it stores and hands it back, oldest first', async () => {
      await using broker = await make();
      const { journal, subjects } = await broker.connect('a');
      for (let n = 1; n <= 5; n += 1) {
        const headers = { traceparent: `t${n}` };
        await journal.append(subjects.event(job, n, 'accepted'), bytesOf(`${n}`), { headers });
      }
      await journal.append(subjects.event(parseJobId('other'), 1, 'accepted'), bytesOf('no'));
      const read: string[] = [];
      let last = 0;
      for await (const entry of journal.read(subjects.eventsOf(job), { follow: false })) {
        expect(entry.seq).toBeGreaterThan(last);
        last = entry.seq;
        read.push(`${textOf(entry.bytes)} ${entry.headers.traceparent}`);
      }
      expect(read).toEqual(['1 t1', '2 t2', '3 t3', '4 t4', '5 t5']);
      const rest: string[] = [];
      const from = { follow: false, fromSeq: last };
      for await (const entry of journal.read(subjects.eventsOf(job), from)) {
        rest.push(textOf(entry.bytes));
      }
      expect(rest).toEqual(['5']);
    });

    it('stores on an empty subject only, when asked to', async () => {
      await using broker = await make();
      const { journal, subjects } = await broker.connect('a');
      const subject = subjects.event(job, 1, 'accepted');
      await journal.append(subject, bytesOf('a'), { expectEmpty: true });
      const again = journal.append(subject, bytesOf('b'), { expectEmpty: true });
      expect(await failure(again)).toBeInstanceOf(ConflictError);
      await journal.purge(subjects.eventsOf(job));
      await journal.append(subject, bytesOf('c'), { expectEmpty: true });
    });

    it('stores an id once, and does not confuse two appends', async () => {
      await using broker = await make();
      const { journal, subjects } = await broker.connect('a');
      const first = await journal.append(subjects.submit, bytesOf('a'), { id: 'one' });
      const again = await journal.append(subjects.submit, bytesOf('a'), { id: 'one' });
      const plain = await journal.append(subjects.submit, bytesOf('b'));
      expect(again).toEqual({ seq: first.seq, duplicate: true });
      expect(plain.duplicate).toBe(false);
      expect(plain.seq).toBeGreaterThan(first.seq);
    });

    it('stores once what has an id and an expectation, whichever it looks at first', async () => {
      await using broker = await make();
      const { journal, subjects } = await broker.connect('a');
      const options = { id: 'x', expectEmpty: true };
      await journal.append(subjects.event(job, 1, 'accepted'), bytesOf('a'), options);
      // Releases of nats-server differ: a repeat is a duplicate to some, a conflict to others.
      const again = journal.append(subjects.event(job, 1, 'accepted'), bytesOf('a'), options);
      const outcome = await again.catch((error: unknown) => error);
      if (!(outcome instanceof ConflictError)) expect(outcome).toMatchObject({ duplicate: true });
      const stored: string[] = [];
      for await (const entry of journal.read(subjects.eventsOf(job), { follow: false })) {
        stored.push(textOf(entry.bytes));
      }
      expect(stored).toEqual(['a']);
    });

    it('follows: what is there, then what comes, until told to stop', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      await a.journal.append(a.subjects.event(job, 1, 'accepted'), bytesOf('1'));
      const stop = new AbortController();
      const read: string[] = [];
      const options = { follow: true, signal: stop.signal };
      const reading = (async () => {
        for await (const entry of b.journal.read(b.subjects.eventsOf(job), options)) {
          read.push(textOf(entry.bytes));
        }
      })();
      await broker.until(() => read.length === 1);
      await a.journal.append(a.subjects.event(job, 2, 'planned'), bytesOf('2'));
      await broker.until(() => read.length === 2);
      stop.abort();
      await broker.pass(reading);
      expect(read).toEqual(['1', '2']);
    });

    it('[P97] goes on following after a restart of the broker, missing and doubling nothing', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      const stop = new AbortController();
      const read: string[] = [];
      const options = { follow: true, signal: stop.signal };
      const reading = (async () => {
        for await (const entry of b.journal.read(b.subjects.eventsOf(job), options)) {
          read.push(textOf(entry.bytes));
        }
      })();
      for (let n = 1; n <= 3; n += 1) {
        await a.journal.append(a.subjects.event(job, n, 'accepted'), bytesOf(`${n}`));
      }
      await broker.until(() => read.length === 3);
      await broker.kill();
      await broker.until(() => !a.transport.connected());
      await broker.start();
      await broker.until(() => a.transport.connected());
      await a.journal.append(a.subjects.event(job, 4, 'accepted'), bytesOf('4'));
      await broker.until(() => read.length >= 4);
      stop.abort();
      await broker.pass(reading);
      expect(read).toEqual(['1', '2', '3', '4']);
    });

    it('hears what was published to a stream’s subject without it', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      const heard: string[] = [];
      b.transport.subscribe('jobs.>', (message) => heard.push(message.subject));
      await b.transport.ping(1_000);
      a.transport.publish(a.subjects.submit, bytesOf('{}'));
      const ack = await a.transport.request(a.subjects.submit, bytesOf('{}'), { timeoutMs: 1_000 });
      expect(JSON.parse(textOf(ack.bytes))).toMatchObject({ stream: 'SHOAL_JOBS', seq: 2 });
      await a.journal.append(a.subjects.event(job, 1, 'accepted'), bytesOf('{}'));
      await broker.until(() => heard.length === 3);
      expect(heard.at(-1)).toBe('jobs.j.events.1.accepted');
    });
  });

  describe('queue of submissions', () => {
    it('hands out each entry, and never again once it is acknowledged', async () => {
      await using broker = await make();
      const { journal, subjects } = await broker.connect('a');
      for (let i = 0; i < 20; i += 1) await journal.append(subjects.submit, bytesOf(`${i}`));
      const got: string[] = [];
      let acked = 0;
      const consumption = await journal.consume('submissions', 4, (delivery) => {
        got.push(textOf(delivery.bytes));
        void delivery.ack().then(() => {
          acked += 1;
        });
      });
      await broker.until(() => acked === 20);
      expect(got).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
      await consumption.stop();
    });

    it('keeps no more than its bound unsettled', async () => {
      await using broker = await make();
      const { journal, subjects, transport } = await broker.connect('a');
      for (let i = 0; i < 10; i += 1) await journal.append(subjects.submit, bytesOf(`${i}`));
      const held: Delivery[] = [];
      const consumption = await journal.consume('submissions', 3, (d) => held.push(d));
      await broker.until(() => held.length === 3);
      await transport.ping(1_000);
      expect(held).toHaveLength(3);
      await held[0]?.ack();
      await broker.until(() => held.length === 4);
      await consumption.stop();
    });

    it('hands out again after a nak, later, and counts', async () => {
      await using broker = await make();
      const { journal, subjects } = await broker.connect('a');
      await journal.append(subjects.submit, bytesOf('x'));
      const at: number[] = [];
      const counts: number[] = [];
      const consumption = await journal.consume('submissions', 4, (delivery) => {
        at.push(broker.nowMs());
        counts.push(delivery.deliveries);
        if (delivery.deliveries === 1) delivery.nak(300);
        else delivery.ack().catch(() => {});
      });
      await broker.until(() => counts.length === 2);
      expect(counts).toEqual([1, 2]);
      expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(280);
      await consumption.stop();
    });

    it('never hands out again what was terminated', async () => {
      await using broker = await make();
      const { journal, subjects } = await broker.connect('a');
      await journal.append(subjects.submit, bytesOf('bad'));
      await journal.append(subjects.submit, bytesOf('good'));
      const got: string[] = [];
      let acked = false;
      const consumption = await journal.consume('submissions', 1, (delivery) => {
        got.push(textOf(delivery.bytes));
        if (got.length === 1) delivery.term('it does\nnot parse');
        else {
          void delivery.ack().then(() => {
            acked = true;
          });
        }
      });
      await broker.until(() => acked);
      expect(got).toEqual(['bad', 'good']);
      await consumption.stop();
    });

    it('[P97] hands to the next consumer what a lost one left unsettled', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      await a.journal.append(a.subjects.submit, bytesOf('x'));
      const lost: Delivery[] = [];
      await a.journal.consume('submissions', 4, (delivery) => lost.push(delivery));
      await broker.until(() => lost.length === 1);
      await a.close();
      const got: number[] = [];
      const consumption = await b.journal.consume('submissions', 4, (delivery) => {
        got.push(delivery.deliveries);
        delivery.ack().catch(() => {});
      });
      await broker.until(() => got.length === 1, 15_000);
      expect(got).toEqual([2]);
      await consumption.stop();
    });

    it('[P22] [P97] goes on after a kill of the broker, with what was stored before', async () => {
      await using broker = await make();
      const { journal, subjects, transport } = await broker.connect('a');
      const got: string[] = [];
      const consumption = await journal.consume('submissions', 4, (delivery) => {
        got.push(textOf(delivery.bytes));
        delivery.ack().catch(() => {});
      });
      await journal.append(subjects.submit, bytesOf('1'));
      await broker.until(() => got.includes('1'));
      await broker.kill();
      await broker.until(() => !transport.connected());
      const write = journal.append(subjects.submit, bytesOf('no'));
      expect(await failure(write)).toMatchObject({ code: 'disconnected' });
      await broker.start();
      await broker.until(() => transport.connected());
      await journal.append(subjects.submit, bytesOf('2'));
      await broker.until(() => got.includes('2'));
      await consumption.stop();
    });
  });
}
