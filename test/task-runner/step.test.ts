/**
 * The runner's decisions as transcripts (`transcripts/*.txt`, rewritten by `vitest -u`), and the
 * laws that hold for any order of events.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../schemas/limits.ts';
import { Transcript } from './transcript.ts';

const scripts: Record<string, { slots: number; script: string }> = {
  'claim-and-commit': {
    slots: 1,
    script: `
      # A task from offer to commit; the slot is free for the next while the result is stored.
      offer j train.0
      offer j train.0
      offer j train.1
      claimed 1
      computed 1
      stored 1
      committed 1
      not-claimed 2`,
  },
  'whose-turn': {
    slots: 1,
    script: `
      # [P60] Of what waits here the highest priority goes first, then the job with the least running.
      offer big train.0
      claimed 1
      offer big train.1
      offer big train.2
      offer big train.3
      offer small train.0
      offer urgent train.0 priority=5
      computed 1
      computed 2
      computed 3
      # Made again, an offer may say another priority.
      offer big train.3 priority=9
      computed 4
      # What is withdrawn is for others now; what runs goes on.
      offer small train.1
      withdraw big
      computed 5
      computed 6`,
  },
  'holds-fill-no-slot': {
    slots: 1,
    script: `
      # Holds and leads of rounds are claimed at once, beside a task that computes.
      offer j train.0
      offer j train.1
      offer k hold.0
      offer k hold.1
      offer k rounds.0
      claimed 1
      claimed 2
      claimed 3
      claimed 4
      tick 500
      computed 4
      stored 4
      committed 4`,
  },
  release: {
    slots: 1,
    script: `
      # One hold is let go, then all that lasts of the job; its tasks are left alone.
      offer j hold.0
      offer j hold.1
      offer j rounds.0
      offer j train.0
      claimed 1
      claimed 2
      claimed 3
      claimed 4
      offer k train.0
      release j hold.1
      stopped 2
      release j
      stopped 1
      stopped 3
      tick 500`,
  },
  stop: {
    slots: 1,
    script: `
      # A task that hangs is taken away: its slot comes back when its thread has ended, and the order
      # for an attempt that is over does not touch a later one.
      offer j train.0
      claimed 1
      offer j train.1
      release j train.0 1 1
      tick 500
      stopped 1
      claimed 2
      offer j train.0 2
      release j train.0 1 1
      computed 2
      claimed 3
      tick 500`,
  },
  'drain-of-holds': {
    slots: 1,
    script: `
      # Holds and leads end at once, a task is finished; then the node leaves.
      offer j hold.0
      offer j rounds.0
      offer j train.0
      claimed 1
      claimed 2
      claimed 3
      drain
      stopped 1
      stopped 2
      computed 3
      stored 3
      committed 3`,
  },
  'late-commit': {
    slots: 1,
    script: `
      # The process slept for longer than the dead time; meanwhile attempt 2 was admitted.
      offer j train.0
      claimed 1
      tick 250
      tick 2400
      computed 1
      stored 1
      refused 1
      tick 500`,
  },
  'pause-and-fence': {
    slots: 1,
    script: `
      # Woken up, the runner asks after its claim and stops what nobody wants.
      offer j train.0
      claimed 1
      tick 2500
      refused 1
      offer j train.1
      stopped 1
      claimed 2`,
  },
  'link-down': {
    slots: 2,
    script: `
      # No claims while the link is down; what waits for the broker is tried again when it is back.
      offer j train.0
      claimed 1
      link down
      offer j train.1
      computed 1
      setback 1 disconnected
      tick 500
      link up
      tick 250
      stored 1
      setback 1
      tick 250
      committed 1`,
  },
  'errors-and-deaths': {
    slots: 2,
    script: `
      offer j train.0
      offer j train.1 4 isolated
      claimed 1
      claimed 2
      failed 1 learner
      reported 1
      failed 2 died-in-isolation died
      reported 2`,
  },
  'lost-first': {
    slots: 1,
    script: `
      # A task that somebody lost goes before those that nobody has begun.
      offer j train.0
      claimed 1
      offer j train.1
      offer j train.2
      offer j train.9 2
      computed 1
      claimed 2
      computed 2`,
  },
  cancel: {
    slots: 2,
    script: `
      offer j train.0
      offer j train.1
      offer j train.2
      offer k train.0
      claimed 1
      cancel j
      stopped 1
      claimed 2
      claimed 3
      tick 500`,
  },
  drain: {
    slots: 1,
    script: `
      offer j train.0
      offer j train.1
      claimed 1
      drain
      offer j train.2
      tick 500
      computed 1
      stored 1
      committed 1
      tick 500`,
  },
  'drain-too-long': {
    slots: 1,
    script: `
      offer j train.0
      claimed 1
      drain
      tick 30000`,
  },
  terms: {
    slots: 1,
    script: `
      # A new leader's term drops what the old one offered, and what it still offers.
      offer j train.0 term=3
      offer j train.1 term=3
      offer j train.2 term=4
      offer j train.3 term=3
      cancel j 3
      tick 500`,
  },
  'progress-and-questions': {
    slots: 1,
    script: `
      offer j train.0
      claimed 1
      tick 250 1=5
      ping 1
      tick 250 1=9
      tick 250 1=3
      tick 250`,
  },
};

describe('transcripts', () => {
  for (const [name, { slots, script }] of Object.entries(scripts)) {
    it(name, async () => {
      const told = new Transcript(slots).play(script.replaceAll(/^ +/gm, ''));
      await expect(told).toMatchFileSnapshot(`transcripts/${name}.txt`);
    });
  }
});

const commands = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((task) => `offer j train.${task}`),
  fc.integer({ min: 0, max: 9 }).map((task) => `offer k train.${task} 2 isolated`),
  fc
    .tuple(
      fc.constantFrom(
        ...['claimed', 'not-claimed', 'computed', 'stored', 'committed', 'refused'],
        ...['failed', 'reported', 'stopped', 'setback'],
      ),
      fc.integer({ min: 1, max: 12 }),
    )
    .map(([verb, run]) => `${verb} ${run} ${verb === 'failed' ? 'learner' : ''}`.trim()),
  fc.constantFrom('cancel j', 'link up', 'link down', 'ping 1'),
  fc.integer({ min: 1, max: 3_000 }).map((ms) => `tick ${ms}`),
);

describe('any order of events', () => {
  it('never computes more than the slots, and claims nothing while the link is down', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 80 }), (script) => {
        const play = new Transcript(3);
        for (const line of script) {
          const before = play.state;
          const effects = play.line(line).slice(1);
          const busy = [...play.state.runs.values()].filter(
            (run) => run.phase === 'claim' || run.phase === 'compute',
          );
          expect(busy.length).toBeLessThanOrEqual(3);
          if (!before.connected && line !== 'link up') {
            expect(effects.filter((effect) => effect.startsWith('  claim'))).toEqual([]);
          }
          expect(play.state.queue.length).toBeLessThanOrEqual(limits.offersInFlightMax);
        }
      }),
    );
  });

  it('always comes to an end when it drains', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 60 }), (script) => {
        const play = new Transcript(2);
        for (const line of script) play.line(line);
        play.line('drain');
        const last = play.line(`tick ${limits.drainMs}`);
        expect(play.state.left).toBe(true);
        expect(play.line('offer j train.0').slice(1)).toEqual([]);
        if (last.length > 1) expect(last.at(-1)).toBe('  leave');
      }),
    );
  });

  it('gives an equal state for equal events', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 60 }), (script) => {
        const [one, two] = [new Transcript(2), new Transcript(2)];
        expect(one.play(script.join('\n'))).toBe(two.play(script.join('\n')));
        expect(one.state).toEqual(two.state);
      }),
    );
  });
});
