/**
 * A temporary folder that never outlives this process, not even after SIGKILL: a small guard
 * process at the other end of a pipe removes it when this process is gone.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Children of the owner need a moment to notice and end before their files go. */
const guardScript = 'read -r _; sleep 1; rm -rf -- "$1"; sleep 2; rm -rf -- "$1"';

export interface TempDir extends AsyncDisposable {
  readonly path: string;
  remove(): Promise<void>;
}

export async function tempDir(prefix: string): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const guard = spawn('/bin/sh', ['-c', guardScript, 'shoal-guard', path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => {}); // no shell: the folder is then removed only by an orderly end
  if (guard.pid !== undefined) {
    guard.stdin.on('error', () => {});
    guard.unref();
    (guard.stdin as unknown as { unref(): void }).unref();
  }
  const remove = async (): Promise<void> => {
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    guard.kill('SIGKILL');
  };
  return { path, remove, [Symbol.asyncDispose]: remove };
}
