/**
 * The decisions of a node that holds slices, for one fit: what to contribute, and what to announce.
 *
 * Events in, effects out: no I/O and no clock. The leader with the highest attempt is obeyed, and
 * of one leader the latest round. What is announced covers exactly the slices that are held and have
 * contributed, as the fewest whole subtrees; it is announced again until another round opens. The
 * contributions of one round are kept, and the newest state that is here.
 */
import { cover, type Span } from '../../learners/slice-tree.ts';
import type { Sum } from './round-functions.ts';

/** A state by its digest, with its bytes in shared memory. */
export interface HeldState {
  readonly round: number;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** What a leader opened. */
export interface Opened {
  readonly attempt: number;
  readonly leader: string;
  readonly round: number;
  readonly digest: string;
  readonly size: number;
  /** The state where it came with the message and was checked. */
  readonly bytes: Uint8Array | null;
  readonly sources: readonly string[];
}

export type HoldEvent =
  /** A claim on a slice; its rows are not prepared yet. */
  | { readonly type: 'claimed'; readonly slice: number; readonly attempt: number }
  | { readonly type: 'prepared'; readonly slices: readonly number[] }
  /** The claim is over. */
  | { readonly type: 'released'; readonly slice: number }
  | { readonly type: 'probed'; readonly attempt: number }
  | { readonly type: 'opened'; readonly opened: Opened }
  /** The state asked for; null where nobody gave it. */
  | { readonly type: 'pulled'; readonly digest: string; readonly bytes: Uint8Array | null }
  | {
      readonly type: 'contributed';
      readonly epoch: number;
      readonly slices: readonly number[];
      /** None where it failed: the slices contribute again if they are still held. */
      readonly sums: readonly Sum[];
    }
  | { readonly type: 'combined'; readonly epoch: number; readonly sums: readonly Sum[] }
  /** Half a second has passed. */
  | { readonly type: 'tick' };

export type HoldEffect =
  /** Tells the leader what is here; see `FitHold.shares`. */
  | { readonly type: 'announce' }
  | { readonly type: 'pull'; readonly opened: Opened }
  /** Another round is open: work for earlier ones is of no use. */
  | { readonly type: 'abandon' }
  | {
      readonly type: 'contribute';
      readonly epoch: number;
      readonly state: HeldState;
      readonly slices: readonly number[];
      /** The spans whose sums will be announced as they are. */
      readonly announced: readonly Span[];
    }
  | {
      readonly type: 'combine';
      readonly epoch: number;
      readonly parts: readonly Sum[];
      readonly spans: readonly Span[];
    }
  | { readonly type: 'stale' };

/** A share that is announced: a sum with the attempts of its slices' claims. */
export interface HeldShare extends Sum {
  readonly attempts: readonly number[];
}

export class FitHold {
  readonly #slices: number;
  /** Attempts of the claims. */
  readonly #claims = new Map<number, number>();
  readonly #prepared = new Set<number>();
  /** The highest attempt of a leader. */
  attempt = 0;
  /** The newest state that is here. */
  state: HeldState | null = null;
  /** What is announced. */
  shares: readonly HeldShare[] = [];
  #opened: Opened | null = null;
  /** Counts rounds obeyed: outcomes of earlier ones are told by it. */
  #epoch = 0;
  #sums: Sum[] = [];
  readonly #done = new Set<number>();
  readonly #busy = new Set<number>();

  /** @param slices of the whole data set */
  constructor(slices: number) {
    this.#slices = slices;
  }

  /** First and count of each run of slices claimed here. */
  get runs(): number[] {
    const runs: number[] = [];
    for (const slice of [...this.#claims.keys()].sort((a, b) => a - b)) {
      const at = runs.length - 2;
      if (at >= 0 && (runs[at] as number) + (runs[at + 1] as number) === slice) {
        runs[at + 1] = (runs[at + 1] as number) + 1;
      } else runs.push(slice, 1);
    }
    return runs;
  }

  /** What the share would have to say of its slices' claims. */
  attemptsOf({ from, to }: Span): number[] {
    return Array.from({ length: to - from }, (_, i) => this.#claims.get(from + i) ?? 0);
  }

  step(event: HoldEvent): HoldEffect[] {
    switch (event.type) {
      case 'claimed':
        this.#claims.set(event.slice, event.attempt);
        return [];
      case 'prepared':
        return this.#nowPrepared(event.slices);
      case 'released':
        return this.#released(event.slice);
      case 'probed':
        return this.#probed(event.attempt);
      case 'opened':
        return this.#open(event.opened);
      case 'pulled':
        return this.#pulled(event.digest, event.bytes);
      case 'contributed':
        return this.#contributed(event);
      case 'combined':
        return this.#combined(event);
      case 'tick':
        return this.#tick();
    }
  }

  #nowPrepared(slices: readonly number[]): HoldEffect[] {
    for (const slice of slices) if (this.#claims.has(slice)) this.#prepared.add(slice);
    const work = this.#contribute();
    // The leader may not have been heard: it opens again for who has missed it.
    return work.length > 0 ? work : [{ type: 'announce' }];
  }

  #released(slice: number): HoldEffect[] {
    this.#claims.delete(slice);
    this.#prepared.delete(slice);
    this.#done.delete(slice);
    const kept: Sum[] = [];
    for (const sum of this.#sums) {
      if (slice < sum.from || slice >= sum.to) kept.push(sum);
      else for (let i = sum.from; i < sum.to; i += 1) this.#done.delete(i);
    }
    this.#sums = kept;
    // Not announced any more either, while the sums over what is left are still being combined.
    this.shares = this.shares.filter(({ from, to }) => slice < from || slice >= to);
    if (this.#claims.size > 0) return [...this.#share(), ...this.#contribute()];
    this.shares = [];
    return [];
  }

  #probed(attempt: number): HoldEffect[] {
    this.attempt = Math.max(this.attempt, attempt);
    return [{ type: 'announce' }];
  }

  #open(opened: Opened): HoldEffect[] {
    const before = this.#opened;
    if (opened.attempt < this.attempt) return [{ type: 'stale' }, { type: 'announce' }];
    this.attempt = opened.attempt;
    if (before !== null && before.digest === opened.digest && before.round === opened.round) {
      return this.#openedAgain(before, opened);
    }
    if (before !== null && before.attempt === opened.attempt && opened.round <= before.round) {
      return [{ type: 'stale' }];
    }
    this.#opened = opened;
    this.#epoch += 1;
    this.#sums = [];
    this.shares = [];
    this.#done.clear();
    this.#busy.clear();
    const { round, digest, bytes } = opened;
    if (bytes !== null) this.state = { round, digest, bytes };
    const here = this.state?.digest === digest && this.state.round === round;
    return [
      { type: 'abandon' },
      ...(here ? this.#contribute() : [{ type: 'pull', opened } as const]),
    ];
  }

  #openedAgain(before: Opened, opened: Opened): HoldEffect[] {
    this.#opened = { ...opened, bytes: null };
    if (opened.attempt > before.attempt) return [{ type: 'announce' }, ...this.#contribute()];
    // Asked for again with what the leader says now of who has it.
    return this.#hasState() ? this.#contribute() : [{ type: 'pull', opened }];
  }

  #hasState(): boolean {
    return (
      this.#opened !== null &&
      this.state?.digest === this.#opened.digest &&
      this.state.round === this.#opened.round
    );
  }

  #pulled(digest: string, bytes: Uint8Array | null): HoldEffect[] {
    const opened = this.#opened;
    // Not to be had now: the leader opens again.
    if (bytes === null || opened === null || opened.digest !== digest || this.#hasState())
      return [];
    this.state = { round: opened.round, digest, bytes };
    // Others may pull it from here.
    return [{ type: 'announce' }, ...this.#contribute()];
  }

  /** Has every slice contribute that is prepared and has not yet. */
  #contribute(): HoldEffect[] {
    if (!this.#hasState() || this.state === null) return [];
    const slices = [...this.#prepared].filter(
      (one) => !this.#done.has(one) && !this.#busy.has(one),
    );
    if (slices.length === 0) return [];
    slices.sort((a, b) => a - b);
    for (const slice of slices) this.#busy.add(slice);
    const announced = cover(this.#slices, new Set([...this.#done, ...this.#busy]));
    return [{ type: 'contribute', epoch: this.#epoch, state: this.state, slices, announced }];
  }

  #contributed(event: Extract<HoldEvent, { type: 'contributed' }>): HoldEffect[] {
    if (event.epoch !== this.#epoch) return [];
    for (const slice of event.slices) this.#busy.delete(slice);
    for (const sum of event.sums) this.#take(sum);
    return [...this.#share(), ...(event.sums.length > 0 ? this.#contribute() : [])];
  }

  /** Counts the sum if every slice of it is held still. */
  #take(sum: Sum): void {
    for (let i = sum.from; i < sum.to; i += 1) if (!this.#claims.has(i)) return;
    // What it is made of is not needed any more.
    this.#sums = this.#sums.filter((one) => one.from < sum.from || one.to > sum.to);
    this.#sums.push(sum);
    for (let i = sum.from; i < sum.to; i += 1) this.#done.add(i);
  }

  #combined(event: Extract<HoldEvent, { type: 'combined' }>): HoldEffect[] {
    if (event.epoch !== this.#epoch) return [];
    for (const sum of event.sums) {
      const whole = this.attemptsOf(sum).every((_, i) => this.#done.has(sum.from + i));
      if (whole) this.#take(sum);
    }
    return this.#share();
  }

  /** Announces the sums over the fewest subtrees; asks for those that are not summed yet. */
  #share(): HoldEffect[] {
    const spans = cover(this.#slices, this.#done);
    const ready = new Map(this.#sums.map((sum) => [`${sum.from} ${sum.to}`, sum]));
    const missing = spans.filter(
      ({ from, to }) => (ready.get(`${from} ${to}`)?.sha256 ?? '') === '',
    );
    if (missing.length > 0) {
      return [{ type: 'combine', epoch: this.#epoch, parts: this.#sums, spans: missing }];
    }
    this.shares = spans.map((span) => {
      const sum = ready.get(`${span.from} ${span.to}`) as Sum;
      return { ...sum, attempts: this.attemptsOf(span) };
    });
    return [{ type: 'announce' }];
  }

  #tick(): HoldEffect[] {
    if (this.#claims.size === 0) return [];
    return [{ type: 'announce' }, ...this.#contribute()];
  }
}
