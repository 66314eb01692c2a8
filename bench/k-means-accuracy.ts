/**
 * k-means against scikit-learn on real data: the same rows, columns, start and tolerance.
 *
 *   node bench/k-means-accuracy.ts [--sets adult,forest-cover,california-housing] [--k 2,8,32]
 *     [--rows 2000] [--starts 5] [--raw] [--no-peer]
 *
 * The data sets lie in `$SHOAL_SHARED/data` or `../shared/data`; `SHOAL_PYTHON` names a Python that
 * has scikit-learn. All columns are clustered, the target too, from the first k distinct rows; the
 * peer encodes the columns by itself. Our rounds run over the slices of shards of `--rows` rows.
 * Beside it: our own start from a sample against k-means++ of the peer, mean inertia over `--starts`
 * seeds. Exits 1 when from the same start an inertia is more than 0.1 % above the peer's.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { problemOf } from '../actors/task-runner/problem.ts';
import { importCsv } from '../datasets/csv-import.ts';
import type { Frame } from '../datasets/frame.ts';
import { numbersOf } from '../datasets/quantile-bins.ts';
import { shardFrames } from '../datasets/shard-frames.ts';
import { kMeans } from '../learners/k-means/k-means.ts';
import type { KMeansParams } from '../learners/k-means/k-means-params.ts';
import type { Problem } from '../learners/learner.ts';
import { defaultParams } from '../learners/params.ts';
import { prepareSlices, runRounds, sumOf } from '../test/support/rounds-driver.ts';

const EXCESS_MAX = 0.001;

const { values: flags } = parseArgs({
  options: {
    sets: { type: 'string', default: 'adult,forest-cover,california-housing' },
    k: { type: 'string', default: '2,8,32' },
    rows: { type: 'string', default: '2000' },
    starts: { type: 'string', default: '5' },
    raw: { type: 'boolean', default: false },
    'no-peer': { type: 'boolean', default: false },
  },
});

interface Table {
  readonly problem: Problem;
  readonly frames: readonly Frame[];
}

interface Fit {
  readonly inertia: number;
  readonly rounds: number;
  readonly cpuSeconds: number;
}

async function readTable(name: string, path: string): Promise<Table> {
  const shards: Uint8Array[] = [];
  const manifest = await importCsv({
    name,
    file: `${name}.csv`,
    open: () => createReadStream(path, { highWaterMark: 1 << 18 }),
    rowsPerShard: Number(flags.rows),
    onShard: (bytes) => void shards.push(bytes),
  });
  const features = manifest.columns.map((column) => column.name);
  const problem = problemOf({ kind: 'clustering', target: '', features, seed: 0 }, manifest);
  return { problem, frames: [...shardFrames(manifest, (index) => shards[index]!)] };
}

/** Fits, and measures the last centres by one round more. */
function fitOurs(table: Table, k: number, start: KMeansParams['start'], seed: number): Fit {
  const problem = { ...table.problem, seed };
  const params = { ...defaultParams(kMeans.params), k, start, standardise: !flags.raw };
  const begin = process.cpuUsage();
  const slices = prepareSlices(
    kMeans,
    problem,
    params,
    table.frames.map((frame) => [frame]),
  );
  const rounds = { learner: kMeans, problem, params, slices };
  const result = runRounds(rounds);
  const { user, system } = process.cpuUsage(begin);
  const none = slices.map(() => null);
  const sum = sumOf(rounds, result.state, none, { from: 0, to: slices.length }, result.rounds);
  const { metrics } = kMeans.close(problem, params, result.state, sum, result.rounds);
  const inertia = metrics.inertia ?? Number.NaN;
  return { inertia, rounds: result.rounds, cpuSeconds: (user + system) / 1e6 };
}

interface PeerFits {
  readonly version: string;
  /** By k: from the first distinct rows. */
  readonly first: readonly Fit[];
  /** By k: mean inertia from k-means++, one start each. */
  readonly spread: readonly number[];
}

function fitPeer({ problem, frames }: Table, ks: readonly number[]): PeerFits {
  const columns = problem.features.map(({ name, levels }) => {
    const values = frames.flatMap((frame) => Array.from(numbersOf(frame.columns.get(name)!)));
    const plain = values.map((value) => (Number.isNaN(value) ? null : value));
    return { levels: levels === undefined ? null : levels.length, values: plain };
  });
  const { tolerance, maxRounds } = defaultParams(kMeans.params);
  const job = { columns, ks, raw: flags.raw, tolerance, maxRounds, starts: Number(flags.starts) };
  const script = fileURLToPath(new URL('k_means_peer.py', import.meta.url));
  const python = process.env.SHOAL_PYTHON ?? 'python3';
  const { status, stdout, stderr } = spawnSync(python, [script], {
    input: JSON.stringify(job),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`the peer failed: ${stderr}`);
  return JSON.parse(stdout) as PeerFits;
}

const shared = process.env.SHOAL_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url));
const ks = flags.k.split(',').map(Number);
let worst = Number.NEGATIVE_INFINITY;
const results = [];
for (const name of flags.sets.split(',')) {
  const path = join(shared, 'data', `${name}.csv`);
  if (!existsSync(path)) throw new Error(`"${path}" is not there; set SHOAL_SHARED`);
  const table = await readTable(name, path);
  const peer = flags['no-peer'] ? undefined : fitPeer(table, ks);
  for (const [i, k] of ks.entries()) {
    const ours = fitOurs(table, k, 'first', 0);
    const seeds = Array.from({ length: Number(flags.starts) }, (_, seed) => seed);
    const own = seeds.map((seed) => fitOurs(table, k, 'sample', seed).inertia);
    const mean = own.reduce((sum, inertia) => sum + inertia, 0) / own.length;
    const theirs = peer?.first[i];
    const excess = theirs === undefined ? null : ours.inertia / theirs.inertia - 1;
    worst = Math.max(worst, excess ?? worst);
    const spread = peer?.spread[i] ?? null;
    results.push({ set: name, k, ours, peer: theirs, excess, sample: mean, spread });
    console.error(
      `${name} k ${k}: inertia ${ours.inertia.toPrecision(8)} after ${ours.rounds} rounds` +
        (theirs === undefined ? '' : `, peer ${theirs.inertia.toPrecision(8)}`) +
        (excess === null ? '' : ` (${(100 * excess).toFixed(4)} %)`) +
        `; own start ${mean.toPrecision(6)}` +
        (spread === null ? '' : `, k-means++ of the peer ${spread.toPrecision(6)}`),
    );
  }
  console.log(JSON.stringify({ version: peer?.version, results: results.splice(0) }));
}
if (worst > EXCESS_MAX) {
  console.error(`inertia is ${(100 * worst).toFixed(3)} % above the peer's, 0.1 % is allowed`);
  process.exitCode = 1;
}
