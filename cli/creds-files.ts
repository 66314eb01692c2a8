/**
 * The folder of credentials: keys, tokens and the server's configuration, as files.
 *
 * Layout: `nats-auth.conf` for nats-server, `keys/<tenant>/` with the seeds that sign,
 * `accounts/` with one token a tenant, `<user>.creds` for the users of the tenant `main` and `<tenant>/<user>.creds` for
 * those of others. Everything is readable by its owner only, and nothing is overwritten unasked.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TerminalError } from '../schemas/errors.ts';

export const mainTenant = 'main';

export class CredsDir {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Below the folder. */
  credsFile(tenant: string, user: string): string {
    return tenant === mainTenant ? `${user}.creds` : join(tenant, `${user}.creds`);
  }

  /** The path of a file in the folder. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** @throws TerminalError 'creds-exist' where an operator has been made before */
  async create(): Promise<void> {
    for (const folder of ['', 'keys', 'accounts']) {
      await mkdir(join(this.path, folder), { recursive: true, mode: 0o700 });
    }
    if ((await this.maybe('operator.jwt')) === undefined) return;
    throw new TerminalError('creds-exist', `folder "${this.path}" holds credentials already`, {
      fix: 'add users with `shoal creds user`, or choose another folder',
    });
  }

  /** Names of the tenants, the system account left out. */
  async tenants(): Promise<string[]> {
    const files = await readdir(join(this.path, 'accounts')).catch(() => [] as string[]);
    const names = files.filter((f) => f.endsWith('.jwt')).map((f) => f.slice(0, -'.jwt'.length));
    return names.filter((name) => name !== 'SYS').sort();
  }

  async maybe(name: string): Promise<string | undefined> {
    return await readFile(join(this.path, name), 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );
  }

  /** @throws TerminalError 'no-creds' when the file is missing */
  async read(name: string): Promise<string> {
    const text = await this.maybe(name);
    if (text !== undefined) return text;
    throw new TerminalError('no-creds', `folder "${this.path}" has no "${name}"`, {
      fix: `make it first: shoal creds init --dir ${this.path}`,
    });
  }

  /** Writes a secret that must not be there yet. */
  async add(name: string, text: string): Promise<void> {
    const file = this.at(name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    try {
      await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      throw new TerminalError('creds-exist', `credentials "${file}" exist already`, {
        fix: 'choose another --name, or remove the file first',
        cause,
      });
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.at(name), { force: true });
  }

  /** Replaces a file as a whole: a reader sees the old text or the new one. */
  async replace(name: string, text: string): Promise<void> {
    const file = join(this.path, name);
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}
