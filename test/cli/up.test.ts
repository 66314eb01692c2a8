/** `shoal up`: ready means ready, what dies comes back, and nothing is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { connect } from '../../index.ts';
import { limits } from '../../schemas/limits.ts';

const program = fileURLToPath(new URL('../../cli/bin.ts', import.meta.url));

interface Ready {
  readonly nats: string;
  readonly dataDir: string;
  readonly pids: { nats: number; coordinator: number[]; aggregator: number[]; worker: number[] };
}

async function up(
  ...args: string[]
): Promise<{ child: ChildProcess; ready: Ready; all: number[] }> {
  const child = spawn(
    process.execPath,
    [program, 'up', '--ephemeral', '--nats-port', '0', '--slots', '1', '--json', ...args],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ready = await new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`up ended with ${code}`)));
  });
  const { nats, coordinator, aggregator, worker } = ready.pids;
  return { child, ready, all: [nats, ...coordinator, ...aggregator, ...worker] };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', (code) => resolve(code)));

describe('shoal up', () => {
  it('[P04] starts as many workers as it is told, and stops all of it on SIGTERM', async () => {
    const { child, ready, all } = await up('--workers', '3');
    expect(ready.pids).toMatchObject({
      coordinator: [expect.any(Number)],
      aggregator: [expect.any(Number)],
    });
    expect(ready.pids.worker).toHaveLength(3);
    expect(all.every(isAlive)).toBe(true);
    {
      await using client = await connect({ nats: ready.nats, allowOldServer: true });
      await client.ready();
      const workers = async (): Promise<number> =>
        (await client.nodes()).filter(({ role, state }) => role === 'worker' && state === 'alive')
          .length;
      await expect.poll(workers, { timeout: 10_000 }).toBe(3);
    }
    const exit = ended(child);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(all.filter(isAlive)).toEqual([]);
    expect(existsSync(ready.dataDir)).toBe(false);
  });

  it('[P96] starts a killed worker again under its name', async () => {
    const { child, ready } = await up('--workers', '1');
    await using client = await connect({ nats: ready.nats, allowOldServer: true });
    await client.ready();
    const pid = ready.pids.worker[0]!;
    process.kill(pid, 'SIGKILL');
    const reborn = async (): Promise<boolean> =>
      (await client.nodes()).some(
        (node) => node.id === 'worker-1' && node.state === 'alive' && node.pid !== pid,
      );
    await expect.poll(reborn, { timeout: limits.takeoverMs * 4 }).toBe(true);
    const exit = ended(child);
    child.kill('SIGINT');
    expect(await exit).toBe(0);
  });

  it('leaves nothing behind even when it is killed with SIGKILL', async () => {
    const { child, ready, all } = await up('--workers', '1');
    child.kill('SIGKILL');
    await expect.poll(() => all.filter(isAlive), { timeout: 10_000 }).toEqual([]);
    await expect.poll(() => existsSync(ready.dataDir), { timeout: 10_000 }).toBe(false);
  });
});
