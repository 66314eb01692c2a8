/**
 * `--kernels` and `SHOAL_KERNELS`: taken out of the arguments, obeyed, and refused where unknown.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { obeyKernels, takeKernels } from '../../cli/kernel-setting.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { PlainCsvKernel } from '../../datasets/csv-kernel.ts';
import { makeCsvKernel } from '../../datasets/csv-kernel-choice.ts';
import { WasmCsvKernel } from '../../datasets/csv-kernel-wasm.ts';
import { chooseKernels, kernelKind } from '../../datasets/kernel-choice.ts';

afterEach(() => chooseKernels(undefined));

describe('kernel setting', () => {
  it('the flag goes before the environment, and on to threads and children in it', () => {
    const env: Record<string, string | undefined> = { SHOAL_KERNELS: 'wasm' };
    expect(takeKernels(['worker', '--kernels', 'ts', '--slots', '2'], env)).toEqual([
      ...['worker', '--slots', '2'],
    ]);
    expect(env.SHOAL_KERNELS).toBe('ts');
    expect(kernelKind()).toBe('ts');
    expect(makeCsvKernel()).toBeInstanceOf(PlainCsvKernel);
    expect(takeKernels(['up', '--kernels=wasm'], env)).toEqual(['up']);
    expect(kernelKind()).toBe('wasm');
    expect(makeCsvKernel()).toBeInstanceOf(WasmCsvKernel);
  });

  it('nothing said: the ones in WebAssembly; what follows -- is not looked at', () => {
    const env = {};
    expect(takeKernels(['jobs', '--', '--kernels', 'ts'], env)).toEqual([
      ...['jobs', '--', '--kernels', 'ts'],
    ]);
    expect(env).toEqual({});
    expect(kernelKind()).toBe('wasm');
  });

  it('other words are refused, with those that are known', () => {
    for (const words of [['--kernels', 'js'], ['--kernels'], ['--kernels=']]) {
      expect(() => takeKernels(words, {})).toThrow(UsageError);
    }
    expect(() => obeyKernels({ SHOAL_KERNELS: 'cuda' })).toThrow(
      'kernels "cuda" are not known; use wasm or ts in --kernels or SHOAL_KERNELS',
    );
  });
});
