/** Definitions of the commands about credentials: creds init|user|tenant|revoke|renew. */
import { buildRouteMap, type RouteMap } from '@stricli/core';
import { type Role, roles } from '../../schemas/roles.ts';
import { command, type ShoalContext } from '../command.ts';
import { type CommonFlags, commonFlags, room, text, whole } from '../flags.ts';

export type CredsFlags = CommonFlags & { readonly dir?: string };
export type TenantFlags = CredsFlags & {
  readonly disk?: number;
  readonly connections?: number;
  readonly prefix?: string;
};
export type InitFlags = TenantFlags & { readonly tenant?: string };
export type RevokeFlags = CredsFlags & { readonly tenant?: string };
export type UserFlags = CredsFlags & {
  readonly name?: string;
  readonly tenant?: string;
  readonly anyNode: boolean;
  readonly days?: number;
};

const credsFlags = {
  ...commonFlags,
  dir: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'folder of keys and credentials, else .shoal/creds',
    placeholder: 'DIR',
  },
} as const;

const tenant = {
  kind: 'parsed',
  parse: text,
  optional: true,
  brief: 'tenant that it belongs to, else main',
  placeholder: 'TENANT',
} as const;

const tenantFlags = {
  ...credsFlags,
  disk: {
    kind: 'parsed',
    parse: room,
    optional: true,
    brief: 'most that the tenant may store',
    placeholder: 'SIZE',
  },
  connections: {
    kind: 'parsed',
    parse: whole(1, 1e6),
    optional: true,
    brief: 'most connections at a time',
    placeholder: 'N',
  },
  prefix: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'prefix of all subjects of the tenant',
    placeholder: 'TOKEN',
  },
} as const;

export const credsRoutes: RouteMap<ShoalContext> = buildRouteMap({
  docs: { brief: 'Make credentials for nats-server and for every role' },
  routes: {
    init: command<InitFlags, []>({
      brief: 'Make keys, a tenant, a user for each role, and the configuration of nats-server',
      about:
        'Makes an operator, a tenant and one user for each role. Include nats-auth.conf in the\n' +
        "configuration of nats-server, and give each host only its own role's file. Whoever holds\n" +
        'the folder `keys` can make any user. With --json {dir, config, users: [...]}.',
      examples: ['creds init', 'creds init --dir /etc/shoal/creds --disk 100G'],
      parameters: { flags: { ...tenantFlags, tenant } },
      load: async () => (await import('../commands/creds.ts')).credsInit,
    }),
    user: command<UserFlags, [Role]>({
      brief: 'Make one more user of a role',
      about:
        'Makes one more user. A worker, coordinator or aggregator with a name of its own may speak\n' +
        'for the node of that name alone.',
      examples: ['creds user worker --name gpu-1', 'creds user submitter --name alice --days 90'],
      parameters: {
        flags: {
          ...credsFlags,
          name: {
            kind: 'parsed',
            parse: text,
            optional: true,
            brief: 'name of the user, else the role',
            placeholder: 'NAME',
          },
          tenant,
          anyNode: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'may speak for any node, not only for the one of its name',
          },
          days: {
            kind: 'parsed',
            parse: whole(1, 36_500),
            optional: true,
            brief: 'days until it is refused, else never',
            placeholder: 'N',
          },
        },
        positional: {
          kind: 'tuple',
          parameters: [{ brief: roles.join(', '), parse: parseRole, placeholder: 'ROLE' }],
        },
      },
      load: async () => (await import('../commands/creds.ts')).credsUser,
    }),
    tenant: command<TenantFlags, [string]>({
      brief: 'Make another tenant, cut off from the others',
      examples: ['creds tenant team-b --disk 50G'],
      parameters: {
        flags: tenantFlags,
        positional: {
          kind: 'tuple',
          parameters: [{ brief: 'name of the tenant', parse: text, placeholder: 'TENANT' }],
        },
      },
      load: async () => (await import('../commands/creds.ts')).credsTenant,
    }),
    revoke: command<RevokeFlags, [string]>({
      brief: 'Have one user refused, also in the middle of its work',
      about:
        'Enters the user as revoked and removes its file; its name is free for another one. It holds\n' +
        'as soon as nats-server has read nats-auth.conf again: its connections are cut, the process\n' +
        'behind them ends after 20 s, and what it had in hand goes to others.',
      examples: ['creds revoke gpu-1', 'creds revoke alice --tenant team-b'],
      parameters: {
        flags: { ...credsFlags, tenant },
        positional: {
          kind: 'tuple',
          parameters: [{ brief: 'name of the user', parse: text, placeholder: 'NAME' }],
        },
      },
      load: async () => (await import('../commands/creds.ts')).credsRevoke,
    }),
    renew: command<CredsFlags, []>({
      brief: 'Write the rights of all tenants as this release defines them; users keep their files',
      examples: ['creds renew'],
      parameters: { flags: credsFlags },
      load: async () => (await import('../commands/creds.ts')).credsRenew,
    }),
  },
});

function parseRole(input: string): Role {
  const found = roles.find((role) => role === input);
  if (found === undefined) throw new Error(`"${input}" is not a role; use ${roles.join(', ')}`);
  return found;
}
