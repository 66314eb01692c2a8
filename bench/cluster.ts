/**
 * A whole job over NATS against scikit-learn fitting alone: the same rows, as many cores each.
 *
 *   node bench/cluster.ts [--rows 100000] [--trees 100] [--workers 2] [--repeats 3] [--gate]
 *
 * Ours: `shoal up` with workers of one slot each, the data set imported beforehand, timed from
 * submit to model. The peer: `n_jobs` equal to the workers, timed around `fit`. Both in turn on the
 * same machine; accuracy of both on the same rows that neither was given. Also the workers' peak
 * resident memory. `SHOAL_PYTHON` names a Python that has scikit-learn. Prints one JSON object.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clientOver, type ShoalClient } from '../client/client.ts';
import { learners } from '../learners/catalogue.ts';
import { classificationMetrics } from '../learners/metrics/classification.ts';
import { decodeModel } from '../learners/model.ts';
import { connectNats } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { nodeRandom } from '../runtime/node/random.ts';
import { FEATURES, type ForestData, frameOf, generateRows, toBytes } from './forest-data.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    trees: { type: 'string', default: '100' },
    workers: { type: 'string', default: '2' },
    repeats: { type: 'string', default: '3' },
    gate: { type: 'boolean', default: false },
  },
});
const testRows = 20_000;
const rows = Number(flags.rows);
const here = fileURLToPath(new URL('.', import.meta.url));

interface Pids {
  readonly worker: readonly number[];
  readonly aggregator: readonly number[];
  readonly coordinator: readonly number[];
}

/** The training rows as CSV, in chunks: float32 values print so that they read back exactly. */
function* csv(data: ForestData): Iterable<Uint8Array> {
  const encoder = new TextEncoder();
  const names = Array.from({ length: FEATURES }, (_, i) => `x${i}`);
  let text = `${names.join(',')},label\n`;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < FEATURES; i++) text += `${data.columns[i]?.[row]},`;
    text += `${data.classes[row] === 1 ? 'yes' : 'no'}\n`;
    if (text.length < 1 << 18) continue;
    yield encoder.encode(text);
    text = '';
  }
  yield encoder.encode(text);
}

/** Peak resident memory of a process, MiB. */
function peakMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function runJob(
  client: ShoalClient,
  seed: number,
): Promise<{ seconds: number; model: string }> {
  const began = performance.now();
  const job = await client.submit({
    dataset: 'dense',
    target: 'label',
    algorithm: 'random-forest',
    params: { trees: Number(flags.trees) },
    evaluate: false,
    seed,
  });
  const view = await job.result();
  return { seconds: (performance.now() - began) / 1000, model: view.model ?? '' };
}

async function accuracyOf(
  client: ShoalClient,
  reference: string,
  data: ForestData,
): Promise<number> {
  const { bytes } = await client.exportModel(reference);
  const { predictor } = decodeModel(bytes, learners);
  const scores = predictor.predict(frameOf(data, rows, data.rows));
  return (
    classificationMetrics(Int32Array.from(data.classes.subarray(rows)), scores, 2).accuracy ?? 0
  );
}

interface Peer {
  readonly version: string;
  readonly fitSeconds: number;
  readonly accuracy: number;
  readonly peakMiB: number;
}

function runPeer(file: string, seed: number): Peer {
  const args = [
    '--file',
    file,
    '--trees',
    flags.trees,
    '--seed',
    String(seed),
    '--jobs',
    flags.workers,
  ];
  const run = spawnSync(
    process.env.SHOAL_PYTHON ?? 'python3',
    [join(here, 'forest_peer.py'), ...args],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (run.status !== 0) throw new Error(`the peer ended with ${run.status}`);
  return JSON.parse(run.stdout) as Peer;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

async function compare(
  client: ShoalClient,
  pids: Pids,
  file: string,
  data: ForestData,
): Promise<void> {
  const ours: { seconds: number; accuracy: number }[] = [];
  const theirs: Peer[] = [];
  for (let seed = 1; seed <= Number(flags.repeats); seed++) {
    const { seconds, model } = await runJob(client, seed);
    ours.push({ seconds, accuracy: await accuracyOf(client, model, data) });
    theirs.push(runPeer(file, seed));
  }
  const seconds = median(ours.map((run) => run.seconds));
  const peerSeconds = median(theirs.map((run) => run.fitSeconds));
  const workerMiB = Math.max(...pids.worker.map(peakMiB));
  const report = {
    machine: cpus()[0]?.model,
    date: new Date().toISOString().slice(0, 10),
    rows,
    columns: FEATURES,
    trees: Number(flags.trees),
    workers: Number(flags.workers),
    ours: {
      node: process.versions.node,
      submitToModelSeconds: ours.map((run) => run.seconds),
      accuracy: ours.map((run) => run.accuracy),
      workerPeakMiB: workerMiB,
      aggregatorPeakMiB: Math.max(...pids.aggregator.map(peakMiB)),
    },
    peer: {
      version: theirs[0]?.version,
      fitSeconds: theirs.map((run) => run.fitSeconds),
      accuracy: theirs.map((run) => run.accuracy),
      peakMiB: median(theirs.map((run) => run.peakMiB)),
    },
    ratio: peerSeconds / seconds,
    memoryRatio: workerMiB / median(theirs.map((run) => run.peakMiB)),
    accuracyDifference:
      mean(ours.map((run) => run.accuracy)) - mean(theirs.map((run) => run.accuracy)),
  };
  console.log(JSON.stringify(report, null, 2));
  if (flags.gate && (report.ratio < 6 || report.accuracyDifference < -0.003)) process.exitCode = 1;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-bench-'));
  const file = join(folder, 'rows.bin');
  const data = generateRows(rows + testRows, 7);
  writeFileSync(file, toBytes(data));
  const up: ChildProcess = spawn(
    process.execPath,
    [
      join(here, '../cli/bin.ts'),
      'up',
      '--ephemeral',
      '--nats-port',
      '0',
      '--workers',
      flags.workers,
      '--json',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    if (up.stdout === null) throw new Error('no output to read');
    const [line] = (await once(createInterface({ input: up.stdout }), 'line')) as [string];
    const { nats, pids } = JSON.parse(line) as { nats: string; pids: Pids };
    const clock = nodeClock();
    const bus = await connectNats({ servers: nats, name: 'bench', clock, createLayout: false });
    const client = clientOver(bus, clock, nodeRandom());
    await client.ready();
    await client.importCsv('dense', () => csv(data));
    await compare(client, pids, file, data);
    await bus.close();
  } finally {
    up.kill('SIGTERM');
    await once(up, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
