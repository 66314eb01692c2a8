import { afterEach, expect, it, vi } from 'vitest';
import { showError } from '../../cli/show-error.ts';

afterEach(() => vi.restoreAllMocks());

function told(error: unknown): { exitCode: number; text: string } {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return { exitCode: showError(error, false), text };
}

function fault(code: string, path?: string): Error {
  const place = path === undefined ? {} : { path };
  return Object.assign(new Error(`${code}: raw`), { code, syscall: 'open', ...place });
}

it('names the file, not the system call, and says what to do', () => {
  const { exitCode, text } = told(fault('ENOENT', 'rows.csv'));
  expect(text).toBe('error: "rows.csv" does not exist\n  check the path\n');
  expect(exitCode).toBe(4);
});

it('knows an output by its own name, not by the one that it is written under', () => {
  expect(told(fault('EISDIR', 'out.csv.4711.part')).text).toContain('"out.csv" is a folder');
});

it('takes reading that was cut off for what it is: an interruption', () => {
  expect(told(fault('ABORT_ERR'))).toEqual({ exitCode: 130, text: 'error: interrupted\n' });
});
