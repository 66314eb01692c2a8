/**
 * The decisions of a leader of rounds as transcripts (`transcripts/lead-*.txt`, rewritten by
 * `vitest -u`).
 */
import { describe, expect, it } from 'vitest';
import { LeadScript } from './lead-script.ts';

const scripts: Record<string, { slices: number; attempt?: number; script: string }> = {
  'lead-rounds': {
    slices: 4,
    script: `
      # From the first state to the last; announcements come early, twice and late.
      first
      state 0
      ready w1 0 - holds=0+2
      ready w1 0 s0 0+2
      ready w1 0 s0 0+2
      ready w2 0 s0 2+2
      closed
      ready w1 0 s0 0+2
      ready w2 1 s1 2+2
      ready w1 1 s1 0+2
      closed rounds
      ready w1 1 s1 0+2`,
  },
  'lead-reopens': {
    slices: 2,
    script: `
      # Who missed the opening is told again soon, everybody twice a second.
      first
      state 0
      ready w1 0 - holds=0+2
      tick 10
      tick 10
      tick 100
      tick 400
      ready w1 0 s0
      tick 500`,
  },
  'lead-pulls': {
    slices: 4,
    script: `
      # Sums that do not come along are pulled; from who does not give them they are not waited for.
      first
      state 0
      ready w1 0 s0 !0+2
      ready w2 0 s0 !2+2
      pulled w1 0+2 lost
      pulled w2 2+2
      ready w3 0 s0 0+1 1+1
      pulled w1 0+2`,
  },
  'lead-moved-slice': {
    slices: 2,
    script: `
      # Slice 1 was claimed anew by w2: what w1 has of it does not count any more.
      first
      state 0
      ready w2 0 s0 1+1@2
      ready w1 0 s0 0+2
      ready w1 0 s0 0+1`,
  },
  'lead-takes-over': {
    slices: 4,
    attempt: 2,
    script: `
      # The holders are further than what was put by: the newest of their states wins.
      recovered 3
      ready w1 7 s7 attempt=1 holds=0+2
      ready w2 6 s6 attempt=1 holds=2+2
      state none
      state 6
      ready w1 6 s6 attempt=2 0+2
      ready w2 6 s6 attempt=2 2+2`,
  },
  'lead-falls-back': {
    slices: 4,
    attempt: 2,
    script: `
      # Nobody answers, and what was put by is broken: from the first state.
      recovered 3
      tick 499
      tick 1
      state none
      state 0`,
  },
  'lead-jumps': {
    slices: 2,
    attempt: 2,
    script: `
      # The answer of a holder was lost; what it says later shows that it is further on.
      recovered
      tick 500
      state 0
      ready w1 9 s9 attempt=1 holds=0+2
      state 9
      ready w1 9 s9 attempt=2 0+2`,
  },
  'lead-fenced': {
    slices: 2,
    script: `
      # A holder obeys somebody else: nothing more is opened.
      first
      state 0
      ready w1 4 s4 attempt=2 0+2
      tick 500
      closed`,
  },
  'lead-checkpoints': {
    slices: 1,
    script: `
      # At most one checkpoint at a time, every five seconds; the rounds do not wait for it.
      first
      state 0
      tick 5000
      ready w1 0 s0 0+1
      closed
      tick 6000
      ready w1 1 s1 0+1
      closed
      checkpointed 1
      ready w1 2 s2 0+1
      closed
      tick 5000
      ready w1 3 s3 0+1
      closed
      fenced`,
  },
};

describe('a leader of rounds', () => {
  it.each(Object.entries(scripts))('%s', async (name, { slices, attempt, script }) => {
    const text = new LeadScript(slices, attempt).play(script);
    await expect(text).toMatchFileSnapshot(`./transcripts/${name}.txt`);
  });

  it('has holders sum for each other where there are more than it takes in', async () => {
    const script = new LeadScript(16);
    const nodes = Array.from({ length: 16 }, (_, i) => i);
    const lines = [
      'first',
      'state 0',
      ...nodes.map((i) => `ready w${i} 0 - holds=${i}+1`),
      'tick 500',
      // Known to be many from the next round on.
      ...nodes.map((i) => `ready w${i} 0 s0 ${i}+1`),
      'closed',
      ...nodes.map((i) => `ready w${i} 1 s1 !${i}+1`),
      'reduced',
      'pulled w0 0+2',
      'reduced failed',
      'pulled w2 2+1',
      'pulled w3 3+1',
      ...nodes.slice(2, 8).flatMap((i) => ['reduced', `pulled w${2 * i} ${2 * i}+2`]),
    ];
    await expect(script.play(lines.join('\n'))).toMatchFileSnapshot('./transcripts/lead-many.txt');
  });
});
