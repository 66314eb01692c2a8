/**
 * The example worker in Python as a process of a test: started, ready, ended.
 *
 * It needs a Python with the packages of its requirements.txt: `$SHOAL_PYTHON`, else `python3`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const python = process.env.SHOAL_PYTHON ?? 'python3';
const worker = fileURLToPath(
  new URL('../../../examples/parameter-server/worker.py', import.meta.url),
);

/** Why the worker cannot be started here; null where it can. */
export function foreignWorkerFault(): string | null {
  const needs = 'import nats, google.protobuf, grpc_tools.protoc, pyarrow, numpy';
  const { status, error } = spawnSync(python, ['-c', needs], { encoding: 'utf8' });
  if (error !== undefined) return `"${python}" does not start: set SHOAL_PYTHON`;
  if (status === 0) return null;
  return `"${python}" is no Python with the packages of examples/parameter-server/requirements.txt`;
}

export class ForeignWorker implements AsyncDisposable {
  readonly node: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stderr = '';

  private constructor(node: string, child: ChildProcess) {
    this.node = node;
    this.#child = child;
    this.#exited = once(child, 'close');
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString('utf8');
    });
  }

  /** Starts it, and waits until it has sent its first heartbeat. */
  static async start(url: string, node: string): Promise<ForeignWorker> {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const args = [worker, '--nats', url, '--node', node];
    const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const own = new ForeignWorker(node, child);
    const lines = createInterface({ input: child.stdout });
    const ready = once(lines, 'line').then(() => true);
    if (await Promise.race([ready, own.#exited.then(() => false)])) return own;
    throw new Error(`the worker in Python did not start: ${own.#stderr}`);
  }

  /** What it has complained about so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Ends it; @returns its exit code, null when the signal killed it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    await this.#exited;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end('SIGKILL');
  }
}
