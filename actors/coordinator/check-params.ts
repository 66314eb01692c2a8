/**
 * Checks the parameters of a spec against a learner's table, and fills in the defaults.
 */
import type { Param, ParamTable } from '../../learners/params.ts';
import { type SpecIssue, showValue } from '../../schemas/job-spec.ts';
import { nearest } from '../../schemas/nearest.ts';

const TEXT_MAX = 1024;

function range(param: { readonly min: number; readonly max: number }): string {
  return `${param.min} to ${param.max}`;
}

function inRange(value: number, param: { readonly min: number; readonly max: number }): boolean {
  return Number.isFinite(value) && value >= param.min && value <= param.max;
}

/** What the value should have been; null when it is fine. */
function complaint(param: Param, value: unknown): string | null {
  switch (param.type) {
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && inRange(value, param)
        ? null
        : `give a whole number from ${range(param)}`;
    case 'number':
      return typeof value === 'number' && inRange(value, param)
        ? null
        : `give a number from ${range(param)}`;
    case 'boolean':
      return typeof value === 'boolean' ? null : 'give true or false';
    case 'text':
      return typeof value === 'string' && value.isWellFormed() && value.length <= TEXT_MAX
        ? null
        : `give a text of at most ${TEXT_MAX} characters`;
    case 'choice':
      return typeof value === 'string' && param.of.includes(value)
        ? null
        : `use ${param.of.map((word) => JSON.stringify(word)).join(' or ')}`;
    case 'number-or-word': {
      const fine =
        typeof value === 'number'
          ? inRange(value, param) && Number.isInteger(value)
          : typeof value === 'string' && param.words.includes(value);
      const words = param.words.map((word) => JSON.stringify(word)).join(', ');
      return fine ? null : `use ${words} or a whole number from ${range(param)}`;
    }
    case 'limit': {
      const fine =
        value === null ||
        (typeof value === 'number' &&
          inRange(value, param) &&
          (!param.integer || Number.isInteger(value)));
      const kind = param.integer ? 'a whole number' : 'a number';
      return fine ? null : `give ${kind} from ${range(param)}, or null for no limit`;
    }
  }
}

export interface CheckedParams {
  readonly params: Record<string, unknown>;
  readonly issues: readonly SpecIssue[];
}

/** Every parameter with its given or default value, and an issue for each that cannot be used. */
export function checkParams(
  table: ParamTable<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): CheckedParams {
  const issues: SpecIssue[] = [];
  const params: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(table)) {
    params[name] = Object.hasOwn(given, name) ? given[name] : param.default;
    const fix = Object.hasOwn(given, name) ? complaint(param, given[name]) : null;
    if (fix === null) continue;
    const value = showValue(given[name]);
    issues.push({ path: `params.${name}`, value, message: `${value} is not possible here`, fix });
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(table, name)) continue;
    const guess = nearest(name, Object.keys(table));
    issues.push({
      path: `params.${name}`,
      value: showValue(given[name]),
      message: `unknown parameter ${JSON.stringify(name)}`,
      fix:
        guess === undefined
          ? `use ${Object.keys(table).join(', ') || 'none: this algorithm has no parameters'}`
          : `did you mean ${JSON.stringify(guess)}?`,
    });
  }
  return { params, issues };
}
