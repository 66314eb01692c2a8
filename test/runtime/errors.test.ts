/** The family of every error: it alone decides whether a message is dropped, retried or a crash. */
import { describe, expect, it } from 'vitest';
import { DataError } from '../../datasets/data-error.ts';
import { LearnerError, ModelError, ProcessExitRequest } from '../../learners/errors.ts';
import * as runtimeErrors from '../../runtime/errors.ts';
import * as baseErrors from '../../schemas/errors.ts';
import { SpecError } from '../../schemas/job-spec.ts';

const { BugError, familyOf, RetryableError, ShoalError, TerminalError } = baseErrors;
const { CancelledError, ConflictError, DisconnectedError } = runtimeErrors;
const { NoRespondersError, NotStoredError, TimeoutError } = runtimeErrors;

function coded(code: unknown): Error {
  return Object.assign(new Error('x'), { code });
}

const table: [unknown, 'terminal' | 'retryable' | 'bug'][] = [
  [new TerminalError('no-blob', 'x'), 'terminal'],
  [new RetryableError('stream-full', 'x', 250), 'retryable'],
  [new BugError('limits', 'x'), 'bug'],
  [new ShoalError('retryable', 'x', 'x'), 'retryable'],
  [new ConflictError('jobs.j'), 'retryable'],
  [new TimeoutError('get', 2_000), 'retryable'],
  [new NotStoredError('write of "j"', 2_000), 'retryable'],
  [new NoRespondersError('shoal.nodes.w1.control'), 'retryable'],
  [new DisconnectedError('get'), 'retryable'],
  [new CancelledError('task train.1'), 'terminal'],
  [new SpecError([{ path: 'id', value: '1', message: 'x', fix: 'y' }]), 'terminal'],
  [new DataError('data-digest', 'x', 'y'), 'terminal'],
  [new LearnerError('x'), 'terminal'],
  [new ModelError('x'), 'terminal'],
  [coded('some-code'), 'terminal'],
  [coded('ERR_INVALID_ARG_TYPE'), 'bug'],
  [coded(42), 'bug'],
  [new Error('x'), 'bug'],
  [new TypeError('x'), 'bug'],
  ['thrown text', 'bug'],
  [undefined, 'bug'],
  [null, 'bug'],
];

describe('error families', () => {
  it('[P43] are decided for every class and for values that nobody should throw', () => {
    for (const [error, family] of table) {
      expect(`${(error as Error)?.name ?? error} ${familyOf(error)}`).toBe(
        `${(error as Error)?.name ?? error} ${family}`,
      );
    }
  });

  it('names every class of both layers in the table', () => {
    const classes = [...Object.values(baseErrors), ...Object.values(runtimeErrors)].filter(
      (value) => typeof value === 'function' && /^class\b/.test(String(value)),
    );
    const named = new Set(table.map(([error]) => (error as Error | null)?.constructor));
    expect(classes.filter((one) => !named.has(one as never))).toEqual([]);
    expect(familyOf(new ProcessExitRequest(1))).toBeDefined();
  });

  it('carry name, code, place and fix, and the cause they came from', () => {
    const cause = new Error('deep');
    const error = new TerminalError('bad-name', 'job id "a b" is not allowed', {
      path: 'id',
      fix: 'use letters',
      cause,
    });
    expect(error).toMatchObject({ name: 'TerminalError', code: 'bad-name', path: 'id', cause });
    expect(error.fix).toBe('use letters');
    expect(new ConflictError('j')).toMatchObject({ name: 'ConflictError', key: 'j' });
    expect(new TimeoutError('get of "j"', 2_000).message).toBe(
      'get of "j" did not answer within 2000 ms',
    );
  });

  it('say how long to wait at least where waiting helps', () => {
    for (const [error, family] of table) {
      if (family !== 'retryable' || !(error instanceof RetryableError)) continue;
      expect(error.afterMs).toBeGreaterThan(0);
    }
  });
});
