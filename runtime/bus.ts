/**
 * A bus: everything that an actor may do to the outside over NATS, as one value of ports.
 */
import type { ShoalError } from '../schemas/errors.ts';
import type { Subjects } from '../schemas/subjects.ts';
import type { Blobs } from './ports/blobs.ts';
import type { Journal } from './ports/journal.ts';
import type { Store } from './ports/store.ts';
import type { Transport } from './ports/transport.ts';

export type LinkState = 'connected' | 'disconnected' | 'closed';

export interface Bus {
  readonly transport: Transport;
  readonly journal: Journal;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly subjects: Subjects;
  /** Identity of the cluster, from the layout record. */
  readonly cluster: string;
  /** Where it is connected, for people: no credentials. */
  readonly url: string;
  readonly serverVersion: string;
  /** Calls the handler on every change of the link. */
  onLink(handler: (state: LinkState) => void): void;
  /**
   * Calls the handler when streams or records that were there are found missing or another's: data
   * was lost, and whoever goes on would begin with nothing.
   */
  onFault(handler: (error: ShoalError) => void): void;
  /** Why the link was lost last, in the words of the server; null where it did not say. */
  linkTrouble(): string | null;
  close(): Promise<void>;
}
