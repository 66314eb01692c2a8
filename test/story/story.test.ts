/** The story of a job: the same from the same events, consistent after each, and true at the end. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { type Story, storyOf } from '../../client/job-story.ts';
import { finalPhases, type JobEvent, type Phase } from '../../schemas/views.ts';
import { resolvedDataset } from '../coordinator/dataset.ts';
import { type PlayedJob, playedJobs, transcripts } from './chains.ts';

let dataset: ResolvedDataset;
let jobs: PlayedJob[];
beforeAll(async () => {
  dataset = await resolvedDataset();
  jobs = transcripts().flatMap((file) => playedJobs(file, dataset));
});

/** What must hold of the story after any event. */
function contradictions(story: Story, before: Story | null, event: JobEvent): string[] {
  const wrong: string[] = [];
  const ended = story.phase !== null && finalPhases.has(story.phase as Phase);
  if (story.n !== event.n) wrong.push(`stands at event ${story.n}, not ${event.n}`);
  if (story.phase === null) wrong.push('has no phase');
  if ((story.outcome !== null) !== (ended && event.kind === story.phase)) {
    // Between the change of phase and the event of the end there is no outcome yet.
    if (event.kind !== 'phase' && event.kind !== 'commit-refused') {
      wrong.push(`outcome ${story.outcome?.kind} in phase ${story.phase}`);
    }
  }
  if (story.outcome === null && !ended && story.wait === null) wrong.push('waits for nothing');
  if (story.outcome !== null && story.wait !== null) wrong.push('has ended and waits');
  if (story.outcome !== null && story.working.length > 0) wrong.push('has ended and works');
  const { progress } = story;
  if (progress !== null && progress.done > progress.total) wrong.push('did more than all');
  if (before !== null && before.n + 1 === story.n) {
    for (const key of ['attempts', 'reassigned', 'moves', 'commitsRefused'] as const) {
      const again = event.kind === 'accepted';
      if (story[key] < before[key] && !again) wrong.push(`${key} fell from ${before[key]}`);
    }
  }
  for (const { node, since } of story.working) {
    if (node === '' || since === '') wrong.push('works without node or time');
  }
  const told = story.lines.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (told !== story.n) wrong.push(`lines tell of ${told} events of ${story.n}`);
  return wrong.map((what) => `event ${event.n} (${event.kind}): ${what}`);
}

describe('story of a job', () => {
  it('is consistent after every event of every transcript', () => {
    expect(jobs.length).toBeGreaterThan(40);
    for (const { transcript, id, events } of jobs) {
      let before: Story | null = null;
      for (const [i, event] of events.entries()) {
        const story = storyOf(events.slice(0, i + 1));
        expect({ transcript, id, wrong: contradictions(story, before, event) }).toEqual({
          ...{ transcript, id, wrong: [] },
        });
        before = story;
      }
    }
  });

  it('agrees at the last event with what the coordinator says of the job', () => {
    for (const { transcript, id, events, view, untold } of jobs) {
      // In some the log takes nothing, or is about to be told of claims.
      if (events.length !== view.events || untold > 0) continue;
      const story = storyOf(events);
      const { phase, attempts, reassigned, moves, commitsRefused } = story;
      const said = { phase, attempts, reassigned, moves, commitsRefused };
      expect({ transcript, id, ...said }).toEqual({
        ...{ transcript, id, phase: view.phase, attempts: view.attempts },
        ...{ reassigned: view.reassigned, moves: view.moves, commitsRefused: view.commitsRefused },
      });
    }
  });

  it('counts by itself what the last event says', () => {
    for (const { transcript, id, events, view } of jobs) {
      const { outcome } = storyOf(events);
      if (outcome === null || outcome.kind === 'rejected' || events.length !== view.events)
        continue;
      const { attempts, reassigned, moves, commitsRefused } = storyOf(events.slice(0, -1));
      expect({ transcript, id, attempts, reassigned, moves, commitsRefused }).toEqual({
        ...{ transcript, id, attempts: view.attempts, reassigned: view.reassigned },
        ...{ moves: view.moves, commitsRefused: view.commitsRefused },
      });
    }
  });

  it('says who was lost, what was taken from it and who took it up', () => {
    const [job] = jobs.filter(({ transcript }) => transcript === 'killed-worker.txt');
    const { lostNodes } = storyOf(job?.events ?? []);
    expect(lostNodes).toMatchObject([{ node: 'w1', reason: 'lost' }]);
    for (const { task, attempt, to } of lostNodes[0]?.tasks ?? []) {
      expect({ task, attempt, to }).toEqual({ task, attempt: 2, to: 'w2' });
    }
    expect(lostNodes[0]?.tasks.length).toBeGreaterThan(0);
  });

  it('names errors with their causes, and the end with its own', () => {
    const [job] = jobs.filter(({ transcript }) => transcript === 'errors.txt');
    const { errors, outcome } = storyOf(job?.events ?? []);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]?.message).not.toBe('');
    expect(outcome?.error?.message).toContain('no such column');
  });

  it('tells events of kinds that it does not know by their plain fields', () => {
    const [job] = jobs.filter(({ transcript }) => transcript === 'happy-path.txt');
    const events = [...(job?.events ?? [])];
    const strange = { ...events[1], n: 3, kind: 'telepathy', node: 'w9', secret: {} };
    const story = storyOf([...events.slice(0, 2), strange as unknown as JobEvent]);
    expect(story.phase).toBe('planning');
    expect(story.lines.at(-1)?.text).toMatch(/^telepathy.*, node w9$/);
  });

  it('is told of no events at all', () => {
    expect(storyOf([])).toMatchObject({ n: 0, phase: null, wait: null, lines: [], working: [] });
  });
});
