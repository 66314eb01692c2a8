/**
 * Claims that look void to the coordinator while the record, not yet seen, says otherwise.
 */
import { expect, it } from 'vitest';
import { records, TaskState } from '../../schemas/wire.ts';
import { resolvedDataset } from './dataset.ts';
import { Transcript } from './transcript.ts';

it('[P99] a task committed just before its node left is not told, or counted, as reassigned', async () => {
  const play = new Transcript(await resolvedDataset());
  const { scene } = play;
  const spec =
    '{"dataset":"demo","target":"label","algorithm":"toy-sum","id":"j1","evaluate":false,"params":{"tasks":3}}';
  play.play(`join w1\njoin w2\nsubmit ${spec}\nplanned j1\nclaim w1 j1.train.0`);
  // The commit stands in the record; the watch has not told of it.
  const held = scene.tasks.get('j1.train.0')?.record;
  const done = records.task.decode(records.task.encode(held ?? records.task.create()));
  done.state = TaskState.DONE;
  done.result = 'r-train.0';
  scene.revision += 1;
  scene.tasks.set('j1.train.0', { record: done, revision: scene.revision });

  const told = play.play('leave w1');
  expect(told).toContain('write j1.train.0: pending, attempt 2');
  expect(told).not.toContain('reassigned');
  const job = [...scene.state.jobs.values()].find(({ id }) => id === 'j1');
  expect(job?.record).toMatchObject({ reassigned: 0, attemptsMax: 1 });
  expect(job?.table?.tasks[0]).toMatchObject({ state: 'done', attempt: 1, writing: false });
});
