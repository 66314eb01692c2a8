/**
 * Facts about JetStream that the protocol rests on, held against the real server.
 *
 * Each title states what the server or its client does today, pleasant or not. When one of these
 * fails on a newer server, the law that rests on it must be looked at again, not the test.
 */
import {
  AckPolicy,
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect, headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isServerOld, startTestServer, type TestServer } from '../support/nats-server.ts';

const WRONG_LAST_SEQUENCE = 10071;
const STREAM_FULL = 10077;
const NANOS_PER_MS = 1_000_000;

const old = await isServerOld();
let server: TestServer;
let connection: NatsConnection;
let js: JetStreamClient;
let jsm: JetStreamManager;

beforeAll(async () => {
  server = await startTestServer();
  connection = await connect({ servers: server.url });
  js = jetstream(connection);
  jsm = await jetstreamManager(connection);
});

afterAll(async () => {
  await connection?.close();
  await server?.stop();
});

describe('compare-and-set', () => {
  it('of 50 concurrent creates of one key exactly one wins, the others get 10071', async () => {
    const kv = await new Kvm(js).create('cas');
    const tries = Array.from({ length: 50 }, (_, i) => kv.create('key', `writer ${i}`));
    const results = await Promise.allSettled(tries);
    const winners = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
    const codes = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason.code] : [],
    );
    expect(winners).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set([WRONG_LAST_SEQUENCE]));
    expect((await kv.get('key'))?.string()).toBe(`writer ${winners[0]}`);
  });

  it('an update at a stale revision gets 10071 and changes nothing', async () => {
    const kv = await new Kvm(js).create('stale');
    const first = await kv.create('key', 'a');
    const second = await kv.update('key', 'b', first);
    expect(second).toBeGreaterThan(first);
    await expect(kv.update('key', 'c', first)).rejects.toMatchObject({ code: WRONG_LAST_SEQUENCE });
    expect((await kv.get('key'))?.string()).toBe('b');
  });

  it('revisions are of the bucket, so they rise over keys and over deletion', async () => {
    const kv = await new Kvm(js).create('rising');
    const one = await kv.create('one', '');
    const two = await kv.create('two', '');
    await kv.delete('one');
    const again = await kv.create('one', '');
    expect(two).toBeGreaterThan(one);
    expect(again).toBeGreaterThan(two + 1);
  });

  it('a deleted or purged key keeps a marker: expecting sequence 0 fails, create() does not', async () => {
    const kv = await new Kvm(js).create('marked');
    await kv.put('key', 'a');
    await kv.purge('key');
    const expectAbsent = { expect: { lastSubjectSequence: 0 } };
    await expect(js.publish('$KV.marked.key', 'b', expectAbsent)).rejects.toMatchObject({
      code: WRONG_LAST_SEQUENCE,
    });
    expect(await kv.create('key', 'c')).toBeGreaterThan(2);
  });

  it('a purge of the subject itself leaves no marker: expected sequence 0 holds again', async () => {
    const kv = await new Kvm(js).create('purged');
    await kv.put('key', 'a');
    await kv.put('other', 'b');
    const { purged } = await jsm.streams.purge('KV_purged', { filter: '$KV.purged.key' });
    expect(purged).toBe(1);
    const ack = await js.publish('$KV.purged.key', 'c', { expect: { lastSubjectSequence: 0 } });
    expect(ack.seq).toBe(3);
    expect((await kv.get('other'))?.string()).toBe('b');
  });

  it('on a work queue expected sequence 0 holds again once the message is acknowledged', async () => {
    await jsm.streams.add({
      name: 'REGISTER',
      subjects: ['register.>'],
      retention: RetentionPolicy.Workqueue,
    });
    const once = { expect: { lastSubjectSequence: 0 } };
    await js.publish('register.a', '', once);
    await expect(js.publish('register.a', '', once)).rejects.toMatchObject({
      code: WRONG_LAST_SEQUENCE,
    });
    await (await pull('REGISTER', 30_000)).ackAck();
    expect((await js.publish('register.a', '', once)).duplicate).toBe(false);
  });
});

describe('acknowledgement', () => {
  it('a late one from an expired delivery removes the message that another holds, unseen by both', async () => {
    await workQueue('late');
    await js.publish('late.a', '');
    const first = await pull('late', 500);
    const second = await pull('late', 500);
    expect(second.info.deliveryCount).toBe(2);
    expect(await first.ackAck()).toBe(true);
    expect((await jsm.streams.info('late')).state.messages).toBe(0);
    expect(await second.ackAck()).toBe(true);
  });

  it('a late nak from an expired delivery takes the message from whoever holds it', async () => {
    await workQueue('nak');
    await js.publish('nak.a', '');
    const first = await pull('nak', 500);
    const second = await pull('nak', 500);
    // from here on nothing expires, so a third delivery can only come from the nak
    await jsm.consumers.update('nak', 'worker', { ack_wait: 60_000 * NANOS_PER_MS });
    first.nak();
    const third = await (await js.consumers.get('nak', 'worker')).next({ expires: 10_000 });
    expect([first, second, third].map((message) => message?.seq)).toEqual([1, 1, 1]);
  });

  it('prefetched messages expire in the buffer while the first is worked on', async () => {
    await workQueue('prefetch');
    await js.publish('prefetch.a', '');
    await js.publish('prefetch.b', '');
    const consumer = await durable('prefetch', 500);
    const batch = await consumer.fetch({ max_messages: 2, expires: 2_000 });
    const counts: number[] = [];
    for await (const message of batch) counts.push(message.info.deliveryCount);
    // the fetch ended; nobody acknowledged, so both come again to the next who asks
    const again = await consumer.next({ expires: 5_000 });
    expect(counts).toEqual([1, 1]);
    expect(again?.info.deliveryCount).toBe(2);
  });

  it('a message past max_deliver stays stored in a work queue, and nobody gets it any more', async () => {
    await workQueue('poison');
    await js.publish('poison.a', '');
    const consumer = await durable('poison', 30_000, 1);
    const message = await consumer.next({ expires: 5_000 });
    message?.nak();
    expect(await consumer.next({ expires: 1_000 })).toBeNull();
    expect((await jsm.streams.info('poison')).state.messages).toBe(1);
  });
});

describe('publishing', () => {
  it('on a full stream a plain publish is dropped without a sign, a request is answered 10077', async () => {
    await jsm.streams.add({
      name: 'FULL',
      subjects: ['full'],
      discard: DiscardPolicy.New,
      max_msgs: 1,
    });
    connection.publish('full', 'stored');
    connection.publish('full', 'dropped');
    await connection.flush();
    const answer = await connection.request('full', 'refused', { timeout: 5_000 });
    expect(answer.json()).toMatchObject({ error: { err_code: STREAM_FULL } });
    await expect(js.publish('full', 'refused')).rejects.toMatchObject({ code: STREAM_FULL });
    expect((await jsm.streams.getMessage('FULL', { last_by_subj: 'full' }))?.string()).toBe(
      'stored',
    );
  });

  it('a request to a stream subject is answered with stream and sequence', async () => {
    await jsm.streams.add({ name: 'ANSWERS', subjects: ['answers'] });
    const answer = await connection.request('answers', '{}');
    expect(answer.json()).toMatchObject({ stream: 'ANSWERS', seq: 1 });
  });

  it('a second publish with one message id is a duplicate with the first sequence', async () => {
    await jsm.streams.add({ name: 'IDS', subjects: ['ids'] });
    const first = await js.publish('ids', 'a', { msgID: 'one' });
    const second = await js.publish('ids', 'a', { msgID: 'one' });
    expect(first.duplicate).toBe(false);
    expect(second).toMatchObject({ duplicate: true, seq: first.seq });
  });

  it('publish writes its options into the headers object that it is given', async () => {
    await jsm.streams.add({ name: 'HEADERS', subjects: ['headers'] });
    const shared = headers();
    await js.publish('headers', 'a', { headers: shared, msgID: 'one' });
    expect(shared.get('Nats-Msg-Id')).toBe('one');
    expect((await js.publish('headers', 'b', { headers: shared })).duplicate).toBe(true);
  });

  it.skipIf(old)(
    'a stream configuration with an unknown field is refused (skipped below the floor)',
    async () => {
      const config = { name: 'STRICT', subjects: ['strict'], no_such_field: true };
      await expect(jsm.streams.add(config)).rejects.toThrow(/no_such_field|invalid JSON/);
    },
  );
});

describe('reading', () => {
  it('a bucket handle from create() reads directly, one from open() through the leader', async () => {
    const requests = connection.subscribe('$JS.API.*.>');
    const seen: string[] = [];
    const watching = (async () => {
      for await (const request of requests) seen.push(request.subject);
    })();
    const direct = await new Kvm(js).create('reads');
    await direct.put('key', 'a');
    const leader = await new Kvm(js).open('reads');
    expect((await direct.get('key'))?.string()).toBe('a');
    expect((await leader.get('key'))?.string()).toBe('a');
    await requests.drain();
    await watching;
    const reads = seen.filter((subject) => /DIRECT\.GET|MSG\.GET/.test(subject));
    expect(reads).toEqual([
      '$JS.API.DIRECT.GET.KV_reads.$KV.reads.key',
      '$JS.API.STREAM.MSG.GET.KV_reads',
    ]);
  });

  it.skipIf(old)(
    'a direct read of a stream that does not allow it has no responders, the leader answers (skipped below the floor)',
    async () => {
      await jsm.streams.add({ name: 'LEADER', subjects: ['leader'], allow_direct: false });
      await js.publish('leader', 'a');
      const query = { last_by_subj: 'leader' };
      await expect(jsm.direct.getMessage('LEADER', query)).rejects.toThrow(/no responders/i);
      expect((await jsm.streams.getMessage('LEADER', query))?.string()).toBe('a');
    },
  );
});

async function workQueue(name: string): Promise<void> {
  await jsm.streams.add({
    name,
    subjects: [`${name}.>`],
    retention: RetentionPolicy.Workqueue,
  });
}

async function durable(stream: string, ackWaitMs: number, deliverMax = -1) {
  await jsm.consumers.add(stream, {
    durable_name: 'worker',
    ack_policy: AckPolicy.Explicit,
    ack_wait: ackWaitMs * NANOS_PER_MS,
    max_deliver: deliverMax,
  });
  return js.consumers.get(stream, 'worker');
}

/** Waits for one delivery; a second call waits until the first has expired. */
async function pull(stream: string, ackWaitMs: number) {
  const consumer = await durable(stream, ackWaitMs);
  const message = await consumer.next({ expires: 10_000 });
  if (message === null) throw new Error(`no delivery on "${stream}"`);
  return message;
}
