/**
 * Laws of the coordinator that hold for any order of events: exactly once, a sound chain, a
 * bounded outbox, a table that does not care how records arrive.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import {
  complete,
  mayWrite,
  newTable,
  noteRecord,
  type Task,
} from '../../actors/coordinator/task-table.ts';
import { EventChain } from '../../client/event-chain.ts';
import { shoal } from '../../schemas/generated/shoal.js';
import type { JobId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobEvent } from '../../schemas/views.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const spec = (id: string, tasks: number) =>
  new TextEncoder().encode(
    JSON.stringify({
      ...{ dataset: 'demo', target: 'label', algorithm: 'toy-sum', id },
      ...{ evaluate: false, params: { tasks } },
    }),
  );

function told(events: readonly JobEvent[], kind: string): string[] {
  return events
    .filter((event) => event.kind === kind)
    .flatMap((event) => (event.tasks as { task: string }[]).map(({ task }) => task));
}

/** Workers claim and commit what they are offered until a job of the scene leaves training. */
function workOff(scene: Scene, nodes: readonly string[]): void {
  for (let idle = 0; idle < 20; ) {
    idle += 1;
    for (const id of nodes) {
      for (const offer of scene.node(id).offers.splice(0)) {
        const key = `${offer.job}.${offer.task}`;
        if (scene.claim(id, key, offer.attempt ?? 1) !== null) continue;
        scene.handle();
        scene.commit(id, key);
        scene.handle();
        idle = 0;
      }
    }
    scene.pass(limits.tickMs);
  }
}

describe('a job of many tasks', () => {
  it('[P01] [P05] 40 tasks on 3 workers: one message in, 40 results, each task exactly once', () => {
    const scene = new Scene(dataset);
    for (const id of ['w1', 'w2', 'w3']) scene.handle(scene.heartbeat(scene.node(id)));
    scene.submit(spec('j', 40));
    scene.handle(scene.planned('j'));
    workOff(scene, ['w1', 'w2', 'w3']);
    const events = scene.log.get('j') ?? [];
    const tasks = Array.from({ length: 40 }, (_, i) => `train.${i}`);
    expect(told(events, 'tasks-done').sort()).toEqual([...tasks].sort());
    expect(told(events, 'tasks-dispatched').sort()).toEqual([...tasks].sort());
    const nodes = new Set([...scene.tasks.values()].map(({ record }) => record.node));
    expect(nodes.size).toBe(3);
    expect([...scene.tasks.values()].every(({ record }) => record.attempt === 1)).toBe(true);
    const input = scene.held.get('store-input j');
    expect(input).toMatchObject({ input: { stage: 'merge' } });
    const results = (input as unknown as { input: { results: string[] } }).input.results;
    expect(results).toEqual(tasks.map((task) => `r-${task}`));
  });

  it('[P04] offers no more than slots and backlog hold, and answers while all is busy', () => {
    const scene = new Scene(dataset);
    const node = scene.node('w1');
    node.slots = 2;
    scene.handle(scene.heartbeat(node));
    scene.submit(spec('j', 40));
    scene.handle(scene.planned('j'));
    expect(node.offers).toHaveLength(4);
    for (const task of ['train.0', 'train.1']) scene.claim('w1', `j.${task}`);
    scene.handle();
    scene.pass(5_000);
    const claimed = scene.state.jobs.get('j' as JobId)?.table?.claimed.size;
    expect(claimed).toBe(2);
    const [reply] = scene
      .handle({ type: 'control', verb: 'pause', job: 'j', reply: 1 })
      .filter(({ type }) => type === 'reply');
    expect(reply).toMatchObject({ value: { phase: 'paused' } });
  });
});

describe('a job of very many tasks', () => {
  const count = 2_000;

  it('keeps every record small, also when a new leader finds all of it done', () => {
    const scene = new Scene(dataset);
    const node = scene.node('w1');
    node.slots = 256;
    scene.handle(scene.heartbeat(node));
    scene.submit(spec('j', count));
    scene.handle(scene.planned('j'));
    // All of it happens while the coordinator is looking away, then comes in one batch.
    for (let i = 0; i < count; i++) {
      scene.claim('w1', `j.train.${i}`);
      scene.commit('w1', `j.train.${i}`, 'ab'.repeat(32));
    }
    scene.handle();
    scene.takeover();
    scene.handle(scene.heartbeat(node), { type: 'tick' });
    scene.pass(60_000);
    expect(scene.held.get('store-input j')).toBeDefined();
    scene.handle(scene.inputStored('j'));
    const sizes = scene.seen.flatMap((effect) =>
      effect.type === 'store-job' ? [effect.bytes.length] : [],
    );
    expect(Math.max(...sizes)).toBeLessThan(limits.recordMax);
    const events = scene.log.get('j') ?? [];
    expect(new Set(told(events, 'tasks-done')).size).toBe(count);
    const bytes = (scene.logBytes.get('j') ?? []).map(({ length }) => length);
    expect(Math.max(...bytes)).toBeLessThan(limits.eventMax);
  });

  it('keeps the record small while the log takes nothing', () => {
    const scene = new Scene(dataset);
    scene.publishing = false;
    const node = scene.node('w1');
    node.slots = 256;
    scene.handle(scene.heartbeat(node));
    scene.submit(spec('j', count));
    scene.handle(scene.planned('j'));
    for (let i = 0; i < count; i++) {
      scene.claim('w1', `j.train.${i}`);
      scene.commit('w1', `j.train.${i}`, 'ab'.repeat(32));
      if (i % 100 === 0) scene.pass(limits.tickMs);
    }
    scene.pass(5_000);
    const size = scene.jobs.get('j')?.bytes.length ?? 0;
    expect(size).toBeLessThan(limits.recordMax);
    scene.publishing = true;
    scene.pass(60_000);
    expect(new Set(told(scene.log.get('j') ?? [], 'tasks-done')).size).toBe(count);
    expect(scene.held.get('store-input j')).toBeDefined();
  });
});

describe('a deposed leader', () => {
  it('[P53] does nothing and tells nothing any more: what it believes was never stored', () => {
    const scene = new Scene(dataset);
    const node = scene.node('w1');
    scene.handle(scene.heartbeat(node));
    scene.publishing = false;
    scene.submit(spec('j', 3));
    scene.handle(scene.planned('j'));
    scene.claim('w1', 'j.train.0');
    scene.handle({ type: 'job-conflict', job: 'j' as JobId });
    scene.publishing = true;
    node.beating = false;
    expect(scene.pass(20_000)).toEqual([]);
    expect(scene.submit(spec('k', 3))).toEqual([]);
    expect(scene.log.get('j') ?? []).toEqual([]);
  });
});

/** A worker's or the broker's move in a random run. */
type Move =
  | { do: 'claim' | 'commit' | 'error' | 'echo' | 'tell'; node: number; task: number }
  | { do: 'reboot' | 'silence' | 'wake'; node: number }
  | { do: 'pass'; ms: number }
  | { do: 'publishing'; on: boolean }
  | { do: 'takeover' | 'pause' | 'resume' };

const workers = ['w1', 'w2', 'w3'];
const tasks = 6;
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('claim' as const, 'commit' as const, 'commit' as const, 'tell' as const),
      node: fc.nat(2),
      task: fc.nat(tasks - 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('reboot' as const, 'silence' as const, 'wake' as const),
      node: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(3_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('publishing' as const), on: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('takeover' as const, 'pause' as const, 'resume' as const),
    }),
  },
);

function make(scene: Scene, step: Move): void {
  const id = 'node' in step ? (workers[step.node] as string) : '';
  const key = 'task' in step ? `j.train.${step.task}` : '';
  switch (step.do) {
    case 'claim':
      scene.claim(id, key);
      scene.handle();
      return;
    case 'commit':
      scene.commit(id, key);
      scene.handle();
      return;
    case 'tell':
      // The watch tells the same change again.
      if (scene.tasks.has(key)) scene.tellTask(key);
      scene.handle();
      return;
    case 'reboot':
      scene.handle(scene.heartbeat(scene.reboot(id)));
      return;
    case 'silence':
    case 'wake':
      scene.node(id).beating = step.do === 'wake';
      return;
    case 'pass':
      scene.pass(step.ms);
      return;
    case 'publishing':
      scene.publishing = step.on;
      return;
    case 'takeover':
      scene.takeover();
      scene.handle({ type: 'tick' });
      return;
    case 'pause':
    case 'resume':
      scene.handle({ type: 'control', verb: step.do, job: 'j', reply: 1 });
      return;
    default:
  }
}

describe('any order of events', () => {
  it('[P97] ends in a finished stage, a chain that verifies, and an outbox that stayed bounded', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        const scene = new Scene(dataset);
        for (const id of workers) scene.handle(scene.heartbeat(scene.node(id)));
        scene.submit(spec('j', tasks));
        scene.handle(scene.planned('j'));
        for (const step of moves) {
          make(scene, step);
          const outbox = scene.state.jobs.get('j' as JobId)?.record.outbox.length ?? 0;
          expect(outbox).toBeLessThanOrEqual(limits.outboxMax + 2 * tasks + 4);
        }
        // All is well again; the job has to go on.
        scene.publishing = true;
        for (const id of workers) {
          const node = scene.node(id);
          node.beating = true;
          node.running.clear();
        }
        scene.handle({ type: 'control', verb: 'resume', job: 'j', reply: 2 });
        scene.pass(6_000);
        workOff(scene, workers);
        expect(scene.held.get('store-input j')).toBeDefined();
        for (const { record } of scene.tasks.values()) expect(record.state).toBe(TaskState.DONE);
        const chain = new EventChain('j');
        const events = scene.log.get('j') ?? [];
        (scene.logBytes.get('j') ?? []).forEach((bytes, i) => {
          chain.take(`jobs.j.events.${i + 1}.${events[i]?.kind}`, bytes);
        });
        const { record } = scene.state.jobs.get('j' as JobId) ?? {};
        expect(chain.head).toBe(record?.lastHash);
        expect(record?.outbox).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('task table', () => {
  const state = fc.constantFrom(TaskState.PENDING, TaskState.CLAIMED, TaskState.DONE);
  const change = fc.record({ index: fc.nat(4), state, attempt: fc.integer({ min: 1, max: 4 }) });

  it('does not care in which order records come, nor how often', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        fc.infiniteStream(fc.nat()),
        (changes, luck) => {
          const history = changes.map(({ index, state, attempt }, i) => ({
            index,
            revision: i + 1,
            record: records.task.create({ state, attempt, node: 'w', nonce: 'n' }) as TaskRecord,
          }));
          const shuffled = history
            .flatMap((entry) => [entry, entry])
            .map((entry) => ({ entry, at: luck.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ entry }) => entry);
          const tables = [history, shuffled].map((entries) => {
            const table = newTable('j' as JobId, 'train', 5, true);
            for (const { index, record, revision } of entries) {
              noteRecord(table, index, record, revision, 0);
            }
            return table;
          });
          const view = (table: (typeof tables)[0] | undefined) => ({
            tasks: table?.tasks.map(({ state, attempt, revision }) => [state, attempt, revision]),
            done: table?.done,
            claimed: [...(table?.claimed ?? [])].sort(),
            complete: table !== undefined && complete(table),
          });
          expect(view(tables[1])).toEqual(view(tables[0]));
          const done = tables[0]?.tasks.filter(({ state }) => state === 'done').length;
          expect(tables[0]?.done).toBe(done);
        },
      ),
    );
  });

  it('[F5] never writes over what a later leader has admitted', () => {
    const scene = new Scene(dataset);
    for (const id of ['w1', 'w2']) scene.handle(scene.heartbeat(scene.node(id)));
    scene.submit(spec('j', 2));
    scene.handle(scene.planned('j'));
    const offer = scene.node('w1').offers[0] ?? scene.node('w2').offers[0];
    const key = `${offer?.job}.${offer?.task}`;
    const table = scene.state.jobs.get('j' as JobId)?.table;
    scene.claim('w1', key);
    const effects = scene.handle();
    expect(effects).toBeDefined();
    const task = table?.tasks.find(({ id }) => key.endsWith(id));
    expect(mayWrite(task as Task, scene.state.me.term)).toBe(true);
    (task?.record as TaskRecord).term = scene.state.me.term + 1;
    expect(mayWrite(task as Task, scene.state.me.term)).toBe(false);
    // Its node dies, and it stays whose it is.
    scene.pass(10_000);
    expect(task).toMatchObject({ attempt: 1, writing: false });
  });

  it('passes over a record of a task that the stage does not have', () => {
    const table = newTable('j' as JobId, 'train', 2, true);
    const record = shoal.TaskRecord.create({ state: TaskState.DONE, attempt: 1 });
    expect(noteRecord(table, 2, record, 5, 0)).toBeUndefined();
    expect(table.done).toBe(0);
  });
});
