/**
 * Which of two equal kernels runs here: the one in WebAssembly, several times as fast, or its twin
 * in TypeScript, as where a process runs without WebAssembly (`--jitless`) or was told to.
 *
 * The results are the same to the byte, so the choice is a thread's own and stands in no record.
 */

export const kernelKinds = ['wasm', 'ts'] as const;
export type KernelKind = (typeof kernelKinds)[number];

let chosen: KernelKind | undefined;

/** Chooses for this thread; composition roots do, before any kernel is made. */
export function chooseKernels(kind: KernelKind | undefined): void {
  chosen = kind;
}

export function kernelKind(): KernelKind {
  return 'WebAssembly' in globalThis ? (chosen ?? 'wasm') : 'ts';
}
