/**
 * The layout: every stream and bucket of a cluster as data, with what each keeps and for how long.
 *
 * A pure description: adapters create what stands here and refuse to run on anything else. Under a
 * prefix all names carry it, so that two clusters can share one account. A bucket is a stream with
 * one message a key, laid out as NATS key-value buckets are, so that `nats kv` can read it.
 */
import { BugError } from '../schemas/errors.ts';
import { limits } from '../schemas/limits.ts';
import { type Bucket, buckets, type Subjects, streams, subjects } from '../schemas/subjects.ts';

/** Raised when streams or buckets change so that older processes must not use them. */
export const layoutVersion = 2;

/** How a cluster of one layout becomes one of the next. */
export interface LayoutStep {
  readonly from: number;
  /** Buckets that the next layout has, and this one lacks. */
  readonly adds: readonly Bucket[];
  /** For people. */
  readonly why: string;
}

/** From every known layout to the next one; `shoal migrate` carries them out. */
export const layoutSteps: readonly LayoutStep[] = [
  { from: 1, adds: ['rounds'], why: 'states of jobs that train in rounds' },
];

const minuteMs = 60_000;
const MiB = 1024 * 1024;

export interface StreamLayout {
  readonly name: string;
  readonly subjects: readonly string[];
  /** `workqueue`: an entry goes when it is acknowledged. `limits`: it stays. */
  readonly retention: 'workqueue' | 'limits';
  /** Messages kept at most; -1 for no bound. A full stream refuses (`discard: new`). */
  readonly messagesMax: number;
  /** Messages kept per subject; -1 for no bound. */
  readonly perSubjectMax: number;
  /** Largest message; -1 for what the server takes. */
  readonly messageBytesMax: number;
  /** Within this time a message id is stored once. */
  readonly dedupeMs: number;
  /** Whether any replica may answer reads. */
  readonly directReads: boolean;
  /** Whether entries may be removed one by one; buckets forbid it, as `nats kv` does. */
  readonly denyDelete: boolean;
}

/** The one durable consumer: how submissions are handed to the leading coordinator. */
export const submissionQueue = {
  durable: 'coordinator',
  /** Comes again after this long without a settlement: as long as a takeover may last. */
  settleMs: limits.takeoverMs,
} as const;

export interface Layout {
  readonly jobs: StreamLayout;
  readonly events: StreamLayout;
  readonly blobs: StreamLayout;
  readonly buckets: Readonly<Record<Bucket, StreamLayout>>;
  readonly subjects: Subjects;
  /** Everything that has to exist, buckets included. */
  readonly all: readonly StreamLayout[];
  /** The subject that a record is stored under. */
  recordSubject(bucket: Bucket, key: string): string;
}

const plain = {
  retention: 'limits',
  messagesMax: -1,
  perSubjectMax: -1,
  messageBytesMax: -1,
  dedupeMs: 2 * minuteMs,
  directReads: true,
  denyDelete: false,
} as const;

/** The layout of the cluster under this prefix ('' for none). */
export function layoutOf(prefix = ''): Layout {
  const root = prefix === '' ? '' : `${prefix}.`;
  const named = (name: string) => (prefix === '' ? name : `${prefix}_${name}`);
  const rooted = (list: readonly string[]) => list.map((subject) => `${root}${subject}`);
  const jobs: StreamLayout = {
    ...plain,
    name: named(streams.jobs.name),
    subjects: rooted(streams.jobs.subjects),
    retention: 'workqueue',
    messagesMax: 10_000,
    dedupeMs: 10 * minuteMs,
    directReads: false,
  };
  // Events are the audit log: nothing is dropped to make room; they go with their job, as a whole.
  const events: StreamLayout = {
    ...plain,
    name: named(streams.events.name),
    subjects: rooted(streams.events.subjects),
    messagesMax: 50_000_000,
    messageBytesMax: 1 * MiB,
  };
  const blobs: StreamLayout = {
    ...plain,
    name: named(streams.blobs.name),
    subjects: rooted(streams.blobs.subjects),
  };
  const bucketName = (bucket: Bucket) => named(buckets[bucket]);
  const bucketLayouts = Object.fromEntries(
    (Object.keys(buckets) as Bucket[]).map((bucket): [Bucket, StreamLayout] => [
      bucket,
      {
        ...plain,
        name: `KV_${bucketName(bucket)}`,
        subjects: [`$KV.${bucketName(bucket)}.>`],
        perSubjectMax: 1,
        denyDelete: true,
      },
    ]),
  ) as Record<Bucket, StreamLayout>;
  return {
    jobs,
    events,
    blobs,
    buckets: bucketLayouts,
    subjects: subjects(prefix),
    all: [jobs, events, blobs, ...Object.values(bucketLayouts)],
    recordSubject: (bucket, key) => `$KV.${bucketName(bucket)}.${key}`,
  };
}

/** Whether a concrete subject or pattern can name something that the pattern also names. */
export function overlaps(a: string, b: string): boolean {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; ; i += 1) {
    const x = left[i];
    const y = right[i];
    if (x === undefined && y === undefined) return true;
    if (x === undefined || y === undefined) return false;
    if (x === '>' || y === '>') return true;
    if (x !== '*' && y !== '*' && x !== y) return false;
  }
}

/** The stream that stores the subjects matching this pattern, if any. */
export function streamOf(layout: Layout, subject: string): StreamLayout | undefined {
  return layout.all.find((stream) => stream.subjects.some((own) => overlaps(own, subject)));
}

/** The pattern of the keys that start with a whole number of tokens: '' for all, or `a.b.`. */
export function keysUnder(prefix: string): string {
  if (prefix !== '' && !prefix.endsWith('.')) {
    throw new BugError('bad-prefix', `key prefix ${JSON.stringify(prefix)} does not end in a dot`);
  }
  return `${prefix}>`;
}
