/**
 * Charts of a report as SVG: lines over two axes, bars, and grids of counts.
 *
 * Colours are those of the page, by class, so that charts follow its light or dark look.
 */
import { html, type Markup } from './html.ts';

export type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** A line to compare with, drawn thin and dashed. */
  readonly reference?: boolean;
  readonly dots?: boolean;
}

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

const width = 420;
const height = 300;
const left = 64;
const right = 12;
const top = 10;
const bottom = 44;
/** So few points of a line are seen as such. */
const fewPoints = 20;
/** Colours that the page has for series. */
export const colours = 6;

/** About five round numbers within an axis. */
export function ticksOf(from: number, to: number): number[] {
  const span = to - from;
  if (!(span > 0) || !Number.isFinite(span)) return [from];
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((own) => own * power).find((own) => own >= rough) ?? rough;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** A number for an axis, where there is little room: `200k`. */
function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e4) return short(value);
  return size >= 1e6 ? `${short(value / 1e6)}M` : `${short(value / 1e3)}k`;
}

/** Figures that matter, and no more. */
export function short(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(1).replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
}

/** An axis around all values, with a little room where they do not fill it. */
export function axisOver(label: string, values: readonly number[]): Axis {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return { label, from: 0, to: 1 };
  const from = Math.min(...known);
  const to = Math.max(...known);
  const room = from === to ? Math.abs(from) * 0.1 || 1 : (to - from) * 0.04;
  return { label, from: from - room, to: to + room };
}

const scaleX = ({ from, to }: Axis, x: number) =>
  left + ((x - from) / (to - from || 1)) * (width - left - right);
const scaleY = ({ from, to }: Axis, y: number) =>
  height - bottom - ((y - from) / (to - from || 1)) * (height - top - bottom);
const at = (value: number) => value.toFixed(1);

function frame(x: Axis, y: Axis, title: string, body: readonly Markup[]): Markup {
  const across = ticksOf(x.from, x.to).map((tick) => {
    const px = at(scaleX(x, tick));
    return html`<line class="grid" x1="${px}" x2="${px}" y1="${top}" y2="${height - bottom}"/><text class="tick" x="${px}" y="${height - bottom + 16}" text-anchor="middle">${tickText(tick)}</text>`;
  });
  const up = ticksOf(y.from, y.to).map((tick) => {
    const py = at(scaleY(y, tick));
    return html`<line class="grid" x1="${left}" x2="${width - right}" y1="${py}" y2="${py}"/><text class="tick" x="${left - 6}" y="${py}" dy="4" text-anchor="end">${tickText(tick)}</text>`;
  });
  const middle = (top + height - bottom) / 2;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${across}${up}<text class="axis" x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${x.label}</text><text class="axis" transform="translate(12 ${middle}) rotate(-90)" text-anchor="middle">${y.label}</text>${body}</svg>`;
}

export function lineChart(title: string, x: Axis, y: Axis, series: readonly Series[]): Markup {
  const real = series.filter((own) => own.reference !== true);
  const colourOf = (own: Series) => `s${real.indexOf(own) % colours}`;
  const drawn = series.map((own) => {
    const known = own.points.filter(([px, py]) => Number.isFinite(px) && Number.isFinite(py));
    const path = known.map(([px, py]) => `${at(scaleX(x, px))},${at(scaleY(y, py))}`).join(' ');
    if (own.reference === true) return html`<polyline class="reference" points="${path}"/>`;
    const dots = own.dots === true || known.length < fewPoints ? known : [];
    return html`<polyline class="line ${colourOf(own)}" points="${path}"/>${dots.map(
      ([px, py]) =>
        html`<circle class="dot ${colourOf(own)}" cx="${at(scaleX(x, px))}" cy="${at(scaleY(y, py))}" r="3.5"/>`,
    )}`;
  });
  const legend =
    real.length < 2
      ? null
      : html`<ul class="legend">${real.map((own) => html`<li><i class="${colourOf(own)}"></i>${own.name}</li>`)}</ul>`;
  return html`${frame(x, y, title, drawn)}${legend}`;
}

/** Counts in cells, darker for more; `grid[row][column]`, the lowest row first. */
export function gridChart(
  title: string,
  x: Axis,
  y: Axis,
  grid: readonly (readonly number[])[],
): Markup {
  const most = Math.max(1, ...grid.flat());
  const rows = grid.length;
  const columns = grid[0]?.length ?? 1;
  const cellWidth = (width - left - right) / columns;
  const cellHeight = (height - top - bottom) / rows;
  const cells = grid.flatMap((line, row) =>
    line.flatMap((count, column) => {
      if (count === 0) return [];
      const shade = (0.12 + 0.88 * Math.sqrt(count / most)).toFixed(2);
      return [
        html`<rect class="cell" x="${at(left + column * cellWidth)}" y="${at(height - bottom - (row + 1) * cellHeight)}" width="${at(cellWidth + 0.2)}" height="${at(cellHeight + 0.2)}" opacity="${shade}"><title>${count} rows</title></rect>`,
      ];
    }),
  );
  const zero = y.from < 0 && y.to > 0 ? [zeroLine(y)] : [];
  return frame(x, y, title, [...cells, ...zero]);
}

function zeroLine(y: Axis): Markup {
  const py = at(scaleY(y, 0));
  return html`<line class="reference" x1="${left}" x2="${width - right}" y1="${py}" y2="${py}"/>`;
}

/** Bars of one length scale, a name before and a figure after each. */
export function barList(
  bars: readonly { readonly name: string; readonly value: number; readonly text: string }[],
): Markup {
  const most = Math.max(Number.MIN_VALUE, ...bars.map(({ value }) => value));
  return html`<div class="bars">${bars.map(({ name, value, text }) => {
    const share = ((Math.max(0, value) / most) * 100).toFixed(1);
    return html`<span>${name}</span><span class="track"><b style="width:${share}%"></b></span><span class="value">${text}</span>`;
  })}</div>`;
}
