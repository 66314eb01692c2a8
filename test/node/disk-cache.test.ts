/**
 * The disk cache: fetched once, checked, bounded, and never half a file.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diskCache } from '../../runtime/node/disk-cache.ts';
import type { Blobs } from '../../runtime/ports/blobs.ts';
import { RetryableError, TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';

const digestOf = (text: string) => parseDigest(createHash('sha256').update(text).digest('hex'));

/** Blobs that count how often each is fetched. */
function countingBlobs(texts: readonly string[]) {
  const fetched: Digest[] = [];
  const known = new Map(texts.map((text) => [digestOf(text), text]));
  const blobs: Blobs = {
    put: async () => digestOf(''),
    has: async (digest) => known.has(digest),
    touch: async (digest) => known.has(digest),
    remove: async () => {},
    usage: async () => ({ bytes: 0, maxBytes: null }),
    async get(digest) {
      fetched.push(digest);
      const text = known.get(digest);
      if (text === undefined) throw new TerminalError('no-blob', 'not stored');
      return new TextEncoder().encode(text);
    },
  };
  return { blobs, fetched };
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'shoal-cache-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

it('fetches once for all who ask, in this process and in others', async () => {
  await using dir = await folder();
  const { blobs, fetched } = countingBlobs(['a']);
  const [one, two] = [diskCache(blobs, dir.path, 1e9), diskCache(blobs, dir.path, 1e9)];
  const paths = await Promise.all(
    Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? one : two).path(digestOf('a'))),
  );
  expect(fetched).toHaveLength(1);
  expect(await readFile(paths[0] as string, 'utf8')).toBe('a');
  expect(await readdir(dir.path)).toEqual([digestOf('a')]);
});

it('tells all who wait, in this process and in others, that bytes keep coming', async () => {
  await using dir = await folder();
  const { blobs } = countingBlobs(['a']);
  const began = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const get = blobs.get.bind(blobs);
  const slow: Blobs = {
    ...blobs,
    async get(digest, onProgress) {
      began.resolve();
      await held.promise;
      onProgress?.(1, 2);
      onProgress?.(2, 2);
      return get(digest);
    },
  };
  const here = diskCache(slow, dir.path, 1e9);
  const moves = [0, 0, 0];
  const count = (i: number) => () => {
    moves[i] = (moves[i] ?? 0) + 1;
    // The other process has looked at the lock.
    if (i === 2) held.resolve();
  };
  const first = here.path(digestOf('a'), undefined, count(0));
  const second = here.path(digestOf('a'), undefined, count(1));
  await began.promise;
  const elsewhere = diskCache(blobs, dir.path, 1e9).path(digestOf('a'), undefined, count(2));
  await Promise.all([first, second, elsewhere]);
  expect(moves.every((times) => times > 0)).toBe(true);
});

it('checks a file that it did not write, and fetches it anew when it is wrong', async () => {
  await using dir = await folder();
  const { blobs, fetched } = countingBlobs(['a', 'b']);
  await writeFile(join(dir.path, digestOf('a')), 'broken');
  await writeFile(join(dir.path, digestOf('b')), 'b');
  const cache = diskCache(blobs, dir.path, 1e9);
  expect(await readFile(await cache.path(digestOf('a')), 'utf8')).toBe('a');
  expect(await readFile(await cache.path(digestOf('b')), 'utf8')).toBe('b');
  expect(fetched).toEqual([digestOf('a')]);
});

it('removes the least recently used to make room', async () => {
  await using dir = await folder();
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(100));
  const { blobs } = countingBlobs(texts);
  const cache = diskCache(blobs, dir.path, 250, { restMs: 1_000 });
  const [a, b, c] = texts.map(digestOf) as [Digest, Digest, Digest];
  const long = new Date(Date.now() - 60_000);
  await utimes(await cache.path(a), long, long);
  await utimes(await cache.path(b), long, new Date(Date.now() - 90_000));
  await cache.path(c);
  expect((await readdir(dir.path)).sort()).toEqual([a, c].sort());
  expect(await readFile(await cache.path(b), 'utf8')).toBe(texts[1]);
});

it('remembers no files but those that are there, whoever removed the others', async () => {
  await using dir = await folder();
  const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
  const { blobs } = countingBlobs(texts);
  const cache = diskCache(blobs, dir.path, 1e9);
  const { checked } = cache as unknown as { checked: ReadonlySet<string> };
  for (const text of texts) {
    for (const name of await readdir(dir.path)) await rm(join(dir.path, name));
    await cache.path(digestOf(text));
  }
  expect([...checked]).toEqual([digestOf(texts.at(-1) ?? '')]);
});

it('takes over from a process that died while fetching', async () => {
  await using dir = await folder();
  const { blobs } = countingBlobs(['a']);
  // No process has this id: it is above what any system hands out.
  await writeFile(join(dir.path, `${digestOf('a')}.lock`), '2147483646');
  const cache = diskCache(blobs, dir.path, 1e9);
  expect(await readFile(await cache.path(digestOf('a')), 'utf8')).toBe('a');
});

it('leaves nothing behind when the blob cannot be had, and tries again', async () => {
  await using dir = await folder();
  const { blobs } = countingBlobs(['a']);
  let broken = true;
  const cache = diskCache(
    {
      ...blobs,
      get: (digest) =>
        broken ? Promise.reject(new RetryableError('corrupt-blob', 'x', 0)) : blobs.get(digest),
    },
    dir.path,
    1e9,
    { ending: '.arrow' },
  );
  await expect(cache.path(digestOf('a'))).rejects.toMatchObject({ code: 'corrupt-blob' });
  expect(await readdir(dir.path)).toEqual([]);
  broken = false;
  const path = await cache.path(digestOf('a'));
  expect(path.endsWith('.arrow')).toBe(true);
  await cache.drop(digestOf('a'));
  expect(await readdir(dir.path)).toEqual([]);
  expect(await readFile(await cache.path(digestOf('a')), 'utf8')).toBe('a');
});
