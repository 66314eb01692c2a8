/**
 * A pull over nodes that lie: bytes with another SHA-256 than the one asked for are never handed
 * out, and what one node does not give another does.
 */
import { expect, it } from 'vitest';
import { pullBytes } from '../../actors/rounds/pull-bytes.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { decodeMessage } from '../../schemas/wire.ts';

const bytes = new Uint8Array(limits.chunkBytes + 10).map((_, i) => i % 251);
const wrong = bytes.map((byte) => byte ^ 1);

/** Pulls from nodes that each give chunks of these bytes, in this order of preference. */
async function pulled(...givers: readonly (readonly [string, Uint8Array])[]): Promise<Uint8Array> {
  const clock = new ManualClock();
  const broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
  const bus = broker.connect({ name: 'leader' });
  for (const [name, given] of givers) {
    const giver = broker.connect({ name });
    giver.transport.subscribe(giver.subjects.pull(parseNodeId(name)), (message) => {
      const at = decodeMessage('pull', message.bytes).n * limits.chunkBytes;
      message.respond(given.slice(at, at + limits.chunkBytes));
    });
  }
  let over = false;
  const work = pullBytes(
    bus,
    { digest: sha256Hex(bytes), size: bytes.length },
    {
      signal: new AbortController().signal,
      sources: () => givers.map(([name]) => parseNodeId(name)),
      onBytes: () => {},
    },
  ).finally(() => {
    over = true;
  });
  work.catch(() => {});
  await clock.advanceUntil(() => over, 30_000);
  return work;
}

it('[F28] gives the bytes that were asked for', async () => {
  expect(await pulled(['w1', bytes])).toEqual(bytes);
});

it('[F28] refuses bytes of the right size with another SHA-256', async () => {
  await expect(pulled(['w1', wrong])).rejects.toThrow('another SHA-256');
});

it('[F28] takes chunks from another node where one gives less than it should', async () => {
  expect(await pulled(['w1', bytes.slice(0, 5)], ['w2', bytes])).toEqual(bytes);
});
