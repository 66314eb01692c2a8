/**
 * What a contract suite needs of a broker, and the two that give it: nats-server and its twin.
 *
 * Suites never wait for time: they wait for a condition, and the harness knows whether that means
 * looking again in a moment or moving a clock that stands still.
 */

import { connect, headers } from '@nats-io/transport-node';
import type { Bus } from '../../runtime/bus.ts';
import { ManualClock, settle } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { pauseServer, startTestServer } from '../support/nats-server.ts';

export interface Harness extends AsyncDisposable {
  readonly kind: 'nats' | 'memory';
  connect(name: string, prefix?: string): Promise<Bus>;
  /** Resolves once the condition holds. @throws after `withinMs` of the broker's time */
  until(condition: () => boolean, withinMs?: number): Promise<void>;
  /** The work's outcome, with time passing as far as it needs. */
  pass<T>(work: Promise<T>): Promise<T>;
  /** Milliseconds on the clock that the ports use. */
  nowMs(): number;
  /** Stops the broker without warning. What it has acknowledged must survive. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Replaces what is stored under the subject with other bytes of the same length. */
  corrupt(subject: string, length: number): Promise<void>;
  /** Stops the broker's process in mid-air and lets it go on; only a real one can be. */
  freeze?(): Promise<void>;
  thaw?(): void;
}

export async function memoryHarness(): Promise<Harness> {
  const clock = new ManualClock();
  const broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
  const buses: Bus[] = [];
  const until = async (condition: () => boolean, withinMs = 20_000) => {
    const deadline = clock.nowMs() + withinMs;
    await settle();
    while (!condition()) {
      if (clock.nowMs() >= deadline) throw new Error(`nothing came of it in ${withinMs} ms`);
      await clock.advance(Math.min(10, deadline - clock.nowMs()));
    }
  };
  return {
    kind: 'memory',
    async connect(name, prefix = '') {
      const bus = broker.connect({ name, prefix });
      buses.push(bus);
      return bus;
    },
    until,
    async pass(work) {
      let done = false;
      const watched = work.finally(() => {
        done = true;
      });
      watched.catch(() => {});
      await until(() => done, 60_000);
      return watched;
    },
    nowMs: () => clock.nowMs(),
    kill: async () => broker.stop(),
    start: async () => broker.start(),
    async corrupt(subject) {
      broker.corrupt(subject);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(buses.map((bus) => bus.close()));
    },
  };
}

export async function natsHarness(): Promise<Harness> {
  const server = await startTestServer();
  const clock = nodeClock();
  const buses: Bus[] = [];
  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  return {
    kind: 'nats',
    async connect(name, prefix = '') {
      const bus = await connectNats({
        servers: server.url,
        name,
        prefix,
        clock,
        createLayout: true,
        allowOldServer: true,
      });
      buses.push(bus);
      return bus;
    },
    async until(condition, withinMs = 20_000) {
      const deadline = clock.nowMs() + withinMs;
      while (!condition()) {
        if (clock.nowMs() >= deadline) throw new Error(`nothing came of it in ${withinMs} ms`);
        await pause(5);
      }
    },
    pass: (work) => work,
    nowMs: () => clock.nowMs(),
    async kill() {
      server.kill('SIGKILL');
      await server.exited;
    },
    start: () => server.restart(),
    async corrupt(subject, length) {
      const nc = await connect({ servers: server.url });
      await nc.request('$JS.API.STREAM.PURGE.SHOAL_BLOBS', JSON.stringify({ filter: subject }));
      await nc.request(subject, new Uint8Array(length), { timeout: 2_000, headers: headers() });
      await nc.close();
    },
    freeze: () => pauseServer(server),
    thaw: () => server.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      server.kill('SIGCONT');
      await Promise.all(buses.map((bus) => bus.close()));
      await server.stop();
    },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** The error that the work fails with. @throws when it succeeds */
export async function failure(work: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it succeeded, and should not have');
}
