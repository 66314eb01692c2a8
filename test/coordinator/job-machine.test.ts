/**
 * The machine of a job's phase, against a model: every path, every pair of phase and signal, and
 * the stored form of released versions.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { getShortestPaths, getSimplePaths } from 'xstate/graph';
import {
  applySignal,
  initialSnapshot,
  type JobSignal,
  type JobSnapshot,
  jobMachine,
  machineVersion,
  phaseOf,
  restoreSnapshot,
  storeSnapshot,
  understands,
} from '../../actors/coordinator/job-machine.ts';
import { finalPhases, type Phase } from '../../schemas/views.ts';

const under: Phase[] = ['accepted', 'planning', 'preparing', 'training', 'reducing', 'evaluating'];
const all: Phase[] = [...under, 'publishing', 'paused', 'cancelling', ...finalPhases];

/** Every signal as it would be raised in this phase; `elapse` comes within time and too late. */
function signalsIn(phase: Phase): JobSignal[] {
  return [
    ...(['plan', 'planned', 'prepared', 'trained', 'reduced', 'evaluated', 'published'] as const),
    ...(['cancel', 'cleaned', 'resume'] as const),
  ]
    .map((type): JobSignal => ({ type }))
    .concat([
      { type: 'reject', code: 'invalid-spec', message: 'no' },
      { type: 'fail', code: 'task-failed', message: 'broken' },
      { type: 'pause', reason: 'on request', phase },
      { type: 'elapse', ms: 400, limitMs: null },
      { type: 'elapse', ms: 400, limitMs: 300 },
    ]);
}

const options = {
  events: (state: JobSnapshot) => signalsIn(phaseOf(state)),
  serializeState: (state: JobSnapshot) => `${phaseOf(state)} ${state.context.resume}`,
};
const shortest = getShortestPaths(jobMachine, options);

/** What the machine should do: written down once more, independently of it. */
function expected(from: Phase, signal: JobSignal, resume: Phase): Phase {
  const forward: Partial<Record<Phase, [string, Phase]>> = {
    accepted: ['plan', 'planning'],
    planning: ['planned', 'preparing'],
    preparing: ['prepared', 'training'],
    training: ['trained', 'reducing'],
    reducing: ['reduced', 'evaluating'],
    evaluating: ['evaluated', 'publishing'],
    publishing: ['published', 'completed'],
    cancelling: ['cleaned', 'cancelled'],
  };
  const next = forward[from];
  if (next?.[0] === signal.type) return next[1];
  const running = under.includes(from);
  if (signal.type === 'fail' && (running || from === 'publishing' || from === 'paused')) {
    return 'failed';
  }
  if (signal.type === 'reject' && (from === 'accepted' || from === 'planning')) return 'rejected';
  if (signal.type === 'cancel' && (running || from === 'paused')) return 'cancelling';
  if (signal.type === 'pause' && running) return 'paused';
  if (signal.type === 'resume' && from === 'paused') return resume;
  if (signal.type === 'elapse' && running && signal.limitMs !== null) return 'failed';
  return from;
}

function at(phase: Phase, resume: Phase | null = null): JobSnapshot {
  const path = shortest.find(
    ({ state }) =>
      phaseOf(state as JobSnapshot) === phase &&
      (resume === null || (state as JobSnapshot).context.resume === resume),
  );
  if (path === undefined) throw new Error(`no path to ${phase}`);
  return path.state as JobSnapshot;
}

describe('job machine', () => {
  it('reaches every phase, and no other', () => {
    const reached = new Set(shortest.map(({ state }) => phaseOf(state as JobSnapshot)));
    expect([...reached].sort()).toEqual([...all].sort());
  });

  it('[P98] follows the model for every phase and every signal; what is illegal changes nothing', () => {
    for (const from of all) {
      for (const resume of from === 'paused' ? under : ([null] as const)) {
        const before = at(from, resume);
        for (const signal of signalsIn(from)) {
          const after = applySignal(before, signal);
          const to = expected(from, signal, resume ?? from);
          expect(`${from} ${signal.type} ${phaseOf(after)}`).toBe(`${from} ${signal.type} ${to}`);
          const silent = to === from && signal.type !== 'elapse';
          if (silent) expect(storeSnapshot(after)).toBe(storeSnapshot(before));
          if (to !== from) expect(understands(before, signal)).toBe(true);
        }
      }
    }
  });

  it('ends every path in a final phase or, as long as nobody resumes it, in a paused one', () => {
    const paths = getSimplePaths(jobMachine, {
      ...options,
      // Without pauses, which multiply the paths and are looked at by themselves.
      events: (state: JobSnapshot) =>
        signalsIn(phaseOf(state)).filter(({ type }) => type !== 'pause'),
    });
    const ends = paths.map(({ state }) => state as JobSnapshot);
    const stuck = ends.filter((state) => {
      const moves = signalsIn(phaseOf(state)).filter((signal) => {
        const after = applySignal(state, signal);
        return phaseOf(after) !== phaseOf(state);
      });
      return moves.length === 0 && !finalPhases.has(phaseOf(state));
    });
    expect(stuck.map(phaseOf)).toEqual([]);
    expect(paths.length).toBeGreaterThan(20);
    for (const phase of finalPhases) {
      expect(at(phase).status).toBe('done');
      for (const signal of signalsIn(phase)) {
        expect(applySignal(at(phase), signal)).toMatchObject({ value: phase, status: 'done' });
      }
    }
  });

  it('reaches completed by one way only: each stage in its turn', () => {
    let snapshot = initialSnapshot();
    const seen: Phase[] = [phaseOf(snapshot)];
    for (const type of [
      ...(['plan', 'planned', 'prepared', 'trained', 'reduced'] as const),
      ...(['evaluated', 'published'] as const),
    ]) {
      snapshot = applySignal(snapshot, { type });
      seen.push(phaseOf(snapshot));
    }
    expect(seen).toEqual([...under, 'publishing', 'completed']);
  });

  it('cannot be cancelled, paused or timed out once it publishes', () => {
    const publishing = at('publishing');
    for (const signal of signalsIn('publishing')) {
      if (signal.type === 'published' || signal.type === 'fail') continue;
      expect(understands(publishing, signal)).toBe(false);
      expect(phaseOf(applySignal(publishing, signal))).toBe('publishing');
    }
  });

  it('counts time used against the deadline, pauses left out', () => {
    const elapse = (ms: number): JobSignal => ({ type: 'elapse', ms, limitMs: 1_000 });
    let snapshot = applySignal(at('training'), elapse(600));
    expect(snapshot.context.usedMs).toBe(600);
    snapshot = applySignal(snapshot, { type: 'pause', reason: 'lunch', phase: 'training' });
    snapshot = applySignal(snapshot, elapse(60_000));
    snapshot = applySignal(snapshot, { type: 'resume' });
    expect(phaseOf(snapshot)).toBe('training');
    snapshot = applySignal(snapshot, elapse(400));
    expect([phaseOf(snapshot), snapshot.context.usedMs]).toEqual(['training', 1_000]);
    snapshot = applySignal(snapshot, elapse(1));
    expect(phaseOf(snapshot)).toBe('failed');
    expect(snapshot.context.code).toBe('deadline');
    expect(snapshot.context.message).toBe('the deadline of 1 s has passed');
  });

  it('goes back from a pause to the phase it came from, and forgets why it was paused', () => {
    for (const phase of under) {
      const paused = applySignal(at(phase), { type: 'pause', reason: 'on request', phase });
      expect(paused.context).toMatchObject({
        code: 'paused',
        message: 'on request',
        resume: phase,
      });
      const again = applySignal(paused, { type: 'resume' });
      expect(phaseOf(again)).toBe(phase);
      expect(again.context).toMatchObject({ code: null, message: null, resume: null });
    }
  });

  it('restores every state from its stored form, which then behaves the same', () => {
    for (const { state } of shortest) {
      const snapshot = state as JobSnapshot;
      const restored = restoreSnapshot(machineVersion, storeSnapshot(snapshot));
      expect(storeSnapshot(restored)).toBe(storeSnapshot(snapshot));
      for (const signal of signalsIn(phaseOf(snapshot))) {
        expect(storeSnapshot(applySignal(restored, signal))).toBe(
          storeSnapshot(applySignal(snapshot, signal)),
        );
      }
    }
  });

  it('starts like a machine that was just created', () => {
    const [first] = shortest.filter(({ steps }) => steps.length <= 1);
    expect(storeSnapshot(initialSnapshot())).toBe(storeSnapshot(first?.state as JobSnapshot));
  });

  it('restores what version 1 has stored, and refuses the unknown', () => {
    const golden = JSON.parse(
      readFileSync(new URL('../golden/v1/job-machine.json', import.meta.url), 'utf8'),
    ) as { version: number; snapshots: { snapshot: string; signal: JobSignal; then: Phase }[] };
    for (const { snapshot, signal, then } of golden.snapshots) {
      const restored = restoreSnapshot(golden.version, snapshot);
      expect(storeSnapshot(restored)).toBe(snapshot);
      expect(phaseOf(applySignal(restored, signal))).toBe(then);
    }
    expect(() => restoreSnapshot(machineVersion + 1, storeSnapshot(initialSnapshot()))).toThrow(
      'job machine has version 2, this code runs 1',
    );
  });

  it('[P98] holds nothing that does not survive a restore: no invoke, delay, entry or spawned actor', () => {
    for (const node of Object.values(jobMachine.states)) {
      expect(node.invoke).toEqual([]);
      expect(node.after).toEqual([]);
      expect(node.entry).toEqual([]);
      expect(node.exit).toEqual([]);
      expect(node.always ?? []).toEqual([]);
      expect(Object.keys(node.states)).toEqual([]);
    }
    const source = readFileSync(
      new URL('../../actors/coordinator/job-machine.ts', import.meta.url),
      'utf8',
    );
    expect(source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')).not.toMatch(
      /\b(invoke|after|spawn\w*|fromPromise|createActor|raise|sendTo)\b\s*[:(]/,
    );
  });
});
