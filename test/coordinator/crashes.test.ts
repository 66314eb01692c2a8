/**
 * The coordinator killed before and after each durable write: in each state of a job's machine, on
 * each edge that leads out of it, and all along the way of a job of each kind. The next leader goes on
 * from the records: the same outcome, one terminal event, a sound chain, nothing left behind.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { jobMachine } from '../../actors/coordinator/job-machine.ts';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import type { Phase } from '../../schemas/views.ts';
import { TaskState } from '../../schemas/wire.ts';
import { resolvedDataset } from './dataset.ts';
import { type CrashPoint, Life, type LifeKind, lifeId, lives } from './life.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const whens = ['before', 'after'] as const;

/** Runs a life once undisturbed, then with a kill at each of its writes. */
function withEachCrash(play: (life: Life, arm: () => void) => string[]): {
  readonly wrong: string[];
  readonly runs: number;
  readonly outcomes: ReadonlySet<string>;
} {
  const calm = new Life(dataset);
  let from = 0;
  const wrong = play(calm, () => {
    from = calm.writes;
  });
  const outcomes = new Set([calm.outcome]);
  const writes = calm.writes - from;
  for (let write = 1; write <= writes; write += 1) {
    for (const when of whens) {
      const life = new Life(dataset);
      const point: CrashPoint = { write, when };
      const found = play(life, () => life.crashAt(point));
      if (life.crashes !== 1) found.push('nobody was killed');
      outcomes.add(life.outcome);
      wrong.push(...found.map((what) => `killed ${when} write ${write}: ${what}`));
    }
  }
  return { wrong, runs: 2 * writes, outcomes };
}

describe('a coordinator that is killed', () => {
  for (const kind of Object.keys(lives) as LifeKind[]) {
    it(`[F25] before and after every write of a job's whole life: ${kind}`, () => {
      const { wrong, runs, outcomes } = withEachCrash((life, arm) => {
        arm();
        life.begin(lives[kind]);
        return life.finish();
      });
      expect(wrong).toEqual([]);
      expect(runs).toBeGreaterThan(20);
      expect([...outcomes]).toHaveLength(1);
      expect([...outcomes][0]).toMatch(/^completed j@1 /);
    });
  }
});

/** Every edge between two phases that the machine has. */
function edges(): { readonly from: Phase; readonly signal: string; readonly to: Phase }[] {
  return Object.entries(jobMachine.states).flatMap(([from, { on }]) =>
    Object.entries(on).flatMap(([signal, ways]) =>
      ways.flatMap(({ target }) => {
        const to = target?.[0]?.key as Phase | undefined;
        return to === undefined ? [] : [{ from: from as Phase, signal, to }];
      }),
    ),
  );
}

/** Phases that a job passes through within one step, with the one in which its record is stored then. */
const passed: ReadonlyMap<Phase, Phase> = new Map([['accepted', 'planning']]);
/** What only the work itself does: the whole lives above go along these. */
const ownSteps = new Set(['plan', 'planned', 'prepared', 'trained', 'reduced', 'evaluated']);
const deadline = { deadline: 1 } as const;

/** Brings a job to the phase, and stops there. */
function reach(life: Life, from: Phase, spec: object): void {
  life.begin(spec);
  const next = passed.get(from);
  if (next !== undefined) {
    life.run(() => life.phase === next);
    life.standIn(from);
  } else if (from === 'cancelling') life.ask('cancel');
  else if (from === 'paused') life.ask('pause');
  else life.run(() => life.phase === from);
}

/** Does what makes the signal. */
function send(life: Life, signal: string): void {
  switch (signal) {
    case 'cancel':
    case 'pause':
    case 'resume':
      life.ask(signal);
      return;
    case 'elapse':
      // At once: a phase that a job only passes through must not be left meanwhile.
      life.do(() => life.scene.pass(2_500, 2_500));
      return;
    case 'fail': {
      const failure = { code: 'lost', message: 'gone', fix: null, issues: [] };
      life.handle({ type: 'broken', job: lifeId, failure });
      return;
    }
    case 'reject': {
      const failure = { code: 'invalid-spec', message: 'not so', fix: null, issues: [] };
      life.handle({ type: 'refused', job: lifeId, failure });
      return;
    }
    case 'replan':
      dieOfShard(life);
      return;
    default:
      // Whatever the phase waits for is done.
      life.run(() => life.ended);
  }
}

/** A task that reads one shard kills its process, alone: the job may do without the shard. */
function dieOfShard(life: Life): void {
  const { scene } = life;
  for (let tries = 0; tries < 100; tries += 1) {
    const job = scene.state.jobs.get(lifeId);
    const bound = [...(job?.table?.claimed ?? [])].map((i) => job?.table?.tasks[i]);
    const [task] = bound;
    if (task !== undefined) {
      scene.finish(task.node, `${lifeId}.${task.id}`, (record) => {
        const { attempt } = record;
        const code = 'died-in-isolation';
        record.errors.push({ node: record.node, attempt, code, message: 'SIGSEGV' });
        Object.assign(record, { state: TaskState.FAILED, node: '', nonce: '' });
      });
      life.handle();
      return;
    }
    claimOne(life);
  }
  throw new Error('no task was claimed');
}

function claimOne(life: Life): void {
  const { scene } = life;
  for (const node of scene.nodes.values()) {
    const offer = node.offers.shift();
    if (offer === undefined) continue;
    scene.claim(node.id, `${offer.job}.${offer.task}`, offer.attempt ?? 1);
    life.handle();
    return;
  }
  life.do(() => scene.pass(500));
}

const spec = { ...lives.tasks, rows: 'shard', skipShards: 0.4, params: { tasks: 3 } } as const;

describe('each edge of the machine', () => {
  const all = edges();

  it('is known: the steps of the work itself are taken above, the others below', () => {
    const named = all.map(({ from, signal, to }) => `${from} ${signal} ${to}`);
    expect(named.length).toBeGreaterThanOrEqual(45);
    expect(new Set(all.map(({ signal }) => signal))).toEqual(
      new Set([
        ...ownSteps,
        ...['published', 'cleaned', 'fail', 'cancel', 'elapse', 'pause', 'resume'],
        ...['reject', 'replan'],
      ]),
    );
  });

  for (const { from, signal, to } of all) {
    if (ownSteps.has(signal)) continue;
    it(`[F25] killed around every write while ${from} goes to ${to} by ${signal}`, () => {
      // Without steps a job only passes through the phase that fits them.
      const steps = from === 'preparing' || to === 'preparing' ? lives.steps : {};
      const { preprocess = [] } = steps as Partial<typeof lives.steps>;
      const asked = { ...spec, preprocess, ...(signal === 'elapse' ? deadline : {}) };
      const seen = new Set<string>();
      const { wrong, runs, outcomes } = withEachCrash((life, arm) => {
        // A spec that is wrong in itself is refused as it comes.
        const unreadable = from === 'accepted' && signal === 'reject';
        if (from === 'paused' && signal === 'resume') {
          reach(life, to, asked);
          life.ask('pause');
        } else if (!unreadable) reach(life, from, asked);
        if (!unreadable) expect(life.phase).toBe(from);
        arm();
        if (unreadable) life.begin({ ...asked, seed: 'none' });
        else send(life, signal);
        if (life.phase === 'paused') life.ask('resume');
        const found = life.finish();
        for (const event of life.scene.log.get(lifeId) ?? []) {
          if (event.kind === 'phase') seen.add(`${event.from} ${event.to}`);
        }
        return found;
      });
      expect(wrong).toEqual([]);
      expect(runs).toBeGreaterThan(0);
      expect([...seen]).toContain(`${from} ${to}`);
      // A failure that only the killed one knew of may never have been; all else comes to the same.
      // And the next one does not know of time that was used up since it was stored last.
      const most = ['fail', 'reject', 'elapse'].includes(signal) ? 2 : 1;
      expect([...outcomes].length, [...outcomes].join('; ')).toBeLessThanOrEqual(most);
    });
  }
});
