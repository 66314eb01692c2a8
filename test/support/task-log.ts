/**
 * Every write of every task's record, with the time at which it was seen by this process. That a
 * record was removed is not seen.
 *
 * Tests and benchmarks wait here for what a record says, and read afterwards who claimed what when.
 * A log belongs to one connection and sees nothing while that is cut.
 */
import type { Bus } from '../../runtime/bus.ts';
import type { Change, Watch } from '../../runtime/ports/store.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';

export interface Sight {
  /** Of this process's monotonic clock. */
  readonly atMs: number;
  readonly job: string;
  readonly task: string;
  readonly record: TaskRecord;
}

type Waiter = () => void;

export class TaskLog implements AsyncDisposable {
  /** In the order of the store's revisions. */
  readonly sights: Sight[] = [];
  private readonly byTask = new Map<string, Sight[]>();
  private readonly waiters = new Set<Waiter>();
  private watch: Watch | null = null;

  static async open(bus: Bus): Promise<TaskLog> {
    const log = new TaskLog();
    log.watch = await bus.store.watch('tasks', '', (change) => log.see(change));
    await log.watch.caughtUp;
    return log;
  }

  /** Changes of the job's tasks, each task's in order. */
  of(job: string): ReadonlyMap<string, readonly Sight[]> {
    return new Map([...this.byTask].filter(([key]) => key.startsWith(`${job}.`)));
  }

  /** Last changes of the tasks that the node has claimed. */
  heldBy(node: string): Sight[] {
    return [...this.byTask.values()].flatMap((sights) => {
      const last = sights.at(-1);
      return last?.record.state === TaskState.CLAIMED && last.record.node === node ? [last] : [];
    });
  }

  /** The first value that is neither undefined, null nor false, looked for after every change. */
  async until<T>(look: (log: TaskLog) => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = look(this);
      if (found !== undefined && found !== null && found !== false) return found;
      await new Promise<void>((resolve) => this.waiters.add(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch?.stop();
  }

  private see({ key, value }: Change): void {
    if (value === null) return;
    const record = records.task.decode(value);
    const sight = { atMs: performance.now(), job: record.job, task: record.task, record };
    this.sights.push(sight);
    const sights = this.byTask.get(key) ?? [];
    sights.push(sight);
    this.byTask.set(key, sights);
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const wake of waiters) wake();
  }
}

export interface Regained {
  /** When the next attempt was admitted, and when somebody claimed it. */
  readonly admittedMs: number;
  readonly claimedMs: number;
}

/**
 * What became of a task that one of the nodes held at the moment of a signal: null while nobody has
 * claimed it again, or because its commit got through all the same; undefined when none held it.
 */
export function regained(
  sights: readonly Sight[],
  victims: readonly string[],
  signalMs: number,
): Regained | null | undefined {
  // A claim that was written just before the signal may be seen just after it.
  const held = sights.findLast(
    ({ record, atMs }) =>
      record.state === TaskState.CLAIMED &&
      victims.includes(record.node) &&
      atMs <= signalMs + 100 &&
      record.attempt === 1,
  )?.record;
  if (held === undefined) return undefined;
  const later = sights.filter(({ atMs }) => atMs > signalMs);
  const ended = sights.find(
    ({ record }) => record.state === TaskState.DONE && record.nonce === held.nonce,
  );
  if (ended !== undefined && ended.atMs <= signalMs) return undefined;
  const again = later.find(
    ({ record }) => record.state === TaskState.CLAIMED && record.nonce !== held.nonce,
  );
  if (again === undefined) return null;
  const admitted = later.find(
    ({ record }) => record.state === TaskState.PENDING && record.attempt === again.record.attempt,
  );
  return { admittedMs: admitted?.atMs ?? again.atMs, claimedMs: again.atMs };
}
