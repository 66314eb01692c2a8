/**
 * Attacks by way of somebody with more rights: headers that streams obey, reply subjects that
 * services answer to, consumers that deliver where their owner may not publish.
 */
import { join } from 'node:path';
import { headers } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import { RawUser, type SecuredServer, startSecuredServer } from '../support/creds.ts';

let secured: SecuredServer;
let coordinator: Bus;
beforeAll(async () => {
  secured = await startSecuredServer();
  coordinator = await connectNats({
    servers: secured.server.url,
    name: 'coordinator',
    creds: join(secured.dir, 'coordinator.creds'),
    clock: nodeClock(),
    createLayout: true,
  });
  await coordinator.store.create('tasks', 'j1.train.0', Buffer.from('a'));
  await coordinator.store.create('tasks', 'j1.train.1', Buffer.from('b'));
});
afterAll(async () => {
  await coordinator.close();
  await secured[Symbol.asyncDispose]();
});

const taskKeys = async () =>
  (await coordinator.store.list('tasks', '')).map((entry) => entry.key).sort();

describe('a header on a record that a worker may write', () => {
  it.each(['all', 'sub'])('does not roll up the bucket: Nats-Rollup %s', async (how) => {
    await using worker = await RawUser.connect(secured, 'worker.creds');
    const rollup = headers();
    rollup.set('Nats-Rollup', how);
    const answer = await worker.nc.request('$KV.SHOAL_TASK_RECORDS.j1.train.9', 'x', {
      headers: rollup,
      timeout: 2_000,
    });
    expect(answer.json()).toHaveProperty('error');
    expect(await taskKeys()).toEqual(['j1.train.0', 'j1.train.1']);
  });

  it.each([
    ['Nats-TTL', '1'],
    ['Nats-Schedule', '@at 2030-01-01T00:00:00Z'],
  ])('neither lets a record expire nor schedules one: %s', async (name, value) => {
    await using worker = await RawUser.connect(secured, 'worker.creds');
    const given = headers();
    given.set(name, value);
    const subject = '$KV.SHOAL_TASK_RECORDS.j1.train.8';
    const answer = await worker.nc.request(subject, 'x', { headers: given, timeout: 2_000 });
    expect(answer.json()).toMatchObject({ error: { code: 400 } });
  });
});

describe('a question whose answer would go elsewhere than to an inbox', () => {
  it('is not answered: the coordinator would speak with its own rights', async () => {
    const { transport, subjects } = coordinator;
    let asked = 0;
    const both = Promise.withResolvers<void>();
    transport.subscribe(subjects.query('status'), (message) => {
      message.respond(Buffer.from('{}'));
      asked += 1;
      if (asked === 2) both.resolve();
    });
    await transport.ping(2_000);
    await using submitter = await RawUser.connect(secured, 'submitter.creds');
    for (const reply of ['$JS.API.STREAM.PURGE.KV_SHOAL_TASK_RECORDS', '$KV.SHOAL_JOB_RECORDS.j']) {
      submitter.nc.publish('shoal.coordinator.status', '', { reply });
    }
    await both.promise;
    await transport.ping(2_000);
    expect(await taskKeys()).toEqual(['j1.train.0', 'j1.train.1']);
    expect(await coordinator.store.get('jobs', 'j')).toBeUndefined();
    const answer = await submitter.nc.request('shoal.coordinator.status', '', { timeout: 2_000 });
    expect(answer.string()).toBe('{}');
  });
});

describe('a consumer that delivers to a subject its owner may not publish to', () => {
  it('reaches nobody: what is delivered keeps the subject that it was stored under', async () => {
    const { transport, subjects } = coordinator;
    const control = subjects.control(parseNodeId('c1'));
    const heard: string[] = [];
    transport.subscribe(
      control,
      (message) => void heard.push(Buffer.from(message.bytes).toString()),
    );
    await transport.ping(2_000);
    await using worker = await RawUser.connect(secured, 'worker.creds');
    const stream = 'KV_SHOAL_TASK_RECORDS';
    const filter = '$KV.SHOAL_TASK_RECORDS.>';
    const config = {
      name: 'forger',
      filter_subject: filter,
      deliver_policy: 'all',
      ack_policy: 'none',
      deliver_subject: control,
    };
    const request = JSON.stringify({ stream_name: stream, config });
    const path = `$JS.API.CONSUMER.CREATE.${stream}.forger.${filter}`;
    expect((await worker.nc.request(path, request)).json()).not.toHaveProperty('error');
    await worker.nc.request('$KV.SHOAL_TASK_RECORDS.j1.train.2', 'forged');
    // A true message after it, so that the forged ones have come before it or not at all.
    transport.publish(control, Buffer.from('true'));
    await transport.ping(2_000);
    await transport.ping(2_000);
    expect(heard).toEqual(['true']);
  });
});
