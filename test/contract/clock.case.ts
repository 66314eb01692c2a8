/**
 * What every `Clock` must do. `pass` lets at least this much time go by.
 */
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../runtime/ports/clock.ts';

export interface ClockHarness {
  readonly clock: Clock;
  pass(ms: number): Promise<void>;
}

export function runClockCases(make: () => ClockHarness): void {
  describe('clock', () => {
    it('never goes back, and counts what passes', async () => {
      const { clock, pass } = make();
      const start = clock.nowMs();
      await pass(20);
      expect(clock.nowMs() - start).toBeGreaterThanOrEqual(19);
      expect(clock.wallMs()).toBeGreaterThan(1_600_000_000_000);
    });

    it('runs timers in order of time, never at once, and not when cancelled', async () => {
      const { clock, pass } = make();
      const ran: string[] = [];
      clock.after(20, () => ran.push('late'));
      clock.after(0, () => ran.push('first'));
      clock.after(-5, () => ran.push('second'));
      const timer = clock.after(5, () => ran.push('cancelled'));
      timer.cancel();
      timer.cancel();
      expect(ran).toEqual([]);
      await pass(40);
      expect(ran).toEqual(['first', 'second', 'late']);
    });

    it('runs a timer that another one has set', async () => {
      const { clock, pass } = make();
      const ran: number[] = [];
      clock.after(5, () => clock.after(5, () => ran.push(clock.nowMs())));
      const start = clock.nowMs();
      await pass(40);
      expect((ran[0] ?? 0) - start).toBeGreaterThanOrEqual(9);
    });
  });
}
