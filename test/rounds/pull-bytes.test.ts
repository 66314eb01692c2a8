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

/** Digest of what comes from nodes that each give chunks of these bytes, the preferred one first. */
async function pulled(...givers: readonly (readonly [string, Uint8Array])[]): Promise<string> {
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
  return sha256Hex(await work);
}

it('[F28] gives the bytes that were asked for', async () => {
  expect(await pulled(['w1', bytes])).toBe(sha256Hex(bytes));
});

it('[F28] refuses bytes of the right size with another SHA-256', async () => {
  await expect(pulled(['w1', wrong])).rejects.toThrow('another SHA-256');
});

it('[F28] takes chunks from another node where one gives less than it should', async () => {
  expect(await pulled(['w1', bytes.slice(0, 5)], ['w2', bytes])).toBe(sha256Hex(bytes));
});

it('[F11] [P94] gives a node that is too slow for the time it has longer, pull by pull', async () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
  const [bus, giver] = ['leader', 'w1'].map((name) => broker.connect({ name }));
  const w1 = parseNodeId('w1');
  let slowMs = 3 * limits.requestMs;
  let asked = 0;
  let most = 0;
  giver!.transport.subscribe(giver!.subjects.pull(w1), (message) => {
    asked += 1;
    most = Math.max(most, asked);
    const at = decodeMessage('pull', message.bytes).n * limits.chunkBytes;
    clock.after(slowMs, () => {
      asked -= 1;
      message.respond(bytes.slice(at, at + limits.chunkBytes));
    });
  });
  const pull = async (): Promise<string> => {
    let outcome = '';
    const wanted = { digest: sha256Hex(bytes), size: bytes.length };
    const { signal } = new AbortController();
    pullBytes(bus!, wanted, { signal, sources: () => [w1], onBytes: () => {} }).then(
      () => {
        outcome = 'came';
      },
      (error: { code: string }) => {
        outcome = error.code;
      },
    );
    await clock.advanceUntil(() => outcome !== '', 120_000);
    return outcome;
  };
  expect([await pull(), await pull(), await pull()]).toEqual([
    'pull-failed',
    'pull-failed',
    'came',
  ]);
  slowMs = 10;
  await clock.advanceUntil(() => asked === 0, 60_000);
  most = 0;
  // Fast again: step by step it is asked for as much at once as before.
  for (let i = 0; i < 4; i++) expect(await pull()).toBe('came');
  expect(most).toBe(2);
});
