/**
 * The first round of k-means: moments of the columns, and rows to start from.
 *
 * A sum is `[0, rows, candidates, moments, count of each level, records]`. Candidates are the rows
 * with the smallest hashes of (seed, row), or the first distinct rows; both are exact whatever the cut
 * into slices. Law: counts add, moments join as in `moments.ts`, candidates merge and are cut.
 */
import { hashRow } from '../../datasets/row-hash.ts';
import { combineMoments, measureMoments, momentsLength } from '../encoding/moments.ts';
import { hash32 } from '../random.ts';
import {
  type ClusterRows,
  contentOf,
  mergeRecords,
  type Records,
  recordsIn,
  writeRecord,
} from './cluster-rows.ts';
import type { KMeansParams, Shape } from './k-means-params.ts';

/** Keys the choice of the sample. */
const SAMPLE = 0x73616d70;
const HEAD = 3;

export interface Survey {
  readonly rows: number;
  readonly moments: Float64Array;
  readonly levelCounts: Float64Array;
  readonly candidates: Records;
}

export function readSurvey({ layout, numbers }: Shape, sum: Float64Array): Survey {
  const levelsAt = HEAD + momentsLength(numbers);
  const recordsAt = levelsAt + layout.width - numbers;
  return {
    rows: sum[1]!,
    moments: sum.subarray(HEAD, levelsAt),
    levelCounts: sum.subarray(levelsAt, recordsAt),
    candidates: recordsIn(sum, recordsAt, sum[2]!),
  };
}

export function surveyRows(
  shape: Shape,
  params: KMeansParams,
  seed: number,
  rows: ClusterRows,
): Float64Array {
  const { layout, numbers } = shape;
  const { design } = rows;
  const records =
    params.start === 'first' ? firstDistinct(shape, rows) : sampleRows(shape, seed, rows);
  const sum = newSum(shape, design.rows, records);
  const { moments, levelCounts } = readSurvey(shape, sum);
  measureMoments(design.numbers, numbers, null, moments);
  for (const column of design.codes) if (column < layout.width) levelCounts[column - numbers]!++;
  return sum;
}

export function combineSurveys(
  shape: Shape,
  params: KMeansParams,
  left: Float64Array,
  right: Float64Array,
): Float64Array {
  const a = readSurvey(shape, left);
  const b = readSurvey(shape, right);
  const records =
    params.start === 'first'
      ? joinDistinct(shape, a.candidates, b.candidates)
      : mergeRecords(shape, a.candidates, b.candidates, shape.candidatesMax, 1);
  const sum = newSum(shape, a.rows + b.rows, records);
  const { moments, levelCounts } = readSurvey(shape, sum);
  combineMoments(a.moments, b.moments, moments);
  for (let i = 0; i < levelCounts.length; i++)
    levelCounts[i] = a.levelCounts[i]! + b.levelCounts[i]!;
  return sum;
}

function newSum(shape: Shape, rows: number, records: Float64Array): Float64Array {
  const { layout, numbers, record } = shape;
  const head = HEAD + momentsLength(numbers) + layout.width - numbers;
  const sum = new Float64Array(head + records.length);
  sum[1] = rows;
  sum[2] = records.length / record;
  sum.set(records, head);
  return sum;
}

/** The rows with the smallest hashes, by hash and then by row. */
function sampleRows(shape: Shape, seed: number, rows: ClusterRows): Float64Array {
  const { numbers, record, candidatesMax } = shape;
  const { design, firstRow, offsets } = rows;
  const stream = hash32(seed, SAMPLE);
  const hashes = Uint32Array.from(offsets, (offset) => hashRow(stream, firstRow + offset));
  const limit = hashes.slice().sort()[candidatesMax - 1] ?? 2 ** 32;
  const picked: number[] = [];
  hashes.forEach((hash, i) => {
    if (hash <= limit) picked.push(i);
  });
  picked.sort((i, j) => hashes[i]! - hashes[j]! || i - j);
  const out = new Float64Array(Math.min(picked.length, candidatesMax) * record);
  for (let n = 0; n * record < out.length; n++) {
    const i = picked[n]!;
    writeRecord(shape, hashes[i]!, rows, i, design.numbers, i * numbers, out, n);
  }
  return out;
}

/** The first rows, in their order, no two of which are equal. */
function firstDistinct(shape: Shape, rows: ClusterRows): Float64Array {
  const { numbers, record, candidatesMax } = shape;
  const out = new Float64Array(candidatesMax * record);
  const seen = new Set<string>();
  for (let i = 0; i < rows.design.rows && seen.size < candidatesMax; i++) {
    writeRecord(shape, 0, rows, i, rows.design.numbers, i * numbers, out, seen.size);
    seen.add(contentOf(shape, out, seen.size * record));
  }
  return out.subarray(0, seen.size * record);
}

function joinDistinct(shape: Shape, a: Records, b: Records): Float64Array {
  const { record, candidatesMax } = shape;
  const all = mergeRecords(shape, a, b, a.count + b.count, 1);
  const seen = new Set<string>();
  for (let at = 0; at < all.length && seen.size < candidatesMax; at += record) {
    const content = contentOf(shape, all, at);
    if (seen.has(content)) continue;
    all.copyWithin(seen.size * record, at, at + record);
    seen.add(content);
  }
  return all.subarray(0, seen.size * record);
}
