/**
 * Rights as nats-server enforces them: every role against every family of subjects.
 *
 * What is expected stands here in a table of its own, not in the description that the credentials
 * are made from, so that a right granted by mistake is seen.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser } from '../../cli/creds.ts';
import { grantOf, isGranted, type Role, roles } from '../../schemas/roles.ts';
import { buckets, streams } from '../../schemas/subjects.ts';
import { RawUser, type SecuredServer, startSecuredServer } from '../support/creds.ts';

const digest = 'ab'.repeat(32);
const nodes: Role[] = ['coordinator', 'worker', 'aggregator'];
const computing: Role[] = ['worker', 'aggregator'];
const asking: Role[] = ['coordinator', 'submitter', 'operator', 'observer'];
const storing: Role[] = ['coordinator', 'worker', 'aggregator', 'uploader', 'operator'];
const nobody: Role[] = [];

/** Subject of a family, and the roles that may publish it. */
const publishing: Record<string, Role[]> = {
  'jobs.submit': ['submitter', 'operator'],
  'jobs.j1.events.1.accepted': ['coordinator'],
  'shoal.nodes.w1.heartbeat': nodes,
  'shoal.nodes.w1.offers': ['coordinator'],
  'shoal.nodes.w1.control': ['coordinator'],
  // Chunks of states and contributions are asked for by the nodes of a round alone.
  'shoal.nodes.w1.pull': computing,
  'shoal.nodes.w1.reduce': ['aggregator'],
  'shoal.rounds.j1.0.open.a1': ['aggregator'],
  'shoal.rounds.j1.0.ready.w1': ['worker'],
  'shoal.rounds.j1.0.other.w1': nobody,
  'shoal.nodes.w1.other': nobody,
  'shoal.coordinator.job': asking,
  'shoal.coordinator.status': asking,
  'shoal.coordinator.cancel': ['submitter', 'operator'],
  'shoal.coordinator.pause': ['submitter', 'operator'],
  'shoal.coordinator.snapshot': ['submitter', 'operator'],
  'shoal.coordinator.drain': ['operator'],
  'shoal.coordinator.remove': ['operator'],
  'shoal.coordinator.purge': ['operator'],
  [`shoal.blobs.${digest}.0`]: storing,
  '$KV.SHOAL_CLUSTER.lease.coordinator': ['coordinator'],
  '$KV.SHOAL_CLUSTER.layout': ['coordinator'],
  '$KV.SHOAL_JOB_RECORDS.j1': ['coordinator'],
  '$KV.SHOAL_TASK_RECORDS.j1.train.0': nodes,
  '$KV.SHOAL_ROUND_STATES.j1.0': ['aggregator'],
  '$KV.SHOAL_ROUND_STATES.j1.0.1.7': ['aggregator'],
  '$KV.SHOAL_DATASETS.adult': ['coordinator', 'uploader', 'operator'],
  '$KV.SHOAL_MODELS.adult': ['coordinator', 'operator'],
  [`$KV.SHOAL_BLOB_RECORDS.${digest}`]: storing,
  '$JS.API.INFO': [...roles],
  '$JS.API.STREAM.INFO.SHOAL_JOBS': [...roles],
  '$JS.API.STREAM.INFO.OTHER': nobody,
  '$JS.API.STREAM.LIST': nobody,
  '$JS.API.STREAM.CREATE.SHOAL_JOBS': ['coordinator'],
  '$JS.API.STREAM.CREATE.EVIL': nobody,
  '$JS.API.STREAM.MSG.GET.SHOAL_JOBS': nobody,
  '$JS.API.STREAM.MSG.GET.KV_SHOAL_JOB_RECORDS': ['coordinator'],
  '$JS.API.STREAM.MSG.GET.KV_SHOAL_TASK_RECORDS': nodes,
  '$JS.API.STREAM.MSG.GET.KV_SHOAL_ROUND_STATES': ['coordinator', 'aggregator'],
  '$JS.API.DIRECT.GET.KV_SHOAL_ROUND_STATES.$KV.SHOAL_ROUND_STATES.j1.0.1.7': [
    'coordinator',
    'aggregator',
  ],
  '$JS.API.STREAM.MSG.GET.KV_SHOAL_DATASETS': ['coordinator', 'uploader', 'operator'],
  [`$JS.API.DIRECT.GET.SHOAL_BLOBS.shoal.blobs.${digest}.0`]: storing,
  '$JS.API.DIRECT.GET.SHOAL_BLOBS': nobody,
  '$JS.API.CONSUMER.CREATE.SHOAL_JOBS.x.jobs.submit': ['coordinator'],
  '$JS.API.CONSUMER.CREATE.SHOAL_JOBS': nobody,
  '$JS.API.CONSUMER.DURABLE.CREATE.SHOAL_EVENTS.x': nobody,
  '$JS.API.CONSUMER.CREATE.SHOAL_EVENTS.x.jobs.j1.events.>': asking,
  '$JS.API.CONSUMER.CREATE.KV_SHOAL_TASK_RECORDS.x.$KV.SHOAL_TASK_RECORDS.>': nodes,
  '$JS.API.CONSUMER.MSG.NEXT.SHOAL_JOBS.coordinator': ['coordinator'],
  '$JS.API.CONSUMER.DELETE.SHOAL_JOBS.coordinator': ['coordinator'],
  '$JS.ACK.SHOAL_JOBS.coordinator.1.1.1.1.1': ['coordinator'],
  '$JS.API.ACCOUNT.PURGE.A': nobody,
  '$SYS.REQ.SERVER.PING': nobody,
  '$SYS.REQ.ACCOUNT.A.INFO': nobody,
  '$SRV.PING': ['operator', 'observer'],
  '$SRV.INFO.shoal-worker.w1': ['operator', 'observer'],
  '_INBOX_coordinator.x': nobody,
  '_INBOX.x': nobody,
  other: nobody,
};

const every = [
  ...Object.values(streams).map((stream) => stream.name),
  ...Object.values(buckets).map((bucket) => `KV_${bucket}`),
];
const purging: Record<string, Role[]> = {
  SHOAL_BLOBS: ['coordinator', 'operator'],
  SHOAL_EVENTS: ['coordinator'],
  KV_SHOAL_BLOB_RECORDS: ['coordinator', 'operator'],
  KV_SHOAL_JOB_RECORDS: ['coordinator'],
  KV_SHOAL_TASK_RECORDS: ['coordinator'],
  KV_SHOAL_ROUND_STATES: ['coordinator'],
};
for (const stream of every) {
  publishing[`$JS.API.STREAM.PURGE.${stream}`] = purging[stream] ?? nobody;
  for (const verb of ['DELETE', 'UPDATE', 'RESTORE', 'SNAPSHOT', 'MSG.DELETE', 'LEADER.STEPDOWN']) {
    publishing[`$JS.API.STREAM.${verb}.${stream}`] = nobody;
  }
}

const subscribing: Record<string, Role[]> = {
  '>': nobody,
  '*': nobody,
  '_INBOX.>': nobody,
  '_INBOX_coordinator.>': ['coordinator'],
  '_INBOX_worker.>': ['worker'],
  '_INBOX_submitter.>': ['submitter'],
  'jobs.submit': nobody,
  'jobs.>': nobody,
  'jobs.*.events.>': ['submitter', 'operator', 'observer'],
  'shoal.>': nobody,
  'shoal.nodes.*.heartbeat': ['coordinator', 'operator', 'observer'],
  'shoal.nodes.w1.offers': computing,
  'shoal.nodes.w1.control': nodes,
  'shoal.nodes.w1.pull': computing,
  'shoal.nodes.w1.reduce': ['worker'],
  'shoal.rounds.*.*.open.*': ['worker'],
  'shoal.rounds.j1.0.open.a1': ['worker'],
  'shoal.rounds.*.*.ready.*': ['aggregator'],
  'shoal.rounds.j1.0.ready.w1': ['aggregator'],
  'shoal.rounds.>': nobody,
  'shoal.nodes.>': nobody,
  'shoal.coordinator.job': ['coordinator'],
  // The server takes the `>` for one token; nothing lies deeper there.
  'shoal.coordinator.>': ['coordinator'],
  'shoal.blobs.>': nobody,
  '$KV.>': nobody,
  '$KV.SHOAL_JOB_RECORDS.>': nobody,
  '$KV.SHOAL_ROUND_STATES.>': nobody,
  '$JS.>': nobody,
  '$JS.API.>': nobody,
  '$SYS.>': nobody,
  '$SRV.PING': nodes,
  '$SRV.>': nobody,
};

function mayIn(table: Record<string, Role[]>, role: Role): string[] {
  return Object.keys(table).filter((subject) => table[subject]?.includes(role));
}

let secured: SecuredServer;
beforeAll(async () => {
  secured = await startSecuredServer(async (dir) => {
    await addUser(dir, { role: 'worker', name: 'w3' });
    await addUser(dir, { role: 'worker', name: 'farm', anyNode: true });
    await addUser(dir, { role: 'aggregator', name: 'a3' });
  });
});
afterAll(async () => secured[Symbol.asyncDispose]());

describe.each(roles)('role %s', (role) => {
  it('publishes what it may and nothing else', async () => {
    await using user = await RawUser.connect(secured, `${role}.creds`);
    const allowed = await user.publishable(Object.keys(publishing));
    expect([...allowed].sort()).toEqual(mayIn(publishing, role).sort());
  });

  it('subscribes to what it may and nothing else, alone or in a queue', async () => {
    await using user = await RawUser.connect(secured, `${role}.creds`);
    const wanted = mayIn(subscribing, role).sort();
    expect([...(await user.subscribable(Object.keys(subscribing)))].sort()).toEqual(wanted);
    expect([...(await user.subscribable(Object.keys(subscribing), 'q'))].sort()).toEqual(wanted);
  });

  it('is described as the server enforces it', () => {
    const grant = grantOf(role, { user: role });
    for (const [subject, who] of Object.entries(publishing)) {
      expect([subject, isGranted(grant, 'publish', subject)]).toEqual([
        subject,
        who.includes(role),
      ]);
    }
    for (const [subject, who] of Object.entries(subscribing)) {
      expect([subject, isGranted(grant, 'subscribe', subject)]).toEqual([
        subject,
        who.includes(role),
      ]);
    }
  });
});

describe('a worker bound to a node', () => {
  it('speaks and hears for that node alone', async () => {
    await using w3 = await RawUser.connect(secured, 'w3.creds');
    const subjects = ['shoal.nodes.w3.heartbeat', 'shoal.nodes.w4.heartbeat'];
    expect([...(await w3.publishable(subjects))]).toEqual(['shoal.nodes.w3.heartbeat']);
    const patterns = ['w3', 'w4', '*'].map((node) => `shoal.nodes.${node}.offers`);
    expect([...(await w3.subscribable(patterns))]).toEqual(['shoal.nodes.w3.offers']);
    await using farm = await RawUser.connect(secured, 'farm.creds');
    expect([...(await farm.publishable(subjects))]).toEqual(subjects);
  });

  it('[P36] contributes to rounds under its own name, and writes no state of them', async () => {
    await using w3 = await RawUser.connect(secured, 'w3.creds');
    const wished = [
      'shoal.rounds.j1.0.ready.w3',
      'shoal.rounds.j1.0.ready.w4',
      'shoal.rounds.j1.0.open.w3',
      'shoal.nodes.w4.reduce',
      '$KV.SHOAL_ROUND_STATES.j1.0',
    ];
    expect([...(await w3.publishable(wished))]).toEqual(['shoal.rounds.j1.0.ready.w3']);
    const heard = ['w3', 'w4', '*'].flatMap((node) => [
      `shoal.nodes.${node}.pull`,
      `shoal.nodes.${node}.reduce`,
    ]);
    expect([...(await w3.subscribable(heard))]).toEqual([
      'shoal.nodes.w3.pull',
      'shoal.nodes.w3.reduce',
    ]);
  });
});

describe('an aggregator bound to a node', () => {
  it('opens rounds under its own name alone, and contributes to none', async () => {
    await using a3 = await RawUser.connect(secured, 'a3.creds');
    const wished = ['open.a3', 'open.a4', 'ready.a3'].map((end) => `shoal.rounds.j1.0.${end}`);
    expect([...(await a3.publishable(wished))]).toEqual(['shoal.rounds.j1.0.open.a3']);
  });
});

it('covers more than 300 pairs of role and subject', () => {
  const pairs = roles.length * (Object.keys(publishing).length + Object.keys(subscribing).length);
  expect(pairs).toBeGreaterThan(300);
});
