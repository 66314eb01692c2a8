/** The failure detector with plain numbers: what silence means, and whose fault it may be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beat,
  crowdSilent,
  freshPulse,
  type Observer,
  type Pulse,
  shouldAsk,
  type Verdict,
  verdict,
  wronged,
} from '../../runtime/failure-detector.ts';
import { limits } from '../../schemas/limits.ts';

const { heartbeatMs, askAfterMs, askTimeoutMs, deadMs, tickMs } = limits;

/** An observer whose link has been up since the start and was proven just now. */
function sound(nowMs: number, crowdSilentSinceMs: number | null = null): Observer {
  return { linkProvenMs: nowMs, linkUpSinceMs: 0, crowdSilentSinceMs };
}

/** When the verdict first becomes `wanted`, looked at on every tick. */
function first(wanted: Verdict, pulse: Pulse, observer: (nowMs: number) => Observer): number {
  for (let nowMs = pulse.lastMs; nowMs < pulse.lastMs + 60_000; nowMs += tickMs) {
    if (verdict(pulse, observer(nowMs), nowMs) === wanted) return nowMs - pulse.lastMs;
  }
  return Number.POSITIVE_INFINITY;
}

describe('failure detector', () => {
  it('[P15] takes silence for suspicion after a missed beat, for death after the dead time', () => {
    const pulse = freshPulse(10_000);
    expect(first('suspect', pulse, sound)).toBe(askAfterMs);
    expect(first('dead', pulse, sound)).toBe(deadMs);
  });

  it('[P15] a killed process is dead at once, when the broker says that nobody listens', () => {
    const pulse = freshPulse(10_000);
    // Killed right after a beat; asked after the first one missed.
    const askedMs = 10_000 + askAfterMs;
    expect(shouldAsk(pulse, sound(askedMs), askedMs)).toBe(true);
    expect(verdict(pulse, sound(askedMs), askedMs)).toBe('suspect');
    pulse.gone = true;
    expect(verdict(pulse, sound(askedMs), askedMs)).toBe('dead');
    expect(askedMs - 10_000).toBeLessThanOrEqual(1_000);
  });

  it('[P15] a stopped process (connected, but silent) is dead after 2 s', () => {
    const pulse = freshPulse(0);
    expect(deadMs).toBe(2_000);
    expect(verdict(pulse, sound(deadMs - 1), deadMs - 1)).toBe('suspect');
    expect(verdict(pulse, sound(deadMs), deadMs)).toBe('dead');
  });

  it('[F11] gives a node that it was wrong about longer, and forgets that in calm minutes', () => {
    const pulse = freshPulse(0);
    const dead = () => first('dead', pulse, sound);
    const found = [dead()];
    for (let i = 1; i <= limits.wrongsMax + 1; i++) {
      wronged(pulse, i * 20_000);
      beat(pulse, i * 20_000);
      found.push(dead());
    }
    expect(found).toEqual([2_000, 4_000, 8_000, 16_000, 16_000]);
    const lastMs = (limits.wrongsMax + 1) * 20_000;
    const later = [1, 2, 3, 4].map((minutes) => {
      beat(pulse, lastMs + minutes * limits.wrongForgottenMs);
      return dead();
    });
    expect(later).toEqual([8_000, 4_000, 2_000, 2_000]);
    // Nobody listens: no patience is left for that.
    pulse.gone = true;
    expect(first('dead', pulse, sound)).toBe(askAfterMs);
  });

  it('[P15] never evicts a node that is slow but alive', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: deadMs - 1 }), { maxLength: 50 }),
        (pauses) => {
          const pulse = freshPulse(0);
          let nowMs = 0;
          for (const pause of pauses) {
            for (let t = nowMs; t < nowMs + pause; t += tickMs) {
              if (verdict(pulse, sound(t), t) === 'dead') return false;
            }
            nowMs += pause;
            beat(pulse, nowMs);
          }
          return verdict(pulse, sound(nowMs), nowMs) === 'alive';
        },
      ),
    );
  });

  it('is never wrong for ever: a node that speaks again is alive again', () => {
    const pulse = freshPulse(0);
    pulse.gone = true;
    expect(verdict(pulse, sound(30_000), 30_000)).toBe('dead');
    beat(pulse, 30_000);
    expect(verdict(pulse, sound(30_000), 30_000)).toBe('alive');
    expect(pulse).toMatchObject({ lastMs: 30_000, askedMs: 0, gone: false });
  });

  it('asks again while the node stays silent, and not more often than an answer may take', () => {
    const pulse = freshPulse(0);
    const asked: number[] = [];
    for (let nowMs = 0; nowMs < deadMs; nowMs += tickMs) {
      if (!shouldAsk(pulse, sound(nowMs), nowMs)) continue;
      pulse.askedMs = nowMs;
      asked.push(nowMs);
    }
    expect(asked).toEqual([askAfterMs, askAfterMs + askTimeoutMs, askAfterMs + 2 * askTimeoutMs]);
  });

  it('judges nobody while it is blind: its own echo must be fresher than the silence', () => {
    const pulse = freshPulse(0);
    const blind = { linkProvenMs: 0, linkUpSinceMs: 0, crowdSilentSinceMs: null };
    expect(first('dead', pulse, () => blind)).toBe(Number.POSITIVE_INFINITY);
    pulse.gone = true;
    expect(verdict(pulse, blind, 60_000)).toBe('suspect');
  });

  it('does not count a gap of its own link against others', () => {
    const pulse = freshPulse(1_000);
    // Away from 1 s to 31 s; the link was proven again at 31 s.
    const back = 31_000;
    const observer = (nowMs: number): Observer => ({
      linkProvenMs: nowMs,
      linkUpSinceMs: back,
      crowdSilentSinceMs: null,
    });
    expect(verdict(pulse, observer(back), back)).toBe('alive');
    expect(shouldAsk(pulse, observer(back), back)).toBe(false);
    expect(verdict(pulse, observer(back + deadMs - 1), back + deadMs - 1)).toBe('suspect');
    expect(verdict(pulse, observer(back + deadMs), back + deadMs)).toBe('dead');
  });

  it('only delays judgement when the crowd is silent, by twice the dead time at most', () => {
    const pulse = freshPulse(0);
    const since = askAfterMs;
    const diedMs = first('dead', pulse, (nowMs) => sound(nowMs, since));
    expect(diedMs).toBeGreaterThan(deadMs);
    expect(diedMs).toBeLessThanOrEqual(since + 2 * deadMs);
    // Whoever is known to be gone gets no delay.
    pulse.gone = true;
    expect(first('dead', pulse, (nowMs) => sound(nowMs, since))).toBe(askAfterMs);
  });

  it('calls it a crowd from three nodes on, when more than half are silent and not known gone', () => {
    const silent = (gone = false): Pulse => ({ ...freshPulse(0), gone });
    const alive = (): Pulse => freshPulse(5_000);
    const cases: [Pulse[], boolean][] = [
      [[], false],
      [[silent()], false],
      [[silent(), silent()], false],
      [[silent(), silent(), silent()], true],
      [[silent(), silent(), alive()], true],
      [[silent(), alive(), alive()], false],
      [[silent(), silent(), alive(), alive()], false],
      [[silent(true), silent(true), silent(true)], false],
    ];
    for (const [pulses, crowd] of cases) expect(crowdSilent(pulses, 5_000)).toBe(crowd);
  });

  it('the times leave room for a question and its answer before anybody is dead', () => {
    expect(heartbeatMs * 3).toBeLessThanOrEqual(deadMs);
    expect(askAfterMs + askTimeoutMs).toBeLessThan(deadMs);
  });
});
