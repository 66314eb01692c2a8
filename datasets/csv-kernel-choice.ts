/**
 * Which kernel reads CSV here: the one in WebAssembly (measured 4 times faster, `bench/import.ts`),
 * or its twin in TypeScript.
 */
import { type CsvKernel, PlainCsvKernel } from './csv-kernel.ts';
import { WasmCsvKernel } from './csv-kernel-wasm.ts';
import { kernelKind } from './kernel-choice.ts';

/** A fresh kernel with memory of its own. */
export function makeCsvKernel(): CsvKernel {
  return kernelKind() === 'wasm' ? new WasmCsvKernel() : new PlainCsvKernel();
}
