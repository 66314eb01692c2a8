/** Every mutant of the protocol, in the order in which they are tried. */
import type { Mutant } from './mutant.ts';
import { claims, jobs, leadership, order, reassignment, removals } from './protocol-mutants.ts';
import { blobs, rounds } from './store-mutants.ts';

export const mutants: readonly Mutant[] = [
  ...claims,
  ...order,
  ...leadership,
  ...reassignment,
  ...removals,
  ...jobs,
  ...blobs,
  ...rounds,
];
