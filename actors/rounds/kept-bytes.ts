/**
 * Bytes that this node keeps ready for others to pull: states and sums of rounds, by digest.
 *
 * The node listens only while somebody keeps something here, so that whoever asks a node that has
 * nothing is told so at once by the broker. A digest that is not kept (any more) is answered with
 * no bytes. What several owners keep stays until the last of them drops it.
 */
import type { Bus } from '../../runtime/bus.ts';
import type { Log } from '../../runtime/log.ts';
import type { Message, Subscription } from '../../runtime/ports/transport.ts';
import type { NodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { decodeMessage } from '../../schemas/wire.ts';

interface Kept {
  readonly bytes: Uint8Array;
  readonly owners: Set<object>;
}

export class KeptBytes {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #kept = new Map<string, Kept>();
  readonly #listeners = new Set<object>();
  #subscription: Subscription | null = null;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  /** Listens for as long as at least one owner is open. */
  open(owner: object, node: NodeId): void {
    this.#listeners.add(owner);
    const { transport, subjects } = this.#bus;
    this.#subscription ??= transport.subscribe(subjects.pull(node), (message) =>
      this.#answer(message),
    );
  }

  /** Drops all that the owner keeps. */
  close(owner: object): void {
    for (const digest of [...this.#kept.keys()]) this.drop(owner, digest);
    this.#listeners.delete(owner);
    if (this.#listeners.size > 0) return;
    this.#subscription?.unsubscribe();
    this.#subscription = null;
  }

  keep(owner: object, digest: string, bytes: Uint8Array): void {
    const known = this.#kept.get(digest);
    if (known === undefined) this.#kept.set(digest, { bytes, owners: new Set([owner]) });
    else known.owners.add(owner);
  }

  drop(owner: object, digest: string): void {
    const known = this.#kept.get(digest);
    if (known?.owners.delete(owner) && known.owners.size === 0) this.#kept.delete(digest);
  }

  get(digest: string): Uint8Array | undefined {
    return this.#kept.get(digest)?.bytes;
  }

  #answer(message: Message): void {
    try {
      const { digest, n } = decodeMessage('pull', message.bytes);
      const from = n * limits.chunkBytes;
      const chunk = this.get(digest)?.subarray(from, from + limits.chunkBytes);
      message.respond(chunk ?? new Uint8Array(0));
    } catch (error) {
      this.#log('warn', 'message dropped', { subject: message.subject, error });
    }
  }
}
