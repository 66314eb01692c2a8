/**
 * Holds slices for one fit: carries out what `FitHold` decides, on the bus and on threads.
 *
 * Contributions are computed in contiguous runs of slices, as many at a time as pay: a round of a
 * millisecond is not worth a second thread. Nothing here computes on this thread but small digests.
 */
import { CancelledError } from '../../runtime/errors.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { BugError, TerminalError } from '../../schemas/errors.ts';
import { type JobId, type NodeId, parseNodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { encodeMessage } from '../../schemas/wire.ts';
import type { JobBytes } from '../task-runner/thread-jobs.ts';
import { FitHold, type HoldEffect, type HoldEvent, type Opened } from './fit-hold.ts';
import type { Reduce, RoundOpen } from './messages.ts';
import { pullBytes } from './pull-bytes.ts';
import type { CombineInput, ContributeInput, ContributeOutput, Sum } from './round-functions.ts';
import { type RoundIdentity, type RoundNode, roundOver, sharedCopy } from './round-node.ts';

export interface FitPlace extends RoundIdentity {
  readonly job: JobId;
  readonly fit: number;
  /** Slices of the whole data set. */
  readonly slices: number;
  readonly bytes: JobBytes;
}

/** What the holder of several fits knows of a slice. */
export interface SliceData {
  readonly prepared: readonly unknown[];
  readonly isolated: boolean;
}

export interface FitParts {
  readonly node: RoundNode;
  readonly place: FitPlace;
  slice(slice: number): SliceData | undefined;
  /** The slice's work failed: its claim ends with the error. */
  failed(slice: number, error: Error): void;
  /** Work has moved on. */
  moved(): void;
  /** Processor time that it took. */
  spent(cpuMs: number): void;
}

type Of<T extends HoldEffect['type']> = Extract<HoldEffect, { type: T }>;

/** A call should be worth at least this long on a thread. */
const callMs = 1;

export class FitHolder {
  readonly hold: FitHold;
  readonly #parts: FitParts;
  /** Holders' own states, by slice, and the round that they are for. */
  readonly #held = new Map<number, { readonly round: number; readonly state: unknown }>();
  #work = new AbortController();
  #pulling: { readonly digest: string; sources: readonly NodeId[] } | null = null;
  #kept: readonly string[] = [];
  #summed: readonly string[] = [];
  #computeMs = 0;
  /** What one thread takes for a slice, smoothed over rounds; null until some have been done. */
  threadMs: number | null = null;
  #fetchMs = 0;
  /** What a slice took last, milliseconds; unknown at first. */
  #sliceMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(parts: FitParts) {
    this.#parts = parts;
    this.hold = new FitHold(parts.place.slices);
  }

  step(event: HoldEvent): void {
    if (this.#closed) return;
    if (event.type === 'released') this.#held.delete(event.slice);
    let announce = false;
    for (const effect of this.hold.step(event)) {
      if (effect.type === 'announce') announce = true;
      else this.#perform(effect);
    }
    if (announce) this.#announce();
  }

  /** A message of a leader. */
  opened(message: RoundOpen): void {
    const { attempt, round, state: digest, size, inline, node } = message;
    if (message.plan !== '' && message.plan !== this.#parts.place.bytes.plan.digest) return;
    if (message.probe) {
      this.step({ type: 'probed', attempt });
      return;
    }
    const { metrics } = this.#parts.node;
    let bytes: Uint8Array | null = null;
    const known = this.hold.state;
    if (known?.digest === digest) bytes = known.bytes;
    else if (inline.length === size) {
      if (sha256Hex(inline) !== digest) {
        metrics.count('shoal_round_refusals_total', 1, { reason: 'bad-digest' });
        return;
      }
      bytes = sharedCopy(inline);
    }
    const { sources } = message;
    const opened = { attempt, leader: node, round, digest, size, bytes, sources };
    this.step({ type: 'opened', opened });
  }

  close(): void {
    this.#closed = true;
    this.#work.abort(roundOver);
    this.#held.clear();
    this.#parts.node.kept.close(this);
  }

  #perform(effect: Exclude<HoldEffect, { type: 'announce' }>): void {
    switch (effect.type) {
      case 'pull':
        this.#pull(effect.opened);
        return;
      case 'abandon':
        this.#work.abort(roundOver);
        this.#work = new AbortController();
        this.#pulling = null;
        for (const digest of this.#summed) this.#parts.node.kept.drop(this, digest);
        this.#summed = [];
        return;
      case 'contribute':
        void this.#contribute(effect);
        return;
      case 'combine':
        void this.#combine(effect);
        return;
      case 'stale':
        this.#parts.node.metrics.count('shoal_round_refusals_total', 1, { reason: 'stale-open' });
    }
  }

  #announce(): void {
    const { node, place } = this.#parts;
    const { kept, bus } = node;
    const { hold } = this;
    let room: number = limits.inlineRoundMax;
    const keep: string[] = [];
    const shares = hold.shares.map(({ from, to, bytes, sha256, attempts }) => {
      const share = { first: from, count: to - from, attempts: [...attempts], sha256 };
      const size = bytes.length;
      if (size > room) {
        kept.keep(this, sha256, bytes);
        keep.push(sha256);
        return { ...share, size };
      }
      room -= size;
      return { ...share, size, inline: bytes };
    });
    const { state } = hold;
    if (state !== null) {
      kept.keep(this, state.digest, state.bytes);
      keep.push(state.digest);
    }
    for (const digest of this.#kept) {
      if (!keep.includes(digest) && !this.#summed.includes(digest)) kept.drop(this, digest);
    }
    this.#kept = keep;
    const ready = {
      node: place.node,
      nonce: place.nonce,
      job: place.job,
      fit: place.fit,
      attempt: hold.attempt,
      round: state?.round ?? 0,
      state: state?.digest ?? '',
      stateSize: state?.bytes.length ?? 0,
      shares,
      slices: hold.runs,
      plan: place.bytes.plan.digest,
      computeMs: Math.round(this.#computeMs),
      fetchMs: Math.round(this.#fetchMs),
    };
    const subject = bus.subjects.roundReady(place.job, place.fit, place.node);
    bus.transport.publish(subject, encodeMessage('round-ready', ready));
  }

  #pull(opened: Opened): void {
    const { node } = this.#parts;
    const names = [...opened.sources, opened.leader].filter((name) => name !== this.#self);
    const sources = [...new Set(names)].map(parseNodeId);
    if (this.#pulling?.digest === opened.digest) {
      this.#pulling.sources = sources;
      return;
    }
    const pulling = { digest: opened.digest, sources };
    this.#pulling = pulling;
    const startedMs = node.clock.nowMs();
    const { signal } = this.#work;
    const wanted = { digest: opened.digest, size: opened.size };
    const onBytes = (bytes: number) => {
      node.metrics.count('shoal_round_bytes_pulled_total', bytes, { what: 'state' });
      this.#parts.moved();
    };
    const done = (bytes: Uint8Array | null) => {
      if (this.#pulling === pulling) this.#pulling = null;
      if (signal.aborted) return;
      this.#fetchMs = node.clock.nowMs() - startedMs;
      this.step({ type: 'pulled', digest: opened.digest, bytes });
    };
    pullBytes(node.bus, wanted, { signal, sources: () => pulling.sources, onBytes }).then(
      done,
      (error: unknown) => {
        if (!signal.aborted) node.log('debug', 'state not pulled', { error });
        done(null);
      },
    );
  }

  get #self(): string {
    return this.#parts.place.node;
  }

  async #contribute(effect: Of<'contribute'>): Promise<void> {
    const { clock } = this.#parts.node;
    const startedMs = clock.nowMs();
    const { signal } = this.#work;
    const outcomes = await Promise.all(
      this.#runs(effect.slices).map((slices) => this.#call(effect, slices, signal)),
    );
    if (signal.aborted) return;
    this.#computeMs = clock.nowMs() - startedMs;
    this.#notePace(effect.slices.length);
    const { epoch, slices } = effect;
    this.step({ type: 'contributed', epoch, slices, sums: outcomes.flat() });
  }

  #notePace(slices: number): void {
    // While slices come and go some are computed apart from the rest, and wait for each other.
    const held = this.hold.runs.reduce((sum, size, i) => sum + (i % 2 === 1 ? size : 0), 0);
    if (slices !== held) return;
    const threads = Math.max(1, this.#parts.node.compute.slots);
    const ms = this.#computeMs / Math.ceil(slices / threads);
    this.threadMs = this.threadMs === null ? ms : (this.threadMs + ms) / 2;
  }

  /** Contiguous runs, one a call; slices that are to run alone each have one of their own. */
  #runs(slices: readonly number[]): (readonly number[])[] {
    const alone = slices.filter((slice) => this.#parts.slice(slice)?.isolated === true);
    const rest = slices.filter((slice) => !alone.includes(slice));
    const worth = Math.ceil((rest.length * this.#sliceMs) / callMs);
    const count = Math.max(1, Math.min(this.#parts.node.compute.slots, worth, rest.length));
    const size = Math.ceil(rest.length / count);
    const runs: (readonly number[])[] = alone.map((slice) => [slice]);
    for (let at = 0; at < rest.length; at += size) runs.push(rest.slice(at, at + size));
    return runs;
  }

  /** @returns no sums where a slice failed; what is left contributes anew */
  async #call(
    effect: Of<'contribute'>,
    slices: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly Sum[]> {
    const { node, place, slice: dataOf } = this.#parts;
    const { state, announced } = effect;
    const input: ContributeInput = {
      job: place.bytes,
      fit: place.fit,
      round: state.round,
      state: state.bytes,
      announced,
      slices: slices.map((slice) => {
        const held = this.#held.get(slice);
        return {
          slice,
          prepared: dataOf(slice)?.prepared[place.fit],
          held: held?.state ?? null,
          heldRound: held?.round ?? null,
        };
      }),
    };
    // A call that is broken off may leave them half-way.
    for (const slice of slices) this.#held.delete(slice);
    const [only] = slices;
    const isolated = slices.length === 1 && dataOf(only ?? -1)?.isolated === true;
    const startedMs = node.clock.nowMs();
    try {
      const found = (await node.compute.run('contribute', input, {
        signal,
        isolated,
        urgent: true,
        onProgress: () => this.#parts.moved(),
        onCpu: (ms) => this.#parts.spent(ms),
      })) as ContributeOutput;
      this.#parts.moved();
      if (found.failed !== null) {
        if (!signal.aborted)
          this.#parts.failed(
            found.failed.slice,
            new TerminalError(found.failed.code, found.failed.message),
          );
        return [];
      }
      this.#sliceMs = (node.clock.nowMs() - startedMs) / slices.length;
      for (const [i, slice] of slices.entries()) {
        this.#held.set(slice, { round: state.round, state: found.held[i] });
      }
      return found.sums;
    } catch (error) {
      if (signal.aborted) return [];
      // One of them took its thread down: each alone shows which.
      if (slices.length > 1) {
        const each = await Promise.all(slices.map((one) => this.#call(effect, [one], signal)));
        return each.flat();
      }
      if (only !== undefined) this.#parts.failed(only, asError(error));
      return [];
    }
  }

  async #combine(effect: Of<'combine'>): Promise<void> {
    const { signal } = this.#work;
    const { epoch, parts, spans } = effect;
    try {
      const { bytes: job, fit } = this.#parts.place;
      const sums = await this.#combined({ job, fit, parts, spans }, signal);
      if (!signal.aborted) this.step({ type: 'combined', epoch, sums });
    } catch (error) {
      const [span] = spans;
      if (!signal.aborted && span !== undefined) this.#parts.failed(span.from, asError(error));
    }
  }

  async #combined(input: CombineInput, signal: AbortSignal): Promise<Sum[]> {
    const { node, spent: onCpu } = this.#parts;
    return (await node.compute.run('combine', input, { signal, urgent: true, onCpu })) as Sum[];
  }

  /** Sums shares of this and other nodes, for a leader that has too many to pull. */
  async reduce(message: Reduce): Promise<object> {
    const { node, place } = this.#parts;
    const { state } = this.hold;
    if (state?.digest !== message.state || message.attempt < this.hold.attempt) {
      return { error: `the node is at round ${state?.round ?? 0}` };
    }
    const { signal } = this.#work;
    const parts = await Promise.all(
      message.places.map(async ({ node: name, share }) => {
        const from = share?.first ?? 0;
        const digest = share?.sha256 ?? '';
        const own = name === place.node ? node.kept.get(digest) : undefined;
        const wanted = { digest, size: share?.size ?? 0 };
        const sources = [parseNodeId(name ?? '')];
        const onBytes = (bytes: number) =>
          node.metrics.count('shoal_round_bytes_pulled_total', bytes, { what: 'share' });
        const bytes =
          own ?? (await pullBytes(node.bus, wanted, { signal, sources: () => sources, onBytes }));
        return { from, to: from + (share?.count ?? 0), bytes };
      }),
    );
    const from = Math.min(...parts.map((part) => part.from));
    const to = Math.max(...parts.map((part) => part.to));
    const input = { job: place.bytes, fit: place.fit, parts, spans: [{ from, to }] };
    const [sum] = await this.#combined(input, signal);
    if (sum === undefined || signal.aborted) throw new CancelledError('a reduction');
    node.kept.keep(this, sum.sha256, sum.bytes);
    this.#summed = [...this.#summed, sum.sha256];
    const { bytes, sha256 } = sum;
    return { share: { first: from, count: to - from, size: bytes.length, sha256 } };
  }
}

function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  return new BugError('thrown-value', String(error));
}
