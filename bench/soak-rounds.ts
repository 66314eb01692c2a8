/**
 * Whether rounds leave anything behind: memory of every process, and messages and bytes of every
 * stream and bucket, after the first tenth of the rounds and at the end.
 *
 *   node bench/soak-rounds.ts [--rounds 10000] [--bytes 4096] [--gate]
 *
 * Real processes: nats-server, coordinator, aggregator, two workers. Prints JSON; with `--gate` ends
 * with 1 where a process grew by more than 32 MiB, or a stream by more than its events.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startLocalCluster } from '../cli/local-cluster.ts';
import { syntheticCsv } from '../datasets/synthetic.ts';
import type { Bus } from '../runtime/bus.ts';
import { layoutOf } from '../runtime/layout.ts';
import { connectNats } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { decodeMessage } from '../schemas/wire.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10000' },
    bytes: { type: 'string', default: '4096' },
    gate: { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds);
const size = Number(flags.bytes);
const grownMaxMiB = 32;

interface Snapshot {
  readonly atRound: number;
  readonly residentMiB: Readonly<Record<string, number>>;
  readonly streams: Readonly<Record<string, { readonly messages: number; readonly bytes: number }>>;
}

function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

async function streamsOf(bus: Bus): Promise<Snapshot['streams']> {
  const found: Record<string, { messages: number; bytes: number }> = {};
  for (const { name } of layoutOf().all) {
    const answer = await bus.transport.request(`$JS.API.STREAM.INFO.${name}`, new Uint8Array(), {
      timeoutMs: 5_000,
    });
    const { state } = JSON.parse(new TextDecoder().decode(answer.bytes)) as {
      state: { messages: number; bytes: number };
    };
    found[name] = { messages: state.messages, bytes: state.bytes };
  }
  return found;
}

await using cluster = await startLocalCluster({
  ...{ workers: 2, slots: 1, tell: () => {}, signal: new AbortController().signal },
});
const servers = cluster.server.url;
const bus = await connectNats({ servers, name: 'soak', clock: nodeClock(), createLayout: false });
await cluster.client.importCsv('soak', () => syntheticCsv({ kind: 'dense', rows: 8_192, seed: 1 }));
const pids = new Map([...cluster.actors].map(([name, actor]) => [name, actor.pid ?? 0]));
pids.set('nats-server', cluster.server.pid ?? 0);

async function snapshot(atRound: number): Promise<Snapshot> {
  const resident = [...pids].map(([name, pid]) => [name, residentMiB(pid)] as const);
  return { atRound, residentMiB: Object.fromEntries(resident), streams: await streamsOf(bus) };
}

let early: Snapshot | null = null;
let late: Snapshot | null = null;
const marks = [Math.floor(rounds / 10), rounds - 50];
const taken: Promise<void>[] = [];
bus.transport.subscribe('shoal.rounds.*.*.open.*', ({ bytes }) => {
  const { round } = decodeMessage('round-open', Uint8Array.from(bytes));
  if (round < (marks[0] ?? Number.POSITIVE_INFINITY)) return;
  marks.shift();
  taken.push(
    snapshot(round).then((seen) => {
      if (early === null) early = seen;
      else late = seen;
    }),
  );
});
const startedMs = performance.now();
const job = await cluster.client.submit({
  ...{ dataset: 'soak', target: 'label', algorithm: 'toy-rounds', evaluate: false },
  params: { rounds, stateBytes: size, contributionBytes: size },
});
const view = await job.result();
const seconds = (performance.now() - startedMs) / 1000;
await Promise.all(taken);
const [first, last] = [early as Snapshot | null, late as Snapshot | null];
if (first === null || last === null) throw new Error('the rounds went by unheard');
const grown = Object.entries(last.residentMiB).map(
  ([name, mib]) => [name, mib - (first.residentMiB[name] ?? 0)] as const,
);
const changed = Object.entries(last.streams).flatMap(([name, { messages, bytes }]) => {
  const before = first.streams[name] ?? { messages: 0, bytes: 0 };
  const more = { messages: messages - before.messages, bytes: bytes - before.bytes };
  return more.messages === 0 && more.bytes === 0 ? [] : [[name, more] as const];
});
console.log(
  JSON.stringify(
    {
      ...{ rounds, bytes: size, seconds, digest: view.digest },
      ...{ from: first.atRound, to: last.atRound },
      residentMiB: last.residentMiB,
      grownMiB: Object.fromEntries(grown),
      streamsGrown: Object.fromEntries(changed),
    },
    null,
    2,
  ),
);
await bus.close();
if (flags.gate && grown.some(([, mib]) => mib > grownMaxMiB)) process.exitCode = 1;
