/**
 * `shoal up` as a user would start it: one command, everything below it, nobody who attends to it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect, type ShoalClient } from '../../index.ts';

export interface Pids {
  readonly nats: number;
  readonly coordinator: readonly number[];
  readonly aggregator: readonly number[];
  readonly worker: readonly number[];
}

export interface Up extends AsyncDisposable {
  readonly url: string;
  /** As they were at the start. */
  readonly pids: Pids;
  readonly client: ShoalClient;
  /** What it has told its user so far. */
  said(): string;
}

const program = fileURLToPath(new URL('../../cli/bin.ts', import.meta.url));

export async function startUp(args: readonly string[] = []): Promise<Up> {
  const kept = args.includes('--data-dir') ? [] : ['--ephemeral'];
  const flags = ['up', ...kept, '--nats-port', '0', '--json', ...args];
  const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const ended = exited.then(() => {
    throw new Error(`\`shoal up\` ended before it was ready: ${said}`);
  });
  ended.catch(() => {}); // it ends at last, which only matters before it was ready
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended,
  ]);
  const { nats, pids } = JSON.parse(String(line)) as { nats: string; pids: Pids };
  const client = await connect({ nats, allowOldServer: true });
  await client.ready({ timeoutMs: 20_000 });
  return {
    url: nats,
    pids,
    client,
    said: () => said,
    async [Symbol.asyncDispose]() {
      await client.close();
      child.kill('SIGTERM');
      await exited;
    },
  };
}
