/**
 * What the doctor finds of how nats-server keeps data: when it writes to disk, and how many servers
 * hold each stream. The first is told by monitoring addresses alone, the second by the streams.
 */
import type { Bus } from '../runtime/bus.ts';
import { layoutOf } from '../runtime/layout.ts';
import { syncOf } from '../runtime/nats/server-checks.ts';
import { ShoalError } from '../schemas/errors.ts';
import type { Finding } from './doctor.ts';

const askMs = 3_000;

/** One finding for each address, or one that says what cannot be seen. */
export async function syncChecks(monitors: readonly string[]): Promise<Finding[]> {
  const check = 'sync-interval';
  if (monitors.length === 0) {
    const found = 'not visible to clients; --nats-monitor URL shows it (`sync_interval: always`)';
    return [{ check, verdict: 'ok', found, fix: null }];
  }
  return Promise.all(
    monitors.map(async (url): Promise<Finding> => {
      try {
        const { always, interval } = await syncOf(url);
        if (always) {
          return { check, verdict: 'ok', found: `${url}: syncs before it acknowledges`, fix: null };
        }
        const found = `${url}: writes to disk every ${interval}; a power cut loses what it acknowledged`;
        const fix = 'set `sync_interval: always` in its jetstream block';
        return { check, verdict: 'fail', found, fix };
      } catch (error) {
        if (!(error instanceof ShoalError)) throw error;
        return { check, verdict: 'warn', found: error.message, fix: error.fix ?? 'see its log' };
      }
    }),
  );
}

interface StreamAnswer {
  readonly config?: { readonly num_replicas?: number };
  readonly cluster?: {
    readonly replicas?: readonly { readonly name: string; readonly current: boolean }[];
  };
}

/** How many servers keep the streams, and which of them lag or are away. */
export async function replicaCheck(bus: Bus, prefix: string): Promise<Finding> {
  const check = 'replicas';
  const behind = new Set<string>();
  let fewest = Number.POSITIVE_INFINITY;
  let clustered = false;
  try {
    for (const { name } of layoutOf(prefix).all) {
      const subject = `$JS.API.STREAM.INFO.${name}`;
      const reply = await bus.transport.request(subject, new Uint8Array(), { timeoutMs: askMs });
      const answer = JSON.parse(Buffer.from(reply.bytes).toString()) as StreamAnswer;
      fewest = Math.min(fewest, answer.config?.num_replicas ?? 1);
      for (const replica of answer.cluster?.replicas ?? []) {
        clustered = true;
        if (!replica.current) behind.add(replica.name);
      }
    }
  } catch (error) {
    const found = `not seen: ${(error as Error).message}`;
    return { check, verdict: 'warn', found, fix: 'look at the log of nats-server' };
  }
  const found = `every stream is kept by ${fewest} server${fewest === 1 ? '' : 's'}`;
  if (behind.size > 0) {
    const names = [...behind].map((name) => `"${name}"`).join(', ');
    const text = `${found}; away or behind: ${names}`;
    return { check, verdict: 'warn', found: text, fix: 'start these servers, or wait for them' };
  }
  if (clustered && fewest < 3) {
    const fix = 'raise them with `nats stream edit STREAM --replicas 3`';
    return { check, verdict: 'warn', found: `${found}, though there are several`, fix };
  }
  return { check, verdict: 'ok', found, fix: null };
}
