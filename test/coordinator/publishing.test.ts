/**
 * What enters the registry, and in which order: the newest version is the one that answers.
 */
import { describe, expect, it } from 'vitest';
import { publishModel } from '../../actors/coordinator/lookup.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { JobId } from '../../schemas/ids.ts';
import type { JobSpec } from '../../schemas/job-spec.ts';
import { records } from '../../schemas/wire.ts';
import { dataSet, toyPlan } from '../task-runner/data.ts';

const plan = toyPlan(await dataSet());

describe('publishing', () => {
  it('lets no state on the way come after the model of the same job', async () => {
    const clock = new ManualClock();
    const broker = new MemoryBroker({ clock, random: new SeededRandom(1) });
    const bus = broker.connect({ name: 'c' });
    const settled = async <T>(work: Promise<T>): Promise<T> => {
      let done = false;
      const finish = () => {
        done = true;
      };
      work.then(finish, finish);
      await clock.advanceUntil(() => done, 60_000);
      return work;
    };
    const publish = (job: string, snapshotRound: number) =>
      settled(
        publishModel(bus, {
          ...{ job: job as JobId, name: 'm', plan, digest: sha256Hex(`${job} ${snapshotRound}`) },
          ...{ measured: null, spec: {} as JobSpec, wallMs: 0, snapshotRound },
        }),
      );
    expect(await publish('j', 4)).toMatchObject({ model: 'm@1' });
    expect(await publish('j', 4)).toMatchObject({ model: 'm@1' });
    expect(await publish('j', 0)).toMatchObject({ model: 'm@2' });
    // Asked for before the job ended, ready after it.
    await expect(publish('j', 9)).rejects.toMatchObject({
      code: 'wrong-phase',
      fix: 'its model is m@2',
    });
    expect(await publish('later', 3)).toMatchObject({ model: 'm@3' });
    const entry = await settled(bus.store.get('models', 'm'));
    expect(records.model.decode(entry?.value ?? new Uint8Array()).versions).toHaveLength(3);
  });
});
