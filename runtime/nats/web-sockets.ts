/**
 * The WebSocket of a connection, which can be given up without the other end.
 *
 * A WebSocket that is closed waits for its peer to say the same; a server that is frozen or cut off
 * never does, and the client library waits along. Here the end is announced in its place.
 */

interface Opened {
  readonly socket: WebSocket;
  readonly encrypted: boolean;
}

export class WebSockets {
  private current: WebSocket | null = null;

  /** A new socket in the place of the one before; what the client library asks for at each dial. */
  async open(url: string): Promise<Opened> {
    const socket = new WebSocket(url);
    // Some fail at once, on a port that is closed to WebSockets: before anybody could listen.
    socket.addEventListener('error', (event) => {
      if (socket.onerror === null) setTimeout(() => socket.onerror?.(event), 0);
    });
    this.current = socket;
    return { socket, encrypted: url.startsWith('wss:') };
  }

  /** Tells whoever listens that the socket has closed, and forgets it. */
  abandon(): void {
    const socket = this.current;
    this.current = null;
    socket?.onclose?.(new CloseEvent('close', { wasClean: false, reason: 'no answer' }));
  }
}
