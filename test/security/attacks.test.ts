/**
 * Attacks on a running cluster with credentials, each with what must come of it: nothing.
 *
 * The ports themselves work under the rights of their roles; a stranger, another tenant and a
 * worker that turned bad get no further than their role.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headers } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTenant, addUser, initCreds, nodeOfCreds } from '../../cli/creds.ts';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { parseJobId, taskId } from '../../schemas/ids.ts';
import { keys } from '../../schemas/subjects.ts';
import { records } from '../../schemas/wire.ts';
import { RawUser, type SecuredServer, startSecuredServer } from '../support/creds.ts';

const job = parseJobId('j1');
const task = keys.task(job, taskId('train', 0));
const record = records.task.encode(records.task.create({ job: 'j1', task: 'train.0' }));

let secured: SecuredServer;
let coordinator: Bus;

function open(file: string, createLayout = false): Promise<Bus> {
  return connectNats({
    servers: secured.server.url,
    name: file,
    creds: join(secured.dir, file),
    clock: nodeClock(),
    createLayout,
  });
}

beforeAll(async () => {
  secured = await startSecuredServer(async (dir) => {
    await addTenant(dir, { name: 'other' });
    await addUser(dir, { role: 'submitter', name: 'late', days: -1 });
    await addUser(dir, { role: 'worker', name: 'w3' });
  });
  coordinator = await open('coordinator.creds', true);
});
afterAll(async () => {
  await coordinator.close();
  await secured[Symbol.asyncDispose]();
});

describe('the ports under the rights of their roles', () => {
  it('let a worker find the cluster, claim a task and store a blob', async () => {
    const worker = await open('worker.creds');
    expect(worker.cluster).toBe(coordinator.cluster);
    const revision = await worker.store.create('tasks', task, record);
    await worker.store.update('tasks', task, record, revision);
    expect((await coordinator.store.list('tasks', keys.tasksOf(job))).length).toBe(1);
    const bytes = new Uint8Array(1_500_000).fill(7);
    const digest = await worker.blobs.put(bytes);
    expect(Buffer.from(await coordinator.blobs.get(digest)).equals(bytes)).toBe(true);
    await coordinator.blobs.remove(digest);
    await coordinator.store.purge('tasks', keys.tasksOf(job));
    expect(await worker.store.get('tasks', task)).toBeUndefined();
    await worker.close();
  });

  it('let the coordinator ask a worker, which answers that one request', async () => {
    const worker = await open('w3.creds');
    const control = worker.subjects.control('w3' as never);
    worker.transport.subscribe(control, (m) => m.respond(Buffer.from(`${m.bytes.length}`)));
    await worker.transport.ping(2_000);
    const answer = await coordinator.transport.request(control, Buffer.from('abc'), {
      timeoutMs: 2_000,
    });
    expect(Buffer.from(answer.bytes).toString()).toBe('3');
    await worker.close();
  });

  it('let a submitter submit, see events and ask; an uploader store a data set', async () => {
    const submitter = await open('submitter.creds');
    const { seq } = await submitter.journal.append(submitter.subjects.submit, Buffer.from('{}'));
    expect(seq).toBe(1);
    await coordinator.journal.append(
      coordinator.subjects.event(job, 1, 'accepted'),
      Buffer.from('{}'),
      {
        expectEmpty: true,
      },
    );
    const seen: string[] = [];
    for await (const event of submitter.journal.read(submitter.subjects.eventsOf(job), {
      follow: false,
    })) {
      seen.push(event.subject);
    }
    expect(seen).toEqual(['jobs.j1.events.1.accepted']);
    const query = coordinator.subjects.query('status');
    coordinator.transport.subscribe(query, (m) => m.respond(Buffer.from('{"ok":true}')));
    await coordinator.transport.ping(2_000);
    const answer = await submitter.transport.request(query, new Uint8Array(), { timeoutMs: 2_000 });
    expect(Buffer.from(answer.bytes).toString()).toBe('{"ok":true}');
    await submitter.close();
    const uploader = await open('uploader.creds');
    await uploader.blobs.put(Buffer.from('shard'));
    await uploader.store.create('datasets', 'adult', new Uint8Array());
    expect((await uploader.store.list('datasets', '')).map((e) => e.key)).toEqual(['adult']);
    await uploader.close();
  });
});

describe('strangers', () => {
  it('[P18] are refused: no credentials, credentials of another operator, expired ones', async () => {
    const anonymous = connect({ servers: secured.server.url });
    await expect(anonymous).rejects.toThrow(/authorization/i);
    const foreign = join(secured.dir, 'foreign');
    await initCreds(foreign, { roles: ['submitter'] });
    for (const file of ['foreign/submitter.creds', 'late.creds']) {
      await expect(open(file)).rejects.toMatchObject({ code: 'denied' });
    }
  });
});

describe('another tenant', () => {
  it('[P18] reads nothing of the first and reaches nothing of it', async () => {
    await expect(open('other/submitter.creds')).rejects.toMatchObject({ code: 'no-cluster' });
    const theirs = await open('other/coordinator.creds', true);
    expect(theirs.cluster).not.toBe(coordinator.cluster);
    await coordinator.store.create('jobs', 'secret', Buffer.from('of main'));
    expect(await theirs.store.list('jobs', '')).toEqual([]);
    expect(await theirs.store.get('datasets', 'adult')).toBeUndefined();
    const seen: string[] = [];
    for await (const event of theirs.journal.read(theirs.subjects.allEvents, { follow: false })) {
      seen.push(event.subject);
    }
    expect(seen).toEqual([]);
    const heard: string[] = [];
    await using observer = await RawUser.connect(secured, 'other/observer.creds');
    observer.nc.subscribe('shoal.nodes.*.heartbeat', {
      callback: (_e, m) => void heard.push(m.subject),
    });
    await observer.nc.flush();
    coordinator.transport.publish(coordinator.subjects.heartbeat('c1' as never), new Uint8Array(1));
    await coordinator.transport.ping(2_000);
    await observer.nc.flush();
    expect(heard).toEqual([]);
    await theirs.close();
  });
});

describe('a worker that turned bad', () => {
  it('cannot purge, delete or change streams, nor write what is not its own', async () => {
    const worker = await open('worker.creds');
    const denied = { code: 'denied' };
    await worker.store.create('tasks', 'j9.train.0', Uint8Array.of(1));
    await expect(worker.store.purge('tasks', '')).rejects.toMatchObject(denied);
    await expect(worker.store.create('jobs', 'j9', new Uint8Array())).rejects.toMatchObject(denied);
    await expect(
      worker.store.create('cluster', keys.lease, new Uint8Array()),
    ).rejects.toMatchObject(denied);
    await expect(
      worker.journal.append(worker.subjects.submit, Buffer.from('{}')),
    ).rejects.toMatchObject(denied);
    await expect(
      worker.journal.append(worker.subjects.event(job, 2, 'completed'), Buffer.from('{}')),
    ).rejects.toMatchObject(denied);
    await worker.close();
  });

  it('hears no answers that are meant for others', async () => {
    await using worker = await RawUser.connect(secured, 'worker.creds');
    const inboxes = ['_INBOX.>', '_INBOX_coordinator.>', '_INBOX_submitter.>', '>'];
    expect(await worker.subscribable(inboxes)).toEqual(new Set());
  });

  it('cannot have the server trace messages to a subject that it may not publish', async () => {
    const heard: string[] = [];
    await using observer = await RawUser.connect(secured, 'observer.creds');
    observer.nc.subscribe('jobs.*.events.>', { callback: (_e, m) => void heard.push(m.subject) });
    await observer.nc.flush();
    await using worker = await RawUser.connect(secured, 'worker.creds');
    const traced = headers();
    traced.set('Nats-Trace-Dest', 'jobs.j1.events.7.completed');
    worker.nc.publish('shoal.nodes.w1.heartbeat', 'x', { headers: traced });
    await worker.nc.flush();
    await observer.nc.flush();
    expect(heard).toEqual([]);
  });
});

describe('credentials', () => {
  it('are files that only their owner reads, and name the node that they are bound to', async () => {
    const { stat } = await import('node:fs/promises');
    for (const file of ['worker.creds', 'keys/operator.seed', 'nats-auth.conf']) {
      expect((await stat(join(secured.dir, file))).mode & 0o777, file).toBe(0o600);
    }
    expect((await stat(secured.dir)).mode & 0o777).toBe(0o700);
    const text = (file: string) => readFile(join(secured.dir, file), 'utf8');
    expect(nodeOfCreds(await text('w3.creds'))).toBe('w3');
    expect(nodeOfCreds(await text('worker.creds'))).toBeNull();
    expect(await text('nats-auth.conf')).not.toMatch(/\bS[OAU][A-Z2-7]{56}\b/);
  });

  it('are not overwritten, and names are checked', async () => {
    await expect(initCreds(secured.dir)).rejects.toMatchObject({ code: 'creds-exist' });
    const add = (name: string) => addUser(secured.dir, { role: 'worker', name });
    await expect(add('w3')).rejects.toMatchObject({ code: 'creds-exist' });
    for (const name of ['../w', 'a.b', '>', '', 'a b']) {
      await expect(add(name)).rejects.toMatchObject({ code: 'bad-name' });
    }
    const nowhere = join(secured.dir, 'nowhere');
    await expect(addUser(nowhere, { role: 'worker' })).rejects.toMatchObject({ code: 'no-creds' });
  });
});
