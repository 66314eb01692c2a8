/**
 * `npm start`: the main promise, shown on this machine within a minute or two.
 *
 * Starts nats-server, a coordinator, an aggregator and two shard-workers as separate processes,
 * imports a data set and trains on it twice: undisturbed, and with one worker killed while it holds
 * work. Exits 0 only if the kill hit claimed work, that work was given to another node, both models
 * have the same digest and metrics are there. Nothing is left running, and no folder.
 */
import { parseArgs } from 'node:util';
import { exitCodeOf } from './exit-codes.ts';
import { ignoreBrokenPipes, openScreen } from './screen.ts';
import { showError } from './show-error.ts';
import { InterruptedError, UsageError } from './usage-error.ts';

const help = `npm start [-- OPTIONS]

Trains a model twice on this machine, once with a worker killed, and shows that both are equal.

  --data FILE        a CSV file of your own, instead of a generated data set
  --target COLUMN    the column of it to predict
  --algorithm NAME   random-forest unless another is named
  --rows N           rows of the generated data set (default 200000)
  --json             the summary as JSON on stdout
`;

async function main(): Promise<number> {
  ignoreBrokenPipes();
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      target: { type: 'string' },
      algorithm: { type: 'string', default: 'random-forest' },
      rows: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const rows = values.rows === undefined ? undefined : Number(values.rows);
  if (rows !== undefined && !(Number.isInteger(rows) && rows >= 1_000 && rows <= 1e8)) {
    throw new UsageError(`--rows "${values.rows}" is not possible`, 'give 1000 to 100000000');
  }
  if ((values.data === undefined) !== (values.target === undefined)) {
    throw new UsageError('--data and --target go together', 'give both or neither');
  }
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort(new InterruptedError());
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const { runDemo } = await import('./demo-run.ts');
  return runDemo({
    screen: openScreen(values.json),
    signal: interrupt.signal,
    data: values.data,
    target: values.target,
    algorithm: values.algorithm,
    rows,
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  const parse = error instanceof Error && String((error as { code?: string }).code);
  if (typeof parse === 'string' && parse.startsWith('ERR_PARSE_ARGS')) {
    process.stderr.write(`error: ${(error as Error).message}\n\n${help}`);
    process.exitCode = 2;
  } else {
    showError(error, process.argv.includes('--json'));
    process.exitCode = exitCodeOf(error);
  }
}
