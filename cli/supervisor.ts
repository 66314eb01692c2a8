/**
 * Keeps a set of child processes alive: what ends unexpectedly is started again, after a growing
 * wait and not more often than a bound; when the bound is reached the whole set is given up.
 */
import { limits } from '../schemas/limits.ts';
import { type Child, type ChildExit, howEnded } from './child.ts';

const backoffMs = 250;
const backoffMaxMs = 10_000;

export interface SupervisorOptions {
  readonly start: (name: string) => Child;
  readonly tell: (line: string) => void;
  /** How long a child may take to end in good order. */
  readonly drainMs: number;
}

interface Kept {
  child: Child;
  restarts: number[];
}

export class Supervisor {
  /** Resolves with the reason when a child could not be kept alive. */
  readonly failed: Promise<string>;
  /** Resolves when every child has left in good order of its own accord. */
  readonly emptied: Promise<void>;
  private readonly options: SupervisorOptions;
  private readonly kept = new Map<string, Kept>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopping = false;
  private giveUp: (reason: string) => void = () => {};
  private allLeft: () => void = () => {};

  constructor(options: SupervisorOptions) {
    this.options = options;
    this.failed = new Promise((resolve) => {
      this.giveUp = resolve;
    });
    this.emptied = new Promise((resolve) => {
      this.allLeft = resolve;
    });
  }

  /** Starts a child and waits until it is ready. @throws when the first start fails */
  async add(name: string): Promise<Child> {
    const child = this.options.start(name);
    const kept: Kept = { child, restarts: [] };
    this.kept.set(name, kept);
    await child.ready;
    this.watch(name, kept);
    return child;
  }

  pid(name: string): number | undefined {
    return this.kept.get(name)?.child.pid;
  }

  /** Asks all to end in good order, insists after a while. Never restarts again. */
  async stop(names: readonly string[] = [...this.kept.keys()]): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(
      names.map(async (name) => {
        const child = this.kept.get(name)?.child;
        if (child === undefined) return;
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        const insist = setTimeout(() => child.kill('SIGKILL'), this.options.drainMs);
        await child.exited;
        clearTimeout(insist);
      }),
    );
  }

  /** Ends all at once. */
  kill(): void {
    this.stopping = true;
    for (const { child } of this.kept.values()) child.kill('SIGKILL');
  }

  private watch(name: string, kept: Kept): void {
    void kept.child.exited.then((exit) => {
      if (!this.stopping) this.again(name, kept, exit);
    });
  }

  private again(name: string, kept: Kept, exit: ChildExit): void {
    const now = performance.now();
    kept.restarts = kept.restarts.filter((at) => at > now - limits.restartWindowMs);
    const how = howEnded(exit);
    if (exit.code === 0) {
      this.options.tell(`${name} left in good order`);
      this.kept.delete(name);
      if (this.kept.size === 0) this.allLeft();
      return;
    }
    if (kept.restarts.length >= limits.restartsMax) {
      this.giveUp(`${name} ended ${how}, ${kept.restarts.length} times within a minute`);
      return;
    }
    const waitMs = Math.min(backoffMaxMs, backoffMs * 2 ** kept.restarts.length);
    kept.restarts.push(now);
    this.options.tell(`${name} ended ${how}; starting it again`);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      kept.child = this.options.start(name);
      this.watch(name, kept);
    }, waitMs);
    this.timers.add(timer);
  }
}
