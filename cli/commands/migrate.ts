/** `shoal migrate`: an older cluster becomes one of the present layout. */
import { busSettings, natsOptions } from '../connection.ts';
import type { MigrateFlags } from '../routes/migrate.ts';
import type { Session } from '../session.ts';

export async function migrate(session: Session, flags: MigrateFlags): Promise<void> {
  const { screen, signal } = session;
  const { migrateLayout } = await import('../../runtime/nats/migrate-layout.ts');
  const options = natsOptions(busSettings(session, flags), { name: 'shoal-migrate', signal });
  const migration = await migrateLayout({ ...options, dryRun: flags.dryRun });
  const { cluster, from, to, steps, done } = migration;
  if (screen.json) screen.value(migration);
  if (steps.length === 0) {
    screen.print(`cluster "${cluster}" has layout ${to} already`);
    return;
  }
  for (const step of steps) screen.print(`${done ? 'done' : 'to do'}: ${step}`);
  screen.print(
    done
      ? `cluster "${cluster}" went from layout ${from} to ${to}`
      : `cluster "${cluster}" would go from layout ${from} to ${to}`,
  );
}
