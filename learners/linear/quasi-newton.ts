/**
 * L-BFGS over rounds: each round evaluates one trial point, and closing it moves the search on.
 *
 * Directions come from the last pairs of differences by the two-loop recursion (Nocedal 1980),
 * steps from backtracking with quadratic interpolation under Armijo's condition. With an L1 penalty
 * it is OWL-QN (Andrew and Gao 2007): pseudo-gradient, directions and steps kept in one orthant.
 */

import { HEAD, type LinearState } from './linear-state.ts';
import { precondition } from './preconditioner.ts';
import { dot, largest } from './vectors.ts';

/** Share of the promised decrease that a step must keep. */
const ARMIJO = 1e-4;
/** Differences of objectives below this part of them are rounding. */
const ROUNDING = 4e-16;
const TRIALS_MAX = 30;
/** Pairs whose curvature is below this part of their lengths say nothing. */
const CURVATURE_MIN = 1e-12;

export interface Trial {
  /** Objective and its gradient at `state.weights`, without the L1 penalty's gradient. */
  readonly objective: number;
  readonly gradient: Float64Array;
  /** Weight of the L1 penalty, and how many weights it counts. */
  readonly l1: number;
  readonly penalised: number;
  readonly outputs: number;
  readonly tolerance: number;
}

/** `accepted`: the trial is the new point; `refused`: a shorter step is tried next. */
export type Outcome = { readonly trial: 'accepted' | 'refused'; readonly ended: boolean };

/** Judges the trial and writes the next one into `state.weights`. */
export function searchOn(state: LinearState, trial: Trial): Outcome {
  const { head, accepted, weights } = state;
  const isFirst = head[HEAD.trials]! < 0;
  if (!isFirst && !decreased(state, trial))
    return { trial: 'refused', ended: shorten(state, trial) };
  if (!isFirst) keepPair(state, trial.gradient);
  accepted.set(weights);
  state.gradient.set(trial.gradient);
  head[HEAD.objective] = trial.objective;
  const slopes = pseudoGradient(state, trial);
  const steepest = largest(slopes);
  head[HEAD.gradientNorm] = steepest;
  if (steepest <= trial.tolerance) return { trial: 'accepted', ended: true };
  aim(state, slopes, trial);
  tryStep(state, trial);
  return { trial: 'accepted', ended: false };
}

/** Armijo's condition along the step really taken, with room for rounding near the optimum. */
function decreased({ head, accepted, weights, gradient }: LinearState, trial: Trial): boolean {
  const { objective } = trial;
  if (!Number.isFinite(objective)) return false;
  let promised = 0;
  for (let i = 0; i < weights.length; i++) {
    const slope = pseudoSlope(accepted[i]!, gradient[i]!, i < trial.penalised ? trial.l1 : 0);
    promised += slope * (weights[i]! - accepted[i]!);
  }
  const before = head[HEAD.objective]!;
  return objective <= before + ARMIJO * promised + ROUNDING * Math.abs(before);
}

/** Shortens the step; true where it has become too short to matter. */
function shorten(state: LinearState, trial: Trial): boolean {
  const { head } = state;
  const length = head[HEAD.length]!;
  const fall = head[HEAD.slope]! * length;
  const parabola = -fall / (2 * (trial.objective - head[HEAD.objective]! - fall));
  const factor = Number.isFinite(parabola) ? Math.min(0.5, Math.max(0.1, parabola)) : 0.1;
  head[HEAD.length] = length * factor;
  head[HEAD.trials]!++;
  if (head[HEAD.trials]! >= TRIALS_MAX) {
    state.weights.set(state.accepted);
    return true;
  }
  tryStep(state, trial);
  return false;
}

function keepPair(state: LinearState, gradient: Float64Array): void {
  const { head, accepted, weights, moves, turns } = state;
  const size = weights.length;
  const at = head[HEAD.next]! * size;
  const move = moves.subarray(at, at + size);
  const turn = turns.subarray(at, at + size);
  const moved = new Float64Array(size);
  const turned = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    moved[i] = weights[i]! - accepted[i]!;
    turned[i] = gradient[i]! - state.gradient[i]!;
  }
  const curvature = dot(moved, turned);
  if (!(curvature > CURVATURE_MIN * Math.sqrt(dot(moved, moved) * dot(turned, turned)))) return;
  move.set(moved);
  turn.set(turned);
  const room = moves.length / size;
  head[HEAD.next] = (head[HEAD.next]! + 1) % room;
  head[HEAD.pairs] = Math.min(room, head[HEAD.pairs]! + 1);
}

function pseudoSlope(weight: number, slope: number, l1: number): number {
  if (l1 === 0) return slope;
  if (weight !== 0) return slope + (weight > 0 ? l1 : -l1);
  return slope > l1 ? slope - l1 : slope < -l1 ? slope + l1 : 0;
}

/** The gradient, with the L1 penalty's subgradient of least size. */
export function pseudoGradient(
  { weights }: { readonly weights: Float64Array },
  { gradient, l1, penalised }: Pick<Trial, 'gradient' | 'l1' | 'penalised'>,
): Float64Array {
  const slopes = new Float64Array(weights.length);
  for (let i = 0; i < slopes.length; i++) {
    slopes[i] = pseudoSlope(weights[i]!, gradient[i]!, i < penalised ? l1 : 0);
  }
  return slopes;
}

/** Chooses the direction and the first step along it. */
function aim(state: LinearState, slopes: Float64Array, { l1, penalised, outputs }: Trial): void {
  const { head, direction } = state;
  twoLoops(state, slopes, outputs);
  if (l1 > 0) {
    // Only where it agrees with the steepest descent may the direction be followed.
    for (let i = 0; i < penalised; i++) if (direction[i]! * slopes[i]! >= 0) direction[i] = 0;
  }
  let slope = dot(direction, slopes);
  if (!(slope < 0)) {
    head[HEAD.pairs] = 0;
    for (let i = 0; i < direction.length; i++) direction[i] = -slopes[i]!;
    slope = dot(direction, slopes);
  }
  head[HEAD.slope] = slope;
  // Without pairs or an estimate the direction has no scale: go a distance of at most one.
  const isScaled = head[HEAD.pairs]! > 0 || state.factor.length > 0;
  head[HEAD.length] = isScaled ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
  head[HEAD.trials] = 0;
}

/** Writes minus the inverse Hessian's estimate times the slopes into `direction`. */
function twoLoops(state: LinearState, slopes: Float64Array, outputs: number): void {
  const { head, direction, moves, turns, factor } = state;
  const size = slopes.length;
  const pairs = head[HEAD.pairs]!;
  const room = moves.length / size;
  const factors = new Float64Array(pairs);
  for (let i = 0; i < size; i++) direction[i] = -slopes[i]!;
  const at = (age: number) => {
    const slot = (head[HEAD.next]! - 1 - age + 2 * room) % room;
    const from = slot * size;
    return { move: moves.subarray(from, from + size), turn: turns.subarray(from, from + size) };
  };
  for (let age = 0; age < pairs; age++) {
    const { move, turn } = at(age);
    const factor = dot(move, direction) / dot(move, turn);
    factors[age] = factor;
    for (let i = 0; i < size; i++) direction[i]! -= factor * turn[i]!;
  }
  const { move: lastMove, turn: lastTurn } = at(0);
  const through = lastTurn.slice();
  if (factor.length > 0) {
    precondition(factor, outputs, direction);
    if (pairs > 0) precondition(factor, outputs, through);
  }
  if (pairs > 0) {
    const scale = dot(lastMove, lastTurn) / dot(lastTurn, through);
    for (let i = 0; i < size; i++) direction[i]! *= scale;
  }
  for (let age = pairs - 1; age >= 0; age--) {
    const { move, turn } = at(age);
    const factor = factors[age]! - dot(turn, direction) / dot(move, turn);
    for (let i = 0; i < size; i++) direction[i]! += factor * move[i]!;
  }
}

/** The next trial: along the direction, and with an L1 penalty not across zero. */
function tryStep(state: LinearState, { l1, penalised }: Trial): void {
  const { head, weights, accepted, gradient, direction } = state;
  const length = head[HEAD.length]!;
  for (let i = 0; i < weights.length; i++) {
    const from = accepted[i]!;
    const to = from + length * direction[i]!;
    if (l1 === 0 || i >= penalised) {
      weights[i] = to;
      continue;
    }
    const side = from !== 0 ? from : -pseudoSlope(from, gradient[i]!, l1);
    weights[i] = to * side > 0 ? to : 0;
  }
}
