/**
 * The coordinator's decisions as transcripts: `transcripts/*.txt`, whose indented lines are what it
 * asks for after each command. `vitest -u` rewrites them; review the diff.
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

describe('transcripts', () => {
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
