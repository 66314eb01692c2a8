/**
 * Runs the command line once: arguments in, exit code out.
 *
 * Stricli reports its own failures by negative codes; here they become the exit codes that the
 * README promises. With `--json` a usage error also stands on stdout as `{"error":{...}}`.
 */
import { run } from '@stricli/core';
import { app } from './app.ts';
import type { ShoalContext } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { takeKernels } from './kernel-setting.ts';
import { ignoreBrokenPipes } from './screen.ts';

export async function main(given: readonly string[]): Promise<number> {
  ignoreBrokenPipes();
  let args: readonly string[];
  try {
    args = takeKernels(given, process.env);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`error: ${message}\n`);
    return usageError(given, message);
  }
  const outcome: { exitCode: number } = { exitCode: 0 };
  const errors: string[] = [];
  const stricli = {
    stdout: process.stdout,
    stderr: {
      write: (line: string) => {
        errors.push(line);
        process.stderr.write(line);
      },
      getColorDepth: (env?: Readonly<Partial<Record<string, string>>>) =>
        process.stderr.isTTY ? process.stderr.getColorDepth(env) : 1,
    },
    env: process.env,
    exitCode: null as number | string | null,
  };
  const context = { process: stricli, outcome } satisfies ShoalContext & { process: unknown };
  if (args[0] === '__complete') {
    const { complete } = await import('./completion.ts');
    const found = await complete(args.slice(1), context);
    process.stdout.write(found.map((word) => `${word}\n`).join(''));
    return exitCodes.done;
  }
  await run(app, args, context);
  const code = Number(stricli.exitCode ?? 0);
  if (code === 0) return outcome.exitCode;
  const usage = code === -5 || code === -4 || code === 251 || code === 252;
  if (args.includes('--json')) {
    const message = errors
      .join('')
      .trim()
      .replace(/^error: /, '');
    if (usage) return usageError(args, message);
    process.stdout.write(`${JSON.stringify({ error: { code: 'unexpected', message } })}\n`);
  }
  return usage ? exitCodes.usage : exitCodes.failed;
}

function usageError(args: readonly string[], message: string): number {
  if (args.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ error: { code: 'usage', message } })}\n`);
  }
  return exitCodes.usage;
}
