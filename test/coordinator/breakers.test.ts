/** Breakers: when they open, let one try through, and close; and what jobs say meanwhile. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  admits,
  type Breaker,
  newBreakers,
  noteFailure,
  noteSuccess,
} from '../../actors/coordinator/breakers.ts';
import { guarded } from '../../actors/coordinator/guarded.ts';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { clusterView, jobView } from '../../actors/coordinator/view.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { RetryableError } from '../../schemas/errors.ts';
import type { JobId } from '../../schemas/ids.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const storage = (of: ReadonlyMap<string, Breaker>) => of.get('storage') as Breaker;

describe('[P23] a breaker', () => {
  it('opens at the third failure in a row, lets one try through at a time, and closes', () => {
    const breaker = storage(newBreakers());
    expect([1, 2].map((ms) => noteFailure(breaker, 'full', ms, ms))).toEqual([false, false]);
    noteSuccess(breaker);
    expect([3, 4, 5].map((ms) => noteFailure(breaker, 'full', ms, ms))).toEqual([
      false,
      false,
      true,
    ]);
    expect(breaker).toMatchObject({ state: 'open', cause: 'full', openedAtMs: 5 });
    expect(admits(breaker, 100)).toBe(false);
    expect(admits(breaker, 600)).toBe(true);
    expect(breaker.state).toBe('half-open');
    expect(admits(breaker, 600)).toBe(false);
    expect(noteFailure(breaker, 'still full', 700, 700)).toBe(false);
    // Since the first time: the wait goes on.
    expect(breaker).toMatchObject({ state: 'open', openedAtMs: 5, cause: 'still full' });
    expect(admits(breaker, 1_600)).toBe(false);
    expect(admits(breaker, 1_700)).toBe(true);
    expect(noteSuccess(breaker)).toBe(true);
    expect(breaker.state).toBe('closed');
  });

  it('waits at most four seconds between two tries', () => {
    const breaker = storage(newBreakers());
    for (let i = 0; i < 40; i++) noteFailure(breaker, 'full', 1_000, 0);
    expect(breaker.tryAtMs).toBe(5_000);
  });
});

describe('[P23] asking through a breaker', () => {
  const context = () => ({
    breakers: newBreakers(),
    clock: new ManualClock(),
    log: () => {},
    metrics: new Metrics(),
  });

  it('holds a broker that does not answer to account, not one blob that is damaged', async () => {
    for (const [code, state] of [
      ['timeout', 'open'],
      ['stream-full', 'open'],
      ['corrupt-blob', 'closed'],
      ['registry-busy', 'closed'],
    ] as const) {
      const asked = context();
      const work = () => Promise.reject(new RetryableError(code, code, 500));
      for (let i = 0; i < 5; i++) {
        await guarded(asked, 'blobs', () => {}, work).catch(() => {});
      }
      expect([code, asked.breakers.get('blobs')?.state]).toEqual([code, state]);
    }
  });
});

describe('[P23] [F15] a job while the broker stores nothing', () => {
  it('says so, with the cause and since when, and has it in its events afterwards', () => {
    const scene = new Scene(dataset);
    scene.handle(scene.heartbeat(scene.node('w1')));
    const spec = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', id: 'j1' };
    scene.submit(new TextEncoder().encode(JSON.stringify(spec)));
    scene.handle(scene.planned('j1'));
    const job = () => {
      const own = scene.state.jobs.get('j1' as JobId);
      if (own === undefined) throw new Error('no job');
      return own;
    };
    const breaker = storage(scene.state.breakers);
    for (let i = 0; i < 3; i++) noteFailure(breaker, 'the stream is full', 0, 1_700_000_000_000);
    expect(jobView(scene.state, job()).waitingFor).toEqual({
      what: "the broker's storage: the stream is full",
      node: null,
      since: '2023-11-14T22:13:20.000Z',
    });
    expect(clusterView(scene.state).breakers).toMatchObject([
      { dependency: 'storage', state: 'open', cause: 'the stream is full' },
    ]);
    noteSuccess(breaker);
    const cause = 'the stream is full';
    const openedAtMs = 1_700_000_000_000;
    scene.handle({ type: 'recovered', dependency: 'storage', cause, openedAtMs });
    expect(scene.log.get('j1')?.at(-1)).toMatchObject({
      ...{ kind: 'breaker', dependency: 'storage', state: 'closed', cause },
      openedAt: '2023-11-14T22:13:20.000Z',
    });
    expect(jobView(scene.state, job()).waitingFor?.what).toMatch(/^a free slot/);
  });

  it('tries a step that fails ever more rarely, and says what went wrong with it', () => {
    const scene = new Scene(dataset);
    const spec = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', id: 'j1' };
    scene.submit(new TextEncoder().encode(JSON.stringify(spec)));
    const tries: number[] = [];
    for (let i = 0; i < 6; i++) {
      while (!scene.held.has('plan j1')) scene.pass(250);
      tries.push(scene.nowMs);
      scene.held.delete('plan j1');
      scene.handle({ type: 'setback', job: 'j1' as JobId, what: 'plan', message: 'no answer' });
    }
    const gaps = tries.slice(1).map((ms, i) => ms - (tries[i] ?? 0));
    expect(gaps).toEqual([500, 1_000, 2_000, 4_000, 4_000]);
    const own = scene.state.jobs.get('j1' as JobId);
    expect(own?.wait?.what).toBe('no answer (plan is tried again)');
    expect(scene.log.get('j1')?.filter(({ kind }) => kind === 'waiting')).toHaveLength(1);
  });
});
