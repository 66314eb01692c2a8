/**
 * Which kernel reads CSV here: the one in WebAssembly (measured 4 times faster, `bench/import.ts`),
 * or its twin in TypeScript where a process runs without WebAssembly, as under `--jitless`.
 */
import { type CsvKernel, PlainCsvKernel } from './csv-kernel.ts';
import { WasmCsvKernel } from './csv-kernel-wasm.ts';

/** A fresh kernel with memory of its own. */
export function makeCsvKernel(): CsvKernel {
  return 'WebAssembly' in globalThis ? new WasmCsvKernel() : new PlainCsvKernel();
}
