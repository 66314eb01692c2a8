/**
 * `npm run chaos`: real processes and a real nats-server, hurt in every way while jobs of all kinds
 * flow, and a checker over everything that they leave behind.
 *
 *   npm run chaos -- [--minutes 5] [--seed 1] [--kinds kill-worker,flap] [--report FILE.jsonl]
 *     [--resume] [--row F1 --times 20] [--workers 4] [--clients 3]
 *
 * Every episode follows from the seed and its number. `--row` plays the scenario of one row of the
 * fault table so many times instead. `--resume` adds to the report, whose summary then counts all
 * runs. Ends with 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import { playRows, rowNames } from './rows.ts';
import { runSoak } from './soak.ts';
import { wounds } from './wounds.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: 'all' },
    report: { type: 'string', default: '.cache/chaos/report.jsonl' },
    resume: { type: 'boolean', default: false },
    row: { type: 'string' },
    times: { type: 'string', default: '5' },
    workers: { type: 'string', default: '4' },
    clients: { type: 'string', default: '3' },
  },
});

function chosen(list: string, known: readonly string[], what: string): string[] {
  const names = list === 'all' ? [...known] : list.split(',');
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new Error(`${what} "${name}" is not known; there are ${known.join(', ')}`);
  }
  return names;
}

const startedMs = performance.now();
const common = {
  seed: Number(values.seed),
  reportPath: values.report,
  resume: values.resume,
  workers: Number(values.workers),
  tell: (line: string) => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(7);
    process.stderr.write(`${seconds} ${line}\n`);
  },
};
const row = values.row;
const held =
  row === undefined
    ? await runSoak({
        ...common,
        minutes: Number(values.minutes),
        clients: Number(values.clients),
        kinds: chosen(values.kinds, Object.keys(wounds), 'kind'),
      })
    : await playRows({
        ...common,
        rows: chosen(row, rowNames, 'row'),
        times: Number(values.times),
      });
process.exit(held ? 0 : 1);
