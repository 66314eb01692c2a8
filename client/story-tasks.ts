/**
 * The tasks of a job as its events tell of them: who works on what, what was taken from whom, and
 * who took it up.
 */
import type { LostNode, StoryTask, TakenTask } from './job-story.ts';
import { type Fields, nameOf, numberOf } from './story-fields.ts';

interface Known {
  attempt: number;
  /** Attempts that were no new beginning of anybody's: moves, copies, those of an earlier plan. */
  free: number;
  /** Attempts that began as copies. */
  readonly copies: Set<number>;
  node: string;
  since: string;
  /** Taken from its node and not claimed again since. */
  taken: TakenTask | null;
}

/** The change of a `LostNode` while it is told of. */
interface Losing extends LostNode {
  readonly tasks: TakenTask[];
}

export class TaskLedger {
  readonly #tasks = new Map<string, Known>();
  readonly #working = new Set<string>();
  readonly lostNodes: Losing[] = [];
  attempts = 0;
  moves = 0;
  reassigned = 0;
  #replanned = false;

  /** Tasks that nodes claimed. */
  claimed(tasks: readonly Fields[], at: string): void {
    for (const fields of tasks) {
      const task = nameOf(fields, 'task');
      const attempt = numberOf(fields, 'attempt');
      const known = this.#known(task, attempt);
      const node = nameOf(fields, 'node');
      this.#admitted(known, attempt);
      known.node = node;
      known.since = at;
      if (known.taken !== null) known.taken.to = node;
      known.taken = null;
      this.#working.add(task);
    }
  }

  done(tasks: readonly Fields[]): void {
    for (const fields of tasks) {
      const task = nameOf(fields, 'task');
      const attempt = numberOf(fields, 'attempt');
      const known = this.#known(task, attempt);
      this.#admitted(known, attempt);
      if (known.taken !== null) known.taken.to = nameOf(fields, 'node');
      known.taken = null;
      this.#working.delete(task);
    }
  }

  nodeLost(node: string, n: number, at: string): void {
    this.lostNodes.push({ node, reason: 'lost', n, at, tasks: [] });
  }

  /** Tasks that were taken from their nodes: `{task, attempt, from, reason}`. */
  taken(tasks: readonly Fields[], n: number, at: string): void {
    for (const fields of tasks) {
      const task = nameOf(fields, 'task');
      const reason = nameOf(fields, 'reason');
      const attempt = numberOf(fields, 'attempt');
      const known = this.#known(task, attempt - 1);
      this.#working.delete(task);
      // The copy goes on in the place of what was lost: it is an attempt from now on.
      if (known.copies.delete(attempt)) known.free -= 1;
      if (reason === 'moved') {
        this.moves += 1;
        known.free += 1;
      } else {
        this.reassigned += 1;
        const taken = { task, attempt, to: null };
        known.taken = taken;
        this.#losing(nameOf(fields, 'from'), reason, n, at).tasks.push(taken);
      }
      this.#admitted(known, attempt);
    }
  }

  /** A second attempt beside the one under way. */
  copied(fields: Fields): void {
    const attempt = numberOf(fields, 'attempt');
    const known = this.#known(nameOf(fields, 'task'), attempt - 1);
    known.free += 1;
    known.copies.add(attempt);
    this.#admitted(known, attempt);
  }

  /** All tasks begin anew: attempts so far are nobody's. */
  replanned(): void {
    this.leave();
    this.#replanned = true;
  }

  /** The attempt is over. @param again whether the next one is admitted: not after the last error allowed */
  erred(task: string, attempt: number, again: boolean): void {
    this.#admitted(this.#known(task, attempt), again ? attempt + 1 : attempt);
    this.#working.delete(task);
  }

  /** The stage is over, or given up: nobody works on its tasks any more. */
  leave(): void {
    this.#working.clear();
    this.#tasks.clear();
  }

  /** Who works on what, the longest first. */
  working(): StoryTask[] {
    return [...this.#working].map((task) => {
      const { node, attempt, since } = this.#known(task, 1);
      return { task, node, attempt, since };
    });
  }

  nodeOf(task: string): string {
    return this.#tasks.get(task)?.node ?? '';
  }

  /** @param attempt that was at work, where this is the first word of the task */
  #known(task: string, attempt: number): Known {
    const found = this.#tasks.get(task);
    if (found !== undefined) return found;
    const free = this.#replanned ? Math.max(0, attempt - 1) : 0;
    const fresh = { attempt: 0, free, copies: new Set<number>(), node: '', since: '', taken: null };
    this.#tasks.set(task, fresh);
    return fresh;
  }

  #admitted(known: Known, attempt: number): void {
    known.attempt = Math.max(known.attempt, attempt);
    this.attempts = Math.max(this.attempts, known.attempt - known.free);
  }

  /** The loss that the event belongs to: a node may be lost more than once. */
  #losing(node: string, reason: string, n: number, at: string): Losing {
    const last = this.lostNodes.findLast((lost) => lost.node === node && lost.reason === reason);
    // Its tasks are told of one by one, right after the loss itself.
    if (last !== undefined && Date.parse(at) - Date.parse(last.at) < togetherMs) return last;
    const fresh = { node, reason, n, at, tasks: [] };
    this.lostNodes.push(fresh);
    return fresh;
  }
}

const togetherMs = 5_000;
