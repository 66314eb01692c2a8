/** Inputs of a command: patterns of names, their order, and what is no input. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { openInputs } from '../../cli/input-file.ts';
import { importedFrom } from '../support/data-files.ts';

const { signal } = new AbortController();

it('takes files and patterns in the order of their names, each once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-inputs-'));
  try {
    for (const name of ['b.csv', 'a.csv', 'c[1].csv', 'd.txt']) {
      await writeFile(join(folder, name), `x\n${name.charCodeAt(0)}\n`);
    }
    await mkdir(join(folder, 'e'));
    const given = ['*.csv', 'a.csv', 'c[1].csv'].map((name) => join(folder, name));
    await using inputs = await openInputs(given, signal);
    expect(inputs.files.map(({ file }) => basename(file))).toEqual(['a.csv', 'b.csv', 'c[1].csv']);
    expect(inputs.bytes).toBe(5 + 5 + 5);
    const { manifest } = await importedFrom(inputs.files);
    expect(manifest.columns[0]?.stats.values).toEqual([97, 98, 99]);
    expect(Buffer.from((await inputs.files[0]?.read(2, 99)) ?? []).toString()).toBe('97\n');
    const none = openInputs([join(folder, '*.parquet')], signal);
    await expect(none).rejects.toThrow('no file fits');
    await expect(openInputs([join(folder, 'e')], signal)).rejects.toThrow('is a folder');
    await expect(openInputs(['-', given[1] ?? ''], signal)).rejects.toThrow('beside files');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
