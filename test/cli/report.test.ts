/** The report of a job: a page that stands alone, holds what was measured, and escapes every text. */
import { describe, expect, it } from 'vitest';
import { ticksOf } from '../../cli/report/charts.ts';
import { html } from '../../cli/report/html.ts';
import { reportPage } from '../../cli/report/report.ts';
import { classificationCurves, regressionCurves } from '../../learners/metrics/curves.ts';
import type { Measured } from '../../schemas/measured.ts';
import type { JobView } from '../../schemas/views.ts';

const time = {
  ...{ wallMs: 900, computeMs: 700, cpuMs: 600, fetchMs: 10, storeMs: 5, fetchedBytes: 100 },
  ...{ storedBytes: 50, slowestMs: 3, coordinationMs: 40, pausedMs: 0 },
  redone: { attempts: 1, ms: 20 },
  stages: [],
};

function viewOf(change: object): JobView {
  return {
    ...{ id: 'j1', phase: 'completed', waitingFor: null, algorithm: 'random-forest' },
    ...{ dataset: 'd@1', task: 'classification', seed: 0, model: 'j1@1', output: null },
    ...{ digest: 'a'.repeat(64), exactness: 'exact', metrics: { accuracy: 0.75, rows: 4 } },
    ...{ evaluation: null, search: null, rounds: null, rows: 'all', shards: 1, attempts: 2 },
    ...{ skippedShards: [], moves: 0, reassigned: 1, commitsRefused: 0, progress: null },
    ...{ tasks: { done: 1, total: 1 }, error: null, startedAt: '2026-01-01T00:00:00.000Z' },
    ...{ finishedAt: '2026-01-01T00:00:01.000Z', traceId: null, events: 9, head: 'b'.repeat(64) },
    ...{ unpublished: 0, standstill: null, time, settings: null, usedSeconds: 1 },
    ...{ placed: { local: 1, remote: 0 }, spec: { target: 'label', seed: 0 } },
    ...change,
  } as JobView;
}

const labels = Int32Array.of(0, 1, 1, 0);
const both = Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.7, 0.3);

function measuredOf(curves: unknown, metrics: object): Measured {
  return { perFit: {}, metrics: { rows: 4, ...metrics }, spread: {}, curves } as Measured;
}

describe('[P78] the report of a job', () => {
  const nasty = `<script>alert("1")</script> & 'more'`;
  const curves = classificationCurves(labels, both, ['no', nasty]);
  const confusion = [
    [2, 0],
    [1, 1],
  ];
  const rounds = [1, 2, 3].map((round) => ({
    fit: 'holdout',
    round,
    metrics: { loss: 1 / round },
  }));
  const data = { measured: measuredOf(curves, { confusion }), rounds, version: '0' };

  it('stands alone: nothing is fetched, nothing is run', () => {
    const page = reportPage({ view: viewOf({}), ...data });
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:|src=/);
    expect(page.startsWith('<!doctype html>')).toBe(true);
    for (const part of ['ROC curve', 'Precision and recall', 'Calibration', 'Confusion matrix']) {
      expect(page).toContain(part);
    }
    expect(page).toContain('Learning curve');
    expect(page).toContain('a'.repeat(64));
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).toContain('@media print');
  });

  it('says what a job does that trains nothing', () => {
    const none = { algorithm: null, model: null };
    const titleOf = (change: object) =>
      /<title>(.*)<\/title>/.exec(
        reportPage({ view: viewOf({ ...none, ...change }), ...data }),
      )?.[1];
    expect(titleOf({ model: 'm@1' })).toBe('j1: predict with m@1 on d@1');
    expect(titleOf({ output: 'clean@1' })).toBe('j1: steps on d@1');
    expect(titleOf({ dataset: null, spec: null })).toBe('j1: a spec that was refused on ?');
  });

  it('escapes what comes from outside', () => {
    const spec = { target: nasty, model: nasty };
    const page = reportPage({ view: viewOf({ dataset: nasty, spec }), ...data });
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
    expect(html`<a title="${`"'<>&`}">`.markup).toBe('<a title="&quot;&#39;&lt;&gt;&amp;">');
  });

  it('shows folds with their spread, and trials with the one that was chosen', () => {
    const fits = [0.7, 0.8].map((accuracy, i) => ({ fit: `fold-${i}`, metrics: { accuracy } }));
    const evaluation = { digest: 'c'.repeat(64), fits, spread: { accuracy: 0.0707 } };
    const trials = [0.4, 0.3].map((score, trial) => ({
      ...{ trial, params: { trees: 10 * (trial + 1) }, step: 0, score, spread: null },
    }));
    const search = { strategy: 'grid', metric: 'logLoss', step: 1, of: 2, trials, best: 1 };
    const page = reportPage({ view: viewOf({ evaluation, search }), ...data });
    expect(page).toContain('± 0.071');
    expect(page).toMatch(/<tr class="marked"><td>1<\/td><td>1<\/td><td>0.3<\/td>/);
    expect(page).toContain('2 trials by grid');
  });

  it('draws errors of numbers, and says what is not there', () => {
    const truth = Float64Array.of(1, 2, 3, 4);
    const own = measuredOf(regressionCurves(truth, Float64Array.of(1, 2.5, 2, 4)), { rmse: 1 });
    const view = viewOf({ metrics: { rmse: 1, 'importance.a': 0.7, 'importance.b': 0.3 } });
    const page = reportPage({ view, measured: own, rounds: [], version: '0' });
    expect(page).toContain('Errors by prediction');
    expect(page).toContain('Importance of the columns');
    expect(page).not.toContain('Learning curve');
    const gone = reportPage({ view, measured: null, rounds: [], version: '0' });
    expect(gone).toContain('not kept any more');
    const failed = { code: 'broken', message: 'it broke', fix: null, issues: [] };
    const nothing = viewOf({ phase: 'failed', metrics: null, digest: null, error: failed });
    const short = reportPage({ view: nothing, measured: null, rounds: [], version: '0' });
    expect(short).toContain('it broke');
    expect(short).not.toContain('NaN');
  });
});

it('ticks are round numbers within the axis', () => {
  expect(ticksOf(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticksOf(-3, 12)).toEqual([0, 5, 10]);
  expect(ticksOf(5, 5)).toEqual([5]);
});
