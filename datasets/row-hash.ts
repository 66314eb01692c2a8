/**
 * A 32-bit hash of (seed, row), the base of every per-row random decision.
 *
 * Two rounds of the murmur3 finaliser (public domain, Austin Appleby) over seed and row: integer
 * arithmetic only, so the value is the same on every machine.
 */

function mix(h: number): number {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Hash of a row under a seed: an unsigned 32-bit integer. Rows up to 2^53 are told apart. */
export function hashRow(seed: number, row: number): number {
  const low = row >>> 0;
  const high = Math.floor(row / 2 ** 32) >>> 0;
  return mix(mix(mix((seed >>> 0) ^ 0x9e3779b9) ^ low) + high);
}
