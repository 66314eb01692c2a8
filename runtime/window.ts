/**
 * A window: at most so many pieces of work at a time, whoever asks.
 *
 * One window is shared by all blobs of a process, so that many transfers at once do not pile up in
 * the server's buffer for this connection, where they would delay heartbeats.
 */

export class Window {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(size: number) {
    this.free = size;
  }

  /** Starts the work for 0 to count - 1 in order; the first failure ends it. */
  async each(count: number, work: (n: number) => Promise<void>): Promise<void> {
    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | undefined;
    for (let n = 0; n < count && failure === undefined; n += 1) {
      await this.enter();
      const piece = work(n)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          running.delete(piece);
          this.leave();
        });
      running.add(piece);
    }
    await Promise.all(running);
    if (failure !== undefined) throw failure.error;
  }

  private async enter(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** A place that becomes free goes to whoever has waited longest. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
