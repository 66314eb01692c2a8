/**
 * Learners from the user's own files: modules on this host, named when the process starts.
 *
 * Each file exports what `defineLearner` returned, under any name. No code travels over the bus: a
 * job names a learner, and a node runs it only when it was started with it.
 */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { learnersOf } from '../../learners/catalogue.ts';
import type { AnyLearner, Learners } from '../../learners/learner.ts';
import { TerminalError } from '../../schemas/errors.ts';

/** The file as an absolute URL, so that threads and child processes find the same one. */
export function learnerUrl(file: string): string {
  return file.startsWith('file:') ? file : pathToFileURL(resolve(file)).href;
}

/** As its owner knows it. */
function fileOf(url: string): string {
  return relative(process.cwd(), fileURLToPath(url));
}

/** The built-in learners and those of the modules. @throws TerminalError('bad-learner') */
export async function loadLearners(builtIn: Learners, urls: readonly string[]): Promise<Learners> {
  const own = await Promise.all(urls.map(learnersIn));
  return learnersOf(...builtIn.values(), ...own.flat());
}

async function learnersIn(url: string): Promise<AnyLearner[]> {
  let module: Record<string, unknown>;
  try {
    module = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const why = said.replace(/ imported from .*$/s, '');
    const absent = !existsSync(new URL(url));
    const fault = absent ? 'does not exist' : `does not load: ${why}`;
    throw new TerminalError(
      absent ? 'no-file' : 'bad-learner',
      `learner module "${fileOf(url)}" ${fault}`,
      {
        fix: absent ? 'check the path' : 'mend it, or leave it out',
        cause,
      },
    );
  }
  const found = Object.values(module).filter(isLearner);
  if (found.length > 0) return found;
  throw new TerminalError('bad-learner', `learner module "${fileOf(url)}" exports no learner`, {
    fix: 'export what defineLearner({...}) returns',
  });
}

function isLearner(value: unknown): value is AnyLearner {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  const functions =
    fields.stage === 'rounds'
      ? ['prepare', 'begin', 'contribute', 'combine', 'close', 'finish', 'decode']
      : ['taskCount', 'prepare', 'train', 'merge', 'decode'];
  return functions.every((name) => typeof fields[name] === 'function');
}
