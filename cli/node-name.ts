/** The name that a node goes by when nobody gave it one: host, role, process. */
import { hostname } from 'node:os';

export function nodeName(role: string): string {
  const host = hostname().split('.')[0] ?? '';
  const token = host.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 32);
  return `${token === '' ? 'host' : token}-${role}-${process.pid}`;
}
