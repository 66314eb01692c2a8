/**
 * Pulls bytes that other nodes keep ready, in chunks with a window, into shared memory.
 *
 * The SHA-256 is taken while chunks arrive, so that the last one is followed by the verdict at
 * once. A chunk that a node does not give is asked of the next node. Bytes with another digest than
 * the one asked for are never handed out. A node that did not answer in time is given longer the next
 * time, and asked for less at once: its link may be slower than a chunk takes.
 */
import { createHash } from 'node:crypto';
import type { Bus } from '../../runtime/bus.ts';
import { CancelledError, TimeoutError } from '../../runtime/errors.ts';
import { RetryableError, TerminalError } from '../../schemas/errors.ts';
import type { NodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { encodeMessage } from '../../schemas/wire.ts';

export interface Wanted {
  readonly digest: string;
  readonly size: number;
}

export interface PullOptions {
  readonly signal: AbortSignal;
  /** Nodes that have the bytes, the best first; asked again before every chunk. */
  readonly sources: () => readonly NodeId[];
  /** Called with the size of every chunk that has come. */
  readonly onBytes: (bytes: number) => void;
  /** Memory of that size to pull into, which the caller has no other use for. */
  readonly into?: Uint8Array | undefined;
}

/** How often a node was too late of late: each time doubles its time and halves the window. */
const lateness = new WeakMap<Bus, Map<NodeId, number>>();
const latenessMax = 4;

function latenessOf(bus: Bus): Map<NodeId, number> {
  const known = lateness.get(bus) ?? new Map<NodeId, number>();
  lateness.set(bus, known);
  return known;
}

/** @throws RetryableError('pull-failed') when no node gives them, or gives others */
export async function pullBytes(
  bus: Bus,
  wanted: Wanted,
  options: PullOptions,
): Promise<Uint8Array> {
  const { digest, size } = wanted;
  if (size > limits.blobMax) {
    throw new TerminalError('too-large', `${size} bytes announced, at most ${limits.blobMax}`);
  }
  const bytes = options.into ?? new Uint8Array(new SharedArrayBuffer(size));
  const chunks = Math.ceil(size / limits.chunkBytes);
  const hash = createHash('sha256');
  const arrived = new Set<number>();
  let hashed = 0;
  let next = 0;
  const pullSome = async () => {
    for (let n = next++; n < chunks; n = next++) {
      const at = n * limits.chunkBytes;
      const length = Math.min(limits.chunkBytes, size - at);
      const chunk = await pullChunk(bus, digest, n, length, options);
      bytes.set(chunk, at);
      options.onBytes(length);
      arrived.add(n);
      for (; arrived.delete(hashed); hashed += 1) {
        const from = hashed * limits.chunkBytes;
        hash.update(bytes.subarray(from, Math.min(size, from + limits.chunkBytes)));
      }
    }
  };
  const late = latenessOf(bus);
  const slowest = Math.max(0, ...options.sources().map((node) => late.get(node) ?? 0));
  const window = Math.max(1, Math.min(limits.chunksInFlight >> slowest, chunks));
  await Promise.all(Array.from({ length: window }, pullSome));
  if (hash.digest('hex') === digest) return bytes;
  throw new RetryableError('pull-failed', `${size} bytes came with another SHA-256 than asked`, 0);
}

/** Nothing is remembered of nodes that are never late. */
function inTime(late: Map<NodeId, number>, node: NodeId, before: number): void {
  if (before > 1) late.set(node, before - 1);
  else late.delete(node);
}

async function pullChunk(
  bus: Bus,
  digest: string,
  n: number,
  length: number,
  { signal, sources }: PullOptions,
): Promise<Uint8Array> {
  const request = encodeMessage('pull', { digest, n });
  const late = latenessOf(bus);
  const asked = new Set<NodeId>();
  for (;;) {
    if (signal.aborted) throw new CancelledError('a pull');
    // Chunks are spread over all nodes that have them.
    const left = sources().filter((node) => !asked.has(node));
    const source = left[n % Math.max(1, left.length)];
    if (source === undefined) {
      throw new RetryableError('pull-failed', `no node gave chunk ${n} of "${digest}"`, 0);
    }
    asked.add(source);
    const before = late.get(source) ?? 0;
    const timeoutMs = limits.requestMs * 2 ** before;
    const answer = await bus.transport
      .request(bus.subjects.pull(source), request, { timeoutMs })
      .catch((error: unknown) => {
        // Chunks asked for at the same time are late together, and count once.
        if (error instanceof TimeoutError) late.set(source, Math.min(latenessMax, before + 1));
        return null;
      });
    if (answer?.bytes.length !== length) continue;
    if (n === 0 && before > 0 && late.get(source) === before) inTime(late, source, before);
    return answer.bytes;
  }
}
