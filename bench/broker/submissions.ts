/**
 * Acknowledged submissions while nats-server is killed, terminated and started again: none is lost.
 *
 * Many requests are in flight on `jobs.submit`; only those that JetStream acknowledged count, the
 * others are sent again under the same id. A reader takes them off the queue as a coordinator does,
 * or, with --coordinator, a real one makes a job of each. Ends with 1 when an acknowledged one is
 * missing, or an id became two jobs.
 *
 * Usage: node bench/broker/submissions.ts [--count 100000] [--lanes 64] [--seed 1]
 *   [--every 3000] [--coordinator] [--copies 1]
 */
import { parseArgs } from 'node:util';
import { type Child, startChild } from '../../cli/child.ts';
import type { Bus } from '../../runtime/bus.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { NatsServer } from '../../runtime/node/nats-server.ts';
import { records } from '../../schemas/wire.ts';
import { openBus, report, startBroker, until, wait } from './report.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    lanes: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    every: { type: 'string', default: '3000' },
    coordinator: { type: 'boolean', default: false },
    copies: { type: 'string', default: '1' },
  },
});
const [count, lanes, seed, everyMs, copies] = [
  values.count,
  values.lanes,
  values.seed,
  values.every,
  values.copies,
].map(Number) as [number, number, number, number, number];
const random = new SeededRandom(seed);
const tally = { acked: 0, unknown: 0, refused: 0, kills: 0, terms: 0 };

/** A spec that is rejected at once: its data set does not exist. What is counted is the record. */
const spec = (id: string): Uint8Array =>
  Buffer.from(JSON.stringify({ id, dataset: 'absent', target: 'y', algorithm: 'random-forest' }));

/** Sends one submission until it is acknowledged; a full stream refuses and is tried again. */
async function submit(bus: Bus, id: string): Promise<void> {
  for (;;) {
    try {
      await bus.journal.append(bus.subjects.submit, spec(id));
      tally.acked += 1;
      return;
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === 'stream-full' || code === 'storage-full') tally.refused += 1;
      else tally.unknown += 1;
      await wait(20 + random.next() * 80);
    }
  }
}

/** Kills or terminates the server at random moments until told to stop. */
async function storm(server: NatsServer, ended: () => boolean): Promise<void> {
  for (;;) {
    await wait(everyMs * (0.3 + 1.4 * random.next()));
    if (ended()) return;
    if (random.next() < 0.75) {
      tally.kills += 1;
      server.kill('SIGKILL');
      await server.exited;
    } else tally.terms += 1;
    await server.restart();
  }
}

/** Takes submissions off the queue, as a coordinator does. @returns how often each id came */
async function drain(bus: Bus, seen: Map<string, number>): Promise<() => Promise<void>> {
  const consumption = await bus.journal.consume('submissions', 256, (delivery) => {
    const { id } = JSON.parse(Buffer.from(delivery.bytes).toString()) as { id: string };
    seen.set(id, (seen.get(id) ?? 0) + 1);
    delivery.ack().catch(() => {});
  });
  return () => consumption.stop();
}

const startMs = performance.now();
await using server = await startBroker();
const bus = await openBus(server.url);
const seen = new Map<string, number>();
let coordinator: Child | null = null;
let stopDrain = async (): Promise<void> => {};
if (values.coordinator) {
  coordinator = startChild(['coordinator', '--nats', server.url, '--log-level', 'error'], {});
  await coordinator.ready;
} else stopDrain = await drain(bus, seen);

let next = 0;
let done = false;
const storming = storm(server, () => done);
const idOf = (i: number): string => `s${seed}-${i}`;
await Promise.all(
  Array.from({ length: lanes }, async () => {
    for (let i = next++; i < count; i = next++) {
      await Promise.all(Array.from({ length: copies }, () => submit(bus, idOf(i))));
      if (i % 10_000 === 0) process.stderr.write(`  ${i} sent, ${tally.kills} kills\n`);
    }
  }),
);
done = true;
await storming;

/** Ids with a job record, and those whose record is not the end of one rejected job. */
async function jobs(): Promise<{ found: Set<string>; wrong: number }> {
  const found = new Set<string>();
  let wrong = 0;
  for (const entry of await bus.store.list('jobs', '')) {
    const record = records.job.decode(entry.value);
    if (found.has(entry.key) || record.job !== entry.key) wrong += 1;
    found.add(entry.key);
  }
  return { found, wrong };
}

let missing = count;
let wrong = 0;
try {
  await until('every acknowledged submission to be found', 120_000, async () => {
    if (coordinator === null) missing = count - seen.size;
    else {
      await wait(1_000);
      const { found, wrong: odd } = await jobs();
      wrong = odd + [...found].filter((id) => !id.startsWith(`s${seed}-`)).length;
      missing = Array.from({ length: count }, (_, i) => idOf(i)).filter(
        (id) => !found.has(id),
      ).length;
    }
    return missing === 0;
  });
} catch (error) {
  process.stderr.write(`  ${(error as Error).message}\n`);
}
await stopDrain();
coordinator?.kill('SIGKILL');
await bus.close();
const twice = [...seen.values()].filter((times) => times > 1).length;
const seconds = Math.round((performance.now() - startMs) / 1_000);
report(
  `${tally.acked} acknowledged submissions under ${tally.kills} SIGKILL and ${tally.terms} SIGTERM ` +
    `of nats-server: ${missing} lost, ${wrong} wrong (${tally.unknown} without an answer were sent again)`,
  missing === 0 && wrong === 0,
  {
    bench: 'submissions',
    ...{ count, copies, lanes, seed, coordinator: values.coordinator },
    ...tally,
    ...{ lost: missing, wrong, delivered_twice: twice, seconds, server: server.version },
  },
);
