/**
 * Core messages in memory: subjects, queue groups and requests, with a real broker's manners.
 *
 * Nothing is delivered in the sender's own turn, nothing is kept for who is away, and a request
 * that nobody listens for fails at once. Streams store what is published on their subjects.
 */

import { limits } from '../../schemas/limits.ts';
import { DisconnectedError, NoRespondersError, TimeoutError } from '../errors.ts';
import { overlaps } from '../layout.ts';
import type { Random } from '../ports/random.ts';
import type {
  Headers,
  Message,
  RequestOptions,
  Subscription,
  Transport,
} from '../ports/transport.ts';
import { brokerName, type Interest, type MemoryClient, sizeOf, tooLarge } from './memory-client.ts';
import type { MemoryNetwork } from './memory-network.ts';
import type { MemoryStream } from './memory-stream.ts';

/** A message on its way. */
interface Outgoing {
  readonly from: string;
  readonly subject: string;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
  /** Takes the answer of a receiver. */
  readonly answer?: (from: MemoryClient, bytes: Uint8Array, headers: Headers) => void;
}

/** Who listens to what, over all clients of a broker. */
export class MemoryRouter {
  readonly clients = new Set<MemoryClient>();
  readonly streams: MemoryStream[] = [];
  /** Told of every message in the turn that the broker gets it. */
  readonly tellers = new Set<(from: string, subject: string, bytes: Uint8Array) => void>();
  private readonly network: MemoryNetwork;
  private readonly random: Random;

  constructor(network: MemoryNetwork, random: Random) {
    this.network = network;
    this.random = random;
  }

  /** Hands the message to everybody who listens. @returns whether there was anybody */
  route(message: Outgoing): boolean {
    for (const tell of this.tellers) tell(message.from, message.subject, message.bytes);
    const receivers = this.receivers(message.subject);
    for (const [client, interest] of receivers) {
      const hop = { kind: 'message', from: message.from, to: client.name } as const;
      const { epoch } = client;
      this.network.send({ ...hop, subject: message.subject }, () => {
        if (client.epoch !== epoch || !this.network.running) return;
        client.receive(() => {
          // Removed meanwhile: a client drops what still arrives.
          if (client.interests.has(interest)) interest.handler(this.received(message, client));
        });
      });
    }
    return receivers.length > 0;
  }

  /** Stores what a core message carries where a stream has its subject. @returns its acknowledgement */
  capture(message: Outgoing): object | undefined {
    const stream = this.streams.find(({ layout }) =>
      layout.subjects.some((pattern) => overlaps(pattern, message.subject)),
    );
    if (stream === undefined) return undefined;
    try {
      const id = message.headers['Nats-Msg-Id'];
      const { seq, duplicate } = stream.append(message.subject, message.bytes, {
        key: message.subject,
        by: message.from,
        headers: message.headers,
        ...(id === undefined ? {} : { id }),
      });
      return { stream: stream.layout.name, seq, ...(duplicate ? { duplicate } : {}) };
    } catch (error) {
      // A plain message that a stream refuses is dropped unseen; a request is told.
      return { error: { description: error instanceof Error ? error.message : String(error) } };
    }
  }

  private receivers(subject: string): [MemoryClient, Interest][] {
    const found: [MemoryClient, Interest][] = [];
    const groups = new Map<string, [MemoryClient, Interest][]>();
    for (const client of this.clients) {
      if (!client.connected) continue;
      for (const interest of client.interests) {
        if (!overlaps(interest.pattern, subject)) continue;
        if (interest.queue === undefined) {
          found.push([client, interest]);
          continue;
        }
        const key = `${interest.queue} ${interest.pattern}`;
        const members = groups.get(key) ?? [];
        members.push([client, interest]);
        groups.set(key, members);
      }
    }
    for (const members of groups.values()) {
      const member = members[Math.floor(this.random.next() * members.length)];
      if (member !== undefined) found.push(member);
    }
    return found;
  }

  private received(message: Outgoing, client: MemoryClient): Message {
    return {
      subject: message.subject,
      bytes: new Uint8Array(message.bytes),
      headers: message.headers,
      respond: (bytes, headers = {}) => message.answer?.(client, new Uint8Array(bytes), headers),
    };
  }
}

export class MemoryTransport implements Transport {
  private readonly client: MemoryClient;
  private readonly router: MemoryRouter;
  private readonly network: MemoryNetwork;

  constructor(client: MemoryClient, router: MemoryRouter, network: MemoryNetwork) {
    this.client = client;
    this.router = router;
    this.network = network;
  }

  publish(subject: string, bytes: Uint8Array, headers: Headers = {}): void {
    if (!this.client.connected) return;
    const size = sizeOf(bytes, headers);
    if (size > limits.payloadMax) throw tooLarge(`message to "${subject}"`, size);
    const message = { from: this.client.name, subject, bytes: new Uint8Array(bytes), headers };
    queueMicrotask(() => {
      if (!this.network.running) return;
      this.router.capture(message);
      this.router.route(message);
    });
  }

  async request(subject: string, bytes: Uint8Array, options: RequestOptions): Promise<Message> {
    const what = `request to "${subject}"`;
    const { client, network } = this;
    if (client.state === 'dead') return new Promise<never>(() => {});
    if (!client.connected) throw new DisconnectedError(what);
    const size = sizeOf(bytes, options.headers);
    if (size > limits.payloadMax) throw tooLarge(what, size);
    const copy = new Uint8Array(bytes);
    const { epoch } = client;
    return new Promise<Message>((resolve, reject) => {
      const timer = client.clock.after(options.timeoutMs, () => {
        reject(new TimeoutError(what, options.timeoutMs));
      });
      const arrive = (from: string, settle: () => void) => {
        network.send({ kind: 'reply', from, to: client.name, subject }, () => {
          if (client.epoch !== epoch) return;
          client.receive(() => {
            timer.cancel();
            settle();
          });
        });
      };
      const answered = (from: string, body: Uint8Array, headers: Headers) =>
        arrive(from, () => {
          resolve({ subject: '_INBOX', bytes: body, headers, respond: () => {} });
        });
      const message: Outgoing = {
        from: client.name,
        subject,
        bytes: copy,
        headers: options.headers ?? {},
        answer: (from, body, headers) => {
          if (from.connected) answered(from.name, body, headers);
        },
      };
      queueMicrotask(() => {
        if (!network.running) return;
        const stored = this.router.capture(message);
        const heard = this.router.route(message);
        if (stored !== undefined) answered(brokerName, Buffer.from(JSON.stringify(stored)), {});
        else if (!heard) arrive(brokerName, () => reject(new NoRespondersError(subject)));
      });
    });
  }

  subscribe(subject: string, handler: (message: Message) => void, queue?: string): Subscription {
    const { client } = this;
    const interest = { pattern: subject, handler, ...(queue === undefined ? {} : { queue }) };
    let wanted = true;
    // The broker learns of it a moment later.
    queueMicrotask(() => {
      if (wanted && client.state !== 'dead' && client.state !== 'closed') {
        client.interests.add(interest);
      }
    });
    return {
      unsubscribe() {
        wanted = false;
        client.interests.delete(interest);
      },
    };
  }

  async ping(timeoutMs: number): Promise<number> {
    const start = this.client.clock.nowMs();
    await this.client.call('ping', 0, () => undefined, timeoutMs);
    return this.client.clock.nowMs() - start;
  }

  connected(): boolean {
    return this.client.connected;
  }
}
