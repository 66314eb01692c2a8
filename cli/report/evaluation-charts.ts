/** What an evaluation looks like: ranking, calibration, confusion; errors of numbers. */
import type { ClassificationCurves, RegressionCurves } from '../../learners/metrics/curves.ts';
import { axisOver, colours, gridChart, lineChart, type Point, type Series } from './charts.ts';
import { figureOf, html, type Markup } from './html.ts';

type Rank = ClassificationCurves['ranks'][number];

const share = (label: string) => ({ label, from: 0, to: 1 });

export function classificationFigures(curves: ClassificationCurves): Markup[] {
  const nameOf = (rank: Rank) => curves.classes[rank.class] ?? String(rank.class);
  const ranks = curves.ranks.filter(({ positives, negatives }) => positives > 0 && negatives > 0);
  const drawn = ranks.slice(0, colours);
  const of = curves.classes.length === 2 ? ` of "${curves.classes[1] ?? ''}"` : '';
  const left = curves.classes.length > 2 && drawn.length < curves.classes.length;
  const note = left ? html`One class against the rest; the ${drawn.length} largest.` : null;
  const figures = [reliabilityFigure(curves)];
  if (drawn.length === 0) return figures;
  const roc = drawn.map((rank): Series => ({ name: nameOf(rank), points: rocPoints(rank) }));
  const precision = drawn.map(
    (rank): Series => ({ name: nameOf(rank), points: precisionPoints(rank) }),
  );
  const chance: Series = {
    ...{ name: 'chance', reference: true },
    points: [
      [0, 0],
      [1, 1],
    ],
  };
  return [
    figureOf(
      `ROC curve${of}`,
      lineChart('ROC curve', share('false positive rate'), share('true positive rate'), [
        chance,
        ...roc,
      ]),
      note ?? rowsNote(drawn),
    ),
    figureOf(
      `Precision and recall${of}`,
      lineChart('precision and recall', share('recall'), share('precision'), precision),
      note ?? rowsNote(drawn),
    ),
    ...figures,
  ];
}

function rowsNote([rank]: readonly Rank[]): Markup | null {
  if (rank === undefined) return null;
  const { positives, negatives } = rank;
  return html`${positives} of ${positives + negatives} rows are of this class.`;
}

function rocPoints({ points, positives, negatives }: Rank): Point[] {
  const steps = points.map(([, hits, alarms]): Point => [alarms / negatives, hits / positives]);
  return [[0, 0], ...steps];
}

function precisionPoints({ points, positives }: Rank): Point[] {
  return points.map(([, hits, alarms]): Point => [hits / positives, hits / (hits + alarms)]);
}

function reliabilityFigure({ reliability, classes }: ClassificationCurves): Markup {
  const bins = reliability.filter(({ rows }) => rows > 0);
  const points = bins.map((bin): Point => [bin.predicted ?? 0, bin.observed ?? 0]);
  const perfect: Series = {
    ...{ name: 'as told', reference: true },
    points: [
      [0, 0],
      [1, 1],
    ],
  };
  const what = classes.length === 2 ? `"${classes[1] ?? ''}"` : 'the class predicted';
  return figureOf(
    'Calibration',
    lineChart('calibration', share('probability told'), share('share that came true'), [
      perfect,
      { name: 'model', points, dots: true },
    ]),
    html`Of ${what}, ten bins of equal width; on the dashed line probabilities mean what they say.`,
  );
}

/** Rows by true class and class predicted, shaded within each true class. */
export function confusionTable(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
): Markup {
  const nameOf = (i: number) => classes[i] ?? String(i);
  const rows = confusion.map((counts, actual) => {
    const all = counts.reduce((sum, count) => sum + count, 0);
    const cells = counts.map((count) => {
      const part = all === 0 ? 0 : Math.round((count / all) * 70);
      const tint = `background:color-mix(in srgb,var(--s0) ${part}%,var(--card))`;
      return html`<td class="count" style="${tint}">${count}</td>`;
    });
    return html`<tr><td>${nameOf(actual)}</td>${cells}</tr>`;
  });
  const head = confusion.map((_, i) => html`<th>${nameOf(i)}</th>`);
  return html`<div class="wide"><table class="confusion"><thead><tr><th>true \\ predicted</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function regressionFigures({ grid, predicted, error }: RegressionCurves): Markup[] {
  const height = (error.to - error.from) / Math.max(1, grid.length);
  const histogram = grid.map(
    (line, row): Point => [
      error.from + (row + 0.5) * height,
      line.reduce((sum, count) => sum + count, 0),
    ],
  );
  const counts = axisOver('rows', [0, ...histogram.map(([, count]) => count)]);
  return [
    figureOf(
      'Errors by prediction',
      gridChart(
        'errors by prediction',
        { label: 'predicted', ...predicted },
        { label: 'predicted minus true', ...error },
        grid,
      ),
      html`Darker is more rows. A slope or a funnel shows what the model has not learned.`,
    ),
    figureOf(
      'Distribution of errors',
      lineChart(
        'distribution of errors',
        { label: 'predicted minus true', ...error },
        { ...counts, from: 0 },
        [{ name: 'rows', points: histogram }],
      ),
    ),
  ];
}
