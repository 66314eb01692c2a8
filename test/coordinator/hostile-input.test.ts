/**
 * What nobody should send, but somebody can: messages and records that must not stop a coordinator.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { limits } from '../../schemas/limits.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const bytes = (text: string) => new TextEncoder().encode(text);
const many = (count: number, one: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => one(i)).join(',');
const base = '"dataset":"demo","target":"label","algorithm":"toy-sum"';

describe('submissions that no person would write', () => {
  const texts: Readonly<Record<string, string>> = {
    'deeply nested': `{"dataset":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'deeply nested parameters': `{${base},"params":{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}}`,
    'thousands of wrong values': `{${base},"preprocess":[${many(60_000, () => '1')}]}`,
    'thousands of wrong labels': `{${base},"labels":{${many(15_000, (i) => `"k${i}":1`)}}}`,
    'a key as long as the message': `{${base},"${'k'.repeat(200_000)}":1}`,
  };

  for (const [what, text] of Object.entries(texts)) {
    it(`[P95] rejects ${what}, in a record that can be stored`, () => {
      const scene = new Scene(dataset);
      const effects = scene.submit(bytes(text));
      expect(effects).toContainEqual({ type: 'settle', delivery: 1 });
      const sizes = effects.flatMap((e) => (e.type === 'store-job' ? [e.bytes.length] : []));
      expect(sizes.length).toBeGreaterThan(0);
      expect(Math.max(...sizes)).toBeLessThan(limits.recordMax);
      expect([...scene.log.values()][0]?.at(-1)?.kind).toBe('rejected');
    });
  }

  it('[P95] rejects thousands of unknown parameters at planning, in a record that can be stored', () => {
    const scene = new Scene(dataset);
    scene.submit(bytes(`{${base},"id":"j","params":{${many(15_000, (i) => `"k${i}":1`)}}}`));
    const effects = scene.handle(scene.planned('j'));
    const sizes = effects.flatMap((e) => (e.type === 'store-job' ? [e.bytes.length] : []));
    expect(Math.max(...sizes)).toBeLessThan(limits.recordMax);
    expect(scene.log.get('j')?.at(-1)?.kind).toBe('rejected');
  });
});
