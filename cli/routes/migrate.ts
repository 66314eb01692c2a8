/** Definition of `shoal migrate`. */
import type { Command } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags } from '../flags.ts';

export type MigrateFlags = BusFlags & { readonly dryRun: boolean };

export const migrateCommand: Command<ShoalContext> = command<MigrateFlags, []>({
  brief: 'Bring the streams of an older release to the layout of this one',
  about:
    'Creates what an older cluster lacks and notes the new layout last. All coordinators must be\n' +
    'stopped: one that leads is a reason to refuse. Safe to repeat. With --json {cluster, from, to,\n' +
    'steps, done}.',
  examples: ['migrate --dry-run', 'migrate --nats nats://10.0.0.5:4222 --creds coordinator.creds'],
  parameters: {
    flags: {
      ...busFlags,
      dryRun: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'say what would be done, and change nothing',
      },
    },
  },
  load: async () => (await import('../commands/migrate.ts')).migrate,
});
