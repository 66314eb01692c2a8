/**
 * Transport over core NATS: at most once, nothing stored, nothing queued while the link is down.
 *
 * Received bytes are copied out of the socket's buffer, so that keeping a small message does not
 * pin a large one. A sender chooses the reply subject of a request, and where a consumer of its own
 * delivers: so answers go to inboxes alone, and what carries another subject than the one that was
 * subscribed to is dropped. Else a client could speak with the rights of whoever answers it.
 */
import type { Msg } from '@nats-io/nats-core';
import { overlaps } from '../layout.ts';
import type {
  Headers,
  Message,
  RequestOptions,
  Subscription,
  Transport,
} from '../ports/transport.ts';
import { fromHeaders, type Link } from './link.ts';

/** A message this large spans several reads of the socket, so the client has put it together itself. */
const ownBytes = 128 * 1024;

/** `_INBOX.…` of the stock tools, `_INBOX_<user>.…` with credentials. */
const inbox = /^_INBOX[._]/;

export class NatsTransport implements Transport {
  private readonly link: Link;

  constructor(link: Link) {
    this.link = link;
  }

  publish(subject: string, bytes: Uint8Array, headers?: Headers): void {
    this.link.publish(subject, bytes, headers);
  }

  async request(subject: string, bytes: Uint8Array, options: RequestOptions): Promise<Message> {
    const answer = await this.link.request(subject, bytes, options.timeoutMs, options.headers);
    return this.toMessage(answer);
  }

  subscribe(subject: string, handler: (message: Message) => void, queue?: string): Subscription {
    const subscription = this.link.nc.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      // An error means that the server refused the subscription; the connection's status tells why.
      callback: (error, message) => {
        if (error === null && overlaps(subject, message.subject)) handler(this.toMessage(message));
      },
    });
    return { unsubscribe: () => subscription.unsubscribe() };
  }

  ping(timeoutMs: number): Promise<number> {
    return this.link.ping(timeoutMs);
  }

  connected(): boolean {
    return this.link.connected;
  }

  private toMessage(message: Msg): Message {
    const reply = message.reply;
    return {
      subject: message.subject,
      bytes: message.data.length < ownBytes ? new Uint8Array(message.data) : message.data,
      headers: fromHeaders(message),
      respond: (bytes, headers) => {
        if (reply !== undefined && inbox.test(reply)) this.link.publish(reply, bytes, headers);
      },
    };
  }
}
