/** `shoal job remove`: what is kept of an ended job goes. */
import { withClient } from '../connection.ts';
import type { BusFlags } from '../flags.ts';
import type { Session } from '../session.ts';

export async function jobRemove(session: Session, flags: BusFlags, id: string): Promise<void> {
  const { screen, signal } = session;
  await withClient(session, flags, async (client) => {
    await client.job(id).remove({ signal });
    if (screen.json) screen.value({ removed: id });
    else screen.print(`removed job ${id}`);
  });
}
