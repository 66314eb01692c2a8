/**
 * What every `Store` must do.
 */
import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../runtime/errors.ts';
import type { Change } from '../../runtime/ports/store.ts';
import { limits } from '../../schemas/limits.ts';
import { bytesOf, failure, type Harness, textOf } from './harness.ts';

const described = (change: Change) =>
  `${change.key}=${change.value === null ? '-' : textOf(change.value)}`;

export function runStoreCases(make: () => Promise<Harness>): void {
  describe('store', () => {
    it('writes, reads and changes a record by revision', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      expect(await store.get('jobs', 'j')).toBeUndefined();
      const first = await store.create('jobs', 'j', bytesOf('one'));
      const second = await store.update('jobs', 'j', bytesOf('two'), first);
      expect(second).toBeGreaterThan(first);
      const entry = await store.get('jobs', 'j');
      expect([textOf(entry?.value ?? bytesOf('')), entry?.revision]).toEqual(['two', second]);
      const stale = await failure(store.update('jobs', 'j', bytesOf('three'), first));
      expect(stale).toBeInstanceOf(ConflictError);
      expect(textOf((await store.get('jobs', 'j'))?.value ?? bytesOf(''))).toBe('two');
    });

    it('lets one of 50 concurrent creates win, and one of 50 updates', async () => {
      await using broker = await make();
      const buses = [await broker.connect('a'), await broker.connect('b')];
      const tries = Array.from({ length: 50 }, (_, i) =>
        buses[i % 2]?.store.create('jobs', 'j', bytesOf(`${i}`)),
      );
      const created = (await Promise.allSettled(tries)).filter((r) => r.status === 'fulfilled');
      expect(created).toHaveLength(1);
      const revision = created[0]?.value as number;
      const updates = Array.from({ length: 50 }, (_, i) =>
        buses[i % 2]?.store.update('jobs', 'j', bytesOf(`${i}`), revision),
      );
      const results = await Promise.allSettled(updates);
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConflictError);
      }
    });

    it('keeps no reference to a value that it was given', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      const value = bytesOf('first');
      const writing = store.create('jobs', 'j', value);
      value.set(bytesOf('wrong'));
      await writing;
      expect(textOf((await store.get('jobs', 'j'))?.value ?? bytesOf(''))).toBe('first');
    });

    it('creates a removed key again, and removes at the right revision only', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      const first = await store.create('jobs', 'j', bytesOf('one'));
      const second = await store.update('jobs', 'j', bytesOf('two'), first);
      expect(await failure(store.remove('jobs', 'j', first))).toBeInstanceOf(ConflictError);
      await store.remove('jobs', 'j', second);
      expect(await store.get('jobs', 'j')).toBeUndefined();
      expect(await store.list('jobs', '')).toEqual([]);
      const stale = store.update('jobs', 'j', bytesOf('late'), second);
      expect(await failure(stale)).toBeInstanceOf(ConflictError);
      const again = await store.create('jobs', 'j', bytesOf('three'));
      expect(again).toBeGreaterThan(second);
      expect(await failure(store.create('jobs', 'j', bytesOf('four')))).toBeInstanceOf(
        ConflictError,
      );
    });

    it('erases at the right revision only, so that nothing is left of the key', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      const first = await store.create('jobs', 'j', bytesOf('one'));
      const second = await store.update('jobs', 'j', bytesOf('two'), first);
      expect(await failure(store.erase('jobs', 'j', first))).toBeInstanceOf(ConflictError);
      await store.erase('jobs', 'j', second);
      expect(await store.get('jobs', 'j')).toBeUndefined();
      const again = await store.create('jobs', 'j', bytesOf('three'));
      expect(again).toBeGreaterThan(second);
      expect(textOf((await store.get('jobs', 'j'))?.value ?? bytesOf(''))).toBe('three');
    });

    it('purges what starts with a prefix, removed keys included, and creates anew', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      for (const key of ['j1.train.0', 'j1.train.1', 'j10.train.0']) {
        await store.create('tasks', key, bytesOf(key));
      }
      const revision = await store.create('tasks', 'j1.train.2', bytesOf('x'));
      await store.remove('tasks', 'j1.train.2', revision);
      await store.purge('tasks', 'j1.');
      expect((await store.list('tasks', '')).map((entry) => entry.key)).toEqual(['j10.train.0']);
      await store.create('tasks', 'j1.train.0', bytesOf('again'));
      await store.create('tasks', 'j1.train.2', bytesOf('again'));
      expect(await store.list('tasks', 'j1.')).toHaveLength(2);
    });

    it('keeps buckets and prefixes apart', async () => {
      await using broker = await make();
      const [a, other] = [await broker.connect('a'), await broker.connect('b', 'two')];
      await a.store.create('jobs', 'j', bytesOf('one'));
      expect(await a.store.get('models', 'j')).toBeUndefined();
      expect(await other.store.get('jobs', 'j')).toBeUndefined();
      expect(other.cluster).not.toBe(a.cluster);
      await other.store.create('jobs', 'j', bytesOf('two'));
      expect(textOf((await a.store.get('jobs', 'j'))?.value ?? bytesOf(''))).toBe('one');
    });

    it('lists 10,000 records quickly', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      let next = 0;
      const lane = async () => {
        for (let i = next++; i < 10_000; i = next++) {
          await store.create('tasks', `j.train.${i}`, bytesOf(`${i}`));
        }
      };
      await Promise.all(Array.from({ length: 64 }, lane));
      const start = performance.now();
      const entries = await store.list('tasks', 'j.');
      expect(performance.now() - start).toBeLessThan(3_000);
      expect(new Set(entries.map((entry) => entry.key)).size).toBe(10_000);
    });

    it('takes and gives back the largest record', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      const value = new Uint8Array(limits.recordMax).fill(65);
      const revision = await store.create('jobs', 'j', value);
      await store.update('jobs', 'j', value, revision);
      expect((await store.get('jobs', 'j'))?.value.length).toBe(limits.recordMax);
      expect((await store.list('jobs', '')).map((entry) => entry.value.length)).toEqual([
        limits.recordMax,
      ]);
    });

    it('refuses a record that is too large', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      const write = store.create('jobs', 'j', new Uint8Array(limits.payloadMax + 1));
      expect(await failure(write)).toMatchObject({ code: 'too-large', family: 'terminal' });
      const barely = store.create('jobs', 'j', new Uint8Array(limits.payloadMax));
      expect(await failure(barely)).toMatchObject({ code: 'too-large', family: 'terminal' });
      expect(await store.get('jobs', 'j')).toBeUndefined();
    });

    it('watches: what is there first, then every change in order of revision', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      await a.store.create('tasks', 'other.1', bytesOf('no'));
      const first = await a.store.create('tasks', 'j.1', bytesOf('a'));
      await a.store.create('tasks', 'j.2', bytesOf('b'));
      const seen: Change[] = [];
      const watch = await b.store.watch('tasks', 'j.', (change) => seen.push(change));
      await broker.pass(watch.caughtUp);
      expect(seen.map(described)).toEqual(['j.1=a', 'j.2=b']);
      const second = await a.store.update('tasks', 'j.1', bytesOf('c'), first);
      await broker.until(() => seen.length === 3);
      await a.store.remove('tasks', 'j.1', second);
      await broker.until(() => seen.length === 4);
      expect(seen.map(described).slice(2)).toEqual(['j.1=c', 'j.1=-']);
      const revisions = seen.map((change) => change.revision);
      expect(revisions).toEqual([...revisions].sort((x, y) => x - y));
      await watch.stop();
      await a.store.create('tasks', 'j.3', bytesOf('unseen'));
      await a.transport.ping(1_000);
      expect(seen).toHaveLength(4);
    });

    it('is caught up at once on an empty bucket', async () => {
      await using broker = await make();
      const { store } = await broker.connect('a');
      const watch = await store.watch('models', '', () => {});
      await broker.pass(watch.caughtUp);
      await watch.stop();
    });

    it('[P22] goes on watching after a restart of the broker, missing nothing', async () => {
      await using broker = await make();
      const [a, b] = [await broker.connect('a'), await broker.connect('b')];
      await a.store.create('tasks', 'j.1', bytesOf('before'));
      const seen: string[] = [];
      const watch = await b.store.watch('tasks', '', (change) => seen.push(described(change)));
      await broker.pass(watch.caughtUp);
      await broker.kill();
      await broker.until(() => !a.transport.connected() && !b.transport.connected());
      expect(await failure(a.store.get('tasks', 'j.1'))).toMatchObject({ code: 'disconnected' });
      await broker.start();
      await broker.until(() => a.transport.connected());
      await a.store.create('tasks', 'j.2', bytesOf('after'));
      await broker.until(() => seen.length >= 2);
      expect(seen).toEqual(['j.1=before', 'j.2=after']);
      await watch.stop();
    });

    it('[P97] has every record that it acknowledged after a kill of the broker', async () => {
      await using broker = await make();
      const { store, transport } = await broker.connect('a');
      const kept: number[] = [];
      let next = 0;
      let killed = false;
      const lane = async () => {
        while (!killed && next < 5_000) {
          const i = next++;
          try {
            await store.create('tasks', `j.${i}`, bytesOf(`${i}`));
            kept.push(i);
          } catch {
            return;
          }
        }
      };
      const lanes = Promise.all(Array.from({ length: 8 }, lane));
      await broker.until(() => kept.length > 200);
      await broker.kill();
      killed = true;
      await broker.pass(lanes);
      await broker.start();
      await broker.until(() => transport.connected());
      const there = new Set((await store.list('tasks', 'j.')).map((entry) => entry.key));
      expect(kept.filter((i) => !there.has(`j.${i}`))).toEqual([]);
    });
  });
}
