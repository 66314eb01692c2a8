/**
 * Transport: messages that nothing stores. At most once, in order from one sender to one receiver.
 */
export type Headers = Readonly<Record<string, string>>;

export interface Message {
  readonly subject: string;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
  /** Answers a request; does nothing for a plain message. */
  respond(bytes: Uint8Array, headers?: Headers): void;
}

export interface RequestOptions {
  readonly timeoutMs: number;
  readonly headers?: Headers;
}

export interface Subscription {
  unsubscribe(): void;
}

export interface Transport {
  /** Sends and forgets. While the link is down the message is dropped, never queued. */
  publish(subject: string, bytes: Uint8Array, headers?: Headers): void;
  /**
   * Asks and waits for one answer.
   * @throws NoRespondersError at once, when nobody listens on the subject.
   * @throws TimeoutError when nobody answered in time.
   */
  request(subject: string, bytes: Uint8Array, options: RequestOptions): Promise<Message>;
  /** Calls the handler for every message; with a queue, one member of it gets each message. */
  subscribe(subject: string, handler: (message: Message) => void, queue?: string): Subscription;
  /** Milliseconds of a round trip to the broker. @throws TimeoutError */
  ping(timeoutMs: number): Promise<number>;
  /** False while the link to the broker is down. */
  connected(): boolean;
}
