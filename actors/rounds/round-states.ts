/**
 * The state of a fit's rounds as it is put by: a record, and chunks where the state is large.
 *
 * The record is written by compare-and-set under the attempt of the claim, so whoever leads later
 * fences whoever led before. Each leader writes its chunks into two slots of its own in turn, the one
 * that the record does not name, so neither a broken-off write nor a leader that has slept spoils
 * what the record names. Bytes read are checked against the SHA-256 of the record.
 */
import { ConflictError } from '../../runtime/errors.ts';
import type { Clock } from '../../runtime/ports/clock.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { Window } from '../../runtime/window.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { limits } from '../../schemas/limits.ts';
import { keys } from '../../schemas/subjects.ts';
import { type RoundStateRecord, records } from '../../schemas/wire.ts';
import { isOfPlan, type LeadPlace, type OpenState } from './lead-events.ts';
import type { RoundMetrics } from './round-result.ts';

/** Rereads after a lost compare-and-set before it is put off. */
const rereadsMax = 5;

export interface Recovered {
  /** Nobody has led these rounds before. */
  readonly first: boolean;
  readonly record: OpenState | null;
}

export class RoundStates {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #place: LeadPlace;
  readonly #key: string;
  readonly #window = new Window(limits.chunksInFlight);
  /** Revisions of the chunks written here, by key. */
  readonly #chunks = new Map<string, number>();
  #record: RoundStateRecord | null = null;
  #revision = 0;
  /** An answer did not come: the record is what was written last, or what it was before. */
  #unsure = false;

  constructor(store: Store, clock: Clock, place: LeadPlace) {
    this.#store = store;
    this.#clock = clock;
    this.#place = place;
    this.#key = keys.roundState(place.job, place.fit);
  }

  /** Makes the record ours. @returns null where a later claim has it */
  async claim(): Promise<Recovered | null> {
    for (let reread = 0; reread < rereadsMax; reread += 1) {
      const entry = await this.#store.get('rounds', this.#key);
      const record =
        entry === undefined ? records.roundState.create() : records.roundState.decode(entry.value);
      if (record.attempt > this.#place.attempt) return null;
      const first = entry === undefined && this.#place.attempt === 1;
      const { attempt, node, nonce, plan } = this.#place;
      // Put by while the job was trained by another plan, with other rows.
      if (!isOfPlan(this.#place, record.plan)) forget(record);
      Object.assign(record, { attempt, node, nonce, plan });
      try {
        await this.#write(record, entry?.revision ?? null);
        return { first, record: stateOf(record) };
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
    throw new ConflictError(this.#key);
  }

  /** The state that the record names; null where its bytes are not what the record says. */
  async load(): Promise<OpenState | null> {
    const record = this.#record;
    if (record === null) return null;
    const bytes = await readRoundState(this.#store, this.#place, record);
    if (bytes === null) return null;
    return { round: record.round, digest: record.state, size: bytes.length, bytes, nodes: [] };
  }

  /** Puts a state by. @returns false where a later claim has the record */
  async put(state: OpenState, bytes: Uint8Array, metrics: RoundMetrics): Promise<boolean> {
    // The slot that the record names is not to be written into.
    if (this.#unsure && !(await this.#reread())) return false;
    const record = copyOf(this.#record);
    const inline = bytes.length <= limits.inlineRoundMax;
    const slot = this.#nextSlot(record);
    if (!inline) await this.#putChunks(slot, bytes);
    Object.assign(record, {
      attempt: this.#place.attempt,
      plan: this.#place.plan,
      node: this.#place.node,
      nonce: this.#place.nonce,
      round: state.round,
      state: state.digest,
      size: bytes.length,
      inline: inline ? bytes : new Uint8Array(0),
      slot,
      chunks: inline ? 0 : Math.ceil(bytes.length / limits.chunkBytes),
      metrics: JSON.stringify(metrics),
      writtenAtMs: Math.round(this.#clock.wallMs()),
    });
    try {
      await this.#write(record, this.#revision);
      return true;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      if (!(await this.#reread())) return false;
      if (this.#record?.state === record.state) return true;
      throw error;
    }
  }

  /** Reads the record anew. @returns whether it is ours still */
  async #reread(): Promise<boolean> {
    const entry = await this.#store.get('rounds', this.#key);
    if (entry === undefined) return false;
    const found = records.roundState.decode(entry.value);
    const { attempt, node, nonce } = this.#place;
    if (found.attempt !== attempt || found.node !== node || found.nonce !== nonce) return false;
    this.#record = found;
    this.#revision = entry.revision;
    this.#unsure = false;
    return true;
  }

  async #write(record: RoundStateRecord, revision: number | null): Promise<void> {
    const bytes = records.roundState.encode(record);
    this.#unsure = true;
    this.#revision =
      revision === null
        ? await this.#store.create('rounds', this.#key, bytes)
        : await this.#store.update('rounds', this.#key, bytes, revision);
    this.#record = record;
    this.#unsure = false;
  }

  #nextSlot(record: RoundStateRecord): number {
    const own = 2 * this.#place.attempt;
    return record.slot === own ? own + 1 : own;
  }

  async #putChunks(slot: number, bytes: Uint8Array): Promise<void> {
    const count = Math.ceil(bytes.length / limits.chunkBytes);
    await this.#window.each(count, async (n) => {
      const from = n * limits.chunkBytes;
      const key = keys.roundChunk(this.#place.job, this.#place.fit, slot, n);
      await this.#putChunk(key, bytes.subarray(from, from + limits.chunkBytes));
    });
  }

  async #putChunk(key: string, chunk: Uint8Array): Promise<void> {
    let revision = this.#chunks.get(key);
    for (let reread = 0; ; reread += 1) {
      try {
        const written =
          revision === undefined
            ? await this.#store.create('rounds', key, chunk)
            : await this.#store.update('rounds', key, chunk, revision);
        this.#chunks.set(key, written);
        return;
      } catch (error) {
        // Written by a try whose answer was lost.
        if (!(error instanceof ConflictError) || reread >= 2) throw error;
        revision = (await this.#store.get('rounds', key))?.revision;
      }
    }
  }
}

/**
 * The bytes of the state that a record names, in shared memory; null where they are not what it
 * says: torn by a crash, or being written over at this moment.
 */
export async function readRoundState(
  store: Store,
  { job, fit }: Pick<LeadPlace, 'job' | 'fit'>,
  record: RoundStateRecord,
): Promise<Uint8Array | null> {
  const { size, chunks, slot } = record;
  if (record.state === '' || size > limits.blobMax) return null;
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  if (chunks === 0 && record.inline.length === size) bytes.set(record.inline);
  await new Window(limits.chunksInFlight).each(chunks, async (n) => {
    const chunk = (await store.get('rounds', keys.roundChunk(job, fit, slot, n)))?.value;
    const from = n * limits.chunkBytes;
    if (chunk !== undefined && from + chunk.length <= size) bytes.set(chunk, from);
  });
  return sha256Hex(bytes) === record.state ? bytes : null;
}

/** By way of bytes, so that fields of a newer version survive. */
function copyOf(record: RoundStateRecord | null): RoundStateRecord {
  if (record === null) return records.roundState.create();
  return records.roundState.decode(records.roundState.encode(record));
}

function forget(record: RoundStateRecord): void {
  const none = { round: 0, state: '', size: 0, inline: new Uint8Array(0), chunks: 0, metrics: '' };
  Object.assign(record, none);
}

/** What the record says of the state put by; null where none was. */
function stateOf(record: RoundStateRecord): OpenState | null {
  const { round, state: digest, size } = record;
  return digest === '' ? null : { round, digest, size, bytes: null, nodes: [] };
}
