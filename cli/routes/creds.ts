/** Definitions of `shoal creds init|add|tenant|renew`. */
import { buildRouteMap, type RouteMap } from '@stricli/core';
import { roles as allRoles, type Role, roleBriefs } from '../../schemas/roles.ts';
import { command, type ShoalContext } from '../command.ts';
import { type CommonFlags, commonFlags, size, text, whole } from '../flags.ts';

export type CredsInitFlags = CommonFlags & {
  readonly role?: readonly Role[];
  readonly tenant?: string;
  readonly prefix?: string;
  readonly disk?: number;
};
export type CredsTenantFlags = Omit<CredsInitFlags, 'tenant'>;
export type CredsAddFlags = CommonFlags & {
  readonly role: Role;
  readonly name?: string;
  readonly tenant?: string;
  readonly anyNode: boolean;
  readonly days?: number;
};

const folder = {
  kind: 'tuple',
  parameters: [{ brief: 'folder of credentials', parse: text, placeholder: 'DIR' }],
} as const;

const optional = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: text, optional: true, brief, placeholder }) as const;

const tenantFlags = {
  ...commonFlags,
  role: {
    kind: 'enum',
    values: allRoles,
    optional: true,
    variadic: true,
    brief: 'only users of this role; may be given more than once',
    placeholder: 'ROLE',
  },
  prefix: optional('prefix of all subjects, where the cluster has one', 'TOKEN'),
  disk: {
    kind: 'parsed',
    parse: size,
    optional: true,
    brief: 'reserve this much of the server for the tenant, e.g. 100G',
    placeholder: 'SIZE',
  },
} as const;

const init = command<CredsInitFlags, [string]>({
  brief: 'Make an operator, a tenant and a user for each role',
  about: [
    'Writes nats-auth.conf for nats-server, one .creds file a role, and the keys that sign them.',
    'Keep the folder keys/ off the hosts that run nodes.',
    '',
    'Roles:',
    ...allRoles.map((role) => `  ${role.padEnd(12)}${roleBriefs[role]}`),
  ].join('\n'),
  examples: ['creds init creds', 'creds init creds --role coordinator --role worker'],
  parameters: {
    flags: { ...tenantFlags, tenant: optional('name of the tenant, else main', 'NAME') },
    positional: folder,
  },
  load: async () => (await import('../commands/creds.ts')).credsInit,
});

const add = command<CredsAddFlags, [string]>({
  brief: 'Make one more user; nats-server need not be told',
  about:
    'Makes one more user. A worker, coordinator or aggregator may speak only for the node of its\n' +
    'own name, unless --any-node is given.',
  examples: [
    'creds add creds --role worker --name w3',
    'creds add creds --role submitter --name ci --days 30',
  ],
  parameters: {
    flags: {
      ...commonFlags,
      role: { kind: 'enum', values: allRoles, brief: 'what the user may do', placeholder: 'ROLE' },
      name: optional('name of the user, else that of the role', 'NAME'),
      tenant: optional('tenant that the user belongs to, else main', 'NAME'),
      anyNode: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'may speak for any node, so that many workers share the file',
      },
      days: {
        kind: 'parsed',
        parse: whole(1, 36_500),
        optional: true,
        brief: 'days until it is refused, else never',
        placeholder: 'N',
      },
    },
    positional: folder,
  },
  load: async () => (await import('../commands/creds.ts')).credsAdd,
});

const tenant = command<CredsTenantFlags, [string, string]>({
  brief: 'Make another tenant, cut off from the others',
  examples: ['creds tenant creds research'],
  parameters: {
    flags: tenantFlags,
    positional: {
      kind: 'tuple',
      parameters: [
        ...folder.parameters,
        { brief: 'name of the tenant', parse: text, placeholder: 'NAME' },
      ],
    },
  },
  load: async () => (await import('../commands/creds.ts')).credsTenant,
});

const renew = command<CommonFlags, [string]>({
  brief: "Write nats-auth.conf with this release's rights; users keep their files",
  examples: ['creds renew creds'],
  parameters: { flags: commonFlags, positional: folder },
  load: async () => (await import('../commands/creds.ts')).credsRenew,
});

export const credsRoutes: RouteMap<ShoalContext> = buildRouteMap({
  docs: { brief: 'Make credentials for nats-server and its clients' },
  routes: { init, add, tenant, renew },
});
