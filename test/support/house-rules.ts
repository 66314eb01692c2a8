/**
 * The house rules as tables: which layer may import which, where each outside library lives, where
 * time, randomness and inexact arithmetic are allowed. `test/tidy.test.ts` applies them.
 *
 * A change here is a change of the architecture; see ARCHITECTURE.md.
 */

/** A folder or file of the tree and what it may import; the longest match of `at` counts. */
interface Layer {
  readonly at: string;
  readonly imports: readonly string[];
}

/** Functions of one number, bit-stable: what must not depend on learners needs them, too. */
const MATH = 'learners/math.ts';
const PURE = ['schemas', 'datasets', 'preprocessing', MATH, 'learners'];
const CORE = ['runtime', 'runtime/ports'];
/** Versions and sums of nats-server: pure data that both adapters need. */
const SERVER_FACTS = 'runtime/node/nats-release.ts';
const EVERYTHING = [
  SERVER_FACTS,
  ...[...PURE, ...CORE, 'runtime/memory', 'runtime/nats', 'runtime/node', 'runtime/otel'],
  ...['actors', 'client', 'index.ts', 'cli', 'dashboard'],
];

export const LAYERS: readonly Layer[] = [
  { at: 'schemas', imports: ['schemas'] },
  { at: 'datasets', imports: ['datasets', 'schemas'] },
  { at: 'preprocessing', imports: ['preprocessing', 'datasets', 'schemas', MATH] },
  { at: MATH, imports: [] },
  { at: 'learners', imports: PURE },
  { at: 'runtime', imports: ['schemas', ...CORE] },
  { at: 'runtime/ports', imports: ['schemas', ...CORE] },
  ...['runtime/memory', 'runtime/nats', 'runtime/node', 'runtime/otel'].map((at) => ({
    at,
    imports: [...PURE, ...CORE, at, SERVER_FACTS],
  })),
  { at: SERVER_FACTS, imports: [] },
  { at: 'actors', imports: [...PURE, ...CORE, 'actors'] },
  { at: 'client', imports: [...PURE, ...CORE, 'client'] },
  { at: 'index.ts', imports: EVERYTHING },
  { at: 'cli', imports: EVERYTHING },
  { at: 'dashboard', imports: EVERYTHING },
  { at: 'deploy', imports: [...EVERYTHING, 'deploy'] },
  { at: 'scripts', imports: [...EVERYTHING, 'scripts'] },
  // What plays seeds and mutants outside of the suite.
  { at: 'scripts/sim.mjs', imports: ['test'] },
  { at: 'scripts/mutants.mjs', imports: ['test'] },
  { at: 'examples', imports: ['index.ts', 'examples'] },
  { at: 'bench', imports: [...EVERYTHING, 'bench', 'test/support'] },
  { at: 'test/support', imports: [...EVERYTHING, 'test/support'] },
  { at: 'test', imports: [...EVERYTHING, 'test', 'test/support', 'bench', 'scripts', 'examples'] },
  { at: 'vitest.config.ts', imports: [] },
];

/** Libraries and the only places that import them, besides tests. */
export const HOMES: Readonly<Record<string, readonly string[]>> = {
  '@nats-io/nats-core': ['runtime/nats', 'bench'],
  '@nats-io/transport-node': ['runtime/nats', 'bench'],
  '@nats-io/jetstream': ['runtime/nats', 'bench'],
  '@nats-io/kv': ['runtime/nats', 'bench'],
  '@nats-io/nkeys': ['cli', 'deploy'],
  '@nats-io/jwt': ['cli', 'deploy'],
  xstate: ['actors/coordinator'],
  protobufjs: ['schemas'],
  '@opentelemetry/api': ['runtime', 'actors'],
  '@opentelemetry/context-async-hooks': ['runtime/otel'],
  '@opentelemetry/exporter-trace-otlp-proto': ['runtime/otel'],
  '@opentelemetry/resources': ['runtime/otel'],
  '@opentelemetry/sdk-metrics': ['runtime/otel'],
  '@opentelemetry/sdk-trace': ['runtime/otel'],
  'apache-arrow': ['datasets'],
  hyparquet: ['datasets'],
  'hyparquet-compressors': ['datasets'],
  'hyparquet-writer': ['datasets'],
  zod: ['schemas'],
  pino: ['runtime/node'],
  '@stricli/core': ['cli'],
  vitest: ['vitest.config.ts'],
  'fast-check': [],
  'oxc-parser': [],
  'csv-parse': ['bench'],
  papaparse: ['bench'],
};

/** Node's own modules without input, output or time, which any layer may use. */
export const PURE_BUILTINS = new Set([
  ...['node:assert', 'node:assert/strict', 'node:buffer', 'node:crypto', 'node:util'],
  ...['node:stream', 'node:string_decoder', 'node:events', 'node:async_hooks', 'node:zlib'],
]);

/** Layers that reach the world only through ports. */
export const BEHIND_PORTS = ['schemas', 'datasets', 'preprocessing', 'learners', 'runtime'].concat([
  'runtime/ports',
  'runtime/memory',
  'actors',
  'client',
]);

/** Layers that take time and randomness as arguments. */
export const SANS_CLOCK = [...BEHIND_PORTS, 'runtime/otel'];

/** Calls that read a clock, wait, or draw a random number. */
export const CLOCK_CALLS = new Set([
  ...['Date.now', 'performance.now', 'process.hrtime', 'Math.random'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'randomUUID', 'crypto.randomUUID'],
  ...['randomBytes', 'crypto.randomBytes', 'getRandomValues', 'crypto.getRandomValues'],
]);

/** Functions whose last bits differ between engines, and whatever follows a locale. */
export const INEXACT_CALLS = new Set([
  ...['exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'pow', 'sin', 'cos', 'tan', 'asin'],
  ...['acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'cbrt', 'hypot'],
]);

export const LOCALE_CALLS =
  /\.(toLocaleString|toLocaleUpperCase|toLocaleLowerCase|localeCompare|normalize)$/;

/** The layer that a path belongs to: the longest `at` that it lies in. */
export function layerOf(path: string): Layer | undefined {
  const matches = LAYERS.filter(({ at }) => isInside(path, at));
  return matches.sort((a, b) => b.at.length - a.at.length)[0];
}

export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The package of an import specifier: `@scope/name` or `name`, without the path inside it. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
