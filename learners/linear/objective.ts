/**
 * The objective that fits minimise, a mean a row: losses and penalties, in units of scaled targets.
 */
import { HEAD, type LinearState } from './linear-state.ts';
import { type LinearSum, SUM } from './linear-sum.ts';
import type { LinearTask } from './linear-task.ts';

export interface Objective {
  /** Mean loss alone; NaN where no row was seen. */
  readonly loss: number;
  /** With both penalties. */
  readonly value: number;
  /** Of loss and L2 penalty; the L1 penalty has none at zero and is kept apart. */
  readonly gradient: Float64Array;
  /** Weight of the sum of absolute weights. */
  readonly l1: number;
}

/** Penalties beside the mean loss. */
export function meanPenalties({ params }: LinearTask, head: Float64Array) {
  const rows = head[HEAD.rows]!;
  return { l1: params.l1 / head[HEAD.targetScale]! / rows, l2: params.l2 / rows };
}

/** The objective at the state's weights, from the sum of losses and gradients over rows. */
export function objectiveOf(task: LinearTask, state: LinearState, sum: LinearSum): Objective {
  const { weights, head } = state;
  const { l1, l2 } = meanPenalties(task, head);
  const rows = sum.head[SUM.rows]!;
  const loss = rows > 0 ? sum.head[SUM.loss]! / rows : Number.NaN;
  const gradient = new Float64Array(weights.length);
  let value = loss;
  for (let i = 0; i < gradient.length; i++) {
    const weight = weights[i]!;
    gradient[i] = sum.body[i]! / rows;
    if (i >= task.penalised) continue;
    gradient[i]! += l2 * weight;
    value += 0.5 * l2 * weight * weight + l1 * Math.abs(weight);
  }
  return { loss, value, gradient, l1 };
}
