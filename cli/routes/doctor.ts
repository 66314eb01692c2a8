/** Definition of `shoal doctor`. */
import type { Command } from '@stricli/core';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, ledgerFlags, text } from '../flags.ts';

export type DoctorFlags = BusFlags & {
  readonly dataDir?: string;
  readonly cacheDir?: string;
  readonly natsMonitor?: string;
  readonly chains: boolean;
};

export const doctorCommand: Command<ShoalContext> = command<DoctorFlags, []>({
  brief: 'Look at this machine, nats-server and cluster: what is wrong, and the fix',
  about:
    'Looks at node, disk, clock, nats-server, cluster and nodes, changes nothing, and says what is\n' +
    'wrong and the fix; with --chains also whether the events of every job are whole. Exit 0 when\n' +
    'nothing failed, else 1. With --json {verdict, findings: [{check, verdict, found, fix}]}.',
  examples: [
    'doctor',
    'doctor --chains',
    'doctor --nats nats://10.0.0.5:4222 --creds operator.creds --json',
  ],
  parameters: {
    flags: {
      ...busFlags,
      natsMonitor: ledgerFlags.natsMonitor,
      chains: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'verify the events of every job, from its first one on',
      },
      dataDir: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'folder whose disk is looked at, else .shoal',
        placeholder: 'DIR',
      },
      cacheDir: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: "the workers' folder whose disk is looked at, else under ~/.cache/shoal",
        placeholder: 'DIR',
      },
    },
  },
  load: async () => (await import('../commands/doctor.ts')).doctor,
});
