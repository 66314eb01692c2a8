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
import { NatsStore } from './store.ts';

export type StreamMarks = Readonly<Record<string, number>>;

interface StateAnswer {
  readonly state: { readonly last_seq: number };
}

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

/** Where the streams stand now. The bucket of the marks itself is left out: it moves all the time. */
export async function presentMarks(link: Link, layout: Layout): Promise<StreamMarks> {
  const others = layout.all.filter(({ name }) => name !== layout.buckets.cluster.name);
  const found = await Promise.all(
    others.map(async ({ name }): Promise<[string, number]> => {
      const { state } = await link.api<StateAnswer>(`STREAM.INFO.${name}`, null);
      return [name, state.last_seq];
    }),
  );
  return Object.fromEntries(found);
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
