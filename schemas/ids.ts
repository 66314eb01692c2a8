/**
 * Names and ids: what they may look like, and types that keep them apart.
 *
 * Every id becomes a token of a subject or a key, so none may hold a dot, a wildcard or a space.
 */
import { TerminalError } from './errors.ts';

declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

export type JobId = Brand<string, 'JobId'>;
export type NodeId = Brand<string, 'NodeId'>;
/** A data set or a model in its registry. */
export type Name = Brand<string, 'Name'>;
/** SHA-256 in lower-case hexadecimal. */
export type Digest = Brand<string, 'Digest'>;

const token = /^[A-Za-z0-9_-]{1,64}$/;
const digest = /^[0-9a-f]{64}$/;

function parseToken(what: string, text: string): string {
  if (!token.test(text)) {
    throw new TerminalError(
      'bad-name',
      `${what} ${JSON.stringify(text.slice(0, 80))} is not allowed`,
      {
        fix: 'use 1 to 64 of the characters A-Z a-z 0-9 _ -',
      },
    );
  }
  return text;
}

export function isToken(text: string): boolean {
  return token.test(text);
}

export function parseJobId(text: string): JobId {
  return parseToken('job id', text) as JobId;
}

export function parseNodeId(text: string): NodeId {
  return parseToken('node name', text) as NodeId;
}

export function parseName(text: string): Name {
  return parseToken('name', text) as Name;
}

export function parseDigest(text: string): Digest {
  if (!digest.test(text)) {
    throw new TerminalError(
      'bad-digest',
      `digest ${JSON.stringify(text.slice(0, 80))} is not a SHA-256`,
      {
        fix: 'give 64 lower-case hexadecimal digits',
      },
    );
  }
  return text as Digest;
}

/**
 * The stages of a job's plan, in the order in which they run. Steps before training are fitted by
 * `prepare` and `fit`, once for each pass over the rows. A job trains by the tasks of `train` or by
 * `rounds`, one task a fit, while the tasks of `hold` keep the slices of the rows in place.
 */
export const stages = [
  ...(['prepare', 'fit', 'prepare2', 'fit2', 'prepare3', 'fit3'] as const),
  ...(['train', 'hold', 'rounds', 'merge', 'score', 'measure'] as const),
] as const;
export type Stage = (typeof stages)[number];

/** A task of a job: `train.7`. The index counts within the stage, from 0. */
export type TaskId = Brand<string, 'TaskId'>;

export function taskId(stage: Stage, index: number): TaskId {
  return `${stage}.${index}` as TaskId;
}

export function parseTaskId(text: string): { stage: Stage; index: number } {
  const [stage, index, rest] = text.split('.');
  const known = stages.find((s) => s === stage);
  if (
    known === undefined ||
    index === undefined ||
    rest !== undefined ||
    !/^(0|[1-9]\d{0,6})$/.test(index)
  ) {
    throw new TerminalError(
      'bad-task',
      `task ${JSON.stringify(text.slice(0, 80))} is not <stage>.<index>`,
    );
  }
  return { stage: known, index: Number(index) };
}

/** Like `parseTaskId`, for names that others send: null for what names no task. */
export function readTaskId(text: string | null | undefined): ReturnType<typeof parseTaskId> | null {
  try {
    return parseTaskId(text ?? '');
  } catch {
    return null;
  }
}
