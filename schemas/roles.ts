/**
 * Who may say what to whom: every role, and the subjects that it may publish and subscribe to.
 *
 * The one description of rights. Credentials are made from it (`shoal creds`), the tests of the
 * server's answers are generated from it, and `docs/operations.md` explains it. What is not granted
 * is denied. A right follows from what the adapters publish: a record is written on its key's
 * subject, a read asks the JetStream API of that one stream, an answer comes back to an inbox that
 * only its user may hear. Nobody may delete, change or restore a stream, or remove single messages.
 */
import { isToken } from './ids.ts';
import { type Bucket, buckets, streams, subjects } from './subjects.ts';

export const roles = [
  'coordinator',
  'worker',
  'aggregator',
  'submitter',
  'uploader',
  'operator',
  'observer',
] as const;
export type Role = (typeof roles)[number];

export interface RoleScope {
  /** Name of the user: a token, which names its inbox as well. */
  readonly user: string;
  /** The only node that a coordinator, worker or aggregator may speak for; any when absent. */
  readonly node?: string | undefined;
  readonly prefix?: string | undefined;
}

export interface Grant {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** May answer a request, once and for a short while, on the inbox that the request names. */
  readonly respond: boolean;
}

/** The name under which a role answers `nats micro ls`. */
export type ServiceRole = 'coordinator' | 'worker' | 'aggregator';
export const serviceName = (role: ServiceRole): string => `shoal-${role}`;

/** Where answers to this user come back; nobody else may listen there. */
export function inboxPrefix(user: string): string {
  return `_INBOX_${user}`;
}

/** Roles that speak for a node. */
export function isNodeRole(role: Role): role is ServiceRole {
  return role === 'coordinator' || role === 'worker' || role === 'aggregator';
}

export function grantOf(role: Role, scope: RoleScope): Grant {
  const names = namesUnder(scope.prefix ?? '');
  const inbox = `${inboxPrefix(scope.user)}.>`;
  const own = rightsOf(role, names, scope.node ?? '*');
  return {
    publish: [...new Set([...entry(names), ...own.publish])],
    subscribe: [...new Set([inbox, ...own.subscribe])],
    respond: own.respond,
  };
}

/** Whether the grant covers a subject or, for a subscription, a whole pattern. */
export function isGranted(grant: Grant, way: 'publish' | 'subscribe', subject: string): boolean {
  return grant[way].some((pattern) => covers(pattern, subject));
}

/**
 * Whether `outer` covers `inner`, as nats-server compares them: a final `>` of the inner pattern
 * counts as one token, so that a right to `a.*` lets its user subscribe to `a.>` as well.
 */
export function covers(outer: string, inner: string): boolean {
  const pattern = outer.split('.');
  const tokens = inner.split('.');
  for (const [i, part] of pattern.entries()) {
    const token = tokens[i];
    if (token === undefined) return false;
    if (part === '>') return true;
    if (part !== '*' && part !== token) return false;
  }
  return pattern.length === tokens.length;
}

type Names = ReturnType<typeof namesUnder>;

/** Streams, buckets and subjects as they are called under a prefix. */
function namesUnder(prefix: string) {
  const named = (name: string) => (prefix === '' ? name : `${prefix}_${name}`);
  const root = prefix === '' ? '' : `${prefix}.`;
  return {
    of: subjects(prefix),
    jobs: named(streams.jobs.name),
    events: named(streams.events.name),
    blobs: named(streams.blobs.name),
    chunks: `${root}${streams.blobs.subjects[0]}`,
    bucket: (bucket: Bucket) => `KV_${named(buckets[bucket])}`,
    records: (bucket: Bucket) => `$KV.${named(buckets[bucket])}.>`,
    node: (node: string, what: string) => `${root}shoal.nodes.${node}.${what}`,
    round: (what: string, node: string) => `${root}shoal.rounds.*.*.${what}.${node}`,
  };
}

const api = (verb: string): string => `$JS.API.${verb}`;

function allStreams(names: Names): string[] {
  const kept = (Object.keys(buckets) as Bucket[]).map(names.bucket);
  return [names.jobs, names.events, names.blobs, ...kept];
}

/** What every process does on its way in: find the cluster, compare the layout. */
function entry(names: Names): string[] {
  return [
    api('INFO'),
    ...allStreams(names).map((stream) => api(`STREAM.INFO.${stream}`)),
    api(`STREAM.MSG.GET.${names.bucket('cluster')}`),
  ];
}

function readStream(stream: string, subject: string): string[] {
  return [
    api(`CONSUMER.CREATE.${stream}.*.${subject}`),
    api(`CONSUMER.MSG.NEXT.${stream}.*`),
    api(`CONSUMER.DELETE.${stream}.*`),
  ];
}

/** Lookups by key, from the leader or from any replica, and listings. */
function readRecords(names: Names, ...kinds: Bucket[]): string[] {
  return kinds.flatMap((kind) => [
    api(`STREAM.MSG.GET.${names.bucket(kind)}`),
    api(`DIRECT.GET.${names.bucket(kind)}.${names.records(kind)}`),
    ...readStream(names.bucket(kind), names.records(kind)),
  ]);
}

function writeRecords(names: Names, ...kinds: Bucket[]): string[] {
  return [...readRecords(names, ...kinds), ...kinds.map(names.records)];
}

function readBlobs(names: Names): string[] {
  return [
    api(`DIRECT.GET.${names.blobs}.${names.chunks}`),
    api(`STREAM.MSG.GET.${names.bucket('blobs')}`),
  ];
}

function writeBlobs(names: Names): string[] {
  return [...readBlobs(names), names.chunks, names.records('blobs')];
}

/** What a service listens to, so that `nats micro` finds it. */
function discovery(role: ServiceRole): string[] {
  const name = serviceName(role);
  return ['PING', 'INFO', 'STATS'].flatMap((verb) => [
    `$SRV.${verb}`,
    `$SRV.${verb}.${name}`,
    `$SRV.${verb}.${name}.*`,
  ]);
}

const askServices = ['PING', 'INFO', 'STATS'].flatMap((verb) => [`$SRV.${verb}`, `$SRV.${verb}.>`]);

const statusVerbs = ['jobs', 'job', 'tasks', 'nodes', 'status'];
const steerVerbs = ['cancel', 'pause', 'resume', 'set', 'snapshot'];
const nodeVerbs = ['drain', 'remove', 'purge'];

function queries(names: Names, ...verbs: string[]): string[] {
  return verbs.map((verb) => names.of.query(verb));
}

function watchJobs(names: Names): { publish: string[]; subscribe: string[] } {
  const { allEvents } = names.of;
  return {
    publish: [...readStream(names.events, allEvents), ...queries(names, ...statusVerbs)],
    subscribe: [allEvents],
  };
}

function rightsOf(role: Role, names: Names, node: string): Grant {
  switch (role) {
    case 'coordinator':
      return { ...coordinatorRights(names, node), respond: true };
    case 'worker':
    case 'aggregator':
      return { ...computingRights(names, node, role), respond: true };
    case 'submitter': {
      const watch = watchJobs(names);
      const publish = [names.of.submit, ...watch.publish, ...queries(names, ...steerVerbs)];
      return { publish, subscribe: watch.subscribe, respond: false };
    }
    case 'uploader': {
      const publish = [...writeBlobs(names), ...writeRecords(names, 'datasets')];
      return { publish, subscribe: [], respond: false };
    }
    case 'operator':
      return { ...operatorRights(names), respond: false };
    case 'observer': {
      const watch = watchJobs(names);
      const publish = [...watch.publish, ...askServices];
      const subscribe = [...watch.subscribe, names.node('*', 'heartbeat')];
      return { publish, subscribe, respond: false };
    }
  }
}

function coordinatorRights(names: Names, node: string) {
  const { submit, allEvents } = names.of;
  return {
    publish: [
      ...allStreams(names).map((stream) => api(`STREAM.CREATE.${stream}`)),
      ...readStream(names.jobs, submit),
      `$JS.ACK.${names.jobs}.>`,
      allEvents,
      ...watchJobs(names).publish,
      // How far the events have got, which a later start looks at.
      api(`STREAM.MSG.GET.${names.events}`),
      ...writeRecords(names, 'cluster', 'jobs', 'tasks', 'models', 'datasets'),
      ...readRecords(names, 'blobs', 'rounds'),
      ...writeBlobs(names),
      // Clean-up: after jobs, of blobs that nothing names, and of jobs that are kept no longer.
      // Submissions, the registries and the lease are not theirs to empty.
      ...[
        ...(['tasks', 'rounds', 'jobs', 'blobs'] as const).map(names.bucket),
        ...[names.blobs, names.events],
      ].map((stream) => api(`STREAM.PURGE.${stream}`)),
      names.node(node, 'heartbeat'),
      names.node('*', 'offers'),
      names.node('*', 'control'),
    ],
    subscribe: [
      names.node('*', 'heartbeat'),
      names.node(node, 'control'),
      names.of.query('*'),
      ...discovery('coordinator'),
    ],
  };
}

function computingRights(names: Names, node: string, role: 'worker' | 'aggregator') {
  return {
    publish: [
      ...writeRecords(names, 'tasks'),
      ...writeBlobs(names),
      names.node(node, 'heartbeat'),
      // Peers of a round are asked for the states and contributions that they keep ready.
      names.node('*', 'pull'),
      ...(role === 'worker'
        ? [names.round('ready', node)]
        : [...writeRecords(names, 'rounds'), names.round('open', node), names.node('*', 'reduce')]),
    ],
    subscribe: [
      names.node(node, 'offers'),
      names.node(node, 'control'),
      names.node(node, 'pull'),
      ...(role === 'worker'
        ? [names.node(node, 'reduce'), names.round('open', '*')]
        : [names.round('ready', '*')]),
      ...discovery(role),
    ],
  };
}

function operatorRights(names: Names) {
  const watch = watchJobs(names);
  return {
    publish: [
      names.of.submit,
      ...watch.publish,
      ...queries(names, ...steerVerbs, ...nodeVerbs),
      ...writeRecords(names, 'datasets', 'models'),
      ...readRecords(names, 'blobs'),
      ...writeBlobs(names),
      ...[names.blobs, names.bucket('blobs')].map((stream) => api(`STREAM.PURGE.${stream}`)),
      ...askServices,
    ],
    subscribe: [...watch.subscribe, names.node('*', 'heartbeat')],
  };
}

/** @returns what is wrong with the name of a user, or null */
export function userNameFault(user: string): string | null {
  return isToken(user) ? null : `user name ${JSON.stringify(user)} is not one token`;
}
