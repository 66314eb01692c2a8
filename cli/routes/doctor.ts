/** Definition of `shoal doctor`. */
import type { Command } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, text } from '../flags.ts';

export type DoctorFlags = BusFlags & { readonly dataDir?: string; readonly cacheDir?: string };

export const doctorCommand: Command<ShoalContext> = command<DoctorFlags, []>({
  brief: 'Say what is wrong with this machine, nats-server and cluster, and the fix',
  about:
    'Looks at Node, nats-server, JetStream, credentials, streams, coordinator, workers, clocks and\n' +
    'disks, and changes nothing. Exits with 1 when a check fails. With --json\n' +
    '{"verdict","findings":[{"check","verdict":"ok"|"warn"|"fail","found","fix"}]}.',
  examples: ['doctor', 'doctor --nats nats://10.0.0.5:4222 --creds operator.creds --json'],
  parameters: {
    flags: {
      ...busFlags,
      dataDir: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'data folder to look at, else .shoal',
        placeholder: 'DIR',
      },
      cacheDir: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'cache folder to look at, else SHOAL_CACHE_DIR, else that of the user',
        placeholder: 'DIR',
      },
    },
  },
  load: async () => (await import('../commands/doctor.ts')).doctor,
});
