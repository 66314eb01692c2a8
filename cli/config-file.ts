/**
 * Settings: flag, then environment, then config file, then default, in that order everywhere.
 *
 * The config file is JSON (`~/.config/shoal/config.json`, `$XDG_CONFIG_HOME/shoal/config.json`, or
 * `--config FILE`); an unknown key or a wrong type in it is an error that names the key.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TerminalError } from '../schemas/errors.ts';
import { nearest } from '../schemas/nearest.ts';
import { UsageError } from './usage-error.ts';

const known = {
  nats: 'string',
  creds: 'string',
  tlsCa: 'string',
  tlsCert: 'string',
  tlsKey: 'string',
  prefix: 'string',
  workers: 'number',
  slots: 'number',
  memory: 'string',
  dataDir: 'string',
  cacheDir: 'string',
  logLevel: 'string',
} as const;

export interface ConfigFile {
  readonly nats?: string;
  readonly creds?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly prefix?: string;
  readonly workers?: number;
  readonly slots?: number;
  readonly memory?: string;
  readonly dataDir?: string;
  readonly cacheDir?: string;
  readonly logLevel?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

export function configPath(env: Env): string {
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return join(base, 'shoal', 'config.json');
}

/** @param path the file that the user named; without one a missing file is no error */
export async function readConfig(env: Env, path?: string): Promise<ConfigFile> {
  // A process that `shoal up` started gets all its settings as flags.
  if (path === undefined && env.SHOAL_CHILD === '1') return {};
  const file = path ?? configPath(env);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (path === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    const { code } = error as NodeJS.ErrnoException;
    const fix = 'check the path given with --config';
    if (code === 'ENOENT') {
      throw new TerminalError('no-file', `config file "${file}" does not exist`, { fix });
    }
    throw new UsageError(`config file "${file}" cannot be read (${code ?? 'no reason'})`, fix);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`config file "${file}" is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`config file "${file}" is not a JSON object`);
  }
  for (const [key, setting] of Object.entries(value)) {
    const type = Object.hasOwn(known, key) ? known[key as keyof typeof known] : undefined;
    if (type === undefined) {
      const guess = nearest(key, Object.keys(known));
      throw new UsageError(
        `config file "${file}" has an unknown key "${key}"`,
        guess === undefined ? 'remove it' : `did you mean "${guess}"?`,
      );
    }
    if (typeof setting !== type) {
      throw new UsageError(
        `config file "${file}": "${key}" is ${JSON.stringify(setting)}`,
        `give a ${type}`,
      );
    }
  }
  return value as ConfigFile;
}
