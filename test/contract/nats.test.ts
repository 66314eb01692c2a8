/**
 * The NATS adapters keep the contracts of the ports, on a real nats-server.
 */
import { describe, expect, it } from 'vitest';
import { nodeClock } from '../../runtime/node/clock.ts';
import { RetryableError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import { runBlobCases } from './blobs.case.ts';
import { runClockCases } from './clock.case.ts';
import { bytesOf, natsHarness } from './harness.ts';
import { runJournalCases } from './journal.case.ts';
import { runStoreCases } from './store.case.ts';
import { runTransportCases } from './transport.case.ts';

runTransportCases(natsHarness);
runJournalCases(natsHarness);
runStoreCases(natsHarness);
runBlobCases(natsHarness);

runClockCases(() => {
  const clock = nodeClock();
  return { clock, pass: (ms) => new Promise((resolve) => clock.after(ms, resolve)) };
});

describe('with the server frozen', () => {
  it('every wait ends in time, and all goes on when it thaws', async () => {
    await using broker = await natsHarness();
    const { transport, store, journal, blobs, subjects } = await broker.connect('a');
    const revision = await store.create('jobs', 'j', bytesOf('1'));
    const digest = await blobs.put(bytesOf('blob'));
    const got: string[] = [];
    await store.watch('jobs', '', ({ key }) => got.push(key));
    await broker.until(() => got.length === 1);
    await broker.freeze?.();
    const start = broker.nowMs();
    const works = [
      transport.ping(500),
      transport.request('nobody', bytesOf(''), { timeoutMs: 500 }),
      store.get('jobs', 'j'),
      store.create('jobs', 'k', bytesOf('1')),
      store.update('jobs', 'j', bytesOf('2'), revision),
      store.remove('jobs', 'j', revision),
      store.erase('jobs', 'j', revision),
      store.list('jobs', ''),
      store.purge('tasks', 'j.'),
      journal.append(subjects.submit, bytesOf('{}')),
      blobs.get(digest),
      blobs.put(bytesOf('another')),
    ];
    const results = await Promise.allSettled(works);
    for (const result of results) {
      if (result.status === 'fulfilled') throw new Error('it succeeded');
      expect(['timeout', 'disconnected']).toContain(result.reason.code);
    }
    expect(broker.nowMs() - start).toBeLessThan(limits.storeMs + 1_000);
    broker.thaw?.();
    await broker.until(() => transport.connected());
    await retried(() => store.create('jobs', 'after', bytesOf('1')));
    await broker.until(() => got.includes('after'));
  });
});

/** What somebody does whose calls may fail for a while. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 20 || !(error instanceof RetryableError)) throw error;
    }
  }
}
