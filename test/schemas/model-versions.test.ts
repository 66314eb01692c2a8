/** Which version of a model answers: live before finished before taken from a job in training. */
import { describe, expect, it } from 'vitest';
import { answeringVersion } from '../../schemas/model-versions.ts';
import { records } from '../../schemas/wire.ts';

function answers(live: number, ...versions: object[]): number | undefined {
  const record = records.model.create({ name: 'm', live, versions });
  return answeringVersion(record)?.version ?? undefined;
}

describe('the version that answers', () => {
  it('is the newest where none was promoted', () => {
    expect(answers(0, { version: 1 }, { version: 2 })).toBe(2);
    expect(answers(0)).toBeUndefined();
  });

  it('is the live one, unless that was removed', () => {
    expect(answers(1, { version: 1 }, { version: 2 })).toBe(1);
    expect(answers(1, { version: 1, removed: true }, { version: 2 })).toBe(2);
  });

  it('is one taken from a job in training only where nothing finished is there', () => {
    expect(answers(0, { version: 1 }, { version: 2, snapshotRound: 40 })).toBe(1);
    expect(answers(0, { version: 1, snapshotRound: 40 })).toBe(1);
    expect(answers(2, { version: 1 }, { version: 2, snapshotRound: 40 })).toBe(2);
  });
});
