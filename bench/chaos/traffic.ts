/**
 * People with work to do: loops that submit jobs, wait for them, sometimes submit twice, cancel,
 * pause and resume, and write down what they were told.
 *
 * What a client was told is the history that the checker holds the records against. A submission
 * that was not acknowledged is repeated under the same id until it is.
 */
import type { ShoalClient } from '../../client/client.ts';
import { JobRejectedError } from '../../client/errors.ts';
import type { JobHandle } from '../../client/job-handle.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { ShoalError } from '../../schemas/errors.ts';
import { finalPhases, type JobView } from '../../schemas/views.ts';
import { type SpecName, specs } from './specs.ts';
import { wait } from './waits.ts';

export interface Entry {
  readonly id: string;
  readonly spec: SpecName;
  readonly submittedMs: number;
  /** Calls of submit that were acknowledged. */
  acknowledged: number;
  cancelAsked: boolean;
  endedMs: number | null;
  view: JobView | null;
}

export interface TrafficOptions {
  readonly clients: readonly ShoalClient[];
  readonly names: readonly SpecName[];
  readonly seed: number;
  /** Put before every id, so that runs on one cluster do not meet. */
  readonly tag: string;
  /** Longest pause between two jobs of a client, milliseconds. */
  readonly restMs: number;
  /** Told of every job that has ended, as its client was told. */
  readonly ended: (entry: Entry) => void;
  readonly wrong: (what: string) => void;
}

const retryMs = 250;
/** Jobs of a kind that share the name of a model. */
const versionsMax = 20;

export class Traffic {
  readonly open = new Map<string, Entry>();
  /** Calls that ended with an error which the client got over, by code. */
  readonly errors = new Map<string, number>();
  submitted = 0;
  private readonly options: TrafficOptions;
  private readonly stop = new AbortController();
  private readonly loops: Promise<void>[] = [];
  private count = 0;

  constructor(options: TrafficOptions) {
    this.options = options;
  }

  start(): void {
    this.options.clients.forEach((client, i) => {
      const random = new SeededRandom(this.options.seed * 31 + i);
      this.loops.push(this.loop(client, random));
    });
  }

  /** No new jobs; resolves when every loop has seen its last one end. */
  async end(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.loops);
  }

  private async loop(client: ShoalClient, random: SeededRandom): Promise<void> {
    const { names, restMs } = this.options;
    while (!this.stop.signal.aborted) {
      const spec = names[Math.floor(random.next() * names.length)] ?? 'sum';
      await this.once(client, spec, random);
      await wait(restMs * random.next());
    }
  }

  private async once(client: ShoalClient, spec: SpecName, random: SeededRandom): Promise<void> {
    this.count += 1;
    const id = `${this.options.tag}-${spec}-${this.count}`;
    const entry: Entry = {
      ...{ id, spec, submittedMs: performance.now(), acknowledged: 0, cancelAsked: false },
      ...{ endedMs: null, view: null },
    };
    this.open.set(id, entry);
    this.submitted += 1;
    const model =
      random.next() < 0.5 ? `shared-${spec}-${Math.floor(this.count / versionsMax)}` : id;
    const body = { ...specs[spec], id, ...(spec === 'predict' ? {} : { model }) };
    const submit = () =>
      this.insist(async () => this.acknowledged(entry, await client.submit(body)));
    const handles = await Promise.all(
      Array.from({ length: random.next() < 0.2 ? 3 : 1 }, () => submit()),
    );
    const meddling = this.meddle(client, entry, random);
    const view = await this.insist(() => this.outcome(handles[0] ?? client.job(id)));
    await meddling;
    entry.endedMs = performance.now();
    entry.view = view;
    this.open.delete(id);
    this.options.ended(entry);
  }

  private acknowledged(entry: Entry, handle: JobHandle): JobHandle {
    entry.acknowledged += 1;
    return handle;
  }

  private async outcome(handle: JobHandle): Promise<JobView | null> {
    try {
      const view = await handle.ended();
      if (finalPhases.has(view.phase)) return view;
      // The coordinator that answered may have just begun.
      this.options.wrong(`"${handle.id}" has ended by its log, and is ${view.phase} by its view`);
      return view;
    } catch (error) {
      if (!(error instanceof JobRejectedError)) throw error;
      this.options.wrong(`"${handle.id}" was rejected: ${error.message}`);
      return null;
    }
  }

  /** One job in ten is cancelled at some moment, one in ten paused for a while. */
  private async meddle(client: ShoalClient, entry: Entry, random: SeededRandom): Promise<void> {
    const dice = random.next();
    if (dice > 0.2) return;
    const job = client.job(entry.id);
    await wait(6_000 * random.next());
    if (dice < 0.1) {
      entry.cancelAsked = true;
      await this.order(() => job.cancel());
      return;
    }
    await this.order(() => job.pause());
    await wait(2_000 * random.next());
    await this.order(() => job.resume());
  }

  /** An order that comes too late is refused, and that is an answer. */
  private async order(give: () => Promise<unknown>): Promise<void> {
    await this.insist(async () => {
      try {
        await give();
      } catch (error) {
        const passing = error instanceof ShoalError && error.family === 'retryable';
        if (passing || (error as ShoalError).code === 'no-job') throw error;
      }
    });
  }

  /** Until it succeeds; what was in the way is counted. */
  private async insist<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        const code = error instanceof ShoalError ? error.code : String(error);
        this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
        await wait(retryMs);
      }
    }
  }
}
