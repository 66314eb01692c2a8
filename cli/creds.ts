/**
 * Credentials: an operator, tenants (accounts) with their limits, and users with the rights of a role.
 *
 * What nats-server enforces is exactly `schemas/roles.ts`: each role of a tenant has a key whose
 * scope carries the rights, and a user's token is signed by it. So tokens stay small, and new rights
 * reach old users through the server's configuration alone (`renewCreds`). Tenants share nothing,
 * neither streams nor subjects. Whoever holds `keys/` can make any user: keep it off the hosts.
 */
import {
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
  type OperatorLimits,
  type SigningKey,
} from '@nats-io/jwt';
import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from '@nats-io/nkeys';
import { TerminalError } from '../schemas/errors.ts';
import {
  grantOf,
  inboxPrefix,
  isNodeRole,
  type Role,
  roles,
  userNameFault,
} from '../schemas/roles.ts';
import { CredsDir, mainTenant } from './creds-files.ts';

/** How long a process may take to answer a request that reached it. */
const answerWithinNs = 10e9;

export interface TenantLimits {
  /** Reserved on the server for all its streams together, bytes; shared with the others if absent. */
  readonly diskBytes?: number | undefined;
  readonly connections?: number | undefined;
}

export interface InitOptions extends TenantLimits {
  readonly tenant?: string | undefined;
  /** Roles that get a user of the same name; all by default. */
  readonly roles?: readonly Role[] | undefined;
  readonly prefix?: string | undefined;
}

export interface UserOptions {
  readonly role: Role;
  /** By default the role's own name. */
  readonly name?: string | undefined;
  readonly tenant?: string | undefined;
  /**
   * For workers, coordinators and aggregators: may speak for any node. By default so where the name
   * is the role's own; any other user speaks for the node of its name alone.
   */
  readonly anyNode?: boolean | undefined;
  /** Days until the token is refused; never by default. */
  readonly days?: number | undefined;
}

export interface MadeUser {
  readonly user: string;
  readonly role: Role | 'system';
  readonly tenant: string;
  readonly node: string | null;
  readonly file: string;
  /** What the stock tools need with these credentials: `nats --inbox-prefix`. */
  readonly inboxPrefix: string;
}

export interface MadeCreds {
  readonly dir: string;
  /** Include it in nats-server's configuration. */
  readonly config: string;
  readonly users: readonly MadeUser[];
}

/** What is kept of a tenant beside its keys. */
interface TenantFile extends Required<TenantLimits> {
  readonly prefix: string;
  /** Public keys of users that are refused, and since when, in seconds since the epoch. */
  readonly revoked?: Readonly<Record<string, number>>;
}

/** @throws TerminalError creds-exist, bad-name */
export async function initCreds(path: string, options: InitOptions = {}): Promise<MadeCreds> {
  const dir = new CredsDir(path);
  const tenant = options.tenant ?? mainTenant;
  requireToken(tenant);
  await dir.create();
  const operator = createOperator();
  const system = createAccount();
  await dir.add('keys/operator.seed', seedOf(operator));
  await dir.add('keys/SYS/account.seed', seedOf(system));
  const systemToken = await encodeAccount(
    'SYS',
    system,
    { limits: openLimits },
    signedBy(operator),
  );
  await dir.replace('accounts/SYS.jwt', `${systemToken}\n`);
  const token = await encodeOperator('shoal', operator, { system_account: system.getPublicKey() });
  await dir.replace('operator.jwt', `${token}\n`);
  const user = createUser();
  const file = dir.credsFile(mainTenant, 'sys');
  await dir.add(file, credsText(await encodeUser('sys', user, system), user));
  const made = await addTenant(path, { ...options, name: tenant });
  const monitor = { user: 'sys', role: 'system' as const, tenant: 'SYS', node: null };
  const shown = { ...monitor, file: dir.at(file), inboxPrefix: inboxPrefix('sys') };
  return { ...made, users: [...made.users, shown] };
}

/** Another tenant, cut off from the first; nats-server must then read its configuration again. */
export async function addTenant(
  path: string,
  options: Omit<InitOptions, 'tenant'> & { readonly name: string },
): Promise<MadeCreds> {
  const tenant = options.name;
  requireToken(tenant);
  const dir = new CredsDir(path);
  await dir.read('keys/operator.seed');
  await dir.add(`keys/${tenant}/account.seed`, seedOf(createAccount()));
  for (const scope of scopes) {
    await dir.add(`keys/${tenant}/${scope.name}.seed`, seedOf(createAccount()));
  }
  const { diskBytes, connections, prefix } = options;
  await dir.replace(
    `accounts/${tenant}.json`,
    `${JSON.stringify({ diskBytes: diskBytes ?? -1, connections: connections ?? -1, prefix: prefix ?? '' })}\n`,
  );
  const config = await renewCreds(path, tenant);
  const users: MadeUser[] = [];
  for (const role of options.roles ?? roles) users.push(await addUser(path, { role, tenant }));
  return { dir: path, config, users };
}

/**
 * Writes the tenants' rights and the server's configuration anew, as this release defines them;
 * users keep their files. Returns the path of the configuration.
 */
export async function renewCreds(path: string, only?: string): Promise<string> {
  const dir = new CredsDir(path);
  const operator = await keyIn(dir, 'keys/operator.seed');
  for (const tenant of only === undefined ? await dir.tenants() : [only]) {
    const given = JSON.parse(await dir.read(`accounts/${tenant}.json`)) as TenantFile;
    const account = await keyIn(dir, `keys/${tenant}/account.seed`);
    const signing_keys: SigningKey[] = [];
    for (const scope of scopes) {
      const key = await keyIn(dir, `keys/${tenant}/${scope.name}.seed`);
      signing_keys.push(signingKey(scope, key, given.prefix));
    }
    const limits: OperatorLimits = {
      ...openLimits,
      conn: given.connections ?? -1,
      // Unbounded here means no reservation: a reserved part that the server cannot give would leave
      // the tenant without JetStream.
      mem_storage: -1,
      disk_storage: given.diskBytes ?? -1,
      ...{ streams: 64, consumer: 10_000 },
    };
    const token = await encodeAccount(
      tenant,
      account,
      { limits, signing_keys, revocations: given.revoked ?? {} },
      signedBy(operator),
    );
    await dir.replace(`accounts/${tenant}.jwt`, `${token}\n`);
  }
  await writeConfig(dir);
  return dir.at('nats-auth.conf');
}

/** One more user; nats-server need not know. @throws TerminalError no-creds, creds-exist, bad-name */
export async function addUser(path: string, options: UserOptions): Promise<MadeUser> {
  const dir = new CredsDir(path);
  const { role } = options;
  const tenant = options.tenant ?? mainTenant;
  const name = options.name ?? role;
  requireToken(tenant);
  requireToken(name);
  const bound = isNodeRole(role) && !(options.anyNode ?? name === role);
  const signer = await keyIn(dir, `keys/${tenant}/${bound ? `${role}-node` : role}.seed`);
  const account = await keyIn(dir, `keys/${tenant}/account.seed`);
  const user = createUser();
  const tags = [`role-${role}`, ...(bound ? ['node-bound'] : [])];
  const until = options.days === undefined ? undefined : Date.now() / 1000 + options.days * 86_400;
  const token = await encodeUser(
    name,
    user,
    account.getPublicKey(),
    { tags } as Parameters<typeof encodeUser>[3],
    { signer, scopedUser: true, ...(until === undefined ? {} : { exp: Math.floor(until) }) },
  );
  const file = dir.credsFile(tenant, name);
  await dir.add(file, credsText(token, user));
  const node = bound ? name : null;
  return { user: name, role, tenant, node, file: dir.at(file), inboxPrefix: inboxPrefix(name) };
}

/**
 * Has a user refused from now on, as soon as nats-server has read its configuration again. Its file
 * goes, and its name is free for another one. @throws TerminalError no-creds, no-user
 */
export async function revokeUser(
  path: string,
  name: string,
  tenant: string = mainTenant,
): Promise<{ readonly user: string; readonly tenant: string; readonly config: string }> {
  const dir = new CredsDir(path);
  const file = dir.credsFile(tenant, name);
  const settings = `accounts/${tenant}.json`;
  const given = JSON.parse(await dir.read(settings)) as TenantFile;
  const key = claimsOf((await dir.maybe(file)) ?? '')?.sub;
  if (key === undefined) {
    throw new TerminalError('no-user', `folder "${path}" has no user "${name}" of "${tenant}"`, {
      fix: 'revoke where the user was made; its `.creds` file tells which key is meant',
    });
  }
  const revoked = { ...given.revoked, [key]: Math.ceil(Date.now() / 1000) };
  await dir.replace(settings, `${JSON.stringify({ ...given, revoked })}\n`);
  const config = await renewCreds(path, tenant);
  await dir.remove(file);
  return { user: name, tenant, config };
}

/** The rights behind a signing key: those of a role, for any node or for that of the user's name. */
interface Scope {
  readonly name: string;
  readonly role: Role;
  readonly bound: boolean;
}

const scopes: readonly Scope[] = roles.flatMap((role) => [
  { name: role, role, bound: false },
  ...(isNodeRole(role) ? [{ name: `${role}-node`, role, bound: true }] : []),
]);

/** What nats-server puts the user's own name in the place of. */
const userName = '{{name()}}';

function signingKey(scope: Scope, key: KeyPair, prefix: string): SigningKey {
  const node = scope.bound ? { node: userName } : {};
  const grant = grantOf(scope.role, { user: userName, prefix, ...node });
  return {
    kind: 'user_scope',
    key: key.getPublicKey(),
    role: scope.name,
    template: {
      ...{ subs: -1, data: -1, payload: -1 },
      pub: { allow: [...grant.publish] },
      sub: { allow: [...grant.subscribe] },
      ...(grant.respond ? { resp: { max: 1, ttl: answerWithinNs } } : {}),
    },
  };
}

/** Nothing crosses from one account to another. */
const openLimits: OperatorLimits = {
  ...{ subs: -1, data: -1, payload: -1, conn: -1, leaf: 0 },
  ...{ imports: 0, exports: 0, wildcards: false },
};

const signedBy = (operator: KeyPair) => ({ signer: operator });

async function keyIn(dir: CredsDir, name: string): Promise<KeyPair> {
  return fromSeed(Buffer.from(await dir.read(name)));
}

function credsText(token: string, user: KeyPair): string {
  return Buffer.from(fmtCreds(token, user)).toString();
}

/** nats-server's own language: who the operator is, and every account, in one file. */
async function writeConfig(dir: CredsDir): Promise<void> {
  const preload: string[] = [];
  const idOf = async (name: string) =>
    (await keyIn(dir, `keys/${name}/account.seed`)).getPublicKey();
  for (const tenant of ['SYS', ...(await dir.tenants())]) {
    const token = await dir.read(`accounts/${tenant}.jwt`);
    preload.push(`  # ${tenant}`, `  ${await idOf(tenant)}: "${token}"`);
  }
  const lines = [
    '# Written by `shoal creds`. It holds tokens to check by, no keys to sign with.',
    `operator: "${await dir.read('operator.jwt')}"`,
    `system_account: "${await idOf('SYS')}"`,
    'resolver: MEMORY',
    'resolver_preload {',
    ...preload,
    '}',
  ];
  await dir.replace('nats-auth.conf', `${lines.join('\n')}\n`);
}

/** Addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\]|localhost)$/i.test(host);
}

/** Whether clients must bring credentials to a server that listens on this address. */
export function requireCredsFor(host: string): boolean {
  return !isLoopback(host);
}

export interface ServerCreds {
  /** Lines for the embedded server's configuration. */
  readonly config: string;
  /** The credentials file of a role's own user. */
  fileOf(role: Role): string;
}

/** Credentials for an embedded server: made on first use, the same ones from then on. */
export async function ensureCreds(path: string): Promise<ServerCreds> {
  const dir = new CredsDir(path);
  if ((await dir.maybe('operator.jwt')) === undefined) await initCreds(path);
  return {
    config: await dir.read('nats-auth.conf'),
    fileOf: (role) => dir.at(dir.credsFile(mainTenant, role)),
  };
}

interface UserClaims {
  readonly sub?: string;
  readonly name?: string;
  readonly nats?: { readonly tags?: readonly string[] };
}

/** What a credentials file says of its user; null where it is none. */
function claimsOf(text: string): UserClaims | null {
  const token = /BEGIN NATS USER JWT-+\s+(\S+)/.exec(text)?.[1]?.split('.')[1];
  if (token === undefined) return null;
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as UserClaims;
  } catch {
    return null;
  }
}

/** The node that a credentials file is bound to, so that a worker takes that name by itself. */
export function nodeOfCreds(text: string): string | null {
  const { name, nats } = claimsOf(text) ?? {};
  return nats?.tags?.includes('node-bound') === true ? (name ?? null) : null;
}

function seedOf(key: KeyPair): string {
  return `${Buffer.from(key.getSeed()).toString()}\n`;
}

function requireToken(name: string): void {
  const fault = userNameFault(name);
  if (fault === null && name !== 'SYS') return;
  throw new TerminalError('bad-name', fault ?? 'the name "SYS" is taken', {
    fix: 'use 1 to 64 of the characters A-Z a-z 0-9 _ -',
  });
}
