/**
 * Ids and subjects: what is let in comes out again, and nothing else is let in.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysUnder, layoutOf, overlaps, streamOf } from '../../runtime/layout.ts';
import {
  isToken,
  parseDigest,
  parseJobId,
  parseNodeId,
  parseTaskId,
  stages,
  taskId,
} from '../../schemas/ids.ts';
import { keys, nodeOfSubject, parseEventSubject, subjects } from '../../schemas/subjects.ts';

const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const prefix = fc.oneof(fc.constant(''), token);
const kind = fc.stringMatching(/^[a-z-]{1,20}$/);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/);

describe('ids', () => {
  it('are tokens of 1 to 64 safe characters, and survive parsing', () => {
    fc.assert(fc.property(token, (text) => parseJobId(text) === text && isToken(text)));
    fc.assert(fc.property(digest, (text) => parseDigest(text) === text));
    const stage = fc.constantFrom(...stages);
    fc.assert(
      fc.property(stage, fc.nat(9_999_999), (name, index) => {
        expect(parseTaskId(taskId(name, index))).toEqual({ stage: name, index });
      }),
    );
  });

  it('refuse whatever could change the meaning of a subject, with value and fix', () => {
    const bad = fc.string().filter((text) => !/^[A-Za-z0-9_-]{1,64}$/.test(text));
    fc.assert(
      fc.property(bad, (text) => {
        expect(() => parseNodeId(text)).toThrow(
          expect.objectContaining({ code: 'bad-name', fix: expect.any(String) }),
        );
      }),
    );
    for (const text of ['', 'a.b', '*', '>', 'a b', 'é', 'a\n', 'x'.repeat(65)]) {
      expect(isToken(text)).toBe(false);
    }
    for (const text of ['train', 'train.', 'train.01', 'train.-1', 'fly.1', 'train.1.2']) {
      expect(() => parseTaskId(text)).toThrow(expect.objectContaining({ code: 'bad-task' }));
    }
    expect(() => parseDigest('A'.repeat(64))).toThrow(
      expect.objectContaining({ code: 'bad-digest' }),
    );
  });
});

describe('subjects', () => {
  it('of events are read back to what they were built from, under any prefix', () => {
    const n = fc.integer({ min: 1, max: 999_999_999_999_999 });
    fc.assert(
      fc.property(prefix, token, n, kind, (root, job, number, name) => {
        const subject = subjects(root).event(parseJobId(job), number, name);
        expect(parseEventSubject(subject)).toEqual({ job, n: number, kind: name });
      }),
    );
  });

  it('of nodes tell the node, under any prefix but one that looks like a part of them', () => {
    fc.assert(
      fc.property(
        prefix.filter((root) => root !== 'nodes'),
        token,
        (root, name) => {
          const names = subjects(root);
          const node = parseNodeId(name);
          for (const of of [
            names.heartbeat,
            names.offers,
            names.control,
            names.pull,
            names.reduce,
          ]) {
            expect(nodeOfSubject(of(node))).toBe(name);
          }
        },
      ),
    );
  });

  it('fall into the stream that is meant to store them, and into no other', () => {
    fc.assert(
      fc.property(prefix, token, digest, (root, job, sha) => {
        const layout = layoutOf(root);
        const names = layout.subjects;
        const stored = [
          [names.submit, layout.jobs],
          [names.event(parseJobId(job), 1, 'accepted'), layout.events],
          [names.chunk(parseDigest(sha), 3), layout.blobs],
          [layout.recordSubject('jobs', job), layout.buckets.jobs],
          [
            layout.recordSubject('rounds', keys.roundState(parseJobId(job), 0)),
            layout.buckets.rounds,
          ],
        ] as const;
        for (const [subject, stream] of stored) {
          const holders = layout.all.filter((one) =>
            one.subjects.some((pattern) => overlaps(pattern, subject)),
          );
          expect(holders).toEqual([stream]);
        }
        const node = parseNodeId(job);
        for (const plain of [
          names.heartbeat(node),
          names.query('jobs'),
          names.pull(node),
          names.reduce(node),
          names.roundOpen(parseJobId(job), 0, node),
          names.roundReady(parseJobId(job), 0, node),
        ]) {
          expect(streamOf(layout, plain)).toBeUndefined();
        }
      }),
    );
  });

  it('of rounds are told apart by job, fit and sender, and never by one of two readings', () => {
    const fit = fc.nat(1_000);
    const fields = fc.tuple(token, fit, token);
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        const names = subjects();
        const of = ([job, number, node]: typeof one) => [
          names.roundOpen(parseJobId(job), number, parseNodeId(node)),
          names.roundReady(parseJobId(job), number, parseNodeId(node)),
        ];
        const same = one.join('.') === other.join('.');
        expect(of(one).filter((subject) => of(other).includes(subject))).toHaveLength(same ? 2 : 0);
        const [job, number] = one;
        expect(overlaps(names.roundOpen(parseJobId(job), number, '*'), of(one)[0]!)).toBe(true);
        expect(overlaps(names.roundOpen(parseJobId(job), number, '*'), of(one)[1]!)).toBe(false);
      }),
    );
  });

  it('keys of the states of a fit are its own, and all begin with the job', () => {
    fc.assert(
      fc.property(token, fc.nat(99), fc.nat(1), fc.nat(9_999), (text, fit, slot, n) => {
        const job = parseJobId(text);
        const chunk = keys.roundChunk(job, fit, slot, n);
        expect(chunk.startsWith(`${keys.roundState(job, fit)}.`)).toBe(true);
        expect(keys.roundState(job, fit).startsWith(keys.roundStatesOf(job))).toBe(true);
        expect(chunk).not.toBe(keys.roundChunk(job, fit, 1 - slot, n));
      }),
    );
  });

  it('of two prefixes never meet', () => {
    fc.assert(
      fc.property(token, token, (one, two) => {
        fc.pre(one !== two && !['jobs', 'shoal'].includes(one) && !['jobs', 'shoal'].includes(two));
        const [a, b] = [layoutOf(one), layoutOf(two)];
        for (const left of a.all) {
          for (const right of b.all) {
            expect(left.name).not.toBe(right.name);
            for (const x of left.subjects) {
              for (const y of right.subjects) expect(overlaps(x, y)).toBe(false);
            }
          }
        }
      }),
    );
  });

  it('refuse a prefix of more than one token', () => {
    for (const text of ['a.b', '*', 'a b', '>']) {
      expect(() => subjects(text)).toThrow(expect.objectContaining({ code: 'bad-prefix' }));
    }
    expect(() => keysUnder('job')).toThrow(expect.objectContaining({ code: 'bad-prefix' }));
  });
});

describe('overlap of patterns', () => {
  it('agrees with matching by hand', () => {
    const part = fc.constantFrom('a', 'b', '*');
    const pattern = fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([parts, open]) => (open ? [...parts, '>'] : parts).join('.'));
    const subject = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(pattern, subject, (one, other) => {
        const source = one
          .split('.')
          .map((piece) => (piece === '*' ? '[^.]+' : piece === '>' ? '.+' : piece))
          .join('\\.');
        expect(overlaps(one, other)).toBe(new RegExp(`^${source}$`).test(other));
        expect(overlaps(other, one)).toBe(overlaps(one, other));
      }),
    );
  });
});
