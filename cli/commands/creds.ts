/** `shoal creds init|add|tenant|renew`: makes files, and says what to do with them. */
import { addTenant, addUser, initCreds, type MadeCreds, renewCreds } from '../creds.ts';
import type { CommonFlags } from '../flags.ts';
import type { CredsAddFlags, CredsInitFlags, CredsTenantFlags } from '../routes/creds.ts';
import type { Session } from '../session.ts';
import { table } from '../table.ts';

export async function credsInit(session: Session, flags: CredsInitFlags, dir: string) {
  const { role, tenant, prefix, disk } = flags;
  show(session, await initCreds(dir, { roles: role, tenant, prefix, diskBytes: disk }));
}

export async function credsTenant(
  session: Session,
  flags: CredsTenantFlags,
  dir: string,
  name: string,
) {
  const { role, prefix, disk } = flags;
  show(session, await addTenant(dir, { name, roles: role, prefix, diskBytes: disk }));
}

export async function credsAdd(session: Session, flags: CredsAddFlags, dir: string) {
  const { role, name, tenant, days } = flags;
  const anyNode = flags.anyNode ? { anyNode: true } : {};
  const made = await addUser(dir, { role, name, tenant, days, ...anyNode });
  if (session.screen.json) session.screen.value(made);
  const only = made.node === null ? '' : `, for node "${made.node}" only`;
  session.screen.print(`${made.file}: ${made.role} "${made.user}"${only}`);
}

export async function credsRenew(session: Session, _flags: CommonFlags, dir: string) {
  const config = await renewCreds(dir);
  if (session.screen.json) session.screen.value({ config });
  session.screen.print(
    `${config} is written; make nats-server read it: nats-server --signal reload`,
  );
}

function show({ screen }: Session, made: MadeCreds): void {
  if (screen.json) screen.value(made);
  const rows = made.users.map(({ user, role, tenant, file }) => [user, role, tenant, file]);
  const titles = ['USER', 'ROLE', 'TENANT', 'FILE'].map((title) => ({ title }));
  screen.print(table(titles, rows, 200));
  screen.print('');
  screen.print(`nats-server: put  include "${made.config}"  into its configuration`);
  screen.print('shoal:       give --creds FILE, or set SHOAL_CREDS');
  screen.print('nats:        nats --creds FILE --inbox-prefix _INBOX_<user> ...');
}
