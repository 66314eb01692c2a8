/**
 * The host loop: runs one actor, and is the only place where its effects touch the world.
 *
 * For each batch of events: step, then persist, then send, then settle. An actor's effects name
 * their class, and no effect of a later class starts before those of the earlier ones are done; so
 * nothing is sent on the strength of a change that is not stored, and nothing is acknowledged that
 * would be forgotten. When a compare-and-set fails, the batch's remaining effects are dropped and
 * the actor is told so before it hears of anything else. It knows nothing of what events mean.
 */
import { familyOf } from '../schemas/errors.ts';
import { limits } from '../schemas/limits.ts';
import { ConflictError } from './errors.ts';
import type { Log } from './log.ts';
import { Mailbox } from './mailbox.ts';
import type { Clock } from './ports/clock.ts';

/** `persist` before `send` before `settle`; `start` begins work whose outcome comes back as an event. */
export type EffectClass = 'persist' | 'send' | 'settle' | 'start';

export interface Step<S, F> {
  readonly state: S;
  readonly effects: readonly F[];
}

export interface Actor<S, E, F> {
  readonly name: string;
  /** Builds the state from records; called at start and after a crash. */
  load(): Promise<S>;
  step(state: S, event: E): Step<S, F>;
  /** Effects that stand for a whole batch of events, asked for after the last of them. */
  flush?(state: S): readonly F[];
  classOf(effect: F): EffectClass;
  /** Carries out one effect. Outcomes come back through `emit`. */
  perform(effect: F, emit: (event: E) => void): Promise<void>;
  /** The event that tells the actor to read its record again after a lost compare-and-set. */
  conflict?(effect: F): E;
  /** After every batch: a view for queries may be refreshed here. */
  observe?(state: S): void;
}

export interface HostContext {
  readonly clock: Clock;
  readonly log: Log;
}

export class Host<S, E, F> {
  readonly mailbox: Mailbox<E>;
  /** Resolves when the host has stopped; rejects when it crashed more often than allowed. */
  readonly stopped: Promise<void>;
  private readonly actor: Actor<S, E, F>;
  private readonly context: HostContext;
  private readonly crashes: number[] = [];
  private readonly running = new Set<Promise<void>>();
  private halting = false;

  constructor(actor: Actor<S, E, F>, context: HostContext) {
    this.actor = actor;
    this.context = context;
    this.mailbox = new Mailbox<E>(limits.mailboxMax);
    this.stopped = this.supervise();
    // Whoever awaits `stopped` sees the failure; nobody awaiting it must not kill the process here.
    this.stopped.catch(() => {});
  }

  /** Hands in what comes from outside. @returns false when it was refused */
  readonly emit = (event: E): boolean => {
    const taken = this.mailbox.offer(event);
    if (!taken && !this.halting) {
      this.context.log('warn', 'mailbox full: event refused', { actor: this.actor.name });
    }
    return taken;
  };

  /** The outcome of an effect. */
  private readonly deliver = (event: E): void => {
    this.mailbox.deliver(event);
  };

  /** Handles what waits, lets started work end, and stops. Safe to call more than once. */
  async stop(): Promise<void> {
    this.halting = true;
    this.mailbox.close();
    await this.stopped.catch(() => {});
    await Promise.allSettled([...this.running]);
  }

  /** One level of supervision: a crash reloads the actor from its records, a few times a minute. */
  private async supervise(): Promise<void> {
    for (;;) {
      try {
        await this.run();
        return;
      } catch (error) {
        const now = this.context.clock.nowMs();
        this.crashes.push(now);
        while ((this.crashes[0] ?? now) < now - limits.restartWindowMs) this.crashes.shift();
        this.context.log('error', 'actor crashed', {
          actor: this.actor.name,
          error,
          restarts: this.crashes.length,
        });
        if (this.crashes.length > limits.restartsMax || this.halting) throw error;
      }
    }
  }

  private async run(): Promise<void> {
    let state: S = (await this.actor.load()) as S;
    this.actor.observe?.(state);
    let conflicts: readonly E[] = [];
    for (;;) {
      const events = conflicts.length > 0 ? conflicts : await this.mailbox.take();
      if (events === null) return;
      const effects: F[] = [];
      for (const event of events) {
        const next = this.actor.step(state, event);
        state = next.state;
        for (const effect of next.effects) effects.push(effect);
      }
      for (const effect of this.actor.flush?.(state) ?? []) effects.push(effect);
      conflicts = await this.performAll(effects);
      this.actor.observe?.(state);
    }
  }

  /** @returns what the actor must be told of writes that lost */
  private async performAll(effects: readonly F[]): Promise<readonly E[]> {
    if (effects.length === 0) return [];
    const of = (kind: EffectClass) => effects.filter((e) => this.actor.classOf(e) === kind);
    const stored = await Promise.all(of('persist').map((effect) => this.persist(effect)));
    const conflicts = stored.filter((event) => event !== null);
    if (conflicts.length > 0) return conflicts;
    await Promise.all(of('send').map((effect) => this.attempt(effect)));
    await Promise.all(of('settle').map((effect) => this.attempt(effect)));
    for (const effect of of('start')) {
      const work = this.attempt(effect).finally(() => this.running.delete(work));
      this.running.add(work);
    }
    return [];
  }

  /** An event when the write lost against somebody else's: what follows from it must not happen. */
  private async persist(effect: F): Promise<E | null> {
    try {
      await this.actor.perform(effect, this.deliver);
      return null;
    } catch (error) {
      if (error instanceof ConflictError && this.actor.conflict !== undefined) {
        return this.actor.conflict(effect);
      }
      throw error;
    }
  }

  /** A send that fails is a lost message, which the protocol bears; only a bug is let through. */
  private async attempt(effect: F): Promise<void> {
    try {
      await this.actor.perform(effect, this.deliver);
    } catch (error) {
      if (familyOf(error) === 'bug') {
        this.context.log('error', 'effect failed', { actor: this.actor.name, error });
      } else {
        this.context.log('debug', 'effect not delivered', { actor: this.actor.name, error });
      }
    }
  }
}
