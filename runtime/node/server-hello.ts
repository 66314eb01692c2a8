/**
 * What a nats-server says of itself before anybody logs in: one line that opens every connection.
 *
 * Needs no credentials and changes nothing. It does not say whether JetStream is on for an account,
 * nor how it stores.
 */
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface ServerHello {
  readonly version: string;
  readonly name: string;
  readonly maxPayload: number;
  readonly jetStream: boolean;
  readonly authRequired: boolean;
  readonly tlsRequired: boolean;
  readonly tlsAvailable: boolean;
  readonly cluster: string | null;
  /** Time until the line had arrived. */
  readonly tookMs: number;
}

const LINE_MAX = 64 * 1024;

/** @throws Error with the system's code (`ECONNREFUSED`, ...) or a text, within `timeoutMs` */
export function serverHello(url: string, timeoutMs: number): Promise<ServerHello> {
  const address = new URL(/^[a-z]+:\/\//.test(url) ? url : `nats://${url}`);
  const host = address.hostname.replace(/^\[|\]$/g, '');
  const port = address.port === '' ? 4222 : Number(address.port);
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    // Only the greeting is read, before anything is sent: whose certificate it is does not matter.
    const first = address.protocol === 'wss:' || address.searchParams.has('tls_first');
    const options = { host, port, rejectUnauthorized: false };
    const socket = first ? connectTls(options) : connect({ host, port });
    let text = '';
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`no greeting within ${timeoutMs} ms`)));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the connection was closed without a greeting')));
    socket.on('data', (part: Buffer) => {
      text += part.toString('utf8');
      const line = /^INFO (\{.*\})\s*\r\n/.exec(text)?.[1];
      if (line === undefined) {
        if (text.length > LINE_MAX || !'INFO '.startsWith(text.slice(0, 5))) {
          fail(new Error('what listens there is not a nats-server'));
        }
        return;
      }
      socket.destroy();
      resolve(helloOf(line, performance.now() - startMs));
    });
  });
}

function helloOf(line: string, tookMs: number): ServerHello {
  const info = JSON.parse(line) as Record<string, unknown>;
  return {
    version: String(info.version ?? ''),
    name: String(info.server_name ?? ''),
    maxPayload: Number(info.max_payload ?? 0),
    jetStream: info.jetstream === true,
    authRequired: info.auth_required === true,
    tlsRequired: info.tls_required === true,
    tlsAvailable: info.tls_available === true || info.tls_required === true,
    cluster: typeof info.cluster === 'string' ? info.cluster : null,
    tookMs,
  };
}
