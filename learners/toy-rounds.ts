/**
 * A learner in rounds that learns nothing: exact sums, for tests and measurements of the runtime.
 *
 * Every contribution names its round and the slices that it covers, and is keyed by both; combining
 * what are not neighbours, or closing with less than all, is an error, and the order of slices, every
 * earlier sum and the holder's chain go into the model. So a lost, doubled, swapped or stale
 * contribution shows, as does a holder's state that skipped a round. It does not read any column.
 */
import { hashRow } from '../datasets/row-hash.ts';
import { splitRows } from '../datasets/row-split.ts';
import { CanonicalReader, CanonicalWriter } from '../schemas/canonical.ts';
import { LearnerError, ModelError, ProcessExitRequest } from './errors.ts';
import type { Predictor, Problem, Progress } from './learner.ts';
import { asModelError, modelHeader, readModelHeader, writeModelHeader } from './model.ts';
import type { ParamTable } from './params.ts';
import { hash32, mix32 } from './random.ts';
import { wordsIn } from './round-bytes.ts';
import type {
  Closed,
  HeldSlice,
  HolderState,
  RoundPlace,
  RoundsLearner,
} from './rounds-learner.ts';

export type ToyRoundsParams = {
  rounds: number;
  stateBytes: number;
  contributionBytes: number;
  spin: number;
  fail: 'never' | 'error' | 'exit';
  failRound: number;
  failSlice: number;
};

interface ToySlice {
  /** Sum of the hashes of the slice's rows in the split, modulo 2^32. */
  readonly sum: number;
  readonly rows: number;
}

/** Two words in shared memory: the round it is for, and the chain. */
export type ToyHeld = Uint32Array<SharedArrayBuffer>;

/** State, in words: round, history of all orders, last order, sum of sums, rows; then padding. */
const STATE = { round: 0, history: 1, order: 2, sum: 3, rows: 4, words: 5 } as const;
/** Sum, in words: round, first slice, slice after the last, slices in all, ...; then padding. */
const SUM = {
  round: 0,
  from: 1,
  to: 2,
  slices: 3,
  sum: 4,
  rows: 5,
  chain: 6,
  order: 7,
  words: 8,
} as const;
/** Base of the chains: history of round r is the sum of order_i * BASE^(r - i), modulo 2^32. */
const BASE = 0x9e3779b1;
const SPINS_A_REPORT = 1 << 16;
const BYTES_MAX = 2 ** 28;

const params: ParamTable<ToyRoundsParams> = {
  rounds: { type: 'integer', min: 1, max: 10_000_000, default: 20, about: 'number of rounds' },
  stateBytes: {
    type: 'integer',
    min: 0,
    max: BYTES_MAX,
    default: 0,
    about: 'size that the state is padded to',
  },
  contributionBytes: {
    type: 'integer',
    min: 0,
    max: BYTES_MAX,
    default: 0,
    about: 'size that each contribution is padded to',
  },
  spin: { type: 'integer', min: 0, max: 1e12, default: 0, about: 'busy steps a contribution' },
  fail: {
    type: 'choice',
    of: ['never', 'error', 'exit'],
    default: 'never',
    about: 'what slice failSlice does in round failRound each time: throw, or end its process',
  },
  failRound: { type: 'integer', min: 0, max: 10_000_000, default: 0, about: 'round that fails' },
  failSlice: { type: 'integer', min: 0, max: 1_000_000, default: 0, about: 'slice that fails' },
};

/**
 * The chain of a slice: c(0) from seed, slice and rows, c(r) = BASE c(r - 1) + weight order(r - 1).
 * It depends on every earlier round, and follows from the state's history in closed form.
 */
const holder: HolderState<ToyRoundsParams, ToySlice, ToyHeld> = {
  rebuild(problem, _params, state, prepared, at) {
    const history = stateWords(state, at)[STATE.history]!;
    const held = new Uint32Array(new SharedArrayBuffer(8));
    held[0] = at.round;
    const start = hash32(problem.seed, at.slice, prepared.sum, prepared.rows);
    held[1] = Math.imul(power(BASE, at.round), start) + Math.imul(weightOf(at.slice), history);
    return held;
  },

  evolve(_problem, _params, state, _prepared, held, at) {
    if (held[0] !== at.round - 1) {
      throw new LearnerError(
        `state of slice ${at.slice} goes from round ${held[0]} to ${at.round}`,
      );
    }
    const order = stateWords(state, at)[STATE.order]!;
    held[0] = at.round;
    held[1] = Math.imul(BASE, held[1]!) + Math.imul(weightOf(at.slice), order);
    return held;
  },
};

export const toyRounds: RoundsLearner<ToyRoundsParams, ToySlice, ToyHeld> = {
  stage: 'rounds',
  name: 'toy-rounds',
  summary: 'exact sums in rounds for tests of the runtime; learns nothing',
  kinds: ['classification', 'regression'],
  modes: ['sync'],
  numerics: 1,
  params,
  memoryBytes: (_problem, params, slots) =>
    2 ** 20 + 2 * params.stateBytes + (slots + 2) * params.contributionBytes,
  sliceBytes: () => 1024,

  prepare(problem, _params, source, progress) {
    let sum = 0;
    let rows = 0;
    for (const frame of source.frames()) {
      for (const i of splitRows(source.split, frame.firstRow, frame.rows)) {
        sum = (sum + hashRow(problem.seed, frame.firstRow + i)) >>> 0;
        rows++;
      }
      progress(frame.firstRow + frame.rows, problem.rows);
    }
    return { sum, rows };
  },

  begin: (problem, params) => stateOf(params, [0, 0, hash32(problem.seed), 0, 0]),
  holder,
  contribute,
  combine,
  close,
  finish,
  decode: (bytes) => asModelError(() => decodeToy(bytes)),
};

function contribute(
  problem: Problem,
  params: ToyRoundsParams,
  state: Uint8Array,
  slice: HeldSlice<ToySlice, ToyHeld>,
  at: RoundPlace,
  progress: Progress,
): Uint8Array {
  const { prepared, held } = slice;
  if (params.fail !== 'never' && at.round === params.failRound && at.slice === params.failSlice) {
    if (params.fail === 'exit') throw new ProcessExitRequest(134);
    const where = `slice ${at.slice} fails in round ${at.round}`;
    throw new LearnerError(`${where} because params.fail is "error"`);
  }
  if (held[0] !== at.round) {
    throw new LearnerError(`state of slice ${at.slice} is for round ${held[0]}, not ${at.round}`);
  }
  let seen = 0;
  for (const word of stateWords(state, at)) seen = Math.imul(seen, 31) + word;
  for (let i = 0; i < params.spin; i++) {
    seen = mix32(seen + i);
    if (i % SPINS_A_REPORT === 0) progress(i, params.spin);
  }
  progress(params.spin, params.spin);
  const words = wordsOf(params.contributionBytes, SUM.words);
  const key = hash32(problem.seed, at.round, at.slice);
  words.set([at.round, at.slice, at.slice + 1, at.slices, Math.imul(key, prepared.sum)]);
  words[SUM.rows] = prepared.rows;
  words[SUM.chain] = held[1]!;
  words[SUM.order] = hash32(key, prepared.sum, held[1]!, seen >>> 0);
  pad(words, SUM.words, key);
  return new Uint8Array(words.buffer);
}

/** Law: sums modulo 2^32, and a hash of both orders; the right one must begin where the left ends. */
function combine(
  _problem: Problem,
  _params: ToyRoundsParams,
  left: Uint8Array,
  right: Uint8Array,
): Uint8Array {
  const a = wordsIn(left, 0, left.length / 4);
  const b = wordsIn(right, 0, right.length / 4);
  if (a.length !== b.length || a[SUM.round] !== b[SUM.round] || a[SUM.to] !== b[SUM.from]) {
    throw new LearnerError(`${nameOf(a)} cannot be combined with ${nameOf(b)}`);
  }
  const sum = new Uint32Array(a.length);
  for (let i = SUM.sum; i < sum.length; i++) sum[i] = a[i]! + b[i]!;
  sum.set([a[SUM.round]!, a[SUM.from]!, b[SUM.to]!, a[SUM.slices]!]);
  sum[SUM.order] = hash32(a[SUM.order]!, b[SUM.order]!);
  return new Uint8Array(sum.buffer);
}

function close(
  _problem: Problem,
  params: ToyRoundsParams,
  state: Uint8Array,
  sum: Uint8Array,
  round: number,
): Closed {
  const before = wordsIn(state, 0, STATE.words);
  const all = wordsIn(sum, 0, sum.length / 4);
  if (all[SUM.round] !== round || all[SUM.from] !== 0 || all[SUM.to] !== all[SUM.slices]) {
    throw new LearnerError(`round ${round} cannot be closed with ${nameOf(all)}`);
  }
  checkPadding(all);
  const order = hash32(all[SUM.order]!, all[SUM.sum]!, all[SUM.chain]!, before[STATE.order]!);
  const history = Math.imul(BASE, before[STATE.history]!) + order;
  const next = [round + 1, history, order, before[STATE.sum]! + all[SUM.sum]!, all[SUM.rows]!];
  return {
    state: stateOf(params, next),
    ended: round + 1 >= params.rounds ? 'rounds' : null,
    metrics: { sum: all[SUM.sum]!, rows: all[SUM.rows]! },
  };
}

function finish(problem: Problem, _params: ToyRoundsParams, state: Uint8Array): Uint8Array {
  const writer = new CanonicalWriter();
  writeModelHeader(writer, modelHeader(toyRounds, problem, 0));
  return writer.u32s(wordsIn(state, 0, STATE.words)).finish();
}

/** Predicts the first class, or the last order, for every row. */
function decodeToy(bytes: Uint8Array): Predictor {
  const reader = new CanonicalReader(bytes);
  const header = readModelHeader(reader);
  if (header.learner !== toyRounds.name) {
    throw new ModelError(`model of "${header.learner}" given to "${toyRounds.name}"`);
  }
  const words = reader.u32s();
  reader.end();
  if (words.length !== STATE.words) {
    throw new ModelError(`${words.length} words in the model, ${STATE.words} expected`);
  }
  const classes = header.classes.length;
  return {
    predict(frame) {
      if (header.kind === 'regression')
        return new Float64Array(frame.rows).fill(words[STATE.order]!);
      const out = new Float64Array(frame.rows * classes);
      for (let row = 0; row < frame.rows; row++) out[row * classes] = 1;
      return out;
    },
  };
}

function stateOf(params: ToyRoundsParams, head: readonly number[]): Uint8Array {
  const words = wordsOf(params.stateBytes, STATE.words);
  words.set(head);
  pad(words, STATE.words, mix32(words[STATE.round]! ^ words[STATE.order]!));
  return new Uint8Array(words.buffer);
}

function stateWords(state: Uint8Array, at: RoundPlace): Uint32Array {
  const words = wordsIn(state, 0, state.length / 4);
  if (words[STATE.round] === at.round) return words;
  throw new LearnerError(`state of round ${words[STATE.round]} given in round ${at.round}`);
}

function wordsOf(bytes: number, least: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(Math.max(least, Math.ceil(bytes / 4)));
}

/** An arithmetic sequence, so that sums of paddings can be checked. */
function pad(words: Uint32Array, from: number, key: number): void {
  const step = mix32(key);
  for (let i = from; i < words.length; i++) words[i] = key + Math.imul(i, step);
}

function checkPadding(words: Uint32Array): void {
  for (let i = SUM.words + 2; i < words.length; i++) {
    const wanted = 2 * words[i - 1]! - words[i - 2]!;
    if (words[i] !== wanted >>> 0) throw new LearnerError(`word ${i} of the sum was changed`);
  }
}

function nameOf(sum: Uint32Array): string {
  return `slices ${sum[SUM.from]} to ${sum[SUM.to]} of ${sum[SUM.slices]} in round ${sum[SUM.round]}`;
}

function weightOf(slice: number): number {
  return mix32(slice + 1) | 1;
}

/** base^exponent modulo 2^32. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let b = base, e = exponent; e > 0; e >>>= 1, b = Math.imul(b, b)) {
    if (e & 1) result = Math.imul(result, b);
  }
  return result;
}
