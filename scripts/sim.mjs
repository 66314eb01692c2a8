/**
 * `npm run sim -- --seeds N [--from M] [--jobs K]` plays whole clusters under trouble, each from a
 * seed, on several processes; `npm run sim -- --seed S` plays one again and tells its story.
 *
 * A failed seed is told with the command that plays it again. Exit code 1 if any failed.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Scenario } from '../test/sim/scenario.ts';

/** Seeds that a process is given at a time. */
const batch = 10;
const options = {
  seed: { type: 'string' },
  seeds: { type: 'string', default: '100' },
  from: { type: 'string', default: '1' },
  jobs: { type: 'string', default: String(availableParallelism()) },
  stop: { type: 'boolean', default: false },
  part: { type: 'boolean', default: false },
};

/** Plays one seed and tells what happened. */
async function playOne(seed) {
  const played = await (await Scenario.open()).play(seed);
  console.log(played.story.join('\n'));
  for (const what of played.broken) console.log(`BROKEN ${what}`);
  const kinds = played.troubles.join(' ') || 'none';
  console.log(`seed ${seed}: ${(played.ms / 1_000).toFixed(1)} s simulated; troubles: ${kinds}`);
  return played.broken.length === 0;
}

/** A process that plays what it is sent. */
async function playParts() {
  const scenario = await Scenario.open();
  process.on('message', async ({ from, to }) => {
    for (let seed = from; seed <= to; seed += 1) {
      const { story: _, ...told } = await scenario.play(seed);
      process.send?.(told);
    }
    process.send?.({ next: true });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ next: true });
}

function newSum() {
  return { seeds: 0, failed: [], ms: 0, kinds: new Map(), healedMs: [] };
}

function add(sum, { seed, broken, ms, healedMs, troubles }) {
  sum.seeds += 1;
  sum.ms += ms;
  sum.healedMs.push(healedMs);
  for (const kind of troubles) sum.kinds.set(kind, (sum.kinds.get(kind) ?? 0) + 1);
  if (broken.length === 0) return;
  sum.failed.push(seed);
  console.log(`seed ${seed} failed; play it again: npm run sim -- --seed ${seed}`);
  for (const what of broken.slice(0, 5)) console.log(`  ${what}`);
}

/** Has processes play the seeds, and gives them more until all are played. */
function playMany({ from, to, jobs, stop }) {
  const sum = newSum();
  let next = from;
  const work = () =>
    new Promise((resolve, reject) => {
      const child = fork(process.argv[1], ['--part']);
      child.on('exit', (code) => {
        if (code === 0 || code === null) resolve();
        else reject(new Error(`a process that played seeds ended with ${code}`));
      });
      child.on('message', (message) => {
        if (!message.next) {
          add(sum, message);
          if (stop && message.broken.length > 0) child.kill();
          return;
        }
        const over = next > to || (stop && sum.failed.length > 0);
        if (over) {
          child.disconnect();
          return;
        }
        child.send({ from: next, to: Math.min(to, next + batch - 1) });
        next += batch;
      });
    });
  return Promise.all(Array.from({ length: jobs }, work)).then(() => sum);
}

function tell(sum, wallMs) {
  const kinds = [...sum.kinds].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${n}`);
  const healed = sum.healedMs.sort((a, b) => a - b);
  const p99 = healed[Math.floor(healed.length * 0.99)] ?? 0;
  const seconds = (ms) => (ms / 1_000).toFixed(1);
  console.log(
    `${sum.seeds} seeds, ${sum.failed.length} failed; ${(sum.ms / 3_600_000).toFixed(2)} h simulated ` +
      `in ${seconds(wallMs)} s; ended after the last trouble: p99 ${seconds(p99)} s, most ` +
      `${seconds(healed.at(-1) ?? 0)} s; ${kinds.join(', ')}`,
  );
}

async function main() {
  const { values } = parseArgs({ options });
  if (values.part) return playParts();
  if (values.seed !== undefined) {
    process.exitCode = (await playOne(Number(values.seed))) ? 0 : 1;
    return;
  }
  const [from, seeds, jobs] = [values.from, values.seeds, values.jobs].map(Number);
  if (![from, seeds, jobs].every((n) => Number.isSafeInteger(n) && n > 0)) {
    console.error('--seeds, --from and --jobs are whole numbers above 0');
    process.exitCode = 2;
    return;
  }
  const begunMs = performance.now();
  const sum = await playMany({ from, to: from + seeds - 1, jobs, stop: values.stop });
  tell(sum, performance.now() - begunMs);
  process.exitCode = sum.failed.length === 0 ? 0 : 1;
}

await main();
