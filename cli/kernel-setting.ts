/**
 * Which kernels this process and its threads use: `--kernels ts|wasm` on any command, else
 * `SHOAL_KERNELS`, else the ones in WebAssembly. Both give the same bytes; a comparison, or a doubt,
 * is the only reason to choose. The setting travels to threads and children by the environment.
 */
import { chooseKernels, type KernelKind, kernelKinds } from '../datasets/kernel-choice.ts';
import { UsageError } from './usage-error.ts';

const variable = 'SHOAL_KERNELS';

type Env = Record<string, string | undefined>;

/** Takes the flag out of the arguments and into the environment, and obeys it. @throws UsageError */
export function takeKernels(args: readonly string[], env: Env): string[] {
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return obeying(env, [...rest, ...args.slice(i)]);
    if (arg === '--kernels') env[variable] = args[++i] ?? '';
    else if (arg.startsWith('--kernels=')) env[variable] = arg.slice('--kernels='.length);
    else rest.push(arg);
  }
  return obeying(env, rest);
}

function obeying(env: Env, args: string[]): string[] {
  obeyKernels(env);
  return args;
}

/** Obeys the environment; what threads do. @throws UsageError */
export function obeyKernels(env: Env): void {
  const wanted = env[variable];
  if (wanted === undefined) return;
  if (!kernelKinds.includes(wanted as KernelKind)) {
    throw new UsageError(
      `kernels "${wanted}" are not known`,
      `use ${kernelKinds.join(' or ')} in --kernels or ${variable}`,
    );
  }
  chooseKernels(wanted as KernelKind);
}
