/** The story of a job, told from its log, agrees with its record after any trouble. */
import { describe, expect, it } from 'vitest';
import { storyOf } from '../../client/job-story.ts';
import type { JobTime } from '../../schemas/job-time.ts';
import { records } from '../../schemas/wire.ts';
import { dataSet } from '../task-runner/data.ts';
import { outcomeOf } from './checks.ts';
import { phaseIn } from './job-laws.ts';
import { SimCluster } from './sim-cluster.ts';

const data = await dataSet();
const seeds = 15;
const jobs = [
  {
    ...{ id: 'tasks', dataset: 'demo', target: 'label', algorithm: 'toy-sum' },
    params: { tasks: 12 },
  },
  {
    ...{ id: 'rounds', dataset: 'demo', target: 'label', algorithm: 'toy-rounds' },
    params: { rounds: 15 },
  },
];

/** Kills of nodes, by seed: who, and when. */
function kills(cluster: SimCluster): void {
  const { clock, random } = cluster;
  for (const name of ['w1', 'w2', 'a1', 'c1']) {
    if (random.next() < 0.4) continue;
    clock.after(1_500 + random.next() * 4_000, () => cluster.broker.kill(name));
    clock.after(8_000 + random.next() * 2_000, () => cluster.start(name));
  }
}

async function told(seed: number): Promise<unknown[]> {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  kills(cluster);
  for (const spec of jobs) await cluster.submit(spec as never);
  const over = () =>
    jobs.every(({ id }) => cluster.ended(id) && cluster.job(id)?.outbox.length === 0);
  await cluster.clock.advanceUntil(over, 180_000);
  const wrong: unknown[] = [];
  for (const { id } of jobs) {
    const { outcome, broken } = await outcomeOf(cluster, id);
    const record = cluster.job(id) ?? records.job.create();
    const replayed = storyOf(outcome.events.slice(0, -1));
    const { outcome: end, attempts, reassigned, moves } = storyOf(outcome.events);
    const said = {
      ...{ phase: phaseIn(record), attempts: record.attemptsMax },
      ...{ reassigned: record.reassigned, moves: record.moves },
    };
    const story = { phase: end?.kind, attempts, reassigned, moves };
    if (JSON.stringify(story) !== JSON.stringify(said)) wrong.push({ seed, id, story, said });
    const counted = {
      ...{ attempts: replayed.attempts, reassigned: replayed.reassigned, moves: replayed.moves },
    };
    const recorded = { attempts: said.attempts, reassigned: said.reassigned, moves: said.moves };
    if (JSON.stringify(counted) !== JSON.stringify(recorded)) {
      wrong.push({ seed, id, counted, recorded });
    }
    const { stages, redone } = storyOf(outcome.events).time as JobTime;
    const done = new Map<string, number>();
    for (const task of outcome.results.keys()) {
      const stage = task.split('.')[0] ?? '';
      done.set(stage, (done.get(stage) ?? 0) + 1);
    }
    for (const { stage, tasks } of stages) {
      if (tasks !== (done.get(stage) ?? 0)) wrong.push({ seed, id, stage, tasks });
    }
    if (redone.attempts !== record.reassigned) wrong.push({ seed, id, redone });
    wrong.push(...broken);
  }
  return wrong;
}

describe('story under trouble', () => {
  it('counts attempts, losses, moves and tasks done as the records do, for 15 seeds', {
    timeout: 120_000,
  }, async () => {
    const wrong: unknown[] = [];
    for (let seed = 1; seed <= seeds; seed++) wrong.push(...(await told(seed)));
    expect(wrong).toEqual([]);
  });
});
