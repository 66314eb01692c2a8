/**
 * What every `Compute` must do.
 *
 * The pool under test has two slots and knows: `echo` (gives its input back), `fail` (throws an
 * error with code `broken`), `endless` (never returns, reports progress), `die` (takes its thread
 * down), `share` (adds one to element 0 of the Int32Array over the given SharedArrayBuffer).
 */
import { describe, expect, it } from 'vitest';
import type { Compute } from '../../runtime/ports/compute.ts';
import { failure } from './harness.ts';

export interface ComputeHarness extends AsyncDisposable {
  readonly compute: Compute;
  until(condition: () => boolean): Promise<void>;
}

export function runComputeCases(make: () => Promise<ComputeHarness>): void {
  describe('compute', () => {
    it('gives results back as copies', async () => {
      await using pool = await make();
      const input = { list: [1, 2, 3] };
      const output = await pool.compute.run('echo', input);
      expect(output).toEqual(input);
      expect(output).not.toBe(input);
      expect(pool.compute.slots).toBe(2);
    });

    it('shares shared memory', async () => {
      await using pool = await make();
      const memory = new Int32Array(new SharedArrayBuffer(4));
      await pool.compute.run('share', memory.buffer);
      expect(memory[0]).toBe(1);
    });

    it('raises what the function threw, with its code', async () => {
      await using pool = await make();
      const error = await failure(pool.compute.run('fail', 'x'));
      expect(error).toMatchObject({ code: 'broken' });
      expect(await pool.compute.run('echo', 1)).toBe(1);
    });

    it('reports progress, and ends on the signal even what does not listen', async () => {
      await using pool = await make();
      const stop = new AbortController();
      const counts: number[] = [];
      const running = pool.compute.run('endless', null, {
        signal: stop.signal,
        onProgress: (count) => counts.push(count),
      });
      running.catch(() => {});
      await pool.until(() => counts.length >= 2);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
      stop.abort();
      expect(await failure(running)).toMatchObject({ code: 'cancelled', family: 'terminal' });
      expect(await pool.compute.run('echo', 2)).toBe(2);
    });

    it('survives the death of a thread, which only its own call hears of', async () => {
      await using pool = await make();
      const [died, lived] = [pool.compute.run('die', null), pool.compute.run('echo', 3)];
      died.catch(() => {});
      expect(await lived).toBe(3);
      expect(await failure(died)).toMatchObject({ code: 'compute-crashed', family: 'retryable' });
      expect(await pool.compute.run('echo', 4)).toBe(4);
    });

    it('runs what is urgent though all slots are taken, and what is not when one is free', async () => {
      await using pool = await make();
      const stop = new AbortController();
      const { signal } = stop;
      const taken = [1, 2].map(() => pool.compute.run('endless', null, { signal }));
      for (const one of taken) one.catch(() => {});
      const waits = pool.compute.run('echo', 'usual');
      expect(await pool.compute.run('echo', 'urgent', { urgent: true })).toBe('urgent');
      stop.abort();
      expect(await waits).toBe('usual');
    });

    it('refuses a call that is cancelled before it begins', async () => {
      await using pool = await make();
      const run = pool.compute.run('echo', 1, { signal: AbortSignal.abort() });
      expect(await failure(run)).toMatchObject({ code: 'cancelled' });
    });
  });
}
