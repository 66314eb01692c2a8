/**
 * The one order of category levels: by their UTF-8 bytes.
 *
 * JavaScript compares strings by UTF-16 units, which differs past the Basic Multilingual Plane
 * (a surrogate, 0xD800 and up, sorts before U+E000 to U+FFFF); other languages compare bytes.
 */

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above the rest of the units: then unit order is code point order. */
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
