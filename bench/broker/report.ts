/**
 * What the long runs against a broker under stress share: their server, seeded waits, the last line.
 */
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { resolveNatsServer } from '../../runtime/node/nats-binary.ts';
import {
  type NatsServer,
  type NatsServerOptions,
  startNatsServer,
} from '../../runtime/node/nats-server.ts';

/** A server with the documented configuration: what it acknowledges is on disk. */
export async function startBroker(
  options: Omit<NatsServerOptions, 'binary'> = {},
): Promise<NatsServer> {
  const binary = await resolveNatsServer({ env: process.env });
  return startNatsServer({ binary, syncAlways: true, ...options });
}

/** A connection that makes the layout where there is none. */
export function openBus(servers: string, name = 'bench') {
  return connectNats({ servers, name, clock: nodeClock(), createLayout: true, connectMs: 30_000 });
}

export const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Polls until it holds. @throws when it does not in time */
export async function until(
  what: string,
  limitMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<number> {
  const startMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startMs > limitMs) throw new Error(`${what}: not in ${limitMs} ms`);
    await wait(20);
  }
  return performance.now() - startMs;
}

/** One line for people, one of JSON; the exit code says whether the promise held. */
export function report(
  text: string,
  held: boolean,
  facts: Readonly<Record<string, unknown>>,
): void {
  console.log(`${held ? 'held' : 'BROKEN'}: ${text}`);
  console.log(JSON.stringify({ held, ...facts }));
  if (!held) process.exitCode = 1;
}
