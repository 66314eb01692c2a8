/**
 * All slices that a node holds of one job: prepared once, kept in shared memory, served to rounds.
 *
 * Each slice is a claim of its own, which ends when its signal is raised or its work fails; the node
 * listens and answers as one. Shards are read from this host's files, once for several slices.
 */
import { CancelledError } from '../../runtime/errors.ts';
import type { Timer } from '../../runtime/ports/clock.ts';
import type { Message, Subscription } from '../../runtime/ports/transport.ts';
import type { JobId } from '../../schemas/ids.ts';
import { sliceCount } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobData } from '../task-runner/job-source.ts';
import type { TaskContext } from '../task-runner/role.ts';
import type { ShardPath } from '../task-runner/thread-jobs.ts';
import { FitHolder, type SliceData } from './fit-holder.ts';
import { type Reduce, readOpen } from './messages.ts';
import type { PreparedSlices, PrepareSlicesInput } from './round-functions.ts';
import type { RoundIdentity, RoundNode } from './round-node.ts';

/** Runs with the file of a shard at hand. */
export type WithShard = <T>(
  job: JobData,
  shard: number,
  context: TaskContext,
  run: (shard: ShardPath) => Promise<T>,
) => Promise<T>;

interface Hold {
  readonly context: TaskContext;
  readonly shard: number;
  data: SliceData | null;
  end(error: Error): void;
}

export class JobHolder {
  readonly data: JobData;
  readonly #node: RoundNode;
  readonly #withShard: WithShard;
  readonly #holds = new Map<number, Hold>();
  readonly #fits: readonly FitHolder[];
  readonly #subscriptions: readonly Subscription[];
  /** Slices that wait to be prepared. */
  readonly #waiting = new Set<number>();
  #preparing = 0;
  #timer: Timer;

  constructor(
    node: RoundNode,
    identity: RoundIdentity,
    job: JobId,
    data: JobData,
    withShard: WithShard,
  ) {
    this.#node = node;
    this.data = data;
    this.#withShard = withShard;
    node.kept.open(this, identity.node);
    this.#fits = data.plan.fits.map((_, fit) => {
      const slices = sliceCount(data.plan);
      return new FitHolder({
        node,
        place: { ...identity, job, fit, slices, bytes: data.bytes },
        slice: (slice) => this.#holds.get(slice)?.data ?? undefined,
        failed: (slice, error) => this.#release(slice, error),
        moved: () => this.#moved(),
        spent: (cpuMs) => this.#spent(cpuMs),
      });
    });
    const { transport, subjects } = node.bus;
    this.#subscriptions = this.#fits.map((fit, i) =>
      transport.subscribe(subjects.roundOpen(job, i, '*'), (message) => this.#opened(fit, message)),
    );
    this.#timer = this.#tickLater();
  }

  get empty(): boolean {
    return this.#holds.size === 0;
  }

  /** Holds a slice until the signal is raised; rejects with what ended it. */
  hold(slice: number, shard: number, context: TaskContext): Promise<never> {
    return new Promise((_, reject) => {
      const abort = () => this.#release(slice, new CancelledError(`hold of slice ${slice}`));
      const end = (error: Error) => {
        context.signal.removeEventListener('abort', abort);
        reject(error);
      };
      // The same slice claimed again under another attempt: the earlier claim is over.
      this.#release(slice, new CancelledError(`an earlier hold of slice ${slice}`));
      this.#holds.set(slice, { context, shard, data: null, end });
      for (const fit of this.#fits) fit.step({ type: 'claimed', slice, attempt: context.attempt });
      context.signal.addEventListener('abort', abort, { once: true });
      if (context.signal.aborted) return abort();
      this.#waiting.add(slice);
      this.#prepareSome();
    });
  }

  close(): void {
    this.#timer.cancel();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const slice of [...this.#holds.keys()]) {
      this.#release(slice, new CancelledError(`hold of slice ${slice}`));
    }
    for (const fit of this.#fits) fit.close();
    this.#node.kept.close(this);
  }

  /** How long a round takes here over all slices that are held; null while none has been done. */
  pace(): { readonly slices: number; readonly ms: number } | null {
    const slices = this.#holds.size;
    const threadMs = this.#fits.reduce((sum, fit) => sum + (fit.threadMs ?? 0), 0);
    if (slices === 0 || threadMs === 0) return null;
    return { slices, ms: threadMs * Math.ceil(slices / Math.max(1, this.#node.compute.slots)) };
  }

  reduce(message: Reduce): Promise<object> {
    const fit = this.#fits[message.fit];
    if (fit === undefined) return Promise.resolve({ error: `the job has no fit ${message.fit}` });
    return fit.reduce(message);
  }

  #release(slice: number, error: Error): void {
    const hold = this.#holds.get(slice);
    if (hold === undefined) return;
    this.#holds.delete(slice);
    this.#waiting.delete(slice);
    for (const fit of this.#fits) fit.step({ type: 'released', slice });
    hold.end(error);
  }

  #moved(): void {
    for (const hold of this.#holds.values()) hold.context.moved();
  }

  /** The slices of a node are computed together: the first of them has the cost of all. */
  #spent(cpuMs: number): void {
    const [first] = this.#holds.values();
    first?.context.spend({ cpuMs });
  }

  #opened(fit: FitHolder, message: Message): void {
    try {
      fit.opened(readOpen(message));
    } catch (error) {
      this.#node.log('warn', 'message dropped', { subject: message.subject, error });
    }
  }

  #tickLater(): Timer {
    return this.#node.clock.after(limits.heartbeatMs, () => {
      this.#timer = this.#tickLater();
      for (const fit of this.#fits) fit.step({ type: 'tick' });
    });
  }

  /** Prepares what waits: slices of one shard together, on as many threads as there are. */
  #prepareSome(): void {
    const { slots } = this.#node.compute;
    while (this.#preparing < slots && this.#waiting.size > 0) {
      const [first] = this.#waiting;
      const shard = this.#holds.get(first as number)?.shard;
      const alike = [...this.#waiting].filter((slice) => this.#holds.get(slice)?.shard === shard);
      const batch = alike.slice(0, Math.ceil(alike.length / slots));
      for (const slice of batch) this.#waiting.delete(slice);
      this.#preparing += 1;
      void this.#prepare(shard ?? 0, batch).finally(() => {
        this.#preparing -= 1;
        this.#prepareSome();
      });
    }
  }

  async #prepare(shard: number, batch: readonly number[]): Promise<void> {
    const holds = batch.flatMap((slice) => {
      const hold = this.#holds.get(slice);
      return hold === undefined ? [] : [{ slice, hold }];
    });
    const [first] = holds;
    if (first === undefined) return;
    const slices = holds.map(({ slice }) => slice);
    try {
      const prepared = await this.#withShard(this.data, shard, first.hold.context, (path) =>
        first.hold.context.span('prepare', () =>
          this.#prepareSlices({ job: this.data.bytes, shard: path, slices }, holds),
        ),
      );
      for (const [i, { hold }] of holds.entries()) {
        hold.data = { prepared: prepared[i] ?? [], isolated: hold.context.isolated };
      }
      const still = holds.filter(({ slice, hold }) => this.#holds.get(slice) === hold);
      const done = still.map(({ slice }) => slice);
      if (done.length > 0)
        for (const fit of this.#fits) fit.step({ type: 'prepared', slices: done });
    } catch (error) {
      if (holds.length > 1) {
        // Each alone shows whose rows it was.
        await Promise.all(slices.map((slice) => this.#prepare(shard, [slice])));
        return;
      }
      const own = this.#holds.get(first.slice) === first.hold;
      if (own)
        this.#release(first.slice, error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #prepareSlices(
    input: PrepareSlicesInput,
    holds: readonly { readonly hold: Hold }[],
  ): Promise<PreparedSlices> {
    const moved = () => {
      for (const { hold } of holds) hold.context.moved();
    };
    const found = await this.#node.compute.run('prepare-slices', input, {
      signal: allOver(holds.map(({ hold }) => hold.context.signal)),
      isolated: holds.length === 1 && holds[0]?.hold.context.isolated === true,
      onProgress: moved,
      onCpu: (cpuMs) => holds[0]?.hold.context.spend({ cpuMs }),
    });
    moved();
    return found as PreparedSlices;
  }
}

/** Raised when all of the signals are: work that hangs for several slices must not keep its thread. */
function allOver(signals: readonly AbortSignal[]): AbortSignal {
  const over = new AbortController();
  const look = () => {
    if (signals.every(({ aborted }) => aborted)) over.abort();
  };
  for (const signal of signals) signal.addEventListener('abort', look, { once: true });
  look();
  return over.signal;
}
