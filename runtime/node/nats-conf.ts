/**
 * Writes the configuration of an embedded nats-server from the template `nats-server.conf`.
 *
 * The template is itself a valid configuration; here single values of it are replaced, so that what
 * a person starts by hand and what we start differ in nothing else. A key that the template does
 * not have is an error, never an addition.
 */
import { readFileSync } from 'node:fs';

const TEMPLATE = new URL('../../nats-server.conf', import.meta.url);

export interface NatsConfValues {
  readonly serverName: string;
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  readonly storeDir: string;
  /** False writes in the background: faster, and a power cut loses acknowledged data. */
  readonly syncAlways: boolean;
  /** In bytes; undefined keeps the template's. */
  readonly fileStoreBytesMax?: number | undefined;
  /** Lines in nats-server's own language, put at the end: accounts, TLS, limits. */
  readonly extra?: string | undefined;
}

/** The text of a configuration file for nats-server 2.12.7 and later; see `withoutSync` for older. */
export function natsConf(values: NatsConfValues): string {
  let text = readFileSync(TEMPLATE, 'utf8');
  text = replaceValue(text, 'server_name', JSON.stringify(values.serverName));
  text = replaceValue(text, 'host', JSON.stringify(values.host));
  text = replaceValue(text, 'port', String(values.port === 0 ? -1 : values.port));
  text = replaceValue(text, 'store_dir', JSON.stringify(values.storeDir));
  if (!values.syncAlways) text = replaceValue(text, 'sync_interval', '"2m"');
  if (values.fileStoreBytesMax !== undefined) {
    text = replaceValue(text, 'max_file_store', String(values.fileStoreBytesMax));
  }
  return values.extra === undefined ? text : `${text}\n${values.extra}\n`;
}

/** The same text for servers before 2.10, which refuse `sync_interval`. */
export function withoutSync(text: string): string {
  return text.replace(/^\s*sync_interval:.*\n/m, '');
}

function replaceValue(text: string, key: string, value: string): string {
  const line = new RegExp(`^(\\s*${key}:).*$`, 'm');
  if (!line.test(text)) throw new Error(`nats-server.conf has no line "${key}:"`);
  return text.replace(line, (_all, start: string) => `${start} ${value}`);
}
