/**
 * The stock `nats` command, where it is installed: named by NATS_CLI, or found on the PATH.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export function findNatsCli(): string | undefined {
  const named = process.env.NATS_CLI;
  if (named !== undefined && named !== '') return named;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'nats');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it without any context of the user that runs the tests. */
export function runNatsCli(cli: string, args: readonly string[]): Promise<CliResult> {
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(cli, args, { env, timeout: 15_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}
