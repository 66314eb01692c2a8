/**
 * The random numbers of a tree, bit for bit those of `learners/random.ts`: the bag of its rows, and
 * the features that a node draws.
 */
import { drawn, features } from './forest-state';

export function mix32(h: u32): u32 {
  let x = h ^ (h >> 16);
  x *= 0x85ebca6b;
  x ^= x >> 13;
  x *= 0xc2b2ae35;
  return x ^ (x >> 16);
}

/** Hash of three words, as `hash32`. */
export function hash32(a: u32, b: u32, c: u32): u32 {
  return hashOn(hashOn(hashOn(0x9e3779b9, a), b), c);
}

function hashOn(h: u32, word: u32): u32 {
  return mix32((h ^ mix32(word + 0x7f4a7c15)) * 0x27d4eb2f + 0x165667b1);
}

/** Draws as many rows as there are, with replacement; the count of each goes to its byte. */
export function drawBag(seed: u32, counts: usize, rows: i32): void {
  memory.fill(counts, 0, rows);
  let a = mix32(seed + 0x9e3779b9);
  let b = mix32(seed + 0x3c6ef372);
  let c = mix32(seed + 0xdaa66d2b);
  let d = mix32(seed + 0x78dde6e4) | 1;
  const scale = <f64>rows;
  for (let i = 0; i < rows; i++) {
    const word = rotl<u32>(b * 5, 7) * 9;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl<u32>(d, 11);
    // The product is rounded as in `Xoshiro.below`.
    const at = counts + <usize>(<u32>((<f64>word / 4294967296.0) * scale));
    const count = <i32>load<u8>(at);
    store<u8>(at, count + i32(count < 255));
  }
}

let swaps: i32 = 0;
let key: u32 = 0;

/** Lists all features in order. */
export function placeDraw(): void {
  swaps = 0;
  for (let f = 0; f < features; f++) store<i32>(drawn + ((<usize>f) << 2), f);
}

/** Forgets the last node and begins the draw of another. */
export function beginDraw(seed: u32): void {
  for (let i = swaps - 1; i >= 0; i--) swap(i, load<i32>(partner(i)));
  swaps = 0;
  key = seed;
}

/** Draws on until `count` features are drawn; they are the first `count` i32 at `drawn`. */
export function drawUpTo(count: i32): void {
  for (let i = swaps; i < count; i++) {
    const random = <u64>mix32(key + <u32>(i + 1) * 0x9e3779b9);
    const other = i + <i32>((random * <u64>(features - i)) >> 32);
    store<i32>(partner(i), other);
    swap(i, other);
  }
  swaps = count;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function partner(i: i32): usize {
  return drawn + ((<usize>(features + i)) << 2);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function swap(i: i32, j: i32): void {
  const a = drawn + ((<usize>i) << 2);
  const b = drawn + ((<usize>j) << 2);
  const kept = load<i32>(a);
  store<i32>(a, load<i32>(b));
  store<i32>(b, kept);
}
