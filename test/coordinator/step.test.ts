/**
 * The coordinator's decisions as transcripts: `transcripts/*.txt`, whose indented lines are what it
 * asks for after each command. `vitest -u` rewrites them; review the diff. Every row of the fault
 * table has one in its title, but for those that something else decides; `elsewhere` says what.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { resolvedDataset } from './dataset.ts';
import { Transcript } from './transcript.ts';

const folder = new URL('transcripts/', import.meta.url);
let dataset: ResolvedDataset;

beforeAll(async () => {
  dataset = await resolvedDataset();
});

/** Rows of the fault table that no decision of the coordinator answers, and what does. */
const elsewhere: Readonly<Record<string, string>> = {
  F9: 'servers in two parts: which of them may write is for the broker to know',
  F11: 'delay, loss and order on the wire: the simulator and the proxy',
  F13: 'a killed broker: what it had acknowledged, counted on a real one',
  F14: 'power loss where the broker runs: copies of its store',
  F16: 'a full or broken disk of a worker: the disk cache, and the error that it gives',
  F17: 'a stream that is missing: the layout, as the broker has it',
  F18: 'flipped bits in what the broker stores: hashes of blobs and of the event chain',
  F20: 'every message again: properties, `replays.test.ts` here, of nodes and of rounds',
  F21: 'every message late: the same',
  F28: 'a damaged model: whoever reads the blob',
  F31: 'a slow consumer: mailboxes and what is pulled, of the process that is slow',
  F34: 'descriptors and threads used up: the operating system',
};

describe('transcripts', () => {
  it('has one for every row of the fault table that the coordinator answers', () => {
    const titles = readdirSync(folder).map(
      (file) => readFileSync(new URL(file, folder), 'utf8').split('\n', 1)[0] ?? '',
    );
    const rows = Array.from({ length: 37 }, (_, i) => `F${i + 1}`);
    const missing = rows.filter((row) => !titles.some((title) => title.includes(`[${row}]`)));
    expect(missing).toEqual(Object.keys(elsewhere));
  });

  for (const file of readdirSync(folder).sort()) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    // The first line of a transcript is its title.
    const title = text.split('\n', 1)[0]?.replace(/^#\s*/, '');
    it(`${title} (${file})`, async () => {
      const played = new Transcript(dataset).play(text);
      await expect(played).toMatchFileSnapshot(new URL(file, folder).pathname);
    });
  }
});
