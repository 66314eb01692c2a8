/**
 * Counters, gauges and histograms of one process, as plain data, with a Prometheus rendering.
 *
 * The names are those of `schemas/metric-names.ts`; another name or label does not compile. A
 * metric keeps a bounded number of label sets: what comes after goes into one called `other`. It
 * knows nothing of who asks; `runtime/node/metrics-server.ts` answers over HTTP.
 */
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
  type MetricShape,
  metricShapes,
} from '../schemas/metric-names.ts';

const SERIES_MAX = 256;

export interface Series {
  readonly labels: readonly string[];
  /** Counter and gauge: the value. Histogram: the sum of what was observed. */
  value: number;
  /** Histogram: how many were observed, and how many at most at each bound. */
  count: number;
  readonly buckets: number[];
}

/** Labels may be left out where the metric has none. */
type LabelArguments<N extends MetricName> = [keyof LabelsOf<N>] extends [never]
  ? []
  : [labels: LabelsOf<N>];

export class Metrics {
  private readonly families = new Map<MetricName, Map<string, Series>>();

  /** Adds `by`, which is not negative, to a counter. */
  count<N extends CounterName>(name: N, by: number, ...labels: LabelArguments<N>): void {
    if (by > 0) this.series(name, labels[0]).value += by;
  }

  set<N extends GaugeName>(name: N, value: number, ...labels: LabelArguments<N>): void {
    this.series(name, labels[0]).value = value;
  }

  observe<N extends HistogramName>(name: N, value: number, ...labels: LabelArguments<N>): void {
    const series = this.series(name, labels[0]);
    series.value += value;
    series.count += 1;
    const bounds = (metricShapes[name] as MetricShape).buckets ?? [];
    for (const [i, bound] of bounds.entries()) {
      if (value <= bound) series.buckets[i] = (series.buckets[i] ?? 0) + 1;
    }
  }

  /** The value of a counter or gauge, or how many a histogram saw; 0 when never touched. */
  read<N extends MetricName>(name: N, ...labels: LabelArguments<N>): number {
    const found = this.families.get(name)?.get(keyOf(name, labels[0]));
    if (found === undefined) return 0;
    return metricShapes[name].kind === 'histogram' ? found.count : found.value;
  }

  /** All series as `name{label="value"}` to number: for views, logs and `$SRV.STATS`. */
  snapshot(): Record<string, number> {
    const flat: Record<string, number> = {};
    for (const line of this.lines()) flat[line.id] = line.value;
    return flat;
  }

  /** Prometheus text format 0.0.4; `common` labels stand on every line. */
  render(common: Readonly<Record<string, string>> = {}): string {
    const text: string[] = [];
    let family = '';
    for (const line of this.lines(Object.entries(common))) {
      if (line.family !== family) {
        family = line.family;
        const shape = metricShapes[line.family];
        text.push(`# HELP ${family} ${shape.help}`, `# TYPE ${family} ${shape.kind}`);
      }
      text.push(`${line.id} ${line.value}`);
    }
    return text.length === 0 ? '' : `${text.join('\n')}\n`;
  }

  private *lines(
    common: [string, string][] = [],
  ): Generator<{ family: MetricName; id: string; value: number }> {
    for (const [family, all] of [...this.families].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const shape: MetricShape = metricShapes[family];
      for (const series of all.values()) {
        const pairs = [...common, ...shape.labels.map((l, i) => [l, series.labels[i] ?? ''])];
        const id = (suffix: string, extra: string[][] = []) =>
          `${family}${suffix}${labelText([...pairs, ...extra])}`;
        if (shape.kind !== 'histogram') {
          yield { family, id: id(''), value: series.value };
          continue;
        }
        for (const [i, bound] of (shape.buckets ?? []).entries()) {
          const value = series.buckets[i] ?? 0;
          yield { family, id: id('_bucket', [['le', String(bound)]]), value };
        }
        yield { family, id: id('_bucket', [['le', '+Inf']]), value: series.count };
        yield { family, id: id('_sum'), value: series.value };
        yield { family, id: id('_count'), value: series.count };
      }
    }
  }

  private series(name: MetricName, labels: Readonly<Record<string, string>> | undefined): Series {
    let all = this.families.get(name);
    if (all === undefined) {
      all = new Map();
      this.families.set(name, all);
    }
    const names: readonly string[] = metricShapes[name].labels;
    let key = keyOf(name, labels);
    let values = names.map((label) => labels?.[label] ?? '');
    if (!all.has(key) && all.size >= SERIES_MAX) {
      values = names.map(() => 'other');
      key = values.join('\u0000');
    }
    let found = all.get(key);
    if (found === undefined) {
      found = { labels: values, value: 0, count: 0, buckets: [] };
      all.set(key, found);
    }
    return found;
  }
}

function keyOf(name: MetricName, labels: Readonly<Record<string, string>> | undefined): string {
  return metricShapes[name].labels.map((label) => labels?.[label] ?? '').join('\u0000');
}

function labelText(pairs: readonly (readonly string[])[]): string {
  if (pairs.length === 0) return '';
  const escaped = (text: string) =>
    text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${pairs.map(([name = '', value = '']) => `${name}="${escaped(value)}"`).join(',')}}`;
}
