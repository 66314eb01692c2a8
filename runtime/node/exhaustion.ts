/**
 * What the operating system says when it has no more files, threads or processes to give, in words
 * and with the fix. Another node may have some left, so a task that meets it is not to blame.
 */
import { RetryableError } from '../../schemas/errors.ts';

const said: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  EMFILE: [
    'this process has too many open files',
    'raise its limit (`ulimit -n`, LimitNOFILE= of systemd), or give it fewer slots',
  ],
  ENFILE: ['this machine has too many open files', 'raise `sysctl fs.file-max`, or run less on it'],
  EAGAIN: [
    'no more threads or processes are allowed here',
    'raise the limit (`ulimit -u`, TasksMax= of systemd, pids.max), or give fewer slots',
  ],
};

/** Threads tell the code in their message only. */
const threadFault = 'ERR_WORKER_INIT_FAILED';

/**
 * @param fault what cannot be done, for people: `no thread can be started`
 * @returns null for any other error
 */
export function exhaustion(error: unknown, fault: string): RetryableError | null {
  const { code, message: told = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const found = code === threadFault ? /\bE(?:MFILE|NFILE|AGAIN)\b/.exec(told)?.[0] : code;
  const words = said[found ?? ''];
  if (words === undefined) return null;
  const [what, fix] = words;
  // The fix stands in the text too: of a task's error the coordinator is told the text alone.
  const message = `${fault}: ${what} (${found}); ${fix}`;
  return new RetryableError('exhausted', message, 0, { fix, cause: error });
}

/** The same of anything that was tried, or null: for whoever shows errors. */
export function exhaustionInWords(error: unknown): { message: string; fix: string } | null {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (!(error instanceof Error) || typeof code !== 'string' || said[code] === undefined)
    return null;
  const [what, fix] = said[code];
  return { message: `${what}: ${error.message}`, fix };
}
