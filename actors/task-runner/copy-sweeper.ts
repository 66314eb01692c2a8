/**
 * When a node looks for copies of data that was removed: at its start, when it is told to, and now
 * and then, since it may have been away when others were told. A look that fails is tried again soon.
 */
import type { Log } from '../../runtime/log.ts';
import type { Clock } from '../../runtime/ports/clock.ts';
import { limits } from '../../schemas/limits.ts';

export class CopySweeper {
  readonly #look: (() => Promise<void>) | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  #dueMs: number;
  #under = false;

  /** @param look absent where a role keeps no copies */
  constructor(look: (() => Promise<void>) | undefined, clock: Clock, log: Log) {
    this.#look = look;
    this.#clock = clock;
    this.#log = log;
    this.#dueMs = clock.nowMs();
  }

  /** Called often; looks when it is time and the broker can be asked. */
  tick(connected: boolean): void {
    if (connected && this.#clock.nowMs() >= this.#dueMs) this.sweep();
  }

  sweep(): void {
    this.#dueMs = this.#clock.nowMs() + limits.cacheSweepMs;
    if (this.#under || this.#look === undefined) return;
    this.#under = true;
    this.#look()
      .catch((error: unknown) => {
        this.#log('warn', 'copies of removed data were not looked for; tried again', { error });
        this.#dueMs = this.#clock.nowMs() + limits.cacheSweepRetryMs;
      })
      .finally(() => {
        this.#under = false;
      });
  }
}
