/**
 * An error, for people and for programs.
 */
import type { SpecIssue } from '../schemas/job-spec.ts';
import { codeOf, exitCodeOf } from './exit-codes.ts';
import { openScreen } from './screen.ts';

interface Told {
  readonly path?: unknown;
  readonly fix?: unknown;
  readonly issues?: unknown;
}

/** Shows it and gives the exit code that it stands for. */
export function showError(error: unknown, json: boolean): number {
  const screen = openScreen(json);
  const exitCode = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const told: Told = error instanceof Error ? (error as Told) : {};
  const code = codeOf(error);
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
