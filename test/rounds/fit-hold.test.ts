/**
 * The decisions of a holder for one fit as transcripts (`transcripts/hold-*.txt`, rewritten by
 * `vitest -u`), and that whatever happens it announces what it has, no more and no less.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FitHold, type HoldEffect, type HoldEvent } from '../../actors/rounds/fit-hold.ts';
import type { Sum } from '../../actors/rounds/round-functions.ts';
import { cover, type Span } from '../../learners/slice-tree.ts';

/** `4+2` for two slices from 4. */
const named = ({ from, to }: Span) => `${from}+${to - from}`;

function sum(span: Span, hashed = true): Sum {
  return { ...span, bytes: Uint8Array.of(1), sha256: hashed ? `h${named(span)}` : '' };
}

function spanOf(text: string): Span {
  const [first = 0, count = 0] = text.split('+').map(Number);
  return { from: first, to: first + count };
}

class HoldScript {
  readonly hold: FitHold;
  readonly #pulls: string[] = [];

  constructor(slices: number) {
    this.hold = new FitHold(slices);
  }

  play(script: string): string {
    const lines = script.trim().split('\n');
    return `${lines.flatMap((line) => this.line(line.trim())).join('\n')}\n`;
  }

  line(line: string): string[] {
    if (line === '' || line.startsWith('#')) return [line];
    const [verb = '', ...rest] = line.split(/\s+/);
    const effects = this.events(verb, rest).flatMap((event) => this.hold.step(event));
    return [line, ...effects.map((effect) => `  ${this.#show(effect)}`)];
  }

  events(verb: string, rest: readonly string[]): HoldEvent[] {
    const [a = '', b = '', c = ''] = rest;
    switch (verb) {
      case 'claimed':
        return rest.map((text) => {
          const [slice = 0, attempt = 1] = text.split('@').map(Number);
          return { type: 'claimed', slice, attempt };
        });
      case 'prepared':
        return [{ type: 'prepared', slices: rest.map(Number) }];
      case 'released':
        return [{ type: 'released', slice: Number(a) }];
      case 'probed':
        return [{ type: 'probed', attempt: Number(a) }];
      case 'opened': {
        const round = Number(b);
        const bytes = c === 'elsewhere' ? null : Uint8Array.of(round);
        const attempt = Number(a);
        const state = { round, digest: `s${round}`, size: 1, bytes };
        return [{ type: 'opened', opened: { attempt, leader: 'a', sources: [], ...state } }];
      }
      case 'pulled': {
        const digest = this.#pulls.shift() ?? '';
        return [{ type: 'pulled', digest, bytes: a === 'lost' ? null : Uint8Array.of(1) }];
      }
      case 'contributed': {
        const [epoch = 0] = rest.map(Number);
        const sums = rest.slice(1).map((text) => sum(spanOf(text), !text.endsWith('~')));
        const slices = sums.flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, i) => from + i),
        );
        return [{ type: 'contributed', epoch, slices, sums }];
      }
      case 'combined':
        return [
          { type: 'combined', epoch: Number(a), sums: rest.slice(1).map((t) => sum(spanOf(t))) },
        ];
      case 'tick':
        return [{ type: 'tick' }];
      default:
        throw new Error(`unknown command "${verb}"`);
    }
  }

  #show(effect: HoldEffect): string {
    switch (effect.type) {
      case 'announce': {
        const { state, shares, runs, attempt } = this.hold;
        const told = shares.map((one) => `${named(one)}@${one.attempts.join(',')}`);
        const holds = runs.join(',');
        return `announce to ${attempt}: ${state?.digest ?? 'no state'} [${told.join(' ')}] of ${holds}`;
      }
      case 'pull':
        this.#pulls.push(effect.opened.digest);
        return `pull ${effect.opened.digest} from ${effect.opened.leader}`;
      case 'contribute': {
        const { epoch, state, slices, announced } = effect;
        return `contribute #${epoch} ${state.digest}: ${slices.join(' ')} for ${announced.map(named).join(' ')}`;
      }
      case 'combine':
        return `combine #${effect.epoch} ${effect.parts.map(named).join(' ')} to ${effect.spans.map(named).join(' ')}`;
      default:
        return effect.type;
    }
  }
}

const scripts: Record<string, string> = {
  'hold-rounds': `
    # Two slices; the state comes along, is contributed to once, and announced until the next round.
    claimed 0 1
    prepared 0 1
    opened 1 0
    contributed 1 0+2
    opened 1 0
    tick
    opened 1 1
    contributed 1 0+2
    contributed 2 0+2`,
  'hold-pulls': `
    # A large state is pulled; where that fails, the next opening has it pulled again.
    claimed 0
    prepared 0
    opened 1 4 elsewhere
    pulled lost
    opened 1 4 elsewhere
    pulled
    contributed 1 0+1`,
  'hold-joins': `
    # A slice is prepared while the round is open: it alone contributes, and the shares grow.
    claimed 0 1
    prepared 0
    opened 1 0
    prepared 1
    contributed 1 0+1
    contributed 1 1+1
    combined 1 0+2`,
  'hold-leaves': `
    # A slice is released: what was summed with it is contributed anew without it.
    claimed 0 1
    prepared 0 1
    opened 1 0
    contributed 1 0+2
    released 1
    contributed 1 0+1
    claimed 1@2
    prepared 1`,
  'hold-stale': `
    # The highest attempt is obeyed, though it opens an earlier round; of one leader, the latest round.
    claimed 0
    prepared 0
    opened 1 7
    contributed 1 0+1
    probed 2
    opened 1 8
    opened 2 5
    opened 2 4
    contributed 2 0+1
    opened 1 9`,
  'hold-taken-over': `
    # A new leader opens the round that is open already: nothing is computed again.
    claimed 0
    prepared 0
    opened 1 7
    contributed 1 0+1
    opened 2 7`,
};

describe('a holder', () => {
  it.each(Object.entries(scripts))('%s', async (name, script) => {
    const text = new HoldScript(4).play(script);
    await expect(text).toMatchFileSnapshot(`./transcripts/${name}.txt`);
  });

  it('announces no slice that it let go of while the others were being combined', () => {
    const hold = new FitHold(8);
    const join = (slice: number) => {
      hold.step({ type: 'claimed', slice, attempt: 1 });
      return hold.step({ type: 'prepared', slices: [slice] });
    };
    const state = { round: 0, digest: 's0', size: 1, bytes: Uint8Array.of(1) };
    hold.step({ type: 'opened', opened: { attempt: 1, leader: 'a', sources: [], ...state } });
    for (const slice of [0, 2, 3]) {
      const [effect] = join(slice);
      if (effect?.type !== 'contribute') throw new Error('nothing to contribute');
      const sums = [sum({ from: slice, to: slice + 1 })];
      hold.step({ type: 'contributed', epoch: effect.epoch, slices: [slice], sums });
    }
    // Slices 2 and 3 make one subtree, whose sum is asked for and not here yet.
    expect(hold.shares.map(({ from }) => from)).toEqual([0, 2]);
    hold.step({ type: 'released', slice: 0 });
    expect(hold.shares.map(({ from }) => from)).toEqual([2]);
  });

  it('announces all that it holds and has contributed, however slices come and go', () => {
    const slice = fc.integer({ min: 0, max: 7 });
    const action = fc.oneof(
      fc.record({ verb: fc.constant('join' as const), slice }),
      fc.record({ verb: fc.constant('leave' as const), slice }),
      fc.record({ verb: fc.constant('open' as const), slice }),
      fc.record({ verb: fc.constant('tick' as const), slice }),
      fc.record({ verb: fc.constant('work' as const), slice }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const hold = new FitHold(8);
        const held = new Set<number>();
        const waiting: HoldEffect[] = [];
        let round = -1;
        const step = (event: HoldEvent) => {
          for (const effect of hold.step(event)) {
            if (effect.type === 'contribute' || effect.type === 'combine') waiting.push(effect);
          }
        };
        const work = (effect: HoldEffect | undefined) => {
          if (effect?.type === 'contribute') {
            const { epoch, slices } = effect;
            const sums = cover(8, new Set(slices)).map((span) => sum(span, false));
            step({ type: 'contributed', epoch, slices, sums });
          } else if (effect?.type === 'combine') {
            const sums = effect.spans.map((span) => sum(span));
            step({ type: 'combined', epoch: effect.epoch, sums });
          }
        };
        for (const [at, { verb, slice: one }] of actions.entries()) {
          if (verb === 'join' && !held.has(one)) {
            held.add(one);
            step({ type: 'claimed', slice: one, attempt: at });
            step({ type: 'prepared', slices: [one] });
          } else if (verb === 'leave' && held.delete(one)) step({ type: 'released', slice: one });
          else if (verb === 'open') {
            round += 1;
            const state = { round, digest: `s${round}`, size: 1, bytes: Uint8Array.of(1) };
            const opened = { attempt: 1, leader: 'a', sources: [], ...state };
            step({ type: 'opened', opened });
          } else if (verb === 'tick') step({ type: 'tick' });
          else work(waiting.shift());
          for (const share of hold.shares) {
            for (let i = share.from; i < share.to; i += 1) expect(held.has(i)).toBe(true);
          }
        }
        // Left alone, it comes to announce everything.
        for (let turn = 0; turn < 200 && waiting.length > 0; turn += 1) work(waiting.shift());
        const announced = hold.shares.map(named);
        expect(announced).toEqual(round < 0 ? [] : cover(8, held).map(named));
      }),
      { numRuns: 500 },
    );
  });
});
