/** The hang report: what a job that does not move waits for, where, and what the node says of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { jobView } from '../../actors/coordinator/view.ts';
import type { JobId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobEvent, JobView } from '../../schemas/views.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const spec = { dataset: 'demo', target: 'label', id: 'j1', evaluate: false };

function started(algorithm: string, params: object): Scene {
  const scene = new Scene(dataset);
  for (const id of ['w1', 'a1']) scene.handle(scene.heartbeat(scene.node(id)));
  scene.submit(new TextEncoder().encode(JSON.stringify({ ...spec, algorithm, params })));
  scene.handle(scene.planned('j1'));
  return scene;
}

function takeAll(scene: Scene): void {
  for (const id of ['w1', 'a1']) {
    for (const { job, task } of scene.node(id).offers.splice(0)) scene.claim(id, `${job}.${task}`);
  }
  scene.handle();
}

function view(scene: Scene): JobView {
  const job = scene.state.jobs.get('j1' as JobId);
  if (job === undefined) throw new Error('no job');
  return jobView(scene.state, job);
}

const slow = (scene: Scene): JobEvent[] =>
  (scene.log.get('j1') ?? []).filter(({ kind }) => kind === 'slow');

describe('hang report', () => {
  it('[P72] comes although a breaker opens and closes: that is no movement of the job', () => {
    const scene = started('toy-sum', { tasks: 1 });
    takeAll(scene);
    for (let i = 0; i < 4; i++) {
      scene.pass(5_000);
      const cause = 'the stream is full';
      scene.handle({ type: 'recovered', dependency: 'storage', cause, openedAtMs: 0 });
    }
    expect(slow(scene)).toHaveLength(1);
  });

  it('[P72] names task, node and seconds, and what the node says, once and then ever more rarely', () => {
    const scene = started('toy-sum', { tasks: 1 });
    // Or the task would be taken away before the second report.
    scene.state.stalledAfterMs = 10 * limits.stalledMs;
    takeAll(scene);
    scene.pass(limits.slowMs - 1_000);
    expect(view(scene).standstill).toBeNull();
    scene.pass(2_000);
    const [first] = slow(scene);
    expect(first).toMatchObject({
      ...{ node: 'w1', cause: 'node:w1', seconds: 15 },
      what: expect.stringMatching(
        /^train\.0 on w1 for \d+ s; w1 says: running \d+ s, progress \d+/,
      ),
      tasks: [{ task: 'train.0', node: 'w1', attempt: 1, nodeState: 'alive' }],
    });
    expect(view(scene).standstill?.seconds).toBeGreaterThanOrEqual(15);
    scene.pass(30_000);
    expect(slow(scene)).toHaveLength(1);
    scene.pass(20_000);
    expect(slow(scene)).toHaveLength(2);
  });

  it('is over when anything moves', () => {
    const scene = started('toy-sum', { tasks: 2 });
    takeAll(scene);
    scene.pass(20_000);
    scene.commit('w1', 'j1.train.0');
    scene.handle();
    scene.pass(500);
    expect(view(scene).standstill).toBeNull();
  });

  it('says of a round which slices are missing and who holds them', () => {
    const scene = started('toy-rounds', { rounds: 4 });
    takeAll(scene);
    scene.pass(500);
    const rounds = { round: 6, metrics: '{}', missing: [1], waitingFor: 'w1', openMs: 17_000 };
    scene.node('a1').rounds.set('j1.rounds.0', rounds);
    // The round is told of; from then on nothing moves.
    scene.pass(20_000);
    expect(slow(scene)[0]).toMatchObject({
      what: expect.stringMatching(/^round 7 of fit final, open for 17 s: hold\.1 on w1 for \d+ s/),
      tasks: [{ task: 'hold.1', node: 'w1' }],
    });
  });

  it('says that the node is silent, where it is', () => {
    const scene = started('toy-sum', { tasks: 1 });
    takeAll(scene);
    // The own link is gone: nobody is judged, and nothing moves.
    scene.echoing = false;
    scene.node('w1').beating = false;
    scene.pass(20_000);
    expect(view(scene).standstill?.what).toMatch(/silent for \d+ s, and says nothing of it$/);
  });

  it('answers an order with what the job waits for from then on', () => {
    const scene = started('toy-sum', { tasks: 1 });
    takeAll(scene);
    const order = (verb: 'pause' | 'resume') => {
      const effects = scene.handle({ type: 'control', verb, job: 'j1', reply: 1 });
      const reply = effects.find(({ type }) => type === 'reply');
      return (reply as { value: JobView }).value.waitingFor?.what;
    };
    expect(order('pause')).toContain('somebody to resume it');
    expect(order('resume')).not.toContain('somebody to resume it');
  });

  it('leaves a paused job alone, and one that nobody can work for to its own words', () => {
    const scene = started('toy-sum', { tasks: 1 });
    takeAll(scene);
    scene.handle({ type: 'control', verb: 'pause', job: 'j1', reply: 1 });
    scene.pass(60_000);
    expect(slow(scene)).toEqual([]);
    const lonely = new Scene(dataset);
    const bytes = JSON.stringify({ ...spec, algorithm: 'toy-sum' });
    lonely.submit(new TextEncoder().encode(bytes));
    lonely.handle(lonely.planned('j1'));
    lonely.pass(60_000);
    expect(slow(lonely)).toEqual([]);
    expect((lonely.log.get('j1') ?? []).at(-1)).toMatchObject({ kind: 'waiting' });
  });
});
