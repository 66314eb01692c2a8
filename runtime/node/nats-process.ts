/**
 * One run of the nats-server program: spawn, wait until it listens, end.
 *
 * Promises: it is ready only when its ports file is there and the server that answers on that port
 * carries the expected name; it never outlives the process that started it, not even when that
 * process is killed with SIGKILL (a guard at the other end of a pipe ends it). It runs in a process
 * group of its own, so that Ctrl-C reaches it only through its owner.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exhaustion } from './exhaustion.ts';
import { NatsServerError } from './nats-server-error.ts';

const READY_LIMIT_MS = 30_000;
const READY_POLL_MS = 10;
const HELLO_LIMIT_MS = 2_000;
const STOP_LIMIT_MS = 10_000;

/** Reads until the owner closes the pipe or dies, then ends the server and removes its folder. */
const GUARD = 'read -r _; kill -CONT "$1"; kill -TERM "$1"; test -z "$2" || rm -rf -- "$2"';

export interface NatsProcessOptions {
  readonly path: string;
  readonly confFile: string;
  /** Folder for the ports file and the log `nats-server.log`. */
  readonly runDir: string;
  readonly serverName: string;
  readonly host: string;
  /** Wanted port, for messages; 0 is any. */
  readonly port: number;
  /** Folder that the guard removes when the owner dies; empty for none. */
  readonly guardedDir: string;
}

export interface NatsExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  readonly error?: Error;
}

export interface NatsProcess {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<NatsExit>;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to end, insists after 10 s. */
  stop(): Promise<void>;
}

/** @throws NatsServerError `port-in-use`, or `nats-server-failed` with the log's last errors. */
export async function launchNats(options: NatsProcessOptions): Promise<NatsProcess> {
  await mkdir(options.runDir, { recursive: true });
  const logFile = join(options.runDir, 'nats-server.log');
  await rename(logFile, `${logFile}.1`).catch(() => {}); // of the run before, where there was one
  const log = await open(logFile, 'w');
  const args = ['-c', options.confFile, '--ports_file_dir', options.runDir];
  const child = spawn(options.path, args, { detached: true, stdio: ['ignore', log.fd, log.fd] });
  const exited = exitOf(child);
  await log.close();
  const pid = child.pid;
  if (pid === undefined) {
    const { error } = await exited;
    const why = exhaustion(error, 'nats-server cannot be started');
    if (why !== null) throw why;
    throw new NatsServerError('nats-server-failed', `cannot run "${options.path}"`, {
      cause: error,
    });
  }
  const endGuard = startGuard(pid, options.guardedDir);
  let live = true;
  const settled = exited.finally(() => {
    live = false;
    endGuard();
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (live) child.kill(signal);
  };
  const stop = async (): Promise<void> => {
    kill('SIGCONT');
    kill('SIGTERM');
    const insist = setTimeout(() => kill('SIGKILL'), STOP_LIMIT_MS);
    await settled;
    clearTimeout(insist);
  };
  try {
    const port = await untilReady(options, pid, settled, logFile);
    return { pid, port, exited: settled, kill, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The `server_name` that the server on this port announces, or undefined when none does. */
export function serverNameAt(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let text = '';
    const finish = (name: string | undefined): void => {
      socket.destroy();
      resolve(name);
    };
    socket.setTimeout(HELLO_LIMIT_MS, () => finish(undefined));
    socket.on('error', () => finish(undefined));
    socket.on('close', () => finish(undefined));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const info = /^INFO (\{.*\})\s*\r\n/.exec(text)?.[1];
      if (info !== undefined) finish((JSON.parse(info) as { server_name?: string }).server_name);
    });
  });
}

async function untilReady(
  options: NatsProcessOptions,
  pid: number,
  exited: Promise<NatsExit>,
  logFile: string,
): Promise<number> {
  const portsFile = join(options.runDir, `${basename(options.path)}_${pid}.ports`);
  const deadline = performance.now() + READY_LIMIT_MS;
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  while (!ended && performance.now() < deadline) {
    const port = await readPort(portsFile);
    if (port !== undefined) {
      const name = await serverNameAt(options.host, port);
      if (name === options.serverName) return port;
    }
    await sleep(READY_POLL_MS);
  }
  throw await startFailure(options, logFile, ended);
}

async function readPort(portsFile: string): Promise<number | undefined> {
  try {
    const ports = JSON.parse(await readFile(portsFile, 'utf8')) as { nats?: string[] };
    const url = ports.nats?.[0];
    return url === undefined ? undefined : Number(new URL(url).port);
  } catch {
    return undefined; // not there, or half written
  }
}

async function startFailure(
  options: NatsProcessOptions,
  logFile: string,
  ended: boolean,
): Promise<NatsServerError> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  if (log.includes('address already in use')) {
    return new NatsServerError(
      'port-in-use',
      `port ${options.port} on ${options.host} is in use; stop what listens there or choose ` +
        'another port (0 takes a free one)',
    );
  }
  const errors = log.split('\n').filter((line) => /\[(ERR|FTL)\]|^nats-server: /.test(line));
  const said = (errors.length > 0 ? errors : log.split('\n')).slice(-3).join(' ').trim();
  const what = ended ? 'ended before it was ready' : `was not ready after ${READY_LIMIT_MS} ms`;
  return new NatsServerError(
    'nats-server-failed',
    `nats-server ${what}: ${said === '' ? 'it said nothing' : said} (log: ${logFile})`,
  );
}

function exitOf(child: ChildProcess): Promise<NatsExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
  });
}

/** Starts the guard and gives back what ends it; neither keeps this process alive. */
function startGuard(pid: number, guardedDir: string): () => void {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'nats-guard', String(pid), guardedDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => {}); // no shell: the server is then ended only by an orderly stop
  if (guard.pid === undefined) return () => {};
  guard.stdin.on('error', () => {});
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return () => {
    guard.kill('SIGKILL');
  };
}
