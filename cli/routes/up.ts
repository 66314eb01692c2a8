/** Definition of `shoal up`: everything on this machine. */
import type { Command } from '@stricli/core';
import type { LogLevel } from '../../runtime/log.ts';
import { command, type ShoalContext } from '../command.ts';
import { type BusFlags, busFlags, policy, stillness, text, timeFrom, whole } from '../flags.ts';

export type UpFlags = BusFlags & {
  readonly workers?: number;
  readonly natsPort?: number;
  readonly natsHost?: string;
  readonly dataDir?: string;
  readonly ephemeral: boolean;
  readonly slots?: number;
  readonly coordinators?: number;
  readonly aggregators?: number;
  readonly idleExit?: number;
  readonly stalledAfter?: number;
  readonly placement?: string;
  readonly logLevel?: LogLevel;
  readonly learner?: readonly string[];
};

export const upCommand: Command<ShoalContext> = command<UpFlags, []>({
  brief: 'Start everything on this machine and stop it with Ctrl-C',
  about:
    'Starts nats-server (unless --nats is given), a coordinator, an aggregator and workers, each\n' +
    'as a process of its own, and starts again what ends unexpectedly. When all are ready it\n' +
    'prints one line, with --json the object {"nats","dataDir","pids":{"nats","coordinator":[],\n' +
    '"aggregator":[],"worker":[]}}. SIGINT or SIGTERM stops all of it; nothing is left running.',
  examples: [
    'up',
    'up --workers 4 --data-dir /var/lib/shoal',
    'up --ephemeral --nats-port 0 --json',
  ],
  parameters: {
    flags: {
      ...busFlags,
      nats: { ...busFlags.nats, brief: 'use this nats-server instead of an embedded one' },
      workers: {
        kind: 'parsed',
        parse: whole(0, 1000),
        optional: true,
        brief: 'shard-workers to start, else 2',
        placeholder: 'N',
      },
      natsPort: {
        kind: 'parsed',
        parse: whole(0, 65535),
        optional: true,
        brief: 'port of the embedded nats-server, else 4222; 0 takes a free one',
        placeholder: 'P',
      },
      natsHost: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'address to listen on, else 127.0.0.1; any other makes credentials per role',
        placeholder: 'HOST',
      },
      dataDir: {
        kind: 'parsed',
        parse: text,
        optional: true,
        brief: 'folder for everything stored, else .shoal',
        placeholder: 'DIR',
      },
      ephemeral: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'use a temporary folder and remove it at the end',
      },
      slots: {
        kind: 'parsed',
        parse: whole(1, 1024),
        optional: true,
        brief: 'slots of each worker, else the cores shared out between them',
        placeholder: 'N',
      },
      coordinators: {
        kind: 'parsed',
        parse: whole(0, 100),
        optional: true,
        brief: 'coordinators to start, else 1',
        placeholder: 'N',
      },
      aggregators: {
        kind: 'parsed',
        parse: whole(0, 100),
        optional: true,
        brief: 'aggregators to start, else 1',
        placeholder: 'N',
      },
      idleExit: {
        kind: 'parsed',
        parse: timeFrom(1_000),
        optional: true,
        brief: 'end everything in good order after this long without a job',
        placeholder: 'TIME',
      },
      stalledAfter: {
        kind: 'parsed',
        parse: stillness,
        optional: true,
        brief: 'take a task away whose progress has not changed for so long, else 60s',
        placeholder: 'TIME',
      },
      placement: {
        kind: 'parsed',
        parse: policy,
        optional: true,
        brief: 'how nodes are chosen: least-loaded (default), locality-first or spread',
        placeholder: 'POLICY',
      },
      logLevel: {
        kind: 'enum',
        values: ['debug', 'info', 'warn', 'error'],
        optional: true,
        brief: 'least level that is logged, else SHOAL_LOG, else warn',
        placeholder: 'LEVEL',
      },
      learner: {
        kind: 'parsed',
        parse: text,
        optional: true,
        variadic: true,
        brief: 'module with an algorithm of your own; may be given more than once',
        placeholder: 'MODULE',
      },
    },
  },
  load: async () => (await import('../commands/up.ts')).up,
});
