/**
 * One direction of one connection through the proxy: bytes wait here for as long as the link says.
 *
 * Chunks leave in the order in which they came. While more than a megabyte waits nothing more is
 * read, so a slow link is felt by the sender as a full socket. It does not know the other direction.
 */
import type { Socket } from 'node:net';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { type Direction, goodLink, type LinkSettings } from './link-settings.ts';

interface Chunk {
  /** What comes last says how the sender ended. */
  readonly bytes: Uint8Array | 'end' | 'reset';
  readonly dueMs: number;
}

interface LaneOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  readonly seed: number;
  /** Told of every byte that went on. */
  readonly pass: (bytes: number) => void;
}

const waitingMax = 1024 * 1024;
/** Shorter rests are saved up. */
const timerMs = 4;

export class ProxyLane {
  private readonly options: LaneOptions;
  private readonly random: SeededRandom;
  private settings: LinkSettings = goodLink;
  private readonly queue: Chunk[] = [];
  private waiting = 0;
  private lastDueMs = 0;
  /** When the line is free again, where it has a speed. */
  private freeMs = 0;
  private stopped = false;
  private wake: (() => void) | null = null;
  /** Bytes that were swallowed: what follows would make no sense to the receiver. */
  lost = 0;

  constructor(options: LaneOptions) {
    this.options = options;
    this.random = new SeededRandom(options.seed);
    const { from } = options;
    from.on('data', (bytes) => this.take(bytes));
    from.once('end', () => this.push('end', this.settings.slowCloseMs));
    from.once('error', () => this.push('reset', 0));
    from.once('close', () => this.push('end', this.settings.slowCloseMs));
    void this.run();
  }

  change(settings: LinkSettings): void {
    this.settings = settings;
    this.wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.queue.length = 0;
    this.wake?.();
  }

  private take(bytes: Uint8Array): void {
    const { swallowed } = this.settings;
    if (swallowed.includes(this.options.direction)) {
      this.lost += bytes.length;
      return;
    }
    this.waiting += bytes.length;
    if (this.waiting > waitingMax) this.options.from.pause();
    this.push(bytes, 0);
  }

  private push(bytes: Chunk['bytes'], laterMs: number): void {
    if (this.stopped) return;
    const { latencyMs, jitterMs } = this.settings;
    const delayMs = latencyMs + jitterMs * (2 * this.random.next() - 1) + laterMs;
    this.lastDueMs = Math.max(this.lastDueMs, performance.now() + Math.max(0, delayMs));
    this.queue.push({ bytes, dueMs: this.lastDueMs });
    this.wake?.();
  }

  private get held(): boolean {
    return this.settings.held.includes(this.options.direction) || this.settings.timeoutMs > 0;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const [chunk] = this.queue;
      const waitMs = chunk === undefined || this.held ? null : chunk.dueMs - performance.now();
      if (chunk === undefined || waitMs === null || waitMs > 0) {
        await this.pause(waitMs);
        continue;
      }
      this.queue.shift();
      if (typeof chunk.bytes === 'string') return this.finish(chunk.bytes);
      await this.send(chunk.bytes);
    }
  }

  private async send(bytes: Uint8Array): Promise<void> {
    let from = 0;
    while (from < bytes.length && !this.stopped) {
      if (this.held) {
        await this.pause(null);
        continue;
      }
      const { sliceBytes, bytesPerSecond } = this.settings;
      // A hundredth of a second's worth at a time, so that a new speed soon takes effect.
      const most =
        bytesPerSecond > 0
          ? Math.max(1, Math.ceil(bytesPerSecond / 100))
          : Number.POSITIVE_INFINITY;
      const slice = sliceBytes > 0 ? 1 + Math.floor(this.random.next() * sliceBytes) : most;
      const part = bytes.subarray(from, from + Math.min(most, slice));
      from += part.length;
      this.waiting -= part.length;
      await this.write(part);
      this.options.pass(part.length);
      if (bytesPerSecond > 0) await this.rest((part.length / bytesPerSecond) * 1000);
    }
    if (this.waiting <= waitingMax) this.options.from.resume();
  }

  private async write(part: Uint8Array): Promise<void> {
    const { to } = this.options;
    if (to.destroyed || to.writableEnded) return;
    if (to.write(part)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        to.off('drain', done);
        to.off('close', done);
        resolve();
      };
      to.once('drain', done);
      to.once('close', done);
    });
  }

  private finish(how: 'end' | 'reset'): void {
    const { to } = this.options;
    if (to.destroyed) return;
    if (how === 'reset') to.resetAndDestroy();
    else to.end();
  }

  /** Until something changes, at the latest after this time. */
  private async pause(ms: number | null): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === null ? null : setTimeout(resolve, Math.ceil(ms));
    this.wake = resolve;
    await promise;
    this.wake = null;
    if (timer !== null) clearTimeout(timer);
  }

  /** As long as these bytes take; what timers are late by is made up for. */
  private async rest(ms: number): Promise<void> {
    const nowMs = performance.now();
    this.freeMs = Math.max(this.freeMs, nowMs) + ms;
    if (this.freeMs - nowMs < timerMs) return;
    await new Promise<void>((resolve) => setTimeout(resolve, this.freeMs - nowMs));
  }
}
