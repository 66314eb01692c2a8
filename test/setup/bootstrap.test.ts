/**
 * The bootstrap: installs when it must, starts the real program with the pinned Node, and passes on
 * arguments, signals and exit codes.
 *
 * Each test runs the real script in a small project of its own, with a stand-in for npm, so that
 * nothing is downloaded.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/source-tree.ts';

let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'shoal-bootstrap-'));
  await mkdir(join(project, 'scripts'));
  await mkdir(join(project, 'cli'));
  await copyFile(join(ROOT, 'scripts/bootstrap.mjs'), join(project, 'scripts/bootstrap.mjs'));
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
  await writeLock('package-lock.json', '1.0.0');
});
afterEach(() => rm(project, { recursive: true, force: true }));

describe('bootstrap', () => {
  it('hands arguments, standard output and the exit code through, and adds nothing to them', async () => {
    await install();
    await program('console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 3;');
    const run = await bootstrap('shoal', 'jobs', '--json', 'a b');
    expect(run).toEqual({ code: 3, out: '["jobs","--json","a b"]\n', err: '' });
  });

  it('installs once where packages are missing, and again when the lockfile changed', async () => {
    await program('console.log("ran");');
    const npm = await standIn('1.0.0');
    const first = await bootstrapWith(npm, 'shoal');
    const second = await bootstrapWith(npm, 'shoal');
    expect(first).toEqual({ code: 0, out: 'ran\n', err: 'shoal: installing packages (npm ci)\n' });
    expect(second).toEqual({ code: 0, out: 'ran\n', err: '' });
    await writeLock('package-lock.json', '2.0.0');
    const third = await bootstrapWith(await standIn('2.0.0'), 'shoal');
    expect(third.err).toContain('installing packages');
    expect(await readFile(join(project, 'npm.log'), 'utf8')).toBe('ci\nci\n');
  });

  it('says in one line what is missing when packages cannot be installed', async () => {
    const npm = join(project, 'npm.js');
    await writeFile(npm, 'process.exit(7);');
    expect(await bootstrapWith(npm, 'shoal')).toEqual({
      code: 1,
      out: '',
      err:
        'shoal: installing packages (npm ci)\n' +
        'shoal: npm ci ended with 7; is the package registry reachable?\n',
    });
  });

  it('names the commands when it does not know one', async () => {
    const { code, err } = await bootstrap('sohal');
    expect(code).toBe(1);
    expect(err).toBe(
      'shoal: unknown command "sohal"; it is one of start, test, shoal, check, sim, mutants, chaos\n',
    );
  });

  it('passes SIGTERM on and ends as its program ended', async () => {
    await install();
    await program(`
      process.on('SIGTERM', () => { console.log('told'); process.exit(5); });
      console.log('ready');
      setInterval(() => {}, 1000);
    `);
    const child = start('shoal');
    await once(child.stdout ?? child, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([5, null]);
  });

  it('ends with 128 and the number of the signal that killed its program', async () => {
    await install();
    await program('process.kill(process.pid, "SIGKILL");');
    expect((await bootstrap('shoal')).code).toBe(128 + 9);
  });

  it('lets tests and the demo fall back on an old nats-server, and nothing else', async () => {
    await install();
    const show = 'console.log(process.env.SHOAL_ALLOW_OLD_NATS ?? "unset");';
    await program(show);
    await writeFile(join(project, 'cli/demo.ts'), show);
    expect((await bootstrap('shoal')).out).toBe('unset\n');
    expect((await bootstrap('start')).out).toBe('1\n');
  });
});

async function writeLock(file: string, version: string): Promise<void> {
  const packages = { '': {}, 'node_modules/dep': { version } };
  await writeFile(join(project, file), JSON.stringify({ packages }));
}

async function install(): Promise<void> {
  await mkdir(join(project, 'node_modules/.bin'), { recursive: true });
  await symlink(process.execPath, join(project, 'node_modules/.bin/node'));
  await writeLock('node_modules/.package-lock.json', '1.0.0');
}

async function program(text: string): Promise<void> {
  await writeFile(join(project, 'cli/bin.ts'), text);
}

/** A script in npm's place that notes its first argument and leaves packages of one version. */
async function standIn(version: string): Promise<string> {
  const path = join(project, 'npm.js');
  const packages = JSON.stringify({ packages: { 'node_modules/dep': { version } } });
  await writeFile(
    path,
    `import { appendFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
     appendFileSync('npm.log', process.argv[2] + '\\n');
     mkdirSync('node_modules/.bin', { recursive: true });
     const node = 'node_modules/.bin/node';
     if (!existsSync(node)) symlinkSync(process.execPath, node);
     writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(packages)});`,
  );
  return path;
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(project, 'scripts/bootstrap.mjs'), ...args], {
    env: environment(undefined),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function bootstrap(...args: string[]) {
  return bootstrapWith(undefined, ...args);
}

async function bootstrapWith(npm: string | undefined, ...args: string[]) {
  const child = spawn(process.execPath, [join(project, 'scripts/bootstrap.mjs'), ...args], {
    env: environment(npm),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

function environment(npm: string | undefined): NodeJS.ProcessEnv {
  const { SHOAL_ALLOW_OLD_NATS: _old, NODE_OPTIONS: _options, ...rest } = process.env;
  return { ...rest, npm_execpath: npm };
}
