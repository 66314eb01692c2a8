/**
 * A bystander on a link that nobody hurts: what every task's record says, when work moves on, who
 * leads, and how often late work was refused.
 *
 * It checks on the way what must hold of records at any moment: attempts only grow, and what is
 * done stays as it is. Of a task it keeps the last record alone, and forgets it with its job.
 */
import type { Bus } from '../../runtime/bus.ts';
import type { Change, Watch } from '../../runtime/ports/store.ts';
import { decodeMessage, type Heartbeat, records, TaskState } from '../../schemas/wire.ts';

interface Seen {
  readonly revision: number;
  readonly state: number;
  readonly attempt: number;
  readonly node: string;
  readonly nonce: string;
  readonly result: string;
}

/** A task that somebody held, whose next claim is waited for. */
interface Lost {
  readonly nonce: string;
  readonly signalMs: number;
  readonly regained: (ms: number) => void;
}

type Leader = { readonly node: string; readonly term: number };

export class Witness implements AsyncDisposable {
  private readonly tasks = new Map<string, Seen>();
  private readonly lost = new Map<string, Lost[]>();
  private readonly refusals = new Map<string, number>();
  private readonly progressWaiters = new Set<() => void>();
  private readonly leaderWaiters = new Set<(leader: Leader) => void>();
  private watch: Watch | null = null;
  leader: Leader = { node: '', term: 0 };
  /** Commits of tasks, and closed rounds told, since the start. */
  steps = 0;
  /** What broke a law, in words. */
  readonly broken: string[] = [];

  static async open(bus: Bus): Promise<Witness> {
    const witness = new Witness();
    bus.transport.subscribe(bus.subjects.heartbeat('*'), ({ bytes }) => {
      witness.hear(decodeMessage('heartbeat', Uint8Array.from(bytes)));
    });
    bus.transport.subscribe('jobs.*.events.>', ({ subject }) => {
      if (/\.(rounds|rounds-ended|completed|published)$/.test(subject)) witness.step();
    });
    witness.watch = await bus.store.watch('tasks', '', (change) => witness.see(change));
    await witness.watch.caughtUp;
    return witness;
  }

  /** Late commits that were refused, by all nodes since the start. */
  get refused(): number {
    return [...this.refusals.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Nodes that hold a claim on a task of this stage, or of any. */
  holders(stage?: string): string[] {
    const held = [...this.tasks].filter(
      ([key, { state }]) =>
        state === TaskState.CLAIMED && (stage === undefined || key.includes(`.${stage}.`)),
    );
    return [...new Set(held.map(([, { node }]) => node))].sort();
  }

  /** Calls back for every task that the node holds now, when somebody else has claimed it. */
  follow(node: string, signalMs: number, regained: (ms: number) => void): number {
    let count = 0;
    for (const [key, seen] of this.tasks) {
      if (seen.state !== TaskState.CLAIMED || seen.node !== node) continue;
      const lost = this.lost.get(key) ?? [];
      lost.push({ nonce: seen.nonce, signalMs, regained });
      this.lost.set(key, lost);
      count += 1;
    }
    return count;
  }

  /** Resolves when some work has moved on after this call. */
  progress(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.progressWaiters.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Resolves when somebody leads in a later term than this. */
  led(after: number, signal: AbortSignal): Promise<Leader | null> {
    if (this.leader.term > after) return Promise.resolve(this.leader);
    return new Promise((resolve) => {
      const told = (leader: Leader): void => {
        if (leader.term <= after) return;
        this.leaderWaiters.delete(told);
        resolve(leader);
      };
      this.leaderWaiters.add(told);
      signal.addEventListener('abort', () => resolve(null), { once: true });
    });
  }

  forget(job: string): void {
    for (const key of this.tasks.keys()) {
      if (!key.startsWith(`${job}.`)) continue;
      this.tasks.delete(key);
      this.lost.delete(key);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch?.stop();
  }

  private hear(beat: Heartbeat): void {
    const key = `${beat.node}.${beat.nonce}`;
    this.refusals.set(key, Number(beat.commitsRefused));
    const term = Number(beat.term);
    if (beat.role !== 'coordinator' || term === 0) return;
    if (term === this.leader.term && beat.node !== this.leader.node) {
      this.broken.push(`"${beat.node}" and "${this.leader.node}" both lead in term ${term}`);
    }
    if (term <= this.leader.term) return;
    this.leader = { node: beat.node, term };
    for (const told of [...this.leaderWaiters]) told(this.leader);
  }

  private step(): void {
    this.steps += 1;
    const waiters = [...this.progressWaiters];
    this.progressWaiters.clear();
    for (const wake of waiters) wake();
  }

  private see({ key, value, revision }: Change): void {
    if (value === null) {
      this.tasks.delete(key);
      return;
    }
    const before = this.tasks.get(key);
    if (before !== undefined && before.revision >= revision) return;
    const { state, attempt, node, nonce, result } = records.task.decode(value);
    if (before !== undefined) {
      if (attempt < before.attempt) {
        this.broken.push(`"${key}" fell from attempt ${before.attempt} to ${attempt}`);
      }
      const changed = state !== before.state || result !== before.result;
      if (before.state === TaskState.DONE && changed) {
        this.broken.push(`"${key}" changed after its commit, to state ${state}`);
      }
    }
    if (state === TaskState.DONE && before?.state !== TaskState.DONE) this.step();
    this.tasks.set(key, { revision, state, attempt, node, nonce, result });
    this.settle(key, state, nonce);
  }

  private settle(key: string, state: number, nonce: string): void {
    const lost = this.lost.get(key);
    if (lost === undefined) return;
    const open = lost.filter((one) => {
      if (state === TaskState.DONE && one.nonce === nonce) return false; // it got through after all
      if (state !== TaskState.CLAIMED || one.nonce === nonce) return true;
      one.regained(performance.now() - one.signalMs);
      return false;
    });
    if (open.length > 0) this.lost.set(key, open);
    else this.lost.delete(key);
  }
}
