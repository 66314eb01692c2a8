/**
 * Whether a nats-server is one that shoal's promises can rest on, as far as it can be told.
 *
 * Version and payload stand in its greeting. How it writes to disk does not: only its monitoring
 * address tells, so without one nothing is claimed about it.
 */
import type { ServerInfo } from '@nats-io/nats-core';
import { RetryableError, TerminalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import { isOlder, NATS_FLOOR_VERSION } from '../node/nats-release.ts';

const monitorMs = 2_000;

interface Wishes {
  readonly allowOldServer?: boolean;
  readonly allowUnsynced?: boolean;
  readonly monitors?: readonly string[];
}

/** @throws TerminalError old-server, small-payload, not-durable; RetryableError no-monitor */
export async function checkServer(
  info: ServerInfo | undefined,
  wishes: Wishes,
  where: string,
): Promise<void> {
  // The link may have broken again since: then the next greeting is as good.
  if (info === undefined) return;
  const { version, max_payload: payload } = info;
  if (wishes.allowOldServer !== true && isOlder(version, NATS_FLOOR_VERSION)) {
    throw new TerminalError(
      'old-server',
      `nats-server at ${where} is ${version}, at least ${NATS_FLOOR_VERSION} is needed`,
      { fix: 'upgrade nats-server, or accept the risk of losing data with --allow-old-server' },
    );
  }
  if (payload < limits.payloadMax) {
    throw new TerminalError(
      'small-payload',
      `nats-server at ${where} takes at most ${payload} bytes a message, ${limits.payloadMax} are needed`,
      { fix: 'set `max_payload: 1MB` in its configuration and reload it' },
    );
  }
  if (wishes.allowUnsynced === true) return;
  for (const url of wishes.monitors ?? []) await checkSync(url);
}

async function checkSync(url: string): Promise<void> {
  const { always, interval } = await syncOf(url);
  if (always) return;
  throw new TerminalError(
    'not-durable',
    `nats-server at ${url} writes to disk every ${interval}: a power cut would lose what it has acknowledged`,
    {
      fix: 'set `sync_interval: always` in its jetstream block, or accept the risk with --allow-unsynced',
    },
  );
}

export interface SyncState {
  /** Whether what is acknowledged is on disk. */
  readonly always: boolean;
  /** How often it writes otherwise, for people: `120 s`. */
  readonly interval: string;
}

/** How the server behind a monitoring address writes. @throws RetryableError no-monitor */
export async function syncOf(url: string): Promise<SyncState> {
  const failed = (cause: unknown) =>
    new RetryableError('no-monitor', `no monitoring of nats-server at ${url}`, 1_000, {
      fix: 'check the address, and that its configuration has `http: "127.0.0.1:8222"`',
      cause,
    });
  const path = URL.parse('/varz', url);
  if (path === null) throw failed(new Error('the address is none'));
  const varz: unknown = await fetch(path, { signal: AbortSignal.timeout(monitorMs) })
    .then((answer) => answer.json())
    .catch((error: unknown) => Promise.reject(failed(error)));
  const { config } = (varz as { jetstream?: { config?: Record<string, unknown> } }).jetstream ?? {};
  if (config === undefined) throw failed(new Error('the answer says nothing of JetStream'));
  const seconds = Number(config.sync_interval ?? 0) / 1e9;
  return { always: config.sync_always === true, interval: `${seconds} s` };
}
