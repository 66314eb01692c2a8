/**
 * The pool with real threads and processes: results, errors, cancellation and deaths.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { computePool } from '../../runtime/node/compute-pool.ts';
import { unshared } from '../../runtime/node/compute-process.ts';

const entry = new URL('./entry.ts', import.meta.url);

describe('compute pool', () => {
  const pool = computePool({ slots: 2, entry });
  afterAll(() => pool.stop());

  it('runs a function by name with cloned data', async () => {
    expect(await pool.run('echo', { a: [1, 'two'] })).toEqual({ a: [1, 'two'] });
    expect(await pool.run('bytes', { length: 3 })).toEqual(Uint8Array.of(7, 7, 7));
  });

  it('shares SharedArrayBuffers and runs [P41] slots calls at once, never more', async () => {
    const room = new SharedArrayBuffer(8);
    const calls = Array.from({ length: 6 }, () => pool.run('meet', { room, count: 2 }));
    await Promise.all(calls);
    // Everybody met a second one; `meet` never lets anybody out of the count.
    expect(new Int32Array(room)[0]).toBe(6);
    const places = await Promise.all(Array.from({ length: 6 }, () => pool.run('where', null)));
    expect(new Set(places.map((place) => (place as { threadId: number }).threadId)).size).toBe(2);
  });

  it('throws what the function threw, as this side knows it', async () => {
    await expect(pool.run('fail', null)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'bad-thing',
      message: 'the thing is bad',
      path: 'a.b',
      fix: 'mend it',
    });
    await expect(pool.run('bug', null)).rejects.toMatchObject({ family: 'bug', code: 'TypeError' });
    await expect(pool.run('nothing', null)).rejects.toMatchObject({ code: 'no-function' });
  });

  it('survives data that cannot be cloned, on either side', async () => {
    await expect(pool.run('echo', () => 1)).rejects.toThrow(/could not be cloned/);
    await expect(pool.run('uncloneable', null)).rejects.toThrow(/could not be cloned/);
    expect(await pool.run('echo', 1)).toBe(1);
  });

  it('cancels work that reports progress, and frees the slot', async () => {
    const abort = new AbortController();
    const counts: number[] = [];
    const onProgress = (count: number) => {
      counts.push(count);
      if (counts.length === 2) abort.abort();
    };
    const run = pool.run('count', null, { signal: abort.signal, onProgress });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(counts[1]).toBeGreaterThan(counts[0] as number);
    expect(await pool.run('echo', 2)).toBe(2);
  });

  it('ends a thread that does not listen to a cancel', async () => {
    const abort = new AbortController();
    const run = pool.run('hang', null, { signal: abort.signal });
    abort.abort();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(await pool.run('echo', 3)).toBe(3);
  });

  it('rejects at once what was cancelled before it began', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(pool.run('echo', 1, { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const blocked = new AbortController();
    const hanging = [1, 2].map(() => pool.run('hang', null, { signal: blocked.signal }));
    const waiting = new AbortController();
    const third = pool.run('echo', 1, { signal: waiting.signal });
    waiting.abort();
    await expect(third).rejects.toMatchObject({ code: 'cancelled' });
    blocked.abort();
    const ends = await Promise.allSettled(hanging);
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected']);
  });

  it('reports the death of a thread as compute-crashed and goes on with a fresh one', async () => {
    await expect(pool.run('exit', null)).rejects.toMatchObject({
      code: 'compute-crashed',
      message: expect.stringContaining('ended with code 3'),
    });
    expect(await pool.run('echo', 4)).toBe(4);
  });

  it('reports a thread that runs out of memory', async () => {
    const small = computePool({ slots: 1, entry, resourceLimits: { maxOldGenerationSizeMb: 32 } });
    try {
      await expect(small.run('hoard', null)).rejects.toMatchObject({
        code: 'compute-crashed',
        message: expect.stringMatching(/memory/),
      });
      expect(await small.run('echo', 5)).toBe(5);
    } finally {
      await small.stop();
    }
  });

  it('rejects what runs and what waits when it is stopped', async () => {
    const stopping = computePool({ slots: 1, entry });
    const runs = ['hang', 'echo'].map((name) => stopping.run(name, null));
    const ends = Promise.allSettled(runs);
    await stopping.stop();
    expect((await ends).map((end) => end.status)).toEqual(['rejected', 'rejected']);
    await expect(stopping.run('echo', 1)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('isolated calls', () => {
  const pool = computePool({ slots: 2, entry });
  afterAll(() => pool.stop());
  const isolated = true;

  it('run in a process of their own, with copies of shared memory', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(8));
    shared[1] = 9;
    const place = await pool.run('where', null, { isolated });
    expect((place as { pid: number }).pid).not.toBe(process.pid);
    const back = (await pool.run('echo', { shared }, { isolated })) as { shared: Int32Array };
    expect([...back.shared]).toEqual([0, 9]);
    expect(back.shared.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('die alone: the cause is told', async () => {
    await expect(pool.run('kill', null, { isolated })).rejects.toMatchObject({
      code: 'compute-crashed',
      message: expect.stringContaining('SIGKILL'),
    });
    await expect(pool.run('exit', null, { isolated })).rejects.toMatchObject({
      code: 'compute-crashed',
    });
  });

  it('throw what the function threw, report progress and can be cancelled', async () => {
    await expect(pool.run('fail', null, { isolated })).rejects.toMatchObject({ code: 'bad-thing' });
    const abort = new AbortController();
    const run = pool.run('count', null, {
      isolated,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('copies shared memory out of any structure', () => {
  const inner = new Float64Array(new SharedArrayBuffer(16));
  inner[1] = 0.5;
  const copy = unshared({ list: [inner], map: new Map([['a', inner]]), text: 'x', none: null });
  expect(copy).toEqual({
    list: [Float64Array.of(0, 0.5)],
    map: new Map([['a', Float64Array.of(0, 0.5)]]),
    text: 'x',
    none: null,
  });
});
