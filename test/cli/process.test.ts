/** The program as a process: exit codes, what goes to which stream, pipes that close. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { version } from '../../cli/version.ts';
import { runCli } from '../e2e/support/cluster.ts';

const program = fileURLToPath(new URL('../../cli/bin.ts', import.meta.url));
/** Nobody listens on the discard port of loopback. */
const nowhere = ['--nats', 'nats://127.0.0.1:9'];

async function inFolder(files: Record<string, string>, work: (dir: string) => Promise<void>) {
  const dir = await mkdtemp(join(tmpdir(), 'shoal-cli-test-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
    await work(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

describe('the program', () => {
  it('says its version and its commands', async () => {
    expect(await runCli(['--version'])).toEqual({
      code: 0,
      stdout: `${version()}\n`,
      stderr: '',
    });
    const { code, stdout } = await runCli([]);
    expect(code).toBe(0);
    expect(stdout).toContain('shoal data import adult adult.csv');
  });

  it('knows what was meant by a misspelt command, and exits with 2', async () => {
    const { code, stderr } = await runCli(['subnit']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*did you mean `submit`\?/);
  });

  it('refuses an impossible flag with the value and the fix, as JSON if asked', async () => {
    const { code, stdout } = await runCli(['worker', '--slots', '0', '--json']);
    expect(code).toBe(2);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(error.code).toBe('usage');
    expect(error.message).toContain('"0" is not possible; give a whole number from 1 to 1024');
  });

  it('refuses nothing of a time or of memory, with the bound', async () => {
    for (const [said, ...args] of [
      ['--memory: "0" is too little, at least 1M', 'worker', '--memory', '0'],
      ['--keep-jobs-for: "0" is too short, at least 1 s', 'coordinator', '--keep-jobs-for', '0'],
      ['--request-timeout: "0s" is too short, at least 0.01 s', 'jobs', '--request-timeout', '0s'],
      ['placement "best" is not known; use one of', 'up', '--placement', 'best'],
    ] as const) {
      const { code, stderr } = await runCli(args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
  });

  it('exits with 4 where a file that settings name is missing, whichever it is', async () => {
    for (const flag of ['--creds', '--config', '--tls-ca']) {
      const { code, stderr } = await runCli(['jobs', flag, '/nowhere/f', ...nowhere]);
      expect([flag, code]).toEqual([flag, 4]);
      expect(stderr).toContain('"/nowhere/f" does not exist');
      expect(stderr).toContain(`check the path given with ${flag}`);
    }
  });

  it('refuses a wrong spec before it looks for a server, with path, value and fix', async () => {
    const stdin = '{"dataset":"d","target":"t","algoritm":"random-forest","seed":-1}';
    const { code, stdout, stderr } = await runCli(['submit', '-', '--json', ...nowhere], { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain('algoritm: unknown key "algoritm"; did you mean "algorithm"?');
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'invalid-spec',
        issues: expect.arrayContaining([expect.objectContaining({ path: 'seed', value: '-1' })]),
      },
    });
  });

  it('takes rows to predict from one place, and only the flags of that place', async () => {
    const said = async (...args: string[]) => {
      const { code, stdout } = await runCli(['predict', 'm', ...args, '--json', ...nowhere]);
      const { error } = JSON.parse(stdout) as { error: { message: string } };
      return `${code} ${error.message}`;
    };
    expect(await said()).toContain('2 no rows are given');
    expect(await said('d.csv', '--dataset', 'd')).toContain('2 a file and --dataset are two');
    expect(await said('d.csv', '--into', 'x')).toContain('2 --into is for predictions of a data');
    expect(await said('--dataset', 'd', '--rows-per-frame', '9')).toContain(
      '2 --rows-per-frame is for predictions of a file',
    );
    expect(await said('--dataset', 'd', '--detach', '-o', 'x')).toContain('2 --detach does not');
  });

  it('exits with 3 where no server is, 4 where a file is missing', async () => {
    const jobs = await runCli(['jobs', ...nowhere]);
    expect(jobs).toMatchObject({ code: 3, stdout: '' });
    expect(jobs.stderr).toContain('shoal up');
    expect(await runCli(['data', 'import', 'd', '/nowhere/d.csv', ...nowhere])).toMatchObject({
      code: 4,
    });
  });

  it('refuses what is no address of nats-server, and ends where no WebSocket is answered', async () => {
    const jobs = async (nats: string) => {
      const { code, stdout } = await runCli(['jobs', '--json', '--nats', nats]);
      return { code, ...(JSON.parse(stdout) as { error: { code: string; message: string } }) };
    };
    expect(await jobs('nats://a:b:c')).toMatchObject({ code: 2, error: { code: 'bad-address' } });
    expect(await jobs('http://127.0.0.1:9')).toMatchObject({
      code: 2,
      error: { message: '"http://127.0.0.1:9" is no address of nats-server' },
    });
    // A port that WebSockets may not use fails before anybody listens for it.
    expect(await jobs('ws://127.0.0.1:9')).toMatchObject({
      code: 3,
      error: { code: 'not-connected', message: expect.stringContaining('no WebSocket') },
    });
  });

  it('takes --force with --purge only, and no deadline of nothing', async () => {
    for (const args of [
      ['data', 'remove', 'd', '--force'],
      ['model', 'remove', 'm', '--force'],
      ['job', 'set', 'j', '--deadline', '0'],
    ]) {
      expect((await runCli([...args, ...nowhere])).code, args.join(' ')).toBe(2);
    }
  });

  it('knows a learner module by the name that it was given, and no file of its own', async () => {
    const { code, stderr } = await runCli(['worker', '--learner', 'none.ts', ...nowhere]);
    expect(code).toBe(4);
    expect(stderr).toBe('error: learner module "none.ts" does not exist\n  check the path\n');
  });

  it('says of serve that it is not there yet', async () => {
    const { code, stderr } = await runCli(['serve', 'm']);
    expect(code).toBe(1);
    expect(stderr).toContain('not there yet');
    expect(stderr).toContain('shoal predict m');
  });

  it('shows a schema without a server, from a file and from stdin alike', async () => {
    const csv = 'a;b\n1;x\n2;y\n';
    await inFolder({ 'd.csv': csv }, async (dir) => {
      const args = ['data', 'import', 'd', '--sniff-only', '--json'];
      const file = await runCli([...args, join(dir, 'd.csv')]);
      expect(file.code).toBe(0);
      const shown = JSON.parse(file.stdout) as { rows: number; schema: { kind: string }[] };
      expect(shown.rows).toBe(2);
      expect(shown.schema.map(({ kind }) => kind)).toEqual(['number', 'category']);
      expect((await runCli([...args, '-'], { stdin: csv })).stdout).toBe(file.stdout);
    });
  });

  it('refuses a malformed file with file, line and fix', async () => {
    await inFolder({ 'd.csv': 'a,b\n1,2\n3\n' }, async (dir) => {
      const { code, stderr } = await runCli([
        'data',
        'import',
        'd',
        join(dir, 'd.csv'),
        '--sniff-only',
      ]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/d\.csv, line 3/);
    });
  });

  it('takes settings by flag, then environment, then config file', async () => {
    const config = JSON.stringify({ nats: 'nats://127.0.0.1:7' });
    await inFolder({ 'config.json': config, 'bad.json': '{"natz":"x"}' }, async (dir) => {
      const file = ['--config', join(dir, 'config.json')];
      const asked = async (args: string[], env: Record<string, string>): Promise<string> =>
        (await runCli(['jobs', ...file, ...args], { env: { SHOAL_NATS: '', ...env } })).stderr;
      expect(await asked([], {})).toContain('nats://127.0.0.1:7');
      expect(await asked([], { SHOAL_NATS: 'nats://127.0.0.1:8' })).toContain('127.0.0.1:8');
      expect(await asked(nowhere, { SHOAL_NATS: 'nats://127.0.0.1:8' })).toContain('127.0.0.1:9');
      const bad = await runCli(['jobs', '--config', join(dir, 'bad.json')]);
      expect(bad.code).toBe(2);
      expect(bad.stderr).toContain('did you mean "nats"?');
    });
  });

  it('colours nothing when told not to', async () => {
    const { stdout } = await runCli(['doctor', ...nowhere], { env: { NO_COLOR: '1' } });
    expect(stdout).toContain('fail server');
    expect(stdout.includes('\u001b')).toBe(false);
  });

  it('ends in silence when its reader goes away', async () => {
    const child = spawn(process.execPath, [program, '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toBe('');
  });
});

describe('completion', () => {
  it('proposes commands and flags, and nothing where it knows nothing', async () => {
    const proposed = async (...words: string[]): Promise<string[]> =>
      (await runCli(['__complete', ...words])).stdout.split('\n').filter((word) => word !== '');
    expect(await proposed('da')).toEqual(['data']);
    expect(await proposed('job', 'wa')).toEqual(['watch', 'wait']);
    expect(await proposed('worker', '--slo')).toEqual(['--slots']);
    expect(await proposed('no', 'such')).toEqual([]);
  });

  it('has a script for each shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await runCli(['completion', shell]);
      expect(code).toBe(0);
      expect(stdout).toContain('shoal __complete');
    }
  });
});
