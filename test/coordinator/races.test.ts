/**
 * Cancel, deadline and failure racing with completion, with coordinators that die and hand over in
 * between: whatever comes first, a job has one terminal state, told once, and nothing is left behind.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { resolvedDataset } from './dataset.ts';
import { Life, lifeId, lives } from './life.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

/** What may happen next; the work itself most often. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('act' as const) },
  { weight: 1, arbitrary: fc.constantFrom('cancel' as const, 'pause' as const, 'resume' as const) },
  { weight: 1, arbitrary: fc.constantFrom('time' as const, 'tick' as const, 'fail' as const) },
  { weight: 1, arbitrary: fc.constantFrom('takeover' as const, 'crash' as const) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(life: Life, what: Step): void {
  const { scene } = life;
  switch (what) {
    case 'act':
      life.act();
      return;
    case 'cancel':
    case 'pause':
    case 'resume':
      life.ask(what);
      return;
    case 'time':
      life.do(() => scene.pass(1_250));
      return;
    case 'tick':
      life.do(() => scene.pass(250));
      return;
    case 'takeover':
      life.takeover();
      return;
    case 'crash':
      life.crashAt({
        write: 1 + (life.writes % 3),
        when: life.writes % 2 === 0 ? 'before' : 'after',
      });
      return;
    case 'fail':
      failEffect(life);
  }
}

/** What was under way for the job turns out never to succeed. */
function failEffect(life: Life): void {
  const [key] = life.scene.held.keys();
  if (key === undefined || key.startsWith('clean')) return;
  life.scene.held.delete(key);
  const failure = { code: 'lost', message: 'gone', fix: null, issues: [] };
  life.handle({ type: 'broken', job: lifeId, failure });
}

/** With a deadline so short that a few seconds of waiting reach it. */
const specs = {
  tasks: { ...lives.tasks, params: { tasks: 1 }, evaluate: false, deadline: 3 },
  rounds: { ...lives.rounds, deadline: 3 },
  predict: { ...lives.predict, deadline: 3 },
} as const;

describe('cancel, deadline and failure that race with completion', () => {
  for (const kind of Object.keys(specs) as (keyof typeof specs)[]) {
    it(`[F26] leave one terminal state, 340 interleavings: ${kind}`, { timeout: 120_000 }, () => {
      const seen = new Set<string>();
      fc.assert(
        fc.property(fc.nat({ max: 24 }), fc.array(step, { maxLength: 14 }), (acts, steps) => {
          const life = new Life(dataset);
          life.begin(specs[kind]);
          for (let i = 0; i < acts; i += 1) life.act();
          for (const what of steps) take(life, what);
          if (life.phase === 'paused') life.ask('resume');
          expect(life.finish()).toEqual([]);
          const published = life.outcome.split(' ')[1] !== '-';
          expect(published, life.outcome).toBe(life.phase === 'completed');
          seen.add(life.phase ?? '');
        }),
        { numRuns: 340, seed: 26 },
      );
      expect([...seen].sort()).toEqual(['cancelled', 'completed', 'failed']);
    });
  }
});
