/**
 * The mutants still fit the code that they break, and the tests that they name are there: whoever
 * changes such a place learns of it here, and gives the mutant its new text.
 */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutants } from './all-mutants.ts';

const root = new URL('../../', import.meta.url);

it('[F42] has at least thirty mutants, each with a name of its own', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(30);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

it.each(mutants)('[F42] $name applies to $file', ({ file, find, put, tests }) => {
  const source = readFileSync(new URL(file, root), 'utf8');
  expect(source.split(find).length - 1, `places of ${JSON.stringify(find)}`).toBe(1);
  expect(put).not.toBe(find);
  expect(tests.filter((test) => !existsSync(new URL(test, root)))).toEqual([]);
});
