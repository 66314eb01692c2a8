/** Settings that change while a job is under way: the bounds and words of a spec. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedSettings, type JobSettings } from '../../schemas/job-settings.ts';
import { checkSpec, SpecError } from '../../schemas/job-spec.ts';

const now: JobSettings = { workers: { min: 2, max: 8 }, priority: 0, deadline: null };

function issuesOf(check: () => unknown) {
  try {
    check();
  } catch (error) {
    if (error instanceof SpecError) return error.issues;
    throw error;
  }
  return [];
}

describe('[P54] a change of settings', () => {
  it('keeps what it does not name', () => {
    expect(changedSettings(now, { workers: { max: 4 } })).toEqual({
      ...now,
      workers: { min: 2, max: 4 },
    });
    expect(changedSettings(now, { priority: -5 })).toEqual({ ...now, priority: -5 });
    const dated = changedSettings(now, { deadline: 60 });
    expect(dated).toEqual({ ...now, deadline: 60 });
    expect(changedSettings(dated, { deadline: null })).toEqual(now);
  });

  it('is refused as a spec with the same values is', () => {
    const wild = fc.oneof(fc.integer(), fc.double(), fc.constant('x'), fc.constant(null));
    const workers = fc.record({ min: wild, max: wild }, { requiredKeys: [] });
    const change = fc.record({ workers, priority: wild, deadline: wild }, { requiredKeys: [] });
    fc.assert(
      fc.property(change, (asked) => {
        fc.pre(Object.keys(asked).length > 0);
        // A spec has defaults of its own: all of it is given here.
        const spec = { ...now, ...asked, workers: { ...now.workers, ...asked.workers } };
        const whole = { dataset: 'd', target: 't', algorithm: 'a', ...spec };
        const told = issuesOf(() => changedSettings(now, asked));
        expect(told).toEqual(issuesOf(() => checkSpec(whole)));
      }),
    );
  });

  it('names what it does not know, and a change of nothing', () => {
    expect(issuesOf(() => changedSettings(now, { prority: 1 }))[0]?.fix).toBe(
      'did you mean "priority"?',
    );
    expect(issuesOf(() => changedSettings(now, {}))[0]?.message).toBe('changes nothing');
    expect(issuesOf(() => changedSettings(now, [1]))).not.toEqual([]);
  });
});
