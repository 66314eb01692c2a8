/**
 * Which kernel grows the trees of a table here: the one in WebAssembly where it can, else the plain
 * one. Both grow the same trees to the byte.
 */
import { kernelKind } from '../../datasets/kernel-choice.ts';
import type { KernelFactory } from './kernel.ts';
import { growInTypeScript } from './tree-grower.ts';
import { fitsWasm, growInWasm } from './tree-grower-wasm.ts';

export const growTrees: KernelFactory = (table, limits) =>
  kernelKind() === 'wasm' && fitsWasm(table)
    ? growInWasm(table, limits)
    : growInTypeScript(table, limits);
