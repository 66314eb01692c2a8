/** An ended job whose removal breaks off half-way. */
import { expect, it } from 'vitest';
import type { JobId } from '../../schemas/ids.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

it('is removed the rest of the way soon, whoever asked for it', async () => {
  const scene = new Scene(await resolvedDataset());
  const job = 'j' as JobId;
  scene.submit(new TextEncoder().encode(JSON.stringify({ id: job, dataset: 'demo' })));
  scene.pass(20_000);
  const removals = () => scene.seen.filter(({ type }) => type === 'remove-job');
  scene.handle({ type: 'remove', job, reply: 1 });
  expect(removals()).toMatchObject([{ job, reason: 'request', reply: 1 }]);
  scene.handle({ type: 'removal', job, gone: false });
  scene.pass(6_000);
  expect(removals().slice(1)).toMatchObject([{ job, reason: 'unfinished', reply: null }]);
  scene.handle({ type: 'removal', job, gone: true });
  scene.pass(20_000);
  expect(removals()).toHaveLength(2);
  expect(scene.state.jobs.has(job)).toBe(false);
});

it('gives its id to nobody before it is gone, and says so to whoever asks for it', async () => {
  const scene = new Scene(await resolvedDataset());
  const job = 'j' as JobId;
  const spec = { id: job, dataset: 'demo', target: 'label', algorithm: 'toy-sum' };
  const submit = (value: unknown) => scene.submit(new TextEncoder().encode(JSON.stringify(value)));
  const events = (id: string) => scene.log.get(id) ?? [];
  submit(spec);
  scene.handle(scene.planned(job));
  scene.handle({ type: 'control', verb: 'cancel', job, reply: 1 });
  scene.pass(250);
  scene.handle(scene.cleaned(job));
  scene.pass(20_000);
  const before = scene.jobs.get(job)?.revision;
  const told = events(job).length;
  const refused = (seq: number, value: unknown) => {
    submit(value);
    const event = events(`j-SHOAL_JOBS-${seq}`).at(-1);
    expect(event).toMatchObject({ kind: 'rejected', requestedId: job, submissionSeq: seq });
    return (event as { error?: { code?: string } } | undefined)?.error?.code;
  };
  scene.handle({ type: 'remove', job, reply: 2 });
  expect(refused(2, spec)).toBe('removing');
  expect(refused(3, { ...spec, seed: 4 })).toBe('removing');
  expect(refused(4, { ...spec, rows: 'none' })).toBe('invalid-spec');
  // The first submission, handed out once more, was answered long ago.
  scene.redeliver(1, new TextEncoder().encode(JSON.stringify(spec)));
  scene.handle({ type: 'removal', job, gone: false });
  expect(refused(5, spec)).toBe('removing');
  expect(scene.jobs.get(job)?.revision).toBe(before);
  expect(events(job)).toHaveLength(told);
  scene.handle({ type: 'removal', job, gone: true });
  scene.jobs.delete(job);
  scene.log.delete(job);
  submit(spec);
  expect(events(job)).toMatchObject([{ kind: 'accepted', submissionSeq: 6 }, {}]);
});

it('that was rejected is not opened anew before it is gone', async () => {
  const scene = new Scene(await resolvedDataset());
  const job = 'j' as JobId;
  const spec = { id: job, dataset: 'demo' };
  const submit = (value: unknown) => scene.submit(new TextEncoder().encode(JSON.stringify(value)));
  submit(spec);
  scene.pass(20_000);
  const before = scene.jobs.get(job)?.revision;
  scene.handle({ type: 'remove', job, reply: 1 });
  submit({ ...spec, target: 'label', algorithm: 'toy-sum' });
  submit({ ...spec, folds: 2 });
  expect(scene.jobs.get(job)?.revision).toBe(before);
  expect(scene.state.jobs.get('j-SHOAL_JOBS-2' as JobId)?.result.failure?.code).toBe('removing');
  expect(scene.state.jobs.has('j-SHOAL_JOBS-3' as JobId)).toBe(true);
});
