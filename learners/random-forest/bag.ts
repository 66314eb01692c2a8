/**
 * In-bag counts: how often each row is drawn for a tree.
 */
import { Xoshiro } from '../random.ts';

/** A row drawn more often counts this often; with a weight that fits a byte sums can be bounded. */
export const WEIGHT_MAX = 255;

/** Draws as many rows as there are, with replacement; the count of each row goes to `counts`. */
export function drawBag(seed: number, counts: Uint8Array): void {
  counts.fill(0);
  const random = new Xoshiro(seed);
  const rows = counts.length;
  for (let i = 0; i < rows; i++) {
    const row = random.below(rows);
    const count = counts[row]!;
    if (count < WEIGHT_MAX) counts[row] = count + 1;
  }
}
