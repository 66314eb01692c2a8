/**
 * Entry of `npm start`, `npm test`, and `npm run shoal`, `check` and `chaos`.
 *
 * Makes a fresh clone ready (packages, the pinned Node) and starts the real program with that Node
 * as a new process. Plain JavaScript for Node 18 and later, with nothing but Node's own modules,
 * since it runs before anything is installed. Standard output belongs to the program it starts;
 * what set-up has to say goes to standard error, one line for each thing missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');
const NODE_MAJOR_MIN = 18;
const NODE_WANTED = { major: 24, minor: 12 };

/** What each command starts, and whether it may fall back on an old nats-server. */
const COMMANDS = {
  start: { program: ['cli/demo.ts'], oldServer: true },
  test: { program: ['node_modules/vitest/vitest.mjs', 'run'], oldServer: true },
  shoal: { program: ['cli/bin.ts'], oldServer: false },
  check: { program: ['scripts/check.mjs'], oldServer: false },
  sim: { program: ['scripts/sim.mjs'], oldServer: false },
  mutants: { program: ['scripts/mutants.mjs'], oldServer: false },
  chaos: { program: ['bench/chaos/main.ts'], oldServer: true },
};

function main() {
  const [name, ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  if (command === undefined) {
    return fail(
      `unknown command "${name ?? ''}"; it is one of ${Object.keys(COMMANDS).join(', ')}`,
    );
  }
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
    return fail(`Node is ${process.version}; install Node ${NODE_MAJOR_MIN} or later`);
  }
  if (!installed() && !install()) return;
  const node = join(BIN, 'node');
  if (!existsSync(node)) {
    return fail(
      'packages are installed without their Node; delete node_modules and allow the install ' +
        'script of the package "node" (npm config delete ignore-scripts)',
    );
  }
  start(node, command, args);
}

/** Whether node_modules holds exactly what the lockfile asks for, by npm's own record of it. */
function installed() {
  try {
    const wanted = readPackages('package-lock.json');
    const present = readPackages('node_modules/.package-lock.json');
    return (
      existsSync(join(BIN, 'node')) &&
      Object.entries(wanted).every(
        ([path, entry]) =>
          path === '' || entry.optional === true || present[path]?.version === entry.version,
      )
    );
  } catch {
    return false;
  }
}

function readPackages(file) {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
}

/** Runs `npm ci` with the npm that started us; true when the packages are there afterwards. */
function install() {
  const node = isOld() ? borrowedNode() : process.execPath;
  say('installing packages (npm ci)');
  const result = npm(node, ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result.error !== undefined) {
    fail(`npm cannot be run (${result.error.message}); install npm and try again`);
    return false;
  }
  if (result.status !== 0) {
    fail(`npm ci ended with ${result.status ?? result.signal}; is the package registry reachable?`);
    return false;
  }
  return true;
}

function npm(node, args) {
  const path = process.env.npm_execpath;
  const [program, first] = path?.endsWith('.js') ? [node, [path]] : ['npm', []];
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  return spawnSync(program, [...first, ...args], { cwd: ROOT, env, stdio: ['ignore', 2, 2] });
}

function isOld() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major < NODE_WANTED.major || (major === NODE_WANTED.major && minor < NODE_WANTED.minor);
}

/**
 * The pinned Node in a folder of its own, to run npm with: under an older one npm leaves out the
 * native packages that do not support it. The present Node where it cannot be had.
 */
function borrowedNode() {
  const { version } = readPackages('package-lock.json')['node_modules/node'] ?? {};
  if (version === undefined) return process.execPath;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${process.platform}-${process.arch}`;
  const folder = join(ROOT, '.cache', `node-${version}`);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    say(`fetching Node ${version}, since the installed one is ${process.version}`);
    const where = ['--prefix', folder, '--no-save', '--no-package-lock'];
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    npm(process.execPath, ['install', ...where, ...quiet, `${name}@${version}`]);
  }
  return existsSync(node) ? node : process.execPath;
}

function start(node, command, args) {
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}` };
  if (command.oldServer) env.SHOAL_ALLOW_OLD_NATS = env.SHOAL_ALLOW_OLD_NATS ?? '1';
  if (env.HTTPS_PROXY || env.https_proxy) env.NODE_USE_ENV_PROXY = env.NODE_USE_ENV_PROXY ?? '1';
  const [entry, ...fixed] = command.program;
  const child = spawn(node, [join(ROOT, entry), ...fixed, ...args], { env, stdio: 'inherit' });
  child.on('error', (error) => fail(`cannot run ${node} (${error.message}); delete node_modules`));
  // On a terminal Ctrl-C reaches the program by itself; passed on as well it would count twice.
  const terminal = process.stdin.isTTY === true || process.stderr.isTTY === true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !terminal) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

function say(line) {
  process.stderr.write(`shoal: ${line}\n`);
}

function fail(line) {
  say(line);
  process.exitCode = 1;
}

main();
