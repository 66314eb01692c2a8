/**
 * Messages that come again, or arbitrarily late: across attempts of tasks, boots of nodes, phases and
 * terms. Whatever the coordinator was told before, hearing it again writes nothing.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Unstamped } from '../../actors/coordinator/perform.ts';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { resolvedDataset } from './dataset.ts';
import { Life, type LifeKind, lifeId, lives } from './life.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const step = fc.oneof(
  { weight: 8, arbitrary: fc.constant('act' as const) },
  { weight: 2, arbitrary: fc.constantFrom('time' as const, 'tick' as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('reboot' as const, 'error' as const, 'takeover' as const),
  },
  { weight: 1, arbitrary: fc.constantFrom('cancel' as const, 'pause' as const, 'resume' as const) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(life: Life, what: Step): void {
  const { scene } = life;
  switch (what) {
    case 'act':
      life.act();
      return;
    case 'time':
      scene.pass(2_500);
      return;
    case 'tick':
      scene.pass(250);
      return;
    case 'reboot':
      scene.handle(scene.heartbeat(scene.reboot('w1')));
      return;
    case 'takeover':
      life.takeover();
      return;
    case 'error':
      reportError(life);
      return;
    default:
      life.ask(what);
  }
}

/** A node gives a task back, with an error. */
function reportError(life: Life): void {
  const { scene } = life;
  for (const node of scene.nodes.values()) {
    const [key] = node.running.keys();
    if (key === undefined) continue;
    scene.finish(node.id, key, (record) => {
      const { attempt } = record;
      record.errors.push({ node: node.id, attempt, code: 'learner', message: 'broken' });
      Object.assign(record, { state: 0, node: '', nonce: '' });
    });
    scene.handle();
    return;
  }
}

/** What came over the network, and is not the newest word of whoever sent it. */
function isOld({ scene }: Life, event: Unstamped): boolean {
  if (event.type === 'submission') return true;
  if (event.type === 'task-record') {
    const stored = scene.tasks.get(`${event.job}.${event.task}`);
    return stored === undefined || event.revision <= stored.revision;
  }
  if (event.type !== 'heartbeat' && event.type !== 'node-gone') return false;
  const known = scene.state.nodes.nodes.get(event.node);
  if (known?.verdict !== 'alive') return false;
  if (event.type === 'node-gone') return event.nonce !== known.nonce;
  const { nonce, seq } = event.heartbeat;
  return nonce === known.nonce ? seq < known.heartbeat.seq : true;
}

/** All that lasts: records of jobs and tasks, the log. */
function durable({ scene }: Life): unknown {
  return {
    jobs: [...scene.jobs].map(([id, { revision }]) => [id, revision]),
    tasks: [...scene.tasks].map(([key, { revision }]) => [key, revision]),
    events: scene.log.get(lifeId)?.length ?? 0,
  };
}

describe('messages heard before', () => {
  for (const kind of Object.keys(lives) as LifeKind[]) {
    it(`[F20] [F21] write nothing when they come again, however late: ${kind}`, {
      timeout: 120_000,
    }, () => {
      let replayed = 0;
      fc.assert(
        fc.property(
          fc.array(step, { minLength: 1, maxLength: 40 }),
          fc.array(fc.nat({ max: 2 ** 30 }), { minLength: 1, maxLength: 12 }),
          (steps, picks) => {
            const life = new Life(dataset);
            life.begin(lives[kind]);
            for (const what of steps) {
              take(life, what);
              const old = life.scene.told.filter((event) => isOld(life, event));
              const again = picks.flatMap((pick) => old[pick % Math.max(1, old.length)] ?? []);
              // What is due by itself is done first.
              life.scene.handle({ type: 'tick' });
              const before = durable(life);
              const mark = life.scene.told.length;
              life.scene.handle(...again);
              life.scene.told.length = mark;
              replayed += again.length;
              expect(durable(life)).toEqual(before);
            }
            if (life.phase === 'paused') life.ask('resume');
            expect(life.finish()).toEqual([]);
          },
        ),
        { numRuns: 160, seed: 21 },
      );
      expect(replayed).toBeGreaterThan(5_000);
    });
  }
});
