/**
 * The subjects that a stream holds messages of, as its leader knows them.
 *
 * Consumers read from any replica, and one that lags behind lacks the newest records without a sign.
 * Whoever decides by the absence of a record compares with this.
 */
import type { Link } from './link.ts';

/** nats-server names at most so many subjects in one answer. */
const subjectsPerAnswer = 100_000;

interface Answer {
  readonly state: { readonly subjects?: Readonly<Record<string, number>> };
}

export async function storedSubjects(
  link: Link,
  stream: string,
  filter: string,
  timeoutMs?: number,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (;;) {
    const question = { subjects_filter: filter, offset: found.size };
    const { state } = await link.api<Answer>(`STREAM.INFO.${stream}`, question, timeoutMs);
    const names = Object.keys(state.subjects ?? {});
    for (const name of names) found.add(name);
    if (names.length < subjectsPerAnswer) return found;
  }
}
