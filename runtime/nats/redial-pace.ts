/**
 * How long to wait before the next attempt to reach a server that is away.
 *
 * At once and often at first, since most outages are restarts; then ever rarer, up to a bound that
 * still notices a server soon after it is back. Always a random part of it: clients that lost the
 * same server at the same moment must not come back at the same moment.
 */

const firstMs = 300;
const mostMs = 2_000;
/** The wait grows with the time that the server has been away: a tenth of it. */
const share = 10;

export class RedialPace {
  private readonly now: () => number;
  private readonly random: () => number;
  /** When the present outage was first noticed; null while connected. */
  private awaySinceMs: number | null = null;

  /** @param random uniform in [0, 1) */
  constructor(now: () => number, random: () => number) {
    this.now = now;
    this.random = random;
  }

  /** Milliseconds to wait before the next attempt. */
  nextMs(): number {
    this.awaySinceMs ??= this.now();
    const awayMs = this.now() - this.awaySinceMs;
    const most = Math.min(mostMs, Math.max(firstMs, awayMs / share));
    return Math.ceil(most * (0.5 + this.random() / 2));
  }

  /** The server is there again. */
  connected(): void {
    this.awaySinceMs = null;
  }
}
