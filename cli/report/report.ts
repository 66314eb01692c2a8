/**
 * A job as one page: what was run, how good it is, how it learned, and where its time went.
 *
 * The page stands alone: no script, no font and no picture from elsewhere, so it can be sent, kept
 * and printed. Nothing on it is a row of the data.
 */
import type { Curves } from '../../learners/metrics/curves.ts';
import type { SearchView } from '../../schemas/job-search.ts';
import { byScore } from '../../schemas/job-search.ts';
import type { Measured } from '../../schemas/measured.ts';
import type { JobView } from '../../schemas/views.ts';
import { tookMs } from '../job-text.ts';
import { bytes, count, duration } from '../table.ts';
import { axisOver, barList, colours, lineChart, type Series, short } from './charts.ts';
import { classificationFigures, confusionTable, regressionFigures } from './evaluation-charts.ts';
import { dataTable, factList, figureOf, html, type Markup, section } from './html.ts';
import { style } from './style.ts';

/** Metrics of a round, as its event told of them. */
export interface RoundPoint {
  readonly fit: string;
  readonly round: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface ReportData {
  readonly view: JobView;
  /** Null where nothing was measured, or it is not kept any more. */
  readonly measured: Measured | null;
  readonly rounds: readonly RoundPoint[];
  /** What made the page. */
  readonly version: string;
}

export function reportPage(data: ReportData): string {
  const { view, measured } = data;
  const body = [
    ...header(view),
    ...metricCards(view),
    ...evaluationSection(data),
    ...importanceSection(view),
    ...foldSection(view),
    ...searchSection(view.search),
    ...learningSection(data.rounds),
    ...timeSection(view),
    ...runSection(data),
  ];
  const title = `${view.id}: ${workOf(view)} on ${view.dataset ?? '?'}`;
  const about = measured === null && view.metrics !== null ? [notKept] : [];
  const { markup } =
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${{ markup: style }}</style></head><body>${body}${about}</body></html>`;
  return `<!doctype html>\n${markup}\n`;
}

const notKept = html`<p class="note">What the curves are drawn from is not kept any more.</p>`;

/** What the job does; one without algorithm or model makes a data set by steps, where it was read. */
function workOf({ algorithm, model, spec }: JobView): string {
  if (algorithm !== null) return algorithm;
  if (model !== null) return `predict with ${model}`;
  return spec === null ? 'a spec that was refused' : 'steps';
}

function header(view: JobView): Markup[] {
  const target = (view.spec as { readonly target?: string } | null)?.target;
  const learned = target === undefined ? '' : `, learning "${target}"`;
  const failed =
    view.error === null ? null : html`<p><b>${view.error.message}</b> (${view.error.code})</p>`;
  return [
    html`<h1>${view.id}</h1>`,
    html`<p class="lead">${workOf(view)} on ${view.dataset ?? '?'}${learned} · ${view.phase}</p>`,
    ...(failed === null ? [] : [failed]),
  ];
}

function metricCards({ metrics, evaluation }: JobView): Markup[] {
  const figures = Object.entries(metrics ?? {}).filter(
    ([name, value]) => typeof value === 'number' && !name.startsWith(importance),
  );
  if (figures.length === 0) return [];
  const cards = figures.map(([name, value]) => {
    const spread = evaluation?.spread[name] ?? null;
    const about = spread === null ? null : html`<span>± ${Number(spread.toPrecision(2))}</span>`;
    const label = name === 'rows' ? 'rows held out' : name;
    return html`<div class="card"><b>${short(value as number)}</b>${label}${about}</div>`;
  });
  return [html`<div class="cards">${cards}</div>`];
}

/** Metrics that tell how much of a model is owed to a column. */
const importance = 'importance.';

function importanceSection({ metrics }: JobView): Markup[] {
  const bars = Object.entries(metrics ?? {}).flatMap(([name, value]) =>
    name.startsWith(importance) && typeof value === 'number'
      ? [{ name: name.slice(importance.length), value, text: short(value) }]
      : [],
  );
  if (bars.length === 0) return [];
  bars.sort((a, b) => b.value - a.value);
  return [section('Importance of the columns', barList(bars))];
}

function evaluationSection({ view, measured }: ReportData): Markup[] {
  const curves = (measured?.curves ?? null) as Curves | null;
  if (curves === null || measured === null) return [];
  const { confusion } = measured.metrics;
  const figures =
    curves.kind === 'classification' ? classificationFigures(curves) : regressionFigures(curves);
  const classes = curves.kind === 'classification' ? curves.classes : [];
  const table = Array.isArray(confusion)
    ? [figureOf('Confusion matrix', confusionTable(confusion, classes))]
    : [];
  const chosen = view.search === null ? '' : ' They chose the trial, so they flatter it a little.';
  const note = html`<p class="note">On ${short(Number(measured.metrics.rows))} rows that the models measured here were not trained on.${chosen}</p>`;
  return [section('Evaluation', html`<div class="figures">${figures}${table}</div>`, note)];
}

function foldSection({ evaluation, metrics }: JobView): Markup[] {
  const fits = evaluation?.fits ?? [];
  if (fits.length < 2) return [];
  const names = Object.keys(fits[0]?.metrics ?? {}).filter((name) => name !== 'rows');
  const cell = (value: unknown) => (typeof value === 'number' ? short(value) : '–');
  const rows = fits.map(({ fit, metrics: own }) => ({
    cells: [fit, cell(own.rows), ...names.map((name) => cell(own[name]))],
  }));
  const mean = ['mean', '', ...names.map((name) => cell(metrics?.[name]))];
  const spread = ['± deviation', '', ...names.map((name) => cell(evaluation?.spread[name]))];
  const last = [{ cells: mean, marked: true }, { cells: spread }];
  return [section('Folds', dataTable(['fit', 'rows', ...names], [...rows, ...last]))];
}

function searchSection(search: SearchView | null): Markup[] {
  if (search === null) return [];
  const { trials, metric, best, strategy, step, of } = search;
  const names = [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
  const ranked = [...trials].sort(
    (a, b) => b.step - a.step || byScore(metric, a.score, b.score) || a.trial - b.trial,
  );
  const rows = ranked.map(({ trial, params, score, spread, step: at }) => ({
    marked: trial === best,
    cells: [
      String(trial),
      at + 1,
      score === null ? '–' : short(score),
      spread === null ? '' : `± ${short(spread)}`,
      ...names.map((name) => text(params[name])),
    ],
  }));
  const distinct = new Set(trials.map(({ trial }) => trial)).size;
  const about = html`<p class="note">${distinct} trials by ${strategy}, step ${Math.min(step + 1, of)} of ${of}; the marked one trained the model.</p>`;
  const table = dataTable(['trial', 'step', metric, 'deviation', ...names], rows);
  return [section('Search', table, about)];
}

function text(value: unknown): string {
  if (typeof value === 'number') return short(value);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** One chart for each metric of the rounds, one line for each fit. */
function learningSection(rounds: readonly RoundPoint[]): Markup[] {
  const told = new Set(rounds.flatMap(({ metrics }) => Object.keys(metrics)));
  const names = [...told].filter((name) => name !== 'rows');
  const fits = [...new Set(rounds.map(({ fit }) => fit))];
  if (names.length === 0) return [];
  const figures = names.slice(0, 8).map((name) => {
    const series = fits.slice(0, colours).map((fit): Series => {
      const own = rounds.filter((point) => point.fit === fit && name in point.metrics);
      return { name: fit, points: own.map(({ round, metrics }) => [round, metrics[name] ?? 0]) };
    });
    const all = series.flatMap(({ points }) => points);
    const x = axisOver('round', [0, ...all.map(([round]) => round)]);
    const y = axisOver(
      name,
      all.map(([, value]) => value),
    );
    return figureOf(name, lineChart(name, { ...x, from: 0 }, y, series));
  });
  const note = html`<p class="note">As told while it trained, about once a second: not every round is there.</p>`;
  return [section('Learning curve', html`<div class="figures">${figures}</div>`, note)];
}

function timeSection({ time, attempts, reassigned, moves }: JobView): Markup[] {
  const stages = time.stages.filter(({ wallMs }) => wallMs > 0);
  const bars = [
    ...stages.map(({ stage, wallMs }) => ({ name: stage, value: wallMs })),
    { name: 'nobody at work', value: time.coordinationMs },
    ...(time.pausedMs > 0 ? [{ name: 'paused', value: time.pausedMs }] : []),
  ].map((bar) => ({ ...bar, text: duration(bar.value) }));
  const again =
    time.redone.attempts === 0
      ? 'nothing'
      : `${duration(time.redone.ms)}, ${time.redone.attempts} attempts`;
  const facts = factList([
    ['by the clock', duration(time.wallMs)],
    ['computing', `${duration(time.computeMs)} over all nodes`],
    ['fetching', `${duration(time.fetchMs)}, ${bytes(time.fetchedBytes)}`],
    ['waiting for the slowest', duration(time.slowestMs)],
    ['done again', again],
    ['attempts, reassigned, moved', `${attempts}, ${reassigned}, ${moves}`],
  ]);
  return [section('Where the time went', barList(bars), html`<br>`, facts)];
}

function runSection({ view, version }: ReportData): Markup[] {
  const spec = JSON.stringify(view.spec, null, 2) ?? '';
  const exact =
    view.exactness === 'exact'
      ? 'exact: the same data set, spec and version give this digest on any cluster'
      : view.exactness;
  const facts = factList([
    ['job', view.id],
    ['algorithm', view.algorithm],
    ['task', view.task],
    ['data set', view.dataset],
    ['shards', view.shards],
    ['seed', view.seed],
    ['model', view.model],
    ['digest', view.digest === null ? null : html`<code>${view.digest}</code>`],
    ['exactness', exact],
    ['left out', view.skippedShards.map(({ shard }) => `shard ${shard}`).join(', ')],
    ['started', view.startedAt],
    ['finished', view.finishedAt],
    ['took', view.finishedAt === null ? null : duration(tookMs(view))],
    ['events', `${count(view.events)}, the last is ${view.head.slice(0, 12)}...`],
    ['page by', `shoal ${version}`],
  ]);
  return [
    section(
      'What was run',
      facts,
      html`<details open><summary>spec</summary><pre>${spec}</pre></details>`,
    ),
  ];
}
