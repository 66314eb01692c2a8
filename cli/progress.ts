/**
 * Progress on stderr: a bar that redraws itself on a terminal, else a plain line now and then.
 */
import type { Screen } from './screen.ts';

const plainEveryMs = 3_000;
const drawEveryMs = 100;
const barWidth = 24;

export class Progress {
  private readonly screen: Screen;
  private readonly every: number;
  private last: number;
  private drawn = false;
  private lastText = '';

  constructor(screen: Screen) {
    this.screen = screen;
    this.every = screen.live ? drawEveryMs : plainEveryMs;
    this.last = performance.now();
  }

  /** @param force shows it whatever the time, for a change that must not be missed */
  update(label: string, done: number, total: number, tail = '', force = false): void {
    const now = performance.now();
    if (!force && now - this.last < this.every) return;
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const figures = total > 0 ? `${Math.floor(share * 100)}% ${done}/${total}` : '';
    const text = this.screen.live
      ? `${label} ${bar(share)} ${figures} ${tail}`.trimEnd()
      : `${label} ${figures} ${tail}`.trimEnd();
    if (text === this.lastText) return;
    this.last = now;
    this.lastText = text;
    if (this.screen.live) {
      this.screen.draw(`\r${text.slice(0, this.screen.columns - 1)}\u001b[K`);
      this.drawn = true;
    } else {
      this.screen.note(text);
    }
  }

  /** A line of its own, above the bar. */
  note(line: string): void {
    this.clear();
    this.screen.note(line);
    this.lastText = '';
  }

  clear(): void {
    if (this.drawn) this.screen.draw('\r\u001b[K');
    this.drawn = false;
  }
}

function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return `[${'█'.repeat(full)}${'·'.repeat(barWidth - full)}]`;
}
