/**
 * A nats-server for one test file: own folder, random port, name checked, removed at the end.
 *
 * `await using server = await startTestServer()`. The program is found once for the whole run
 * (`test/support/global-setup.ts`). Data is not forced to disk on each write, since no test cuts
 * the power; a test that needs it asks with `syncAlways`.
 */
import { resolveNatsServer } from '../../runtime/node/nats-binary.ts';
import { isOlder, NATS_FLOOR_VERSION } from '../../runtime/node/nats-release.ts';
import {
  type NatsServer,
  type NatsServerOptions,
  startNatsServer,
} from '../../runtime/node/nats-server.ts';
import { untilStopped } from './process-state.ts';

export type TestServer = NatsServer;
export type TestServerOptions = Omit<NatsServerOptions, 'binary'>;

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const binary = await resolveNatsServer({ env: process.env });
  return startNatsServer({ binary, syncAlways: false, ...options });
}

/** True where the tests had to make do with a server below the floor, which lacks some behaviour. */
export async function isServerOld(): Promise<boolean> {
  const { version } = await resolveNatsServer({ env: process.env });
  return isOlder(version, NATS_FLOOR_VERSION);
}

/** Stops the server with SIGSTOP and waits until no thread of it runs any more. */
export async function pauseServer(server: TestServer): Promise<void> {
  server.kill('SIGSTOP');
  await untilStopped(server.pid);
}
