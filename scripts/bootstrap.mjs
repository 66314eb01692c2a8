/**
 * Entry of `npm start`, `npm test`, `npm run shoal` and `npm run check`.
 *
 * Makes a fresh clone ready (packages, the pinned Node) and starts the real program with that Node
 * as a new process. Plain JavaScript for Node 18 and later, with nothing but Node's own modules,
 * since it runs before anything is installed. Standard output belongs to the program it starts;
 * what set-up has to say goes to standard error, one line for each thing missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');
const NODE_MAJOR_MIN = 18;

/** What each command starts, and whether it may fall back on an old nats-server. */
const COMMANDS = {
  start: { program: ['cli/demo.ts'], oldServer: true },
  test: { program: ['node_modules/vitest/vitest.mjs', 'run'], oldServer: true },
  shoal: { program: ['cli/bin.ts'], oldServer: false },
  check: { program: ['scripts/check.mjs'], oldServer: false },
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
  say('installing packages (npm ci)');
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const result = spawnSync(
    program,
    [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
    },
  );
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
