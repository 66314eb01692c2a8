/**
 * Overhead of the runtime: empty tasks a second through claim and commit, and where the time goes.
 *
 * Starts `shoal up` with two workers (nats-server with `sync_interval: always`), runs jobs of empty
 * tasks, and beside them the floor that the store sets: raw compare-and-set writes at the number in
 * flight that two workers reach. Usage: node bench/tasks.ts [--tasks 5000] [--slots 2] [--repeats 3]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { clientOver } from '../client/client.ts';
import { syntheticCsv } from '../datasets/synthetic.ts';
import { connectNats } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { nodeRandom } from '../runtime/node/random.ts';
import { records } from '../schemas/wire.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '5000' },
    workers: { type: 'string', default: '2' },
    repeats: { type: 'string', default: '3' },
  },
});
const tasks = Number(values.tasks);

const bin = new URL('../cli/bin.ts', import.meta.url).pathname;
const up = spawn(
  process.execPath,
  [bin, 'up', '--ephemeral', '--nats-port', '0', '--workers', values.workers, '--json'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const [line] = (await once(createInterface({ input: up.stdout }), 'line')) as [string];
  const { nats } = JSON.parse(line) as { nats: string };
  await measure(nats);
} finally {
  up.kill('SIGTERM');
  await once(up, 'exit');
}

async function measure(url: string): Promise<void> {
  const clock = nodeClock();
  const bus = await connectNats({ servers: url, name: 'bench', clock, createLayout: false });
  const client = clientOver(bus, clock, nodeRandom());
  await client.ready();
  await client.importCsv('tiny', () => syntheticCsv({ kind: 'dense', rows: 100, seed: 1 }));
  const rates: number[] = [];
  for (let i = 0; i < Number(values.repeats); i++) {
    const started = clock.nowMs();
    const job = await client.submit({
      dataset: 'tiny',
      target: 'label',
      algorithm: 'toy-sum',
      params: { tasks },
      evaluate: false,
    });
    await job.result();
    rates.push(tasks / ((clock.nowMs() - started) / 1000));
  }
  console.log(
    `empty tasks a second, submit to model: ${rates.map((rate) => rate.toFixed(0)).join(', ')}`,
  );
  for (const inFlight of [1, 2, 4, 16, 64]) {
    const rate = await writesPerSecond(bus.store, inFlight);
    console.log(`raw create + update a second, ${inFlight} in flight: ${rate.toFixed(0)} pairs`);
  }
  const asked = clock.nowMs();
  for (let i = 0; i < 100; i++) await client.status();
  console.log(`status request: ${((clock.nowMs() - asked) / 100).toFixed(2)} ms mean of 100`);
  await bus.close();
}

type Store = Awaited<ReturnType<typeof connectNats>>['store'];

/** What a task costs at least: one create, one update. */
async function writesPerSecond(store: Store, inFlight: number): Promise<number> {
  const clock = nodeClock();
  const count = 1000;
  let next = 0;
  const started = clock.nowMs();
  const lane = async () => {
    for (let i = next++; i < count; i = next++) {
      const task = `train.${i}`;
      const key = `bench-${inFlight}.${task}`;
      const value = records.task.encode(records.task.create({ job: 'bench', task, attempt: 1 }));
      const revision = await store.create('tasks', key, value);
      await store.update('tasks', key, value, revision);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const rate = count / ((clock.nowMs() - started) / 1000);
  await store.purge('tasks', `bench-${inFlight}.`);
  return rate;
}
