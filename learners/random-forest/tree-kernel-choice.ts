/**
 * Which kernel grows the trees of a table here: the one in WebAssembly where it can, else the plain
 * one. Both grow the same trees to the byte.
 */
import { kernelKind } from '../../datasets/kernel-choice.ts';
import { growBestFirst } from './best-first-grower.ts';
import type { KernelFactory } from './kernel.ts';
import { growInTypeScript } from './tree-grower.ts';
import { fitsWasm, growInWasm } from './tree-grower-wasm.ts';

export const growTrees: KernelFactory = (table, limits) =>
  limits.maxLeaves < Number.POSITIVE_INFINITY
    ? growBestFirst(table, limits)
    : kernelKind() === 'wasm' && fitsWasm(table, limits)
      ? growInWasm(table, limits)
      : growInTypeScript(table, limits);
