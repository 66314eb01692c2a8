/**
 * What a round costs: two holders, an aggregator and nats-server as processes, with a state and
 * contributions of a given size and next to no arithmetic.
 *
 *   node bench/rounds.ts [--rounds 400] [--mib 8] [--repeats 3] [--gate]
 *
 * Small: 1 KiB each way, the time from one round's opening to the next, as a bystander hears it.
 * Large: `--mib` each way; bytes of states and contributions of all holders a second, as a share of
 * what the bare client moves by requests for the same chunks between two pairs of processes over the
 * same nats-server. The peer, where `SHOAL_PYTHON` has PyTorch: DistributedDataParallel on gloo with
 * two processes, a step of a model whose parameters have the same number of bytes. Prints JSON.
 */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clientOver, type ShoalClient } from '../client/client.ts';
import { syntheticCsv } from '../datasets/synthetic.ts';
import type { Bus } from '../runtime/bus.ts';
import { connectNats } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { nodeRandom } from '../runtime/node/random.ts';
import { limits } from '../schemas/limits.ts';
import { decodeMessage } from '../schemas/wire.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '400' },
    mib: { type: 'string', default: '8' },
    repeats: { type: 'string', default: '3' },
    gate: { type: 'boolean', default: false },
    /** Of a child: which end of the bare transfer it is, and where. */
    end: { type: 'string' },
    nats: { type: 'string' },
    pair: { type: 'string' },
  },
});
const holders = 2;
const mib = Number(flags.mib);
const largeBytes = mib * 2 ** 20;
const here = fileURLToPath(import.meta.url);

const connected = (url: string) =>
  connectNats({ servers: url, name: 'bench', clock: nodeClock(), createLayout: false });

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

interface Timing {
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** Runs a job and times its rounds by their openings; the first tenth warms up. */
async function timeRounds(
  bus: Bus,
  client: ShoalClient,
  bytes: number,
  rounds: number,
): Promise<Timing> {
  const openedMs: number[] = [];
  const heard = bus.transport.subscribe('shoal.rounds.*.*.open.*', (message) => {
    const { round, probe } = decodeMessage('round-open', Uint8Array.from(message.bytes));
    // Opened again by a repeat: only the first time counts.
    if (!probe) openedMs[round] ??= performance.now();
  });
  const params = { rounds, stateBytes: bytes, contributionBytes: bytes };
  const job = await client.submit({
    ...{ dataset: 'rounds', target: 'label', algorithm: 'toy-rounds', evaluate: false },
    ...{ params, workers: { min: holders } },
  });
  await job.result();
  heard.unsubscribe();
  const gaps = openedMs.slice(1).map((atMs, i) => atMs - (openedMs[i] ?? atMs));
  const warm = gaps.slice(Math.ceil(gaps.length / 10));
  return { medianMs: quantile(warm, 0.5), p95Ms: quantile(warm, 0.95) };
}

const chunksOf = (bytes: number) => Math.ceil(bytes / limits.chunkBytes);

/** One end of a bare transfer: `serve` answers requests for chunks, `pull` asks and times. */
async function child(end: string, url: string, pair: string): Promise<void> {
  const bus = await connected(url);
  const subject = `bench.${pair}`;
  if (end === 'serve') {
    const chunk = new Uint8Array(limits.chunkBytes).fill(7);
    bus.transport.subscribe(subject, (message) => message.respond(chunk));
    process.send?.('ready');
    return;
  }
  const pull = async (total: number) => {
    let next = 0;
    const lane = async () => {
      while (next++ < total)
        await bus.transport.request(subject, new Uint8Array(40), { timeoutMs: 10_000 });
    };
    await Promise.all(Array.from({ length: limits.chunksInFlight }, lane));
  };
  await pull(32);
  process.send?.('ready');
  process.on('message', async (total: number) => {
    const startedMs = performance.now();
    await pull(total);
    process.send?.(performance.now() - startedMs);
  });
}

/** Bytes a second of bare requests for chunks, `holders` pairs of processes at a time. */
async function bareBytesPerS(url: string): Promise<number> {
  const start = async (end: string, pair: number) => {
    const process = fork(here, ['--end', end, '--nats', url, '--pair', String(pair)]);
    await once(process, 'message');
    return process;
  };
  const pairs = Array.from({ length: holders }, (_, i) => i);
  const servers = await Promise.all(pairs.map((pair) => start('serve', pair)));
  const pullers = await Promise.all(pairs.map((pair) => start('pull', pair)));
  const total = chunksOf(largeBytes) * 20;
  const startedMs = performance.now();
  await Promise.all(
    pullers.map(async (puller) => {
      puller.send(total);
      await once(puller, 'message');
    }),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  for (const process of [...servers, ...pullers]) process.kill('SIGKILL');
  return (holders * total * limits.chunkBytes) / seconds;
}

function peer(
  bytes: number,
  rounds: number,
): { readonly medianMs: number; readonly p95Ms: number } | null {
  const python = process.env.SHOAL_PYTHON;
  if (python === undefined) return null;
  const script = fileURLToPath(new URL('rounds_peer.py', import.meta.url));
  const args = [script, '--bytes', String(bytes), '--steps', String(rounds)];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the peer failed: ${stderr.slice(-400)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Timing;
}

async function main(): Promise<void> {
  const bin = fileURLToPath(new URL('../cli/bin.ts', import.meta.url));
  const args = [
    'up',
    '--ephemeral',
    '--nats-port',
    '0',
    '--workers',
    String(holders),
    '--slots',
    '1',
    '--json',
  ];
  const up = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(createInterface({ input: up.stdout }), 'line')) as [string];
    const { nats } = JSON.parse(line) as { nats: string };
    const bus = await connected(nats);
    const client = clientOver(bus, nodeClock(), nodeRandom());
    await client.ready();
    // So few rows that each holder has one slice: its arithmetic is one pass over the contribution.
    await client.importCsv('rounds', () => syntheticCsv({ kind: 'dense', rows: 512, seed: 1 }));
    await measure(bus, client, nats);
    await bus.close();
  } finally {
    up.kill('SIGTERM');
    await once(up, 'exit');
  }
}

async function measure(bus: Bus, client: ShoalClient, url: string): Promise<void> {
  const rounds = Number(flags.rounds);
  const largeRounds = Math.max(20, Math.round(rounds / 8));
  const small: Timing[] = [];
  const large: Timing[] = [];
  const bare: number[] = [];
  const smallPeer: Timing[] = [];
  const largePeer: Timing[] = [];
  for (let i = 0; i < Number(flags.repeats); i++) {
    small.push(await timeRounds(bus, client, 1024, rounds));
    const ddp = peer(1024, rounds);
    if (ddp !== null) smallPeer.push(ddp);
    large.push(await timeRounds(bus, client, largeBytes, largeRounds));
    bare.push(await bareBytesPerS(url));
    const heavy = peer(largeBytes, largeRounds);
    if (heavy !== null) largePeer.push(heavy);
  }
  const best = (timings: readonly Timing[]) =>
    quantile(
      timings.map(({ medianMs }) => medianMs),
      0.5,
    );
  // The state reaches every holder, and every holder's contribution reaches the leader.
  const moved = (2 * holders * largeBytes) / (best(large) / 1000);
  const share = moved / quantile(bare, 0.5);
  const result = {
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
    holders,
    small: { bytes: 1024, rounds, medianMs: best(small), runs: small },
    large: { bytes: largeBytes, rounds: largeRounds, medianMs: best(large), runs: large },
    movedMiBPerS: moved / 2 ** 20,
    bareMiBPerS: bare.map((bytes) => bytes / 2 ** 20),
    shareOfBare: share,
    ddpGloo: smallPeer.length === 0 ? null : { small: best(smallPeer), large: best(largePeer) },
  };
  console.log(JSON.stringify(result, null, 2));
  if (flags.gate && (best(small) > 4 || share < 0.5)) process.exitCode = 1;
}

if (flags.end !== undefined) await child(flags.end, flags.nats ?? '', flags.pair ?? '');
else await main();
