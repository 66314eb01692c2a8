/**
 * The house rules, enforced: import arrows, one home for each library, sizes, names, headers, and
 * where clocks and randomness may be read. Each finding says where it is and what to do.
 *
 * Needs no nats-server; `npm run check` runs it as the check "arrows".
 */
import { isBuiltin } from 'node:module';
import { describe, expect, it } from 'vitest';
import {
  BEHIND_PORTS,
  CLOCK_CALLS,
  HOMES,
  INEXACT_CALLS,
  isInside,
  LOCALE_CALLS,
  layerOf,
  PURE_BUILTINS,
  packageOf,
  SANS_CLOCK,
} from './support/house-rules.ts';
import {
  projectFiles,
  readProjectFile,
  type SourceFile,
  type SyntaxNode,
  sourceFiles,
} from './support/source-tree.ts';

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const HEADER_LINES = { min: 1, max: 14 };

const sources = sourceFiles();
const paths = projectFiles();

describe('arrows', () => {
  it('imports go down only, and never from a shared layer to an adapter', () => {
    expect(
      find((file) =>
        file.imports.flatMap(({ target, line }) => {
          if (target === undefined || target.includes('/generated/')) return [];
          const from = layerOf(file.path);
          const to = layerOf(target);
          if (from === undefined) return [at(file, line, 'the file is in no known folder')];
          if (to !== undefined && from.imports.includes(to.at)) return [];
          return [at(file, line, `${from.at} may not import ${target}`)];
        }),
      ),
    ).toEqual([]);
  });

  it('each outside library is imported only in its home', () => {
    expect(
      find((file) =>
        file.imports.flatMap(({ specifier, target, line }) => {
          if (target !== undefined || isBuiltin(specifier)) return [];
          const name = packageOf(specifier);
          const homes = Object.hasOwn(HOMES, name) ? HOMES[name] : undefined;
          if (homes === undefined) return [at(file, line, `"${name}" has no home in HOMES`)];
          if (isInside(file.path, 'test') || homes.some((home) => isInside(file.path, home))) {
            return [];
          }
          return [at(file, line, `"${name}" lives in ${homes.join(', ') || 'test'}`)];
        }),
      ),
    ).toEqual([]);
  });

  it('layers without input and output use none of Node’s modules for it', () => {
    expect(
      find((file) =>
        file.imports
          .filter(({ specifier }) => isBuiltin(specifier) && !PURE_BUILTINS.has(specifier))
          .filter(() => BEHIND_PORTS.includes(layerOf(file.path)?.at ?? ''))
          .map(({ specifier, line }) => at(file, line, `"${specifier}" belongs behind a port`)),
      ),
    ).toEqual([]);
  });

  it('relative imports name the file with its ending, exports have names', () => {
    expect(
      find((file) => [
        ...file.imports
          .filter(({ target }) => target !== undefined && !/\.(ts|mjs|js|json)$/.test(target))
          .map(({ specifier, line }) => at(file, line, `"${specifier}" needs its ending`)),
        ...(file.hasDefaultExport && file.path !== 'vitest.config.ts'
          ? [at(file, 1, 'export by name, not by default')]
          : []),
      ]),
    ).toEqual([]);
  });
});

describe('calls', () => {
  it('clocks, timers and randomness are arguments outside the adapters that own them', () => {
    const scope = (file: SourceFile) => SANS_CLOCK.includes(layerOf(file.path)?.at ?? '');
    expect(
      find((file) =>
        scope(file)
          ? calls(file).flatMap(({ name, line, bare }) =>
              CLOCK_CALLS.has(name) || (name === 'new Date' && bare)
                ? [at(file, line, `${name} is banned here: take time or randomness as an argument`)]
                : [],
            )
          : [],
      ),
    ).toEqual([]);
  });

  it('learners use no function whose last bit depends on the engine or the locale', () => {
    expect(
      find((file) =>
        isInside(file.path, 'learners') || isInside(file.path, 'preprocessing')
          ? calls(file).flatMap(({ name, line }) =>
              (name.startsWith('Math.') && INEXACT_CALLS.has(name.slice(5))) ||
              LOCALE_CALLS.test(name) ||
              /^(new )?Intl\./.test(name)
                ? [at(file, line, `${name} is not bit-stable: use the project's own function`)]
                : [],
            )
          : [],
      ),
    ).toEqual([]);
  });

  it('tests do not sleep and leave nothing focused', () => {
    expect(
      find((file) => {
        if (!/\.(test|case)\.ts$/.test(file.path)) return [];
        const timers = file.imports
          .filter(({ specifier }) => specifier === 'node:timers/promises')
          .map(({ line }) => at(file, line, 'tests wait for a signal, not for time'));
        const found = calls(file).flatMap(({ name, line }) => {
          if (/^(setTimeout|setInterval|sleep)$/.test(name)) {
            return [at(file, line, `${name}: tests wait for a signal, not for time`)];
          }
          return /^(it|test|describe)\.only\b/.test(name)
            ? [at(file, line, `${name} is left`)]
            : [];
        });
        return [...timers, ...found];
      }),
    ).toEqual([]);
  });

  it('the only download is the official nats-server release', () => {
    const allowed =
      /^https:\/\/github\.com\/nats-io\/nats-server\/releases\/download|^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])/;
    expect(
      find((file) => {
        if (/^(test|bench|deploy)\//.test(file.path)) return [];
        return [...file.nodes()]
          .filter(({ type, value }) => type === 'Literal' && /^https?:\/\/./.test(String(value)))
          .filter(({ value }) => !allowed.test(String(value)))
          .map(({ start, value }) =>
            at(file, file.lineOf(start), `"${value}" is no known address`),
          );
      }),
    ).toEqual([]);
  });
});

describe('shape', () => {
  it(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
    expect(
      find((file) => {
        const lines = file.text.trimEnd().split('\n').length;
        return lines > FILE_LINES_MAX ? [at(file, lines, 'split it by noun')] : [];
      }),
    ).toEqual([]);
  });

  it(`no function outside the tests is longer than ${FUNCTION_LINES_MAX} lines`, () => {
    expect(
      find((file) => {
        if (isInside(file.path, 'test')) return [];
        return [...file.nodes()]
          .filter(({ type }) => /^(FunctionDeclaration|FunctionExpression|Arrow)/.test(type))
          .map(({ start, end }) => ({
            line: file.lineOf(start),
            length: file.lineOf(end) - file.lineOf(start) + 1,
          }))
          .filter(({ length }) => length > FUNCTION_LINES_MAX)
          .map(({ line, length }) => at(file, line, `a function of ${length} lines`));
      }),
    ).toEqual([]);
  });

  it('every file but a test, whose titles do, opens with a comment that says what it is', () => {
    expect(
      find((file) => {
        if (file.path.endsWith('.test.ts')) return [];
        const comment = /^(?:#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(file.text)?.[1] ?? '';
        const lines = comment.split('\n').filter((line) => /\w/.test(line)).length;
        if (lines >= HEADER_LINES.min && lines <= HEADER_LINES.max) return [];
        return [at(file, 1, `a header of ${lines} lines, 3 to 10 are the aim`)];
      }),
    ).toEqual([]);
  });

  it('files and folders are in kebab-case and name a noun', () => {
    const vague = /(^|[-/])(utils?|common|helpers?|manager|misc)([-./]|$)/;
    const code = paths.filter((path) => /\.(ts|mjs|js)$/.test(path));
    expect(code.filter((path) => !/^([a-z0-9]+(-[a-z0-9]+)*[./])+[a-z]+$/.test(path))).toEqual([]);
    expect(code.filter((path) => vague.test(path))).toEqual([]);
  });
});

describe('tree', () => {
  it('no file names a path of somebody’s machine', () => {
    const home = new RegExp(`(^|[\\s"'\`(=:])/(${['work', 'root'].join('|')}|Users/\\w+)/`, 'm');
    const text = paths.filter((path) => !/\.(arrow|bin|gz|png|wasm|parquet)$/.test(path));
    expect(text.filter((path) => home.test(readProjectFile(path)))).toEqual([]);
  });

  it('the lockfile names no registry, and every dependency is pinned exactly', () => {
    expect(readProjectFile('package-lock.json')).not.toMatch(/"resolved"/);
    const { dependencies, devDependencies } = JSON.parse(readProjectFile('package.json'));
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)),
    );
    expect(ranges).toEqual([]);
  });
});

interface Call {
  /** `Date.now`, `setTimeout`, `new Date`, `text.localeCompare`. */
  readonly name: string;
  readonly line: number;
  /** Whether it has no arguments. */
  readonly bare: boolean;
}

/** All calls and constructions of a file by the name they are written with. */
function calls(file: SourceFile): Call[] {
  return [...file.nodes()].flatMap((node) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return [];
    const { start, end } = node.callee as SyntaxNode;
    const prefix = node.type === 'NewExpression' ? 'new ' : '';
    const name = prefix + file.text.slice(start, end).replace(/^globalThis\./, '');
    const bare = (node.arguments as unknown[]).length === 0;
    return [{ name, line: file.lineOf(start), bare }];
  });
}

function find(rule: (file: SourceFile) => string[]): string[] {
  return sources.flatMap(rule);
}

function at(file: SourceFile, line: number, what: string): string {
  return `${file.path}:${line} ${what}`;
}
