/**
 * An error, for people and for programs.
 */
import { exhaustionInWords } from '../runtime/node/exhaustion.ts';
import type { SpecIssue } from '../schemas/job-spec.ts';
import { codeOf, exitCodeOf } from './exit-codes.ts';
import { openScreen } from './screen.ts';
import { InterruptedError } from './usage-error.ts';

/** What the operating system says about files, in words. */
const fileFaults: Readonly<Record<string, readonly [said: string, fix: string]>> = {
  ENOENT: ['does not exist', 'check the path'],
  ENOTDIR: ['is not in a folder', 'check the path'],
  EEXIST: ['is there already, and is no folder', 'name another'],
  EISDIR: ['is a folder', 'name a file'],
  EACCES: ['may not be opened by this user', 'change its owner or its rights, or name another'],
  EPERM: ['may not be changed by this user', 'change its owner or its rights, or name another'],
  EROFS: ['is on a read-only disk', 'name a place that can be written'],
  ENOSPC: ['does not fit on the disk', 'free some space, or name another disk'],
};

interface Told {
  readonly path?: unknown;
  readonly fix?: unknown;
  readonly issues?: unknown;
}

/** Shows it and gives the exit code that it stands for. */
export function showError(thrown: unknown, json: boolean): number {
  const error = inWords(thrown);
  const screen = openScreen(json);
  const exitCode = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const told: Told = error instanceof Error ? (error as Told) : {};
  const code = codeOf(error);
  // Whoever stops `shoal up` while it starts hears it once, not from each of its processes.
  if (code === 'interrupted' && process.env.SHOAL_CHILD === '1') return exitCode;
  if (json) {
    screen.value({
      error: {
        code,
        message,
        ...(typeof told.path === 'string' ? { path: told.path } : {}),
        ...(typeof told.fix === 'string' ? { fix: told.fix } : {}),
        ...(Array.isArray(told.issues) && told.issues.length > 0 ? { issues: told.issues } : {}),
      },
    });
  }
  screen.note(`error: ${message}`);
  const issues = Array.isArray(told.issues) ? (told.issues as SpecIssue[]) : [];
  if (issues.length > 0) {
    for (const issue of issues) {
      screen.note(`  ${issue.path === '' ? '(spec)' : issue.path}: ${issue.message}; ${issue.fix}`);
    }
  } else if (typeof told.fix === 'string' && !message.includes(told.fix)) {
    screen.note(`  ${told.fix}`);
  }
  if (code === 'unexpected' && error instanceof Error && process.env.SHOAL_DEBUG) {
    screen.note(error.stack ?? '');
  }
  return exitCode;
}

function inWords(error: unknown): unknown {
  // Reading that Ctrl-C cut off.
  if (codeOf(error) === 'ABORT_ERR') return new InterruptedError();
  const exhausted = exhaustionInWords(error);
  if (exhausted !== null) {
    const { message, fix } = exhausted;
    return Object.assign(new Error(message, { cause: error }), { code: codeOf(error), fix });
  }
  const fault = fileFaults[codeOf(error)];
  if (fault === undefined || !(error instanceof Error) || !('syscall' in error)) return error;
  // An output is written beside its place first; people know it by its own name.
  const path = 'path' in error ? `"${String(error.path).replace(/\.\d+\.part$/, '')}"` : 'the path';
  const [said, fix] = fault;
  return Object.assign(new Error(`${path} ${said}`, { cause: error }), {
    code: codeOf(error),
    fix,
  });
}
