/**
 * Parameters of the factorisation, and what sizes follow from them for one problem.
 */
import type { ColumnSchema } from '../../datasets/frame.ts';
import { nearest } from '../../schemas/nearest.ts';
import { LearnerError } from '../errors.ts';
import type { Problem } from '../learner.ts';
import type { ParamTable } from '../params.ts';

export type FactorParams = {
  user: string;
  item: string;
  rank: number;
  l2: number;
  rounds: number;
  tolerance: number;
};

export const factorParams: ParamTable<FactorParams> = {
  user: { type: 'text', default: 'user', about: 'column of who rates: a category' },
  item: { type: 'text', default: 'item', about: 'column of what is rated: a category' },
  rank: {
    type: 'integer',
    min: 0,
    max: 256,
    default: 8,
    about: 'factors of each user and item, beside their biases; 0: biases alone',
  },
  l2: {
    type: 'number',
    min: 0,
    max: 1e6,
    default: 0.05,
    about: 'penalty on squared factors and biases, for each rating; ratings are scaled to spread 1',
  },
  rounds: {
    type: 'integer',
    min: 1,
    max: 1_000_000,
    default: 30,
    about:
      'rounds at most, users and items in turn; the round that finds mean and spread is not one',
  },
  tolerance: {
    type: 'number',
    min: 0,
    max: 1,
    default: 1e-3,
    about: 'ends when solving for both sides lowered the loss by no more than this share of it',
  },
};

/** Most numbers in the factors of all users and items. */
const STATE_MAX = 2 ** 27;
/** Most numbers in the equations of one side. */
const SUM_MAX = 2 ** 26;

/** What every function of the learner derives from problem and parameters. */
export interface Shape {
  readonly user: ColumnSchema;
  readonly item: ColumnSchema;
  readonly users: number;
  readonly items: number;
  /** Numbers of a user or item: the bias, then the factors. */
  readonly width: number;
  /** Numbers of one user's or item's equations: ratings, packed lower triangle, right side. */
  readonly payload: number;
}

/** @throws LearnerError for a problem that cannot be factorised, naming parameter or column */
export function shapeOf(problem: Problem, params: FactorParams): Shape {
  const user = columnOf(problem, 'user', params.user);
  const item = columnOf(problem, 'item', params.item);
  if (user.name === item.name) {
    throw new LearnerError(`params.user and params.item are both "${user.name}"`);
  }
  const users = user.levels!.length;
  const items = item.levels!.length;
  const width = params.rank + 1;
  const payload = 1 + (width * (width + 1)) / 2 + width;
  const most = Math.min(Math.max(users, items), problem.rows);
  if ((users + items) * width > STATE_MAX || most * payload > SUM_MAX) {
    throw new LearnerError(
      `rank ${params.rank} for ${users} users and ${items} items takes ${most * payload} numbers a sum, at most ${SUM_MAX} are possible; lower params.rank`,
    );
  }
  return { user, item, users, items, width, payload };
}

function columnOf(problem: Problem, role: 'user' | 'item', name: string): ColumnSchema {
  const names = problem.features.map((feature) => feature.name);
  const column = problem.features.find((feature) => feature.name === name);
  if (column === undefined) {
    const guess = nearest(name, names);
    const fix = guess === undefined ? `one of ${names.slice(0, 20).join(', ')}` : `"${guess}"`;
    throw new LearnerError(`params.${role} is "${name}", no feature; set it to ${fix}`);
  }
  if (column.kind !== 'category' && column.kind !== 'boolean') {
    throw new LearnerError(
      `params.${role} names "${name}", a ${column.kind}; import it with --type ${name}=category`,
    );
  }
  if ((column.levels ?? []).length > 0) return column;
  throw new LearnerError(`column "${name}" of params.${role} has no level`);
}

/** Numbers in a state: five of its own, then users, then items. */
export function stateLength({ users, items, width }: Shape): number {
  return 5 + (users + items) * width;
}
