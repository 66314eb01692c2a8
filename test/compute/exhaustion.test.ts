/** Where the operating system gives no more files, threads or processes: said by name, and no end. */
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exhaustionInWords } from '../../runtime/node/exhaustion.ts';
import { hasProgram } from '../support/has-program.ts';

const child = fileURLToPath(new URL('./starved-child.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;

const mayStarve = hasProgram('prlimit') && (!isRoot || hasProgram('setpriv'));
const title = `[F34] a pool${mayStarve ? '' : ' (skipped: needs prlimit, and setpriv for root)'}`;

/** Runs it without means and again with them. Nobody's number of processes binds root. */
async function starve(kind: 'nofile' | 'nproc') {
  const bare = isRoot && kind === 'nproc' ? ['setpriv', '--reuid', '65534', '--clear-groups'] : [];
  const [path = '', ...args] = [...bare, process.execPath, child, kind];
  const run = spawn(path, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const lines = createInterface({ input: run.stdout as NodeJS.ReadableStream })[
    Symbol.asyncIterator
  ]();
  const next = async () => JSON.parse((await lines.next()).value as string);
  const { starved, before } = (await next()) as { starved: string[]; before: number };
  const [lift = '', ...how] = [...bare, 'prlimit', '--pid', String(run.pid)];
  execFileSync(lift, [...how, `--${kind}=${before}:`]);
  run.send('again');
  const again = (await next()) as string[];
  return { starved, again };
}

describe.skipIf(!mayStarve)(title, () => {
  it('without files says so, with the fix, and goes on when there are some', async () => {
    const { starved, again } = await starve('nofile');
    expect(starved).toEqual([
      expect.stringMatching(
        /^exhausted: no thread for "echo".*too many open files \(EMFILE\); .*ulimit -n/,
      ),
      expect.stringMatching(
        /^exhausted: no process for "echo".*too many open files \(EMFILE\); .*ulimit -n/,
      ),
    ]);
    expect(again).toEqual(['done', 'done']);
  }, 30_000);

  it('without threads and processes does the same', async () => {
    const { starved, again } = await starve('nproc');
    expect(starved).toEqual([
      expect.stringMatching(/^exhausted: no thread for "echo".*\(EAGAIN\); .*ulimit -u/),
      expect.stringMatching(/^exhausted: no process for "echo".*\(EAGAIN\); .*ulimit -u/),
    ]);
    expect(again).toEqual(['done', 'done']);
  }, 30_000);
});

it('[F34] names what is used up for people, and nothing else', () => {
  const full = Object.assign(new Error('EMFILE: too many open files, open "x"'), {
    code: 'EMFILE',
  });
  expect(exhaustionInWords(full)).toMatchObject({ fix: expect.stringContaining('ulimit -n') });
  expect(exhaustionInWords(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBeNull();
  expect(exhaustionInWords('EMFILE')).toBeNull();
});
