/** `shoal creds ...`: keys, tenants and users, made on this machine. */
import type { Role } from '../../schemas/roles.ts';
import { addTenant, addUser, initCreds, type MadeCreds, renewCreds, revokeUser } from '../creds.ts';
import type {
  CredsFlags,
  InitFlags,
  RevokeFlags,
  TenantFlags,
  UserFlags,
} from '../routes/creds.ts';
import type { Session } from '../session.ts';
import { table } from '../table.ts';

const dirOf = (flags: CredsFlags): string => flags.dir ?? '.shoal/creds';

export async function credsInit(session: Session, flags: InitFlags): Promise<void> {
  const { tenant } = flags;
  const made = await initCreds(dirOf(flags), { ...limitsOf(flags), tenant });
  show(session, made);
}

export async function credsTenant(
  session: Session,
  flags: TenantFlags,
  name: string,
): Promise<void> {
  show(session, await addTenant(dirOf(flags), { ...limitsOf(flags), name }));
}

export async function credsUser(session: Session, flags: UserFlags, role: Role): Promise<void> {
  const { name, tenant, days } = flags;
  const user = await addUser(dirOf(flags), {
    ...{ role, name, tenant, days },
    ...(flags.anyNode ? { anyNode: true } : {}),
  });
  session.screen.print(`wrote ${user.file}`);
  if (session.screen.json) session.screen.value(user);
}

export async function credsRenew(session: Session, flags: CredsFlags): Promise<void> {
  const config = await renewCreds(dirOf(flags));
  session.screen.print(`wrote ${config}; let nats-server read it again`);
  if (session.screen.json) session.screen.value({ config });
}

export async function credsRevoke(
  session: Session,
  flags: RevokeFlags,
  name: string,
): Promise<void> {
  const revoked = await revokeUser(dirOf(flags), name, flags.tenant);
  session.screen.print(`${name} is refused as soon as nats-server reads ${revoked.config} again:`);
  session.screen.print('give it the new file, then  nats-server --signal reload');
  if (session.screen.json) session.screen.value(revoked);
}

function limitsOf({ disk, connections, prefix }: TenantFlags) {
  return { diskBytes: disk, connections, prefix };
}

function show({ screen }: Session, made: MadeCreds): void {
  if (screen.json) {
    screen.value(made);
    return;
  }
  screen.print(
    table(
      [{ title: 'USER' }, { title: 'ROLE' }, { title: 'TENANT' }, { title: 'FILE' }],
      made.users.map((user) => [user.user, user.role, user.tenant, user.file]),
      200,
    ),
  );
  screen.print('');
  screen.print(`put ${made.config} beside nats-server's configuration, with this line in it:`);
  screen.print('  include "nats-auth.conf"');
}
