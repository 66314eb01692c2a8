/**
 * Messages that a node is sent again, or arbitrarily late: offers of earlier attempts and terms, orders
 * of coordinators that lead no longer. What lasts of a node's work are the records: nothing is written
 * there, and nothing that is under way is disturbed.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunnerEffect } from '../../actors/task-runner/effects.ts';
import { step } from '../../actors/task-runner/step.ts';
import { Transcript } from './transcript.ts';

/** What changes a record, or leads to it by itself. */
const writing = new Set<RunnerEffect['type']>(['compute', 'store', 'commit', 'report', 'abort']);

const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ task: fc.nat({ max: 4 }), attempt: fc.integer({ min: 1, max: 4 }) })
      .map(({ task, attempt }) => `offer j train.${task} ${attempt}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('claimed', 'not-claimed', 'computed', 'stored', 'committed', 'refused'),
        fc.integer({ min: 1, max: 10 }),
      )
      .map(([verb, run]) => `${verb} ${run}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('cancel j', 'tick 250', 'term') },
);

it('[F20] [F21] a node takes no harm from what it is sent again, however late', () => {
  let replayed = 0;
  fc.assert(
    fc.property(
      fc.array(command, { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 6 }),
      (script, picks) => {
        const play = new Transcript(2);
        let term = 1;
        const sent: { readonly line: string; readonly term: number }[] = [];
        for (const text of script) {
          if (text === 'term') {
            term += 1;
            continue;
          }
          const named = text.startsWith('offer') ? ` term=${term}` : '';
          const order = text.startsWith('cancel') ? ` ${term}` : '';
          const line = `${text}${named}${order}`;
          if (named !== '' || order !== '') sent.push({ line, term });
          play.line(line);
          for (const pick of picks) {
            const old = sent[pick % Math.max(1, sent.length)];
            if (old === undefined) continue;
            const isOld = old.term < play.state.term;
            // An order of the present leader is obeyed again; it is the same to whoever obeyed it.
            if (old.line.startsWith('cancel') && !isOld) continue;
            replayed += 1;
            const before = play.state;
            const { state, effects } = step(before, play.eventOf(old.line));
            expect(effects.filter(({ type }) => writing.has(type))).toEqual([]);
            for (const [run, one] of before.runs) expect(state.runs.get(run)).toEqual(one);
            if (isOld) {
              expect(effects).toEqual([]);
              expect({ ...state, staleOffers: 0 }).toEqual({ ...before, staleOffers: 0 });
            }
          }
        }
      },
    ),
    { numRuns: 800, seed: 20 },
  );
  expect(replayed).toBeGreaterThan(10_000);
});
