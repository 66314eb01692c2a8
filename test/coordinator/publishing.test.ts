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

function registry() {
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
  const versions = async () => {
    const entry = await settled(bus.store.get('models', 'm'));
    return records.model.decode(entry?.value ?? new Uint8Array()).versions;
  };
  return { bus, settled, versions };
}

describe('publishing', () => {
  it('lets no state on the way come after the model of the same job', async () => {
    const { bus, settled, versions } = registry();
    const publish = (job: string, snapshotRound: number) =>
      settled(
        publishModel(
          bus,
          {
            ...{ job: job as JobId, name: 'm', plan, digest: sha256Hex(`${job} ${snapshotRound}`) },
            ...{ measured: null, spec: {} as JobSpec, wallMs: 0, snapshotRound },
          },
          () => true,
        ),
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
    expect(await versions()).toHaveLength(3);
  });

  it('takes no model of a removed job for that of a later one with its id', async () => {
    const { bus, settled, versions } = registry();
    let leading = true;
    const publish = (digest: string, acceptedMs: number, snapshotRound = 0) =>
      settled(
        publishModel(
          bus,
          {
            ...{ job: 'j' as JobId, name: 'm', plan, digest: sha256Hex(digest), measured: null },
            ...{ spec: {} as JobSpec, wallMs: acceptedMs, acceptedMs, snapshotRound },
          },
          () => leading,
        ),
      );
    expect(await publish('before', 1_000)).toMatchObject({ model: 'm@1' });
    // Its rounds, then its model, go under versions of their own.
    expect(await publish('on the way', 2_000, 5)).toMatchObject({ model: 'm@2' });
    expect(await publish('after', 2_000)).toMatchObject({ model: 'm@3' });
    expect(await publish('after', 2_000)).toMatchObject({ model: 'm@3' });
    expect((await versions()).map(({ digest }) => digest)).toEqual(
      ['before', 'on the way', 'after'].map((text) => sha256Hex(text)),
    );
    // What was taken out of the lists is nobody's answer.
    const entry = await settled(bus.store.get('models', 'm'));
    const record = records.model.decode(entry?.value ?? new Uint8Array());
    record.versions = record.versions.map((own) => ({ ...own, removed: own.version === 3 }));
    const bytes = records.model.encode(record);
    await settled(bus.store.update('models', 'm', bytes, entry?.revision ?? 0));
    // Least of all that of a leader that slept: it was there, and was taken away since.
    leading = false;
    await expect(publish('after', 3_000)).rejects.toMatchObject({ code: 'not-leading' });
    leading = true;
    expect(await publish('after', 3_000)).toMatchObject({ model: 'm@4' });
  });
});
