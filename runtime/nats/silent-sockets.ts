/**
 * Closes sockets on which a server has said nothing at all.
 *
 * The client library gives up a server that accepts a connection and is silent (frozen, or out of
 * files), but not the socket: each attempt would leave one open until none are left, and a command
 * that has failed would not end. Other sockets of the process are told by their port.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Longer than the library waits for a server's first words. */
const silentMs = 2_500;

const ports = new Set<number>();
let watching = false;

/** From now on, for sockets to servers at this port. */
export function closeSilentSockets(port: number): void {
  ports.add(port);
  if (watching) return;
  watching = true;
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Socket };
    setTimeout(() => {
      if (socket.bytesRead === 0 && ports.has(socket.remotePort ?? -1)) socket.destroy();
    }, silentMs).unref();
  });
}
