/** `npm start` on a small data set: the kill, the equal digests, and nothing left behind. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../cli/demo.ts', import.meta.url));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly pids: readonly number[];
  /** What is left in the folder for temporary files. */
  readonly left: readonly string[];
}

/** @param onLine may end the demo */
async function demo(
  args: readonly string[],
  onLine: (line: string, end: () => void) => void = () => {},
): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-demo-test-'));
  try {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    const pids: number[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      const pid = /is process (\d+)/.exec(line)?.[1];
      if (pid !== undefined) pids.push(Number(pid));
      onLine(line, () => child.kill('SIGINT'));
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const left = (await readdir(folder)).filter((name) => name.startsWith('shoal-'));
    return { code, stdout, pids, left };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it('[P13] kills a worker in mid-training and gets the model of the undisturbed run', async () => {
  const run = await demo(['--rows', '20000', '--json']);
  expect(run.code).toBe(0);
  const summary = JSON.parse(run.stdout) as {
    ok: boolean;
    calm: { digest: string; metrics: { accuracy: number } };
    disturbed: { digest: string; reassigned: number; killed: string };
  };
  expect(summary).toMatchObject({ ok: true, equal: true });
  expect(summary.disturbed.digest).toBe(summary.calm.digest);
  expect(summary.disturbed.reassigned).toBeGreaterThanOrEqual(1);
  expect(summary.calm.metrics.accuracy).toBeGreaterThan(0.7);
  expect(run.pids).toHaveLength(4);
  expect(run.pids.filter(isAlive)).toEqual([]);
  expect(run.left).toEqual([]);
}, 120_000);

it('[P13] kills a holder of slices where the algorithm trains in rounds', async () => {
  const run = await demo(['--rows', '20000', '--algorithm', 'logistic-regression', '--json']);
  expect(run.code).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, equal: true });
}, 120_000);

it('leaves nothing behind when it is interrupted', async () => {
  const run = await demo(['--rows', '20000'], (line, end) => {
    if (line.startsWith('planned')) end();
  });
  expect(run.code).toBe(130);
  expect(run.pids.filter(isAlive)).toEqual([]);
  expect(run.left).toEqual([]);
}, 60_000);

it('says what is wrong with its arguments, starting nothing', async () => {
  expect(await demo(['--data', 'x.csv'])).toMatchObject({ code: 2, pids: [] });
  expect(await demo(['--rows', 'many'])).toMatchObject({ code: 2, pids: [] });
  expect(await demo(['--nothing'])).toMatchObject({ code: 2, pids: [] });
});
