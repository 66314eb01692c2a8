/**
 * How far each stream had got, put by so that a loss shows: a stream never ends before its mark.
 *
 * A block whose middle is damaged loses its end when nats-server starts again, and says nothing. The
 * marks lie in another stream than what they tell of. They are those of a while ago: what had been
 * written then is on disk by any measure, so that a power cut raises no false alarm.
 */
import { keys } from '../../schemas/subjects.ts';
import type { Layout } from '../layout.ts';
import type { Link } from './link.ts';
import { newestSeq } from './newest-seq.ts';
import { NatsStore } from './store.ts';

export type StreamMarks = Readonly<Record<string, number>>;

/** The marks that were put by; none where there are none that can be read. */
export async function storedMarks(link: Link, layout: Layout): Promise<StreamMarks> {
  const entry = await new NatsStore(link, layout).get('cluster', keys.marks);
  return entry === undefined ? {} : readMarks(entry.value);
}

function readMarks(bytes: Uint8Array): StreamMarks {
  try {
    const marks: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Object.fromEntries(
      Object.entries(marks as object).filter(([, seq]) => Number.isSafeInteger(seq)),
    );
  } catch {
    return {};
  }
}

/**
 * The newest message of each stream that can be read now: one whose write failed moves the server's
 * own count, and is not there after a kill. Left out are the bucket of the marks, which moves all the
 * time, and what is large and checked by its hash whenever it is read.
 */
export async function presentMarks(link: Link, layout: Layout): Promise<StreamMarks> {
  const { cluster, rounds, ...buckets } = layout.buckets;
  const found: Record<string, number> = {};
  for (const { name } of [layout.events, ...Object.values(buckets)]) {
    const seq = await newestSeq(link, name, '>');
    if (seq > 0) found[name] = seq;
  }
  return found;
}

/**
 * Puts marks by, the higher of those that stand and these; with `anew`, these alone.
 * @throws ConflictError when somebody else did at the same moment
 */
export async function storeMarks(
  link: Link,
  layout: Layout,
  marks: StreamMarks,
  anew = false,
): Promise<void> {
  const store = new NatsStore(link, layout);
  const entry = await store.get('cluster', keys.marks);
  const before = entry === undefined || anew ? {} : readMarks(entry.value);
  const names = new Set([...Object.keys(before), ...Object.keys(marks)]);
  const next = Object.fromEntries(
    [...names].map((name) => [name, Math.max(before[name] ?? 0, marks[name] ?? 0)]),
  );
  const text = JSON.stringify(next);
  if (entry !== undefined && text === new TextDecoder().decode(entry.value)) return;
  const bytes = new TextEncoder().encode(text);
  if (entry === undefined) await store.create('cluster', keys.marks, bytes);
  else await store.update('cluster', keys.marks, bytes, entry.revision);
}
