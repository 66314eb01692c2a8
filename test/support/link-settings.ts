/**
 * What may be wrong with a link between a process and its server, as plain data.
 */

/** `up` is from client to server, `down` from server to client. */
export type Direction = 'up' | 'down';

export interface LinkSettings {
  /** Added to every chunk on its way, each direction. */
  readonly latencyMs: number;
  /** The latency varies evenly by so much, to both sides; order is kept. */
  readonly jitterMs: number;
  /** Each direction; 0 is as fast as it goes. */
  readonly bytesPerSecond: number;
  /** Bytes of these directions stand still, as in a partition, and arrive late when it heals. */
  readonly held: readonly Direction[];
  /** Bytes of these directions are lost; connections that lost some are reset when it ends. */
  readonly swallowed: readonly Direction[];
  /** Chunks are cut to at most this many bytes; 0 leaves them. */
  readonly sliceBytes: number;
  /** How much later than it happened the end of a connection is passed on. */
  readonly slowCloseMs: number;
  /** A connection passes this many bytes in all, then it is closed; 0 is no limit. */
  readonly limitBytes: number;
  /** Nothing passes, and a connection is closed after this time; 0 is never. */
  readonly timeoutMs: number;
}

/** A good link. */
export const goodLink: LinkSettings = {
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: 0,
  held: [],
  swallowed: [],
  sliceBytes: 0,
  slowCloseMs: 0,
  limitBytes: 0,
  timeoutMs: 0,
};
