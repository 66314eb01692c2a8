/**
 * Answers `GET /metrics` (Prometheus text) and `GET /healthz` over HTTP, on loopback by default.
 *
 * It has no authentication, so it says numbers only: no ids of jobs, no names of columns.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetricsServer extends AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
}

export interface MetricsServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host?: string | undefined;
  readonly render: () => string;
  /** What is wrong, or null when all is well: the answer of `/healthz`. */
  readonly trouble?: () => string | null;
}

export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, text: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
    };
    if (request.method !== 'GET') answer(405, 'text/plain', 'only GET\n');
    else if (request.url === '/metrics') {
      answer(200, 'text/plain; version=0.0.4; charset=utf-8', options.render());
    } else if (request.url === '/healthz') {
      const trouble = options.trouble?.() ?? null;
      answer(trouble === null ? 200 : 503, 'text/plain', `${trouble ?? 'ok'}\n`);
    } else answer(404, 'text/plain', 'ask for /metrics or /healthz\n');
  });
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`;
  return { url, stop, [Symbol.asyncDispose]: stop };
}
