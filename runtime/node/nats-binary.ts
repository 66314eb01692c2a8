/**
 * Finds a nats-server on this machine, or gets one.
 *
 * In this order, each step with its own time limit: `NATS_SERVER_BIN`, `PATH`, our cache, the
 * official release (SHA-256 pinned), `go install`, and only where an old server is allowed the old
 * one on `PATH` or the distribution's package. One line says which was used.
 * Nothing is installed outside the cache folder. It does not start a server.
 */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { downloadNatsServer } from './nats-download.ts';
import {
  isOlder,
  NATS_FLOOR_VERSION,
  NATS_GO_PACKAGE,
  NATS_PINNED_VERSION,
  NATS_RELEASES_URL,
  natsArchive,
} from './nats-release.ts';
import { NatsServerError } from './nats-server-error.ts';

const run = promisify(execFile);

const VERSION_LIMIT_MS = 5_000;
const DOWNLOAD_LIMIT_MS = 60_000;
const BUILD_LIMIT_MS = 300_000;
const PACKAGE_LIMIT_MS = 60_000;

export type NatsSource = 'NATS_SERVER_BIN' | 'PATH' | 'cache' | 'release' | 'go' | 'package';

/** A nats-server program that answered `--version`. */
export interface NatsBinary {
  readonly path: string;
  /** As `2.14.6`, without a `v`. */
  readonly version: string;
  readonly source: NatsSource;
}

export interface ResolveOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Accept a server below the floor as the last resort; also on with `SHOAL_ALLOW_OLD_NATS=1`. */
  readonly allowOld?: boolean;
  /** Told one line about the server used, and one before anything slow. */
  readonly log?: (line: string) => void;
}

type Search = Required<ResolveOptions> & {
  readonly misses: string[];
  old: NatsBinary | undefined;
};

/**
 * @throws NatsServerError `nats-server-not-found` with what was tried and what to do, or
 * `nats-server-too-old` when `NATS_SERVER_BIN` names a server below the floor.
 */
export async function resolveNatsServer(options: ResolveOptions): Promise<NatsBinary> {
  const { env } = options;
  const allowOld = options.allowOld === true || env.SHOAL_ALLOW_OLD_NATS === '1';
  const log = options.log ?? (() => {});
  const search: Search = { env, allowOld, log, misses: [], old: undefined };
  const steps = [fromVariable, fromPath, fromCache, fromRelease, fromGo, fromOld];
  for (const step of steps) {
    const binary = await step(search);
    if (binary === undefined) continue;
    log(`nats-server ${binary.version} (${binary.source}: ${binary.path})`);
    if (isOlder(binary.version, NATS_FLOOR_VERSION)) log(oldWarning(binary.version));
    return binary;
  }
  throw new NatsServerError(
    'nats-server-not-found',
    `no nats-server ${NATS_FLOOR_VERSION} or later: ${search.misses.join('; ')}. ` +
      `Put nats-server ${NATS_PINNED_VERSION} on PATH or name it in NATS_SERVER_BIN` +
      (allowOld ? '' : ', or allow an older one with SHOAL_ALLOW_OLD_NATS=1'),
  );
}

/** The folder that downloaded and built servers are kept in: `$XDG_CACHE_HOME/shoal` or `~/.cache/shoal`. */
export function natsCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'shoal');
}

async function fromVariable(search: Search): Promise<NatsBinary | undefined> {
  const path = search.env.NATS_SERVER_BIN;
  if (path === undefined || path === '') return undefined;
  const version = await versionOf(path);
  if (version === undefined) {
    throw new NatsServerError(
      'nats-server-not-found',
      `NATS_SERVER_BIN is "${path}", which does not run as nats-server; correct or unset it`,
    );
  }
  if (isOlder(version, NATS_FLOOR_VERSION) && !search.allowOld) {
    throw new NatsServerError(
      'nats-server-too-old',
      `NATS_SERVER_BIN is version ${version}, at least ${NATS_FLOOR_VERSION} is needed; ` +
        'unset it, or allow it with SHOAL_ALLOW_OLD_NATS=1',
    );
  }
  return { path, version, source: 'NATS_SERVER_BIN' };
}

async function fromPath(search: Search): Promise<NatsBinary | undefined> {
  const folders = (search.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const binary = await probe(search, join(folder, 'nats-server'), 'PATH');
    if (binary !== undefined) return binary;
  }
  search.misses.push(search.old ? `PATH has only ${search.old.version}` : 'none on PATH');
  return undefined;
}

async function fromCache(search: Search): Promise<NatsBinary | undefined> {
  return probe(search, cachedServer(search), 'cache');
}

async function fromRelease(search: Search): Promise<NatsBinary | undefined> {
  const releasesUrl = search.env.SHOAL_NATS_MIRROR || NATS_RELEASES_URL;
  const archive = natsArchive(process.platform, process.arch, releasesUrl);
  if (archive === undefined) {
    search.misses.push(`no known release for ${process.platform}-${process.arch}`);
    return undefined;
  }
  const target = cachedServer(search);
  try {
    search.log(`fetching nats-server ${NATS_PINNED_VERSION} from ${archive.url}`);
    await downloadNatsServer(archive, target, DOWNLOAD_LIMIT_MS);
  } catch (error) {
    search.misses.push(`download failed (${reason(error)})`);
    return undefined;
  }
  return probe(search, target, 'release');
}

async function fromGo(search: Search): Promise<NatsBinary | undefined> {
  const cache = natsCacheDir(search.env);
  let folder: string | undefined;
  try {
    await run('go', ['version'], { env: search.env, timeout: VERSION_LIMIT_MS });
    search.log(
      `building nats-server ${NATS_PINNED_VERSION} with go install (one to three minutes)`,
    );
    await mkdir(cache, { recursive: true });
    folder = await mkdtemp(join(cache, 'go-'));
    await run('go', ['install', `${NATS_GO_PACKAGE}@v${NATS_PINNED_VERSION}`], {
      env: { ...search.env, GOBIN: folder, CGO_ENABLED: '0' },
      timeout: BUILD_LIMIT_MS,
    });
    await rename(join(folder, 'nats-server'), cachedServer(search));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    search.misses.push(missing ? 'no go' : `go install failed (${reason(error)})`);
    return undefined;
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
  return probe(search, cachedServer(search), 'go');
}

/** The last resort: an old server that is there already, or Debian's package unpacked in our cache. */
async function fromOld(search: Search): Promise<NatsBinary | undefined> {
  if (!search.allowOld) return undefined;
  // Debian's folder for it is not on everybody's PATH.
  const old = search.old ?? (await probe(search, '/usr/sbin/nats-server', 'PATH')) ?? search.old;
  if (old !== undefined) return old;
  const folder = join(natsCacheDir(search.env), 'package');
  const path = join(folder, 'usr', 'sbin', 'nats-server');
  const version = await versionOf(path);
  if (version !== undefined) return { path, version, source: 'package' };
  try {
    await mkdir(folder, { recursive: true });
    const limits = { cwd: folder, env: search.env, timeout: PACKAGE_LIMIT_MS };
    await run('apt-get', ['download', 'nats-server'], limits);
    const file = (await readdir(folder)).find((name) => name.endsWith('.deb')) ?? '';
    await run('dpkg-deb', ['-x', file, '.'], limits);
    await rm(join(folder, file));
  } catch (error) {
    search.misses.push(`no distribution package (${reason(error)})`);
    return undefined;
  }
  const found = await versionOf(path);
  return found === undefined ? undefined : { path, version: found, source: 'package' };
}

/** A server that is there and new enough; one that is there and too old is kept for `fromOld`. */
async function probe(
  search: Search,
  path: string,
  source: NatsSource,
): Promise<NatsBinary | undefined> {
  const version = await versionOf(path);
  if (version === undefined) return undefined;
  const binary = { path, version, source };
  if (!isOlder(version, NATS_FLOOR_VERSION)) return binary;
  search.old ??= binary;
  return undefined;
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await run(path, ['--version'], { timeout: VERSION_LIMIT_MS });
    return /^nats-server: v(\d+\.\d+\.\d+)/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function cachedServer(search: Search): string {
  return join(natsCacheDir(search.env), `nats-server-${NATS_PINNED_VERSION}`);
}

function oldWarning(version: string): string {
  return (
    `warning: nats-server ${version} is older than ${NATS_FLOOR_VERSION}: what it acknowledged ` +
    'can be lost when the machine stops; use it to try things out only'
  );
}

function reason(error: unknown): string {
  const known = error as { killed?: boolean; stderr?: string; cause?: { code?: string } };
  if (known.killed === true || (error as Error).name === 'TimeoutError') return 'time limit';
  const text = known.stderr?.trim() || known.cause?.code || (error as Error).message;
  return text.split('\n').at(-1) ?? text;
}
