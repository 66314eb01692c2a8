/**
 * The project's own source as data for the house rules: files, imports, syntax nodes.
 *
 * Generated code, installed packages and hidden folders are not part of it. Knows no rule itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'generated', 'data']);
const CODE = /\.(ts|mts|mjs|js)$/;

/** A node of the syntax tree; only what the rules look at is typed. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface SourceImport {
  /** As written: `../schemas/ids.ts`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** Path from the root for a relative import, otherwise undefined. */
  readonly target: string | undefined;
  readonly line: number;
}

export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly SourceImport[];
  readonly hasDefaultExport: boolean;
  /** Every node once, parents before children. */
  nodes(): Iterable<SyntaxNode>;
  lineOf(offset: number): number;
}

/** Paths from the root of all files that belong to the project, sorted. */
export function projectFiles(folder = ''): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !SKIPPED.has(name) && (!name.startsWith('.') || name === '.ci'))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? projectFiles(path) : entry.isFile() ? [path] : [];
    })
    .sort();
}

export function readProjectFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** @throws Error when a file does not parse. */
export function sourceFiles(): SourceFile[] {
  return projectFiles()
    .filter((path) => CODE.test(path))
    .map(parseFile);
}

function parseFile(path: string): SourceFile {
  const text = readProjectFile(path);
  const { program, module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest] : [])),
    ),
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const literal = /^(['"`])([^$]*)\1$/.exec(text.slice(start, end));
      return literal?.[2] === undefined ? [] : [{ value: literal[2], start, end }];
    }),
  ];
  const imports = requests.map(({ value, start }) => ({
    specifier: value,
    target: value.startsWith('.') ? posix.join(posix.dirname(path), value) : undefined,
    line: lineOf(start),
  }));
  const hasDefaultExport = module.staticExports.some(({ entries }) =>
    entries.some(
      ({ exportName }) => exportName.kind === 'Default' || exportName.name === 'default',
    ),
  );
  const nodes = (): Iterable<SyntaxNode> => walk(program as unknown as SyntaxNode);
  return { path, text, imports, hasDefaultExport, nodes, lineOf };
}

function* walk(node: SyntaxNode): Iterable<SyntaxNode> {
  yield node;
  for (const value of Object.values(node)) {
    const children: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const child of children) if (isNode(child)) yield* walk(child);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof (value as SyntaxNode | null)?.type === 'string';
}
