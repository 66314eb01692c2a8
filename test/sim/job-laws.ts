/**
 * What may become of a job: its record from one revision to the next, its log, its submission.
 *
 * The record comes before the event, the event before the next one, and both before the submission
 * is acknowledged. What has been told is never told otherwise. Knows nothing of tasks.
 */
import { parseSpec, specDigest } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { parseEventSubject, submissionId } from '../../schemas/subjects.ts';
import { finalPhases, type Phase } from '../../schemas/views.ts';
import type { JobRecord } from '../../schemas/wire.ts';

export function phaseIn(record: JobRecord): Phase {
  return (JSON.parse(record.snapshot) as { value: Phase }).value;
}

/** What a cancel or a pause that comes too late must not do, and how a cancelled job may end. */
const onlyTo: { readonly [phase in Phase]?: readonly Phase[] } = {
  publishing: ['completed', 'failed'],
  cancelling: ['cancelled'],
};

/** What the log of a job may say. */
interface Log {
  /** Bytes of each event that a record held, by number, as text. */
  readonly told: Map<number, string>;
  published: number;
}

export class JobLaws {
  readonly #records = new Map<string, JobRecord>();
  /** Submissions that some record was ever about, by their place in the stream. */
  readonly #answered = new Set<number>();
  readonly #logs = new Map<string, Log>();
  /** Which submission each job began with, as it is. */
  readonly #begun = new Map<string, { readonly digest: string; readonly seq: number }>();

  /** A record was stored. @param size of it, bytes */
  stored(id: string, after: JobRecord, size: number): string[] {
    const before = this.#records.get(id);
    this.#records.set(id, after);
    const seq = Number(after.submissionSeq);
    this.#answered.add(seq);
    if (this.#begun.get(id)?.digest !== after.specDigest)
      this.#begun.set(id, { digest: after.specDigest, seq });
    const broken: string[] = [];
    if (size > limits.recordMax) broken.push(`has a record of ${size} bytes`);
    if (after.outbox.length > limits.outboxMax) {
      broken.push(`has ${after.outbox.length} events in its outbox`);
    }
    broken.push(...this.#told(id, after));
    if (before === undefined) return broken;
    if (after.term < before.term) broken.push(`fell from term ${before.term} to ${after.term}`);
    if (after.events < before.events) broken.push(`fell back to event ${after.events}`);
    const [from, to] = [phaseIn(before), phaseIn(after)];
    // A rejected id may be used again for a corrected spec; every other end is for good.
    const closed = from !== 'rejected' && finalPhases.has(from);
    const allowed = closed ? [] : onlyTo[from];
    if (from !== to && allowed?.includes(to) === false) broken.push(`went from ${from} to ${to}`);
    return broken;
  }

  /** Something was published in the log. */
  published(subject: string, bytes: Uint8Array): string[] {
    const { job, n, kind } = parseEventSubject(subject);
    const log = this.#log(job);
    const text = new TextDecoder().decode(bytes);
    const broken: string[] = [];
    if (log.told.get(n) !== text) broken.push(`published event ${n} (${kind}) before its record`);
    if (n !== log.published + 1) broken.push(`published event ${n} after ${log.published}`);
    log.published = Math.max(log.published, n);
    return broken.map((what) => `${job} ${what}`);
  }

  /**
   * A submission was acknowledged: what became of it has to stand in a record. The first of two that
   * want one id has it, unless it had to be handed out again.
   */
  settled(seq: number, bytes: Uint8Array, deliveries: number): string[] {
    const own = submissionId(seq);
    const refused = this.#records.has(own);
    try {
      const spec = parseSpec(bytes);
      const record = this.#records.get(spec.id ?? own);
      if (refused) {
        const same = spec.id !== undefined && record?.specDigest === specDigest(spec);
        if (same) return [`submission ${seq} was refused, though "${spec.id}" is the same`];
        const begun = this.#begun.get(spec.id ?? own);
        const overtaken = begun !== undefined && begun.digest !== '' && begun.seq > seq;
        if (!overtaken || deliveries > 1) return [];
        return [`submission ${seq} was refused for ${begun.seq}, and had been handed out once`];
      }
      if (record === undefined) return [`submission ${seq} was acknowledged and forgotten`];
      // A record that was rejected may be about a later submission by now.
      const answered = this.#answered.has(seq) || phaseIn(record) === 'rejected';
      if (answered || record.specDigest === specDigest(spec)) return [];
      return [`submission ${seq} was acknowledged in the name of another`];
    } catch (error) {
      const known =
        refused || [...this.#records.values()].some((one) => Number(one.submissionSeq) >= seq);
      return known ? [] : [`submission ${seq} was refused without a word: ${error}`];
    }
  }

  record(id: string): JobRecord | undefined {
    return this.#records.get(id);
  }

  #log(id: string): Log {
    const log = this.#logs.get(id) ?? { told: new Map(), published: 0 };
    this.#logs.set(id, log);
    return log;
  }

  #told(id: string, { outbox, events }: JobRecord): string[] {
    const log = this.#log(id);
    const broken: string[] = [];
    for (const { n = 0, json = new Uint8Array() } of outbox) {
      const text = new TextDecoder().decode(json);
      const known = log.told.get(Number(n));
      if (known !== undefined && known !== text) broken.push(`tells event ${n} in another way`);
      log.told.set(Number(n), text);
    }
    const last = Number(outbox.at(-1)?.n ?? events);
    if (last !== Number(events)) broken.push(`counts ${events} events, and its last is ${last}`);
    for (let n = log.published + 1; n <= Number(events); n += 1) {
      const held = outbox.some((event) => Number(event.n) === n);
      if (!held) broken.push(`dropped event ${n}, which was not published`);
    }
    return broken;
  }
}
