/**
 * CSV import against papaparse, on one generated file, in one run.
 *
 *   node bench/import.ts [--mb 1000] [--rounds 3] [--kind dense|mixed|regression] [--gate]
 *     [--only scan,typed,alone,import,nats]
 *
 * Each measurement runs in a process of its own, ours and the peer's in turn: `scan` finds and checks
 * every field, `typed` is the whole first pass in one thread, `alone` a whole import in one thread,
 * `import` the same as `shoal data import` does it, with its threads, up to a store that hashes what
 * it is given and keeps nothing; `nats` is that into a nats-server on the same machine; `papaparse`
 * the same file into strings in its fastest mode (chunks of rows). Times are the least of the rounds,
 * wall clock and CPU of all threads; memory is the peak resident size. Prints one JSON object; with
 * `--gate` it exits 1 unless scan is 4 times and import twice as fast as papaparse by the wall
 * clock, and import stays below 300 MB. `TMPDIR` chooses the disk.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importCrew } from '../cli/import-crew.ts';
import { clientOver } from '../client/client.ts';
import { sniffDialect } from '../datasets/csv-dialect.ts';
import { makeCsvKernel } from '../datasets/csv-kernel-choice.ts';
import { CsvReader } from '../datasets/csv-reader.ts';
import { sniffCsv } from '../datasets/csv-sniff.ts';
import { type SyntheticKind, syntheticCsv } from '../datasets/synthetic.ts';
import type { Bus } from '../runtime/bus.ts';
import { digestOf } from '../runtime/chunked-blobs.ts';
import { MemoryBroker } from '../runtime/memory/memory-broker.ts';
import { connectNats } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { fileBytes } from '../runtime/node/file-bytes.ts';
import { resolveNatsServer } from '../runtime/node/nats-binary.ts';
import { startNatsServer } from '../runtime/node/nats-server.ts';
import { nodeRandom } from '../runtime/node/random.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';

const MB = 1e6;

interface Measure {
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMB: number;
  readonly rows: number;
}

/** What is used of papaparse, which has no types of its own. */
interface Peer {
  parse(input: NodeJS.ReadableStream, options: object): void;
}

const peerModule: string = 'papaparse';
const peerName = 'papaparse';

/** Gives the number of rows that it saw; `ready` starts the clock again after preparations. */
type Contender = (file: string, folder: string, ready: () => void) => Promise<number>;

const contenders: Record<string, Contender> = {
  scan: async (file) => {
    const open = fileBytes(file);
    const reader = new CsvReader(makeCsvKernel(), await sniffDialect(open, {}));
    for await (const tile of reader.tiles(open)) void tile;
    return reader.rows;
  },
  typed: async (file) => (await sniffCsv(fileBytes(file))).rows,
  alone: (file) => importTo(busWithoutBlobs(), file, 1),
  import: (file) => importTo(busWithoutBlobs(), file),
  nats: async (file, folder, ready) => {
    const binary = await resolveNatsServer({ env: process.env });
    await using server = await startNatsServer({ binary, dataDir: join(folder, 'nats') });
    const options = { servers: server.url, name: 'bench', clock: nodeClock(), createLayout: true };
    const bus = await connectNats(options);
    ready();
    return await importTo(bus, file);
  },
  papaparse: async (file) => {
    const { default: papa } = (await import(peerModule)) as { default: Peer };
    return new Promise((resolve, reject) => {
      let rows = -1; // the header
      papa.parse(createReadStream(file, { highWaterMark: MB }), {
        chunk: ({ data }: { data: string[][] }) => {
          rows += data.length;
        },
        complete: () => resolve(rows),
        error: reject,
      });
    });
  },
};

/** What `shoal data import` does once it is connected. */
async function importTo(bus: Bus, file: string, threads?: number): Promise<number> {
  await using client = clientOver(bus, nodeClock(), nodeRandom());
  const { size } = await stat(file);
  await using threadsOf = importCrew(file, size, threads);
  const { crew } = threadsOf;
  return (await client.importCsv('bench', fileBytes(file), { file, crew })).rows;
}

/** A bus in memory, but for blobs, which are hashed as on a real one and forgotten. */
function busWithoutBlobs(): Bus {
  const clock = nodeClock();
  const broker = new MemoryBroker({ clock, random: nodeRandom() });
  const seen = new Set<string>();
  const blobs: Blobs = {
    put: async (bytes) => {
      const digest = await digestOf(bytes, clock);
      seen.add(digest);
      return digest;
    },
    has: async (digest) => seen.has(digest),
    get: () => Promise.reject(new Error('nothing is kept')),
    touch: async (digest) => seen.has(digest),
    remove: async () => {},
    usage: async () => ({ bytes: 0, maxBytes: null }),
  };
  return Object.assign(Object.create(broker.connect({ name: 'bench' })), { blobs });
}

const { values: flags } = parseArgs({
  options: {
    mb: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    kind: { type: 'string', default: 'dense' },
    gate: { type: 'boolean', default: false },
    only: { type: 'string', default: 'scan,typed,alone,import,nats' },
    child: { type: 'string' },
    file: { type: 'string' },
  },
});

const only = flags.only.split(',');
const unknown = only.find((name) => !Object.hasOwn(contenders, name));
if (unknown !== undefined) throw new Error(`"${unknown}" is none of the measurements`);

if (flags.child !== undefined && flags.file !== undefined) await measure(flags.child, flags.file);
else await compare();

/** In a child: one contender on one file, the result as JSON. */
async function measure(contender: string, file: string): Promise<void> {
  const folder = join(file, `../${contender}`);
  await mkdir(folder, { recursive: true });
  let cpu = process.cpuUsage();
  let start = performance.now();
  const rows = await contenders[contender]!(file, folder, () => {
    cpu = process.cpuUsage();
    start = performance.now();
  });
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const peakMB = (process.resourceUsage().maxRSS * 1024) / MB;
  console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, peakMB, rows }));
  await rm(folder, { recursive: true });
}

async function compare(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-bench-'));
  try {
    const file = join(folder, 'data.csv');
    await generate(file, flags.kind as SyntheticKind, Number(flags.mb) * MB);
    const best = new Map<string, Measure>();
    for (let round = 0; round < Number(flags.rounds); round++) {
      for (const name of [...only, peerName]) keepBest(best, name, run(name, file));
    }
    const { size } = await stat(file);
    const report = reportOf(best, size);
    console.log(JSON.stringify(report, null, 2));
    const { scan = 0, import: whole = 0 } = report.ratios;
    const holds = scan >= 4 && whole >= 2 && best.get('import')!.peakMB < 300;
    if (flags.gate && !holds) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function reportOf(best: ReadonlyMap<string, Measure>, bytes: number) {
  const peer = best.get(peerName)!;
  const rounded = (value: number) => Math.round(value * 100) / 100;
  const ratios = (of: 'ms' | 'cpuMs'): Record<string, number> =>
    Object.fromEntries(only.map((name) => [name, rounded(peer[of] / best.get(name)![of])]));
  return {
    machine: `${cpus().length} x ${cpus()[0]?.model}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    kind: flags.kind,
    bytes,
    rows: peer.rows,
    best: Object.fromEntries(
      [...best].map(([name, { ms, cpuMs, peakMB }]) => [
        name,
        {
          ms: Math.round(ms),
          cpuMs: Math.round(cpuMs),
          MBps: Math.round(bytes / MB / (ms / 1000)),
          peakMB: Math.round(peakMB),
        },
      ]),
    ),
    ratios: ratios('ms'),
    cpuRatios: ratios('cpuMs'),
  };
}

function run(contender: string, file: string): Measure {
  const self = fileURLToPath(import.meta.url);
  const out = execFileSync(process.execPath, [self, '--child', contender, '--file', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(out) as Measure;
}

/** Least times, largest memory; all must have seen the same rows. */
function keepBest(best: Map<string, Measure>, name: string, now: Measure): void {
  for (const { rows } of best.values()) {
    if (rows !== now.rows) throw new Error(`${name} saw ${now.rows} rows, not ${rows}`);
  }
  const then = best.get(name) ?? now;
  best.set(name, {
    ms: Math.min(then.ms, now.ms),
    cpuMs: Math.min(then.cpuMs, now.cpuMs),
    peakMB: Math.max(then.peakMB, now.peakMB),
    rows: now.rows,
  });
}

/** Writes whole rows until the size is reached; the longest data sets repeat their first rows. */
async function generate(file: string, kind: SyntheticKind, bytes: number): Promise<void> {
  const part: Uint8Array[] = [...syntheticCsv({ kind, rows: 200_000, seed: 1 })];
  const whole = Buffer.concat(part);
  const body = whole.subarray(whole.indexOf(0x0a) + 1);
  await pipeline(
    Readable.from(
      (function* () {
        yield whole;
        for (let size = whole.length; size < bytes; size += body.length) {
          const left = bytes - size;
          yield left >= body.length ? body : body.subarray(0, body.lastIndexOf(0x0a, left) + 1);
        }
      })(),
    ),
    createWriteStream(file),
  );
}
