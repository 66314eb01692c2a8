/**
 * Missing values filled in: numbers by mean, median or a constant, levels by the most frequent one or
 * a constant. What the rows are filled with comes from the rows to be trained on alone.
 */
import type { Column, ColumnSchema } from '../datasets/frame.ts';
import { remapLevels } from '../datasets/frame-shape.ts';
import { compareUtf8 } from '../datasets/level-order.ts';
import type { StepNamed } from '../schemas/preprocess.ts';
import { meanOf, numbersIn, sampled } from './number-steps.ts';
import { isLevels, noValues, type StepRule } from './step-rule.ts';
import { quantile } from './value-sample.ts';

type Impute = StepNamed<'impute'>;

/** The column after the step: a constant may be a level of its own. */
function filledSchema({ strategy, value }: Impute, column: ColumnSchema): ColumnSchema {
  const { name, kind, levels = [] } = column;
  if (kind === 'number') return { name, kind };
  if (strategy !== 'constant' || levels.includes(String(value))) return { name, kind, levels };
  return { name, kind, levels: [...levels, String(value)].sort(compareUtf8) };
}

export const impute: StepRule<Impute> = {
  takes: 'numbers (mean, median, constant) or categories (most-frequent, constant)',
  suits({ strategy, value }, column) {
    if (strategy === 'constant') {
      if (column.kind === 'number') return typeof value === 'number';
      if (column.kind === 'boolean') return (column.levels ?? []).includes(String(value));
      return column.kind === 'category' && typeof value === 'string';
    }
    return strategy === 'most-frequent' ? isLevels(column) : column.kind === 'number';
  },
  outputs(step, column) {
    const filled = filledSchema(step, column);
    const indicator: ColumnSchema = { name: `${column.name} missing`, kind: 'number' };
    return step.indicator ? [filled, indicator] : [filled];
  },
  wants({ strategy }, { levels = [] }) {
    switch (strategy) {
      case 'mean':
        return { kind: 'moments', size: 0 };
      case 'median':
        return { kind: 'sample', size: 0 };
      case 'most-frequent':
        return { kind: 'counts', size: levels.length };
      case 'constant':
        return null;
    }
  },
  fit(step, column, statistic) {
    if (step.strategy === 'constant') {
      if (column.kind === 'number') return { fill: Number(step.value) };
      const { levels = [] } = filledSchema(step, column);
      return { fill: levels.indexOf(String(step.value)) };
    }
    if (statistic?.kind === 'moments' && statistic.count > 0) return { fill: meanOf(statistic) };
    if (statistic?.kind === 'counts') {
      const most = Math.max(0, ...statistic.counts);
      if (most > 0) return { fill: statistic.counts.indexOf(most) };
    }
    const ascending = sampled(statistic);
    if (ascending === null) throw noValues(step, column);
    return { fill: quantile(ascending, 0.5) };
  },
  apply(step, column, { fill = 0 }, values) {
    const filled = fillIn(step, column, fill, values);
    return step.indicator ? [filled, missingIn(values)] : [filled];
  },
};

function fillIn(step: Impute, column: ColumnSchema, fill: number, values: Column): Column {
  if (values.kind === 'number') {
    const to = Float64Array.from(values.values);
    for (let i = 0; i < to.length; i++) if (Number.isNaN(to[i])) to[i] = fill;
    return { kind: 'number', values: to };
  }
  if (values.kind === 'text') return { kind: 'number', values: numbersIn(values) };
  const { kind, codes: from } = remapLevels(
    values,
    column.levels ?? [],
    filledSchema(step, column),
  );
  const codes = Int32Array.from(from, (code) => (code < 0 ? fill : code));
  return { kind, codes };
}

function missingIn(values: Column): Column {
  const isMissing =
    values.kind === 'number'
      ? Float64Array.from(values.values, (value) => Number(Number.isNaN(value)))
      : values.kind === 'text'
        ? Float64Array.from(values.present, (present) => 1 - present)
        : Float64Array.from(values.codes, (code) => Number(code < 0));
  return { kind: 'number', values: isMissing };
}
