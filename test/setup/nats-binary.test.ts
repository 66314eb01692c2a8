/**
 * Finding nats-server: the order of the places, the floor, the pinned sum, one clear line.
 *
 * The servers here are scripts that only answer `--version`, and the release comes from a local
 * server, so that no test depends on the network.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveNatsServer } from '../../runtime/node/nats-binary.ts';
import { downloadNatsServer, extractFile } from '../../runtime/node/nats-download.ts';
import {
  isOlder,
  NATS_FLOOR_VERSION,
  NATS_PINNED_VERSION,
} from '../../runtime/node/nats-release.ts';

const SHA256_OF_NOTHING = createHash('sha256').digest('hex');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-binary-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the search for nats-server', () => {
  it('takes NATS_SERVER_BIN before PATH, and PATH before the cache, and says which in one line', async () => {
    const named = await fakeServer('named/some-server', '2.14.1');
    await fakeServer('path/nats-server', '2.14.2');
    await fakeServer(`cache/shoal/nats-server-${NATS_PINNED_VERSION}`, NATS_PINNED_VERSION);
    const env = { PATH: join(folder, 'path'), XDG_CACHE_HOME: join(folder, 'cache') };
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const first = await resolveNatsServer({ env: { ...env, NATS_SERVER_BIN: named }, log });
    const second = await resolveNatsServer({ env, log });
    const third = await resolveNatsServer({ env: { ...env, PATH: '' }, log });
    expect([first, second, third].map(({ source, version }) => `${source} ${version}`)).toEqual([
      'NATS_SERVER_BIN 2.14.1',
      'PATH 2.14.2',
      `cache ${NATS_PINNED_VERSION}`,
    ]);
    expect(lines).toEqual([
      `nats-server 2.14.1 (NATS_SERVER_BIN: ${named})`,
      `nats-server 2.14.2 (PATH: ${join(folder, 'path', 'nats-server')})`,
      expect.stringContaining(`nats-server ${NATS_PINNED_VERSION} (cache: `),
    ]);
  });

  it('passes over a server below the floor, and takes it only where that is allowed, with a warning', async () => {
    await fakeServer('path/nats-server', '2.9.10');
    await fakeServer(`cache/shoal/nats-server-${NATS_PINNED_VERSION}`, NATS_PINNED_VERSION);
    const env = { PATH: join(folder, 'path'), XDG_CACHE_HOME: join(folder, 'cache') };
    expect((await resolveNatsServer({ env, allowOld: true })).source).toBe('cache');
    await rm(join(folder, 'cache'), { recursive: true });
    const offline = { ...env, SHOAL_NATS_MIRROR: 'http://127.0.0.1:1', GOPROXY: 'off' };
    const lines: string[] = [];
    const old = await resolveNatsServer({
      env: { ...offline, SHOAL_ALLOW_OLD_NATS: '1' },
      log: (line) => lines.push(line),
    });
    expect(old.version).toBe('2.9.10');
    expect(lines.at(-1)).toMatch(/^warning: nats-server 2\.9\.10 is older than /);
    await expect(resolveNatsServer({ env: offline })).rejects.toMatchObject({
      code: 'nats-server-not-found',
      message: expect.stringMatching(
        /PATH has only 2\.9\.10; download failed .* NATS_SERVER_BIN, or allow an older one/,
      ),
    });
  });

  it('refuses a NATS_SERVER_BIN that does not run or is too old, with the fix', async () => {
    const broken = { NATS_SERVER_BIN: join(folder, 'nothing-here') };
    await expect(resolveNatsServer({ env: broken })).rejects.toMatchObject({
      code: 'nats-server-not-found',
      message: expect.stringContaining('correct or unset it'),
    });
    const old = { NATS_SERVER_BIN: await fakeServer('old/nats-server', '2.9.10') };
    await expect(resolveNatsServer({ env: old })).rejects.toMatchObject({
      code: 'nats-server-too-old',
      message: expect.stringContaining(`2.9.10, at least ${NATS_FLOOR_VERSION} is needed`),
    });
  });

  it('compares versions by number', () => {
    expect(isOlder('2.9.10', '2.12.7')).toBe(true);
    expect(isOlder('2.12.10', '2.12.7')).toBe(false);
    expect(isOlder('2.12.7', '2.12.7')).toBe(false);
  });
});

describe('the download', () => {
  it('writes the program only when the pinned sum is right', async () => {
    const archive = gzipSync(tarOf('nats-server-v1/nats-server', '#!/bin/sh\n'));
    const sha256 = createHash('sha256').update(archive).digest('hex');
    await using site = await serve(archive);
    const target = join(folder, 'in', 'the', 'cache');
    await expect(
      downloadNatsServer({ url: site.url, sha256: SHA256_OF_NOTHING }, target, 5_000),
    ).rejects.toThrow(`is ${sha256}, expected ${SHA256_OF_NOTHING}`);
    await expect(readFile(target)).rejects.toThrow();
    await downloadNatsServer({ url: site.url, sha256 }, target, 5_000);
    expect(await readFile(target, 'utf8')).toBe('#!/bin/sh\n');
  });

  it('reports an archive that is cut off or lacks the program', () => {
    const tar = tarOf('nats-server-v1/README.md', 'words');
    expect(() => extractFile(tar, 'nats-server')).toThrow('no file "nats-server"');
    const whole = tarOf('nats-server-v1/nats-server', 'x'.repeat(2_000));
    expect(() => extractFile(whole.subarray(0, 1_024), 'nats-server')).toThrow('cut off');
  });
});

async function fakeServer(path: string, version: string): Promise<string> {
  const full = join(folder, path);
  await mkdir(join(full, '..'), { recursive: true });
  await writeFile(full, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  await chmod(full, 0o755);
  return full;
}

async function serve(content: Uint8Array) {
  const server = createServer((_request, response) => response.end(content));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: close };
}

/** A tar with one regular file; only the fields that a reader needs. */
function tarOf(path: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('0', 156);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1_024)]);
}
