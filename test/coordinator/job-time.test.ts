/** Where a job's time went: by stage, once each, whoever leads; and what was done again. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { jobView } from '../../actors/coordinator/view.ts';
import { shoal } from '../../schemas/generated/shoal.js';
import type { JobId } from '../../schemas/ids.ts';
import type { JobTime } from '../../schemas/job-time.ts';
import { type Heartbeat, TaskState } from '../../schemas/wire.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

let dataset: ResolvedDataset;

beforeAll(async () => {
  dataset = await resolvedDataset();
});

const spec = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', id: 'j1', evaluate: false };

function started(params: object, algorithm = 'toy-sum'): Scene {
  const scene = new Scene(dataset);
  for (const id of ['w1', 'w2', 'a1']) {
    const node = scene.node(id);
    if (id === 'a1') node.role = 'aggregator';
    scene.handle(scene.heartbeat(node));
  }
  scene.submit(new TextEncoder().encode(JSON.stringify({ ...spec, algorithm, params })));
  scene.handle(scene.planned('j1'));
  return scene;
}

function time(scene: Scene): JobTime {
  const job = scene.state.jobs.get('j1' as JobId);
  if (job === undefined) throw new Error('no job');
  return jobView(scene.state, job).time;
}

function commit(scene: Scene, node: string, key: string, cost: object, ms: number): void {
  scene.finish(node, key, (record) => {
    record.state = TaskState.DONE;
    record.result = `r-${key}`;
    record.computeMs = ms;
    record.cost = shoal.TaskCost.create(cost);
  });
  scene.handle();
}

function claim(scene: Scene, node: string, key: string): void {
  expect(scene.claim(node, key)).toBeNull();
  scene.handle();
}

const stageOf = (found: JobTime, stage: string) => found.stages.find((own) => own.stage === stage);

describe('where the time of a job went', () => {
  it('[P94] adds up what each task cost, and what the clock says of the stage', () => {
    const scene = started({ tasks: 2 });
    scene.pass(500);
    claim(scene, 'w1', 'j1.train.0');
    claim(scene, 'w2', 'j1.train.1');
    scene.pass(1_000);
    commit(scene, 'w1', 'j1.train.0', { fetchMs: 200, cpuMs: 700, fetchedBytes: 1_000 }, 900);
    scene.pass(2_000);
    commit(scene, 'w2', 'j1.train.1', { storeMs: 50, cpuMs: 2_500, storedBytes: 64 }, 2_900);
    scene.pass(250);
    const found = time(scene);
    expect(found).toMatchObject({ computeMs: 3_600, cpuMs: 3_200, fetchMs: 200, storeMs: 50 });
    expect(found).toMatchObject({ fetchedBytes: 1_000, storedBytes: 64, wallMs: 3_750 });
    expect(found.redone).toEqual({ attempts: 0, ms: 0 });
    const train = stageOf(found, 'train');
    expect(train).toMatchObject({ tasks: 2, busyMs: 3_000, slowestMs: 2_000, wallMs: 3_750 });
    expect(found.coordinationMs).toBe(750);
  });

  it('counts a lost attempt from its claim to its loss, and no task twice under a new leader', () => {
    const scene = started({ tasks: 2 });
    claim(scene, 'w1', 'j1.train.0');
    claim(scene, 'w2', 'j1.train.1');
    scene.pass(4_000);
    scene.node('w1').beating = false;
    scene.pass(1_000);
    scene.handle({ type: 'node-gone', node: 'w1', nonce: scene.node('w1').nonce });
    scene.pass(250);
    commit(scene, 'w2', 'j1.train.1', { cpuMs: 100 }, 4_000);
    scene.pass(250);
    const before = time(scene);
    expect(before.redone).toEqual({ attempts: 1, ms: 5_000 });
    expect(before.cpuMs).toBe(100);
    scene.takeover();
    scene.handle({ type: 'tick' });
    scene.handle(scene.heartbeat(scene.node('w2')), scene.heartbeat(scene.node('a1')));
    scene.pass(3_000);
    const after = time(scene);
    expect(after.redone).toEqual(before.redone);
    expect(after.cpuMs).toBe(100);
    expect(stageOf(after, 'train')?.tasks).toBe(1);
    claim(scene, 'w2', 'j1.train.0');
    commit(scene, 'w2', 'j1.train.0', { cpuMs: 11 }, 20);
    scene.pass(250);
    expect(time(scene).cpuMs).toBe(111);
  });

  it('counts an error by what the node says of it', () => {
    const scene = started({ tasks: 1 });
    claim(scene, 'w1', 'j1.train.0');
    scene.pass(1_000);
    scene.finish('w1', 'j1.train.0', (record) => {
      record.errors.push({ node: 'w1', attempt: 1, code: 'learner', message: 'broken', ms: 777 });
      record.state = TaskState.PENDING;
      record.node = '';
      record.nonce = '';
    });
    scene.handle();
    expect(time(scene).redone).toEqual({ attempts: 1, ms: 777 });
  });

  it('knows what was a pause', () => {
    const scene = started({ tasks: 1 });
    claim(scene, 'w1', 'j1.train.0');
    scene.pass(1_000);
    scene.handle({ type: 'control', verb: 'pause', job: 'j1', reply: 1 });
    scene.pass(5_000);
    scene.handle({ type: 'control', verb: 'resume', job: 'j1', reply: 2 });
    scene.pass(500);
    expect(time(scene)).toMatchObject({ pausedMs: 5_000, wallMs: 6_500 });
  });

  it('says of rounds what their leaders said, also of one that was lost', () => {
    const scene = started({ rounds: 4 }, 'toy-rounds');
    for (const node of ['w1', 'w2', 'a1']) {
      for (const { job, task } of scene.node(node).offers.splice(0)) {
        scene.claim(node, `${job}.${task}`);
      }
    }
    scene.handle();
    const leader = scene.node('a1');
    scene.pass(250);
    leader.rounds.set('j1.rounds.0', {
      ...{ round: 2, metrics: '{}', waitMs: 900, closeMs: 100, slowestTotalMs: 300, bytes: 5_000 },
    });
    scene.pass(500);
    const beat = scene.heartbeat(scene.node('w1')) as { heartbeat: Heartbeat };
    for (const running of beat.heartbeat.running) Object.assign(running, { cpuMs: 100 });
    scene.handle(beat as never);
    scene.handle(beat as never);
    const held = beat.heartbeat.running.length;
    expect(stageOf(time(scene), 'hold')?.cpuMs).toBe(100 * held);
    const live = stageOf(time(scene), 'rounds');
    expect(live).toMatchObject({ waitMs: 900, closeMs: 100, slowestMs: 300, computeMs: 700 });
    leader.beating = false;
    scene.handle({ type: 'node-gone', node: 'a1', nonce: leader.nonce });
    scene.pass(500);
    const found = stageOf(time(scene), 'rounds');
    expect(found).toMatchObject({ waitMs: 900, slowestMs: 300, fetchedBytes: 5_000 });
    expect(found?.redone.attempts).toBe(1);
  });

  it('[P94] of fits side by side says no more than the clock does, whoever led them', () => {
    const scene = new Scene(dataset);
    for (const id of ['w1', 'w2', 'a1']) {
      if (id === 'a1') scene.node(id).role = 'aggregator';
      scene.handle(scene.heartbeat(scene.node(id)));
    }
    const { evaluate: _, ...rest } = spec;
    const body = { ...rest, algorithm: 'toy-rounds', params: { rounds: 4 } };
    scene.submit(new TextEncoder().encode(JSON.stringify(body)));
    scene.handle(scene.planned('j1'));
    for (const id of ['w1', 'w2', 'a1'])
      for (const { job, task } of scene.node(id).offers.splice(0))
        scene.claim(id, `${job}.${task}`);
    scene.handle();
    scene.pass(10_000);
    const said = { round: 2, metrics: '{}', closeMs: 500, bytes: 5_000 };
    const leader = scene.node('a1');
    leader.rounds.set('j1.rounds.0', { ...said, waitMs: 9_000, slowestTotalMs: 8_000 });
    leader.rounds.set('j1.rounds.1', { ...said, waitMs: 9_500, slowestTotalMs: 9_000 });
    scene.pass(500);
    const told = { waitMs: 9_250, slowestMs: 8_500, closeMs: 500, fetchedBytes: 10_000 };
    expect(stageOf(time(scene), 'rounds')).toMatchObject({ ...told, computeMs: 1_250 });
    expect(time(scene).slowestMs).toBeLessThan(time(scene).wallMs);
    for (const fit of [0, 1]) {
      scene.finish('a1', `j1.rounds.${fit}`, (record) => {
        record.state = TaskState.DONE;
        record.result = `r-rounds.${fit}`;
        const [waitMs, slowestMs] = fit === 0 ? [9_000, 8_000] : [9_500, 9_000];
        record.note = JSON.stringify({ waitMs, slowestMs, closeMs: 500, bytes: 5_000 });
      });
      leader.rounds.delete(`j1.rounds.${fit}`);
    }
    scene.handle();
    scene.pass(500);
    expect(stageOf(time(scene), 'rounds')).toMatchObject(told);
  });

  it('tells it with the end of the job, and in the metrics', () => {
    const scene = started({ tasks: 1 });
    scene.pass(1_000);
    scene.handle({ type: 'control', verb: 'cancel', job: 'j1', reply: 1 });
    scene.pass(250);
    const effects = scene.handle(scene.cleaned('j1'));
    const [last] = (scene.log.get('j1') ?? []).slice(-1);
    expect(last).toMatchObject({ kind: 'cancelled', attempts: 0, time: { wallMs: 1_250 } });
    const parts = effects.flatMap((effect) =>
      effect.type === 'count' && effect.counter === 'job-seconds' ? [effect.label] : [],
    );
    expect(parts).toContain('coordination');
    const span = effects.find((effect) => effect.type === 'span');
    expect(span?.span.attributes).toHaveProperty(['shoal.time.coordination_ms'], 1_250);
  });
});
