/**
 * One actor as a child process of this one: started, ready, ended.
 *
 * The child runs this same command line with `--json`, and is ready when it prints its ready line.
 * It has a process group of its own, so that Ctrl-C reaches only its parent, and a channel to its
 * parent, so that it ends when the parent is gone, even by SIGKILL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { exhaustion } from '../runtime/node/exhaustion.ts';
import { RetryableError, ShoalError } from '../schemas/errors.ts';

/** Set for a process that is given a channel to its parent. */
const parentVariable = 'SHOAL_PARENT';
const program = fileURLToPath(new URL('./bin.ts', import.meta.url));

/**
 * Without these an actor that lives long comes to hold a few hundred MiB that it does not use: room
 * for young objects, and an arena of the C library for each thread. They cost no processor time
 * (`docs/benchmarks.md`).
 */
const leanHeap = ['--max-semi-space-size=16'];
const leanAllocator = { MALLOC_ARENA_MAX: '2' };

export interface ReadyLine {
  readonly ready: true;
  readonly node: string;
  readonly role: string;
  readonly pid: number;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  readonly error?: Error;
}

/** For people: `by SIGKILL`, `with exit code 1`. */
export function howEnded({ code, signal, error }: ChildExit): string {
  if (error !== undefined) return `before it began: ${error.message}`;
  return signal === null ? `with exit code ${code}` : `by ${signal}`;
}

export interface Child {
  readonly pid: number;
  readonly ready: Promise<ReadyLine>;
  readonly exited: Promise<ChildExit>;
  kill(signal: NodeJS.Signals): void;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** File descriptor for the child's log, or 'inherit', the default. */
  readonly stderr?: 'inherit' | 'ignore' | number;
  /** A command that runs ours, such as one that enters another network; it has to `exec` it. */
  readonly prefix?: readonly string[];
}

/** @param args of the command line, e.g. `['worker', '--nats', url]` */
export function startChild(args: readonly string[], options: ChildOptions = {}): Child {
  const { prefix = [] } = options;
  const command = [process.execPath, ...leanHeap, program, ...args, '--json'];
  const [path = '', ...rest] = [...prefix, ...command];
  const child = spawn(path, rest, {
    stdio: ['ignore', 'pipe', options.stderr ?? 'inherit', 'ipc'],
    env: { ...leanAllocator, ...process.env, ...options.env, [parentVariable]: '1' },
    detached: true,
  });
  const exited = exitOf(child);
  const ready = readyOf(child, exited, args[0] ?? 'actor');
  ready.catch(() => {}); // whoever waits for it sees the failure
  return {
    pid: child.pid ?? -1,
    ready,
    exited,
    kill(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    },
  };
}

function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      resolve({
        code: null,
        signal: null,
        error: exhaustion(error, 'no process can be started') ?? error,
      });
    });
  });
}

async function readyOf(
  child: ChildProcess,
  exited: Promise<ChildExit>,
  role: string,
): Promise<ReadyLine> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadyLine>();
  // There is none where the process could not be started.
  if (child.stdout != null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      try {
        const value = JSON.parse(line) as { ready?: unknown };
        if (value.ready === true) resolve(value as ReadyLine);
      } catch {
        // Only the ready line matters here.
      }
    });
  }
  void exited.then((exit) => {
    const { error } = exit;
    const fix = error instanceof ShoalError ? error.fix : undefined;
    const message =
      error === undefined
        ? `${role} ended ${howEnded(exit)} before it was ready`
        : `${role}: ${error.message}`;
    reject(
      new RetryableError('actor-ended', message, 1_000, {
        ...(fix === undefined ? {} : { fix }),
        cause: error,
      }),
    );
  });
  return promise;
}

/** Runs `end` when the parent that started this process is gone, if it gave us a channel. */
export function onParentGone(end: () => void): void {
  if (process.channel == null) {
    // It may have gone while this process was still loading its code.
    if (process.env[parentVariable] !== undefined) end();
    return;
  }
  process.once('disconnect', end);
  process.channel.unref();
}
