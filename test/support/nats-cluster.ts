/**
 * Three nats-servers that form one cluster with JetStream, for one test file.
 *
 * Each has its own folder and ports that were free a moment ago; names are checked as with a single
 * server. Whoever uses it waits for what it needs: electing leaders takes a few seconds.
 */
import { createServer } from 'node:net';
import { startTestServer, type TestServer, type TestServerOptions } from './nats-server.ts';

export interface TestServers extends AsyncDisposable {
  readonly servers: readonly TestServer[];
  /** All addresses, as `--nats` takes them. */
  readonly url: string;
}

/** Ports on which nobody listens, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const listeners = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve(server));
      });
    }),
  );
  const ports = listeners.map((server) => (server.address() as { port: number }).port);
  await Promise.all(
    listeners.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  );
  return ports;
}

export async function startTestServers(
  count = 3,
  options: TestServerOptions = {},
): Promise<TestServers> {
  await using undo = new AsyncDisposableStack();
  const ports = await freePorts(count);
  const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
  const servers = await Promise.all(
    ports.map(async (port, i) => {
      const cluster = `cluster { name: "test", listen: "127.0.0.1:${port}", routes: [${routes}] }`;
      const config = `${options.config ?? ''}\n${cluster}`;
      const serverName = `n${i + 1}-${ports[0]}`;
      return undo.use(await startTestServer({ ...options, serverName, config }));
    }),
  );
  const kept = undo.move();
  return {
    servers,
    url: servers.map((server) => server.url).join(','),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
