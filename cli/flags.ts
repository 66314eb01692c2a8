/**
 * Flags that several commands share, and parsers of flag values.
 */
import type { TypedFlagParameter } from '@stricli/core';
import { placements } from '../actors/coordinator/placement.ts';
import { limits } from '../schemas/limits.ts';
import { UsageError } from './usage-error.ts';

export type CommonFlags = {
  readonly json: boolean;
  readonly config?: string;
};

export type BusFlags = CommonFlags & {
  readonly nats?: string;
  readonly creds?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly prefix?: string;
  readonly connectTimeout?: number;
  readonly requestTimeout?: number;
  readonly allowOldServer: boolean;
};

/** The value as it stands, which may not be empty. */
export function text(input: string): string {
  if (input === '') throw new UsageError('value is empty', 'give a text');
  return input;
}

export function whole(min: number, max: number): (input: string) => number {
  return (input) => {
    const value = /^\d{1,15}$/.test(input) ? Number(input) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new UsageError(
        `"${input}" is not possible`,
        `give a whole number from ${min} to ${max}`,
      );
    }
    return value;
  };
}

/** Seconds, or with a unit: `90`, `90s`, `10m`, `2h`, `500ms`. Gives milliseconds. */
export function time(input: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(input);
  if (match === null) throw new UsageError(`"${input}" is not a time`, 'write 90s, 10m or 2h');
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1_000;
  return Number(match[1]) * unit;
}

/** A time that makes no sense below so many milliseconds. */
export function timeFrom(leastMs: number): (input: string) => number {
  return (input) => {
    const ms = time(input);
    if (ms >= leastMs) return ms;
    throw new UsageError(
      `"${input}" is too short, at least ${leastMs / 1_000} s`,
      'write 90s, 10m or 2h',
    );
  };
}

/** A time after which a task that does not move is taken away: no less than two heartbeats. */
export const stillness = timeFrom(2 * limits.heartbeatMs);

/** Bytes, or with a unit: `800M`, `4G`. */
export function size(input: string): number {
  const match = /^(\d{1,12})([KMGT])?(?:i?B)?$/i.exec(input);
  if (match === null) throw new UsageError(`"${input}" is not a size`, 'write 800M or 4G');
  const power = { '': 0, K: 1, M: 2, G: 3, T: 4 }[(match[2] ?? '').toUpperCase()] ?? 0;
  return Number(match[1]) * 1024 ** power;
}

/** A size in which something has to fit: no less than a MiB. */
export function room(input: string): number {
  const bytes = size(input);
  if (bytes >= 2 ** 20) return bytes;
  throw new UsageError(`"${input}" is too little, at least 1M`, 'write 800M or 4G');
}

/** `key=value`. */
export function pair(input: string): readonly [string, string] {
  const at = input.indexOf('=');
  if (at < 1) throw new UsageError(`"${input}" is not key=value`, 'write it as key=value');
  return [input.slice(0, at), input.slice(at + 1)];
}

/** @throws UsageError where `--force` stands without `--purge`, which it belongs to */
export function requirePurge(flags: { readonly purge: boolean; readonly force: boolean }): void {
  if (!flags.force || flags.purge) return;
  throw new UsageError('--force is for --purge', 'give both, or leave --force out');
}

/** Name of a placement policy. */
export function policy(input: string): string {
  if (placements.has(input)) return input;
  const known = [...placements.keys()].join(', ');
  throw new UsageError(`placement "${input}" is not known`, `use one of ${known}`);
}

const optionalText = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: text, optional: true, brief, placeholder }) as const;

const json: TypedFlagParameter<boolean> = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'JSON on stdout, text for people on stderr',
};

export const commonFlags = {
  json,
  config: optionalText('settings file, instead of ~/.config/shoal/config.json', 'FILE'),
} as const;

/** How the ledger is kept; for who may make it. */
export const ledgerFlags = {
  replicas: {
    kind: 'parsed',
    parse: whole(1, 5),
    optional: true,
    brief: 'servers that keep each stream made now, else 3 in a cluster of servers, and 1 alone',
    placeholder: 'N',
  },
  natsMonitor: optionalText(
    'monitoring addresses of the servers, to see that they sync, else SHOAL_NATS_MONITOR',
    'URLS',
  ),
  allowUnsynced: {
    kind: 'boolean',
    default: false,
    withNegated: false,
    brief: 'take a nats-server that acknowledges before data is on disk',
  },
  acceptLosses: {
    kind: 'boolean',
    default: false,
    withNegated: false,
    brief: 'go on although streams have lost what was stored, from where they are',
  },
} as const;

/** Nothing answers sooner. */
const answerMs = 10;

export const busFlags = {
  ...commonFlags,
  nats: optionalText('nats-server, else SHOAL_NATS, else nats://127.0.0.1:4222', 'URL'),
  creds: optionalText('credentials, else SHOAL_CREDS', 'FILE'),
  tlsCa: optionalText('certificate authority that the server must be signed by', 'FILE'),
  tlsCert: optionalText('own certificate, with --tls-key', 'FILE'),
  tlsKey: optionalText("own certificate's key", 'FILE'),
  allowOldServer: {
    kind: 'boolean',
    default: false,
    withNegated: false,
    brief: 'take a nats-server below the oldest safe version',
  },
  connectTimeout: {
    kind: 'parsed',
    parse: timeFrom(answerMs),
    optional: true,
    brief: 'how long to try to reach nats-server, else 2s; actors never give up',
    placeholder: 'TIME',
  },
  requestTimeout: {
    kind: 'parsed',
    parse: timeFrom(answerMs),
    optional: true,
    brief: 'how long one answer of the coordinator may take, else 2s',
    placeholder: 'TIME',
  },
  prefix: optionalText('prefix of all subjects, where two clusters share an account', 'TOKEN'),
} as const;
