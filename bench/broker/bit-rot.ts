/**
 * Bits that turn over in the store of a stopped nats-server, and files that are cut short: what
 * comes of it is named, and never a wrong model.
 *
 * A cluster runs a job; the server stops, in good order or by SIGKILL, after which it reads its
 * files anew. Then, again and again, one bit of one file of a copy is turned over (or the file cut
 * at a random place) and a server started on the copy. Everything that
 * was stored is read again: the records, each job's chain of events, the model and the data set's
 * shards by their hashes. A fault counts as named when the server, the layout check, a hash or the
 * chain says so; a record that is gone or other without anybody saying so counts as silent.
 *
 * Usage: node bench/broker/bit-rot.ts [--faults 40] [--seed 1]
 */
import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalCluster } from '../../cli/local-cluster.ts';
import { clientOver } from '../../client/client.ts';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { Bus } from '../../runtime/bus.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import { type Digest, parseJobId } from '../../schemas/ids.ts';
import { type Bucket, buckets, keys } from '../../schemas/subjects.ts';
import { openBus, report, startBroker, until } from './report.ts';

const { values } = parseArgs({
  options: { faults: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' } },
});
const random = new SeededRandom(Number(values.seed));
const folder = await mkdtemp(join(tmpdir(), 'shoal-rot-'));
const original = join(folder, 'stopped');
const killed = join(folder, 'killed');

/** Records that do not change by themselves, by bucket and key. */
async function recordsOf(bus: Bus): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const bucket of Object.keys(buckets) as Bucket[]) {
    for (const { key, value } of await bus.store.list(bucket, '')) {
      if (!key.startsWith('lease') && key !== 'marks')
        found.set(`${bucket}/${key}`, Buffer.from(value).toString('base64'));
    }
  }
  return found;
}

/** A cluster does a job, and its server stops, once by SIGKILL. @returns what it stored */
async function fill(): Promise<{ records: Map<string, string>; events: number; blobs: Digest[] }> {
  await using cluster = await startLocalCluster({
    ...{ workers: 1, slots: 1, tell: () => {} },
    signal: new AbortController().signal,
  });
  const { server, client, actors } = cluster;
  await client.importCsv('dense', () => syntheticCsv({ kind: 'dense', rows: 2_000, seed: 1 }));
  const params = { trees: 4 };
  const spec = { dataset: 'dense', target: syntheticTarget.dense, algorithm: 'random-forest' };
  const job = await client.submit({ ...spec, id: 'one', params });
  await job.result({ timeoutMs: 60_000 });
  const bus = await openBus(server.url);
  // The coordinator puts by how far the streams got, a while after.
  await until('the marks', 60_000, async () => {
    const marks = await bus.store.get('cluster', keys.marks);
    const seqs = JSON.parse(Buffer.from(marks?.value ?? Buffer.from('{}')).toString());
    return (seqs.KV_SHOAL_MODELS ?? 0) > 0;
  });
  for (const actor of actors.values()) actor.kill('SIGKILL');
  let events = 0;
  for await (const _ of bus.journal.read(bus.subjects.allEvents, { follow: false })) events += 1;
  const records = await recordsOf(bus);
  const blobs = [...records.keys()]
    .filter((key) => key.startsWith('blobs/'))
    .map((key) => key.slice('blobs/'.length) as Digest);
  await bus.close();
  server.kill('SIGKILL');
  await server.exited;
  cpSync(server.dataDir, killed, { recursive: true });
  await server.restart();
  server.kill('SIGTERM');
  await server.exited;
  cpSync(server.dataDir, original, { recursive: true });
  return { records, events, blobs };
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Turns one bit over, or cuts the file short. @returns what it did */
function damage(dir: string): string {
  const files = filesBelow(join(dir, 'store')).filter((path) => statSync(path).size > 0);
  // By bytes, as a disk would: a file of many is hit more often; half of the time any file alike.
  const total = files.reduce((sum, path) => sum + statSync(path).size, 0);
  let at = Math.floor(random.next() * total);
  let path = files[Math.floor(random.next() * files.length)] ?? '';
  if (random.next() < 0.5) {
    for (path of files) {
      at -= statSync(path).size;
      if (at < 0) break;
    }
  }
  const name = relative(join(dir, 'store'), path);
  const { size } = statSync(path);
  const offset = Math.floor(random.next() * size);
  if (random.next() < 0.25) {
    truncateSync(path, offset);
    return `${name} cut at ${offset} of ${size}`;
  }
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ (1 << Math.floor(random.next() * 8));
  writeFileSync(path, bytes);
  return `${name} bit at ${offset} of ${size}`;
}

interface Verdict {
  readonly kind: 'harmless' | 'named' | 'silent' | 'wrong';
  readonly why: string;
}

/** Reads all that was stored and compares. */
async function examine(bus: Bus, stored: Awaited<ReturnType<typeof fill>>): Promise<Verdict> {
  const named: string[] = [];
  const silent: string[] = [];
  const note = (what: string) => (error: unknown) => {
    named.push(`${what}: ${(error as { code?: string }).code ?? (error as Error).message}`);
  };
  const found = await recordsOf(bus).catch(note('records'));
  if (found) {
    for (const [key, value] of stored.records) {
      const now = found.get(key);
      if (now === undefined) silent.push(`${key} is gone`);
      else if (now !== value) silent.push(`${key} is other`);
    }
  }
  for (const digest of stored.blobs) {
    await bus.blobs.get(digest).catch(note('blob'));
  }
  const client = clientOver(bus, nodeClock(), nodeRandom());
  let events = 0;
  try {
    const signal = AbortSignal.timeout(10_000);
    for await (const _ of client.job(parseJobId('one')).events({ signal })) events += 1;
    if (events < stored.events) silent.push(`${stored.events - events} events are gone`);
  } catch (error) {
    note('chain')(error);
  }
  if (named.length > 0) return { kind: 'named', why: named[0] ?? '' };
  if (silent.length > 0) return { kind: 'silent', why: silent.join(', ') };
  return { kind: 'harmless', why: '' };
}

async function verdictOn(dir: string, stored: Awaited<ReturnType<typeof fill>>): Promise<Verdict> {
  try {
    await using server = await startBroker({ dataDir: dir });
    const bus = await openBus(server.url);
    try {
      return await examine(bus, stored);
    } finally {
      await bus.close();
    }
  } catch (error) {
    return { kind: 'named', why: `start: ${(error as { code?: string }).code ?? error}` };
  }
}

const stored = await fill();
process.stderr.write(`  ${stored.records.size} records, ${stored.events} events\n`);
const tally = { harmless: 0, named: 0, silent: 0, wrong: 0 };
try {
  for (let i = 0; i < Number(values.faults); i += 1) {
    const dir = join(folder, `copy-${i}`);
    cpSync(i % 2 === 0 ? original : killed, dir, { recursive: true });
    await rm(join(dir, 'owner.json'), { force: true });
    const what = damage(dir);
    const { kind, why } = await verdictOn(dir, stored);
    tally[kind] += 1;
    const after = i % 2 === 0 ? 'stop' : 'kill';
    if (kind !== 'harmless') process.stderr.write(`  ${kind} (${after}): ${what}: ${why}\n`);
    await rm(dir, { recursive: true, force: true });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
report(
  `${values.faults} damaged stores: ${tally.harmless} harmless, ${tally.named} named, ` +
    `${tally.silent} silent, ${tally.wrong} wrong models`,
  tally.silent === 0 && tally.wrong === 0,
  { bench: 'bit-rot', seed: Number(values.seed), ...tally },
);
