/**
 * Definitions of the commands that run one actor each: coordinator, worker, aggregator.
 */
import type { Command } from '@stricli/core';
import type { LogLevel } from '../../runtime/log.ts';
import { command, type ShoalContext } from '../command.ts';
import {
  type BusFlags,
  busFlags,
  ledgerFlags,
  pair,
  policy,
  room,
  stillness,
  text,
  timeFrom,
  whole,
} from '../flags.ts';

export type ActorFlags = BusFlags & {
  readonly name?: string;
  readonly logLevel?: LogLevel;
  readonly learner?: readonly string[];
  readonly metricsPort?: number;
};

export type NodeFlags = ActorFlags & {
  readonly slots?: number;
  readonly memory?: number;
  readonly label?: readonly (readonly [string, string])[];
  readonly cacheDir?: string;
};

export type CoordinatorFlags = ActorFlags & {
  readonly keepJobs?: number;
  readonly keepJobsFor?: number;
  readonly keepBlobsFor?: number;
  readonly replicas?: number;
  readonly natsMonitor?: string;
  readonly allowUnsynced: boolean;
  readonly acceptLosses: boolean;
  readonly idleExit?: number;
  readonly stalledAfter?: number;
  readonly placement?: string;
};

const levels = ['debug', 'info', 'warn', 'error'] as const;

const actorFlags = {
  ...busFlags,
  name: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'name of this node, else made from host and process',
    placeholder: 'NAME',
  },
  logLevel: {
    kind: 'enum',
    values: levels,
    optional: true,
    brief: 'least level that is logged, else SHOAL_LOG, else info',
    placeholder: 'LEVEL',
  },
  metricsPort: {
    kind: 'parsed',
    parse: whole(0, 65535),
    optional: true,
    brief: 'answer GET /metrics and /healthz on this port of loopback, else SHOAL_METRICS_PORT',
    placeholder: 'P',
  },
  learner: {
    kind: 'parsed',
    parse: text,
    optional: true,
    variadic: true,
    brief: 'module with an algorithm of your own; may be given more than once',
    placeholder: 'MODULE',
  },
} as const;

const nodeFlags = {
  ...actorFlags,
  slots: {
    kind: 'parsed',
    parse: whole(1, 1024),
    optional: true,
    brief: 'tasks computed at the same time, else the number of cores',
    placeholder: 'N',
  },
  memory: {
    kind: 'parsed',
    parse: room,
    optional: true,
    brief: 'memory that tasks may use, else 3/4 of what the machine has',
    placeholder: 'SIZE',
  },
  label: {
    kind: 'parsed',
    parse: pair,
    optional: true,
    variadic: true,
    brief: 'label that jobs can ask for; may be given more than once',
    placeholder: 'KEY=VALUE',
  },
  cacheDir: {
    kind: 'parsed',
    parse: text,
    optional: true,
    brief: 'folder for the shards of this host, else under ~/.cache/shoal',
    placeholder: 'DIR',
  },
} as const;

export const coordinatorCommand: Command<ShoalContext> = command<CoordinatorFlags, []>({
  brief: 'Run one coordinator: takes jobs, plans them, hands out tasks',
  about:
    'Runs one coordinator until SIGINT or SIGTERM. More than one may run: one leads, the others\n' +
    'stand by and take over when it is gone.',
  examples: ['coordinator --nats nats://10.0.0.5:4222 --creds coordinator.creds'],
  parameters: {
    flags: {
      ...actorFlags,
      ...ledgerFlags,
      keepJobs: {
        kind: 'parsed',
        parse: whole(0, 1e6),
        optional: true,
        brief: 'ended jobs kept, the newest, else 10000',
        placeholder: 'N',
      },
      keepJobsFor: {
        kind: 'parsed',
        parse: timeFrom(1_000),
        optional: true,
        brief: 'how long ended jobs are kept, else 168h',
        placeholder: 'TIME',
      },
      keepBlobsFor: {
        kind: 'parsed',
        parse: timeFrom(1_000),
        optional: true,
        brief: 'how long bytes that nothing names are kept, else 1h; no less while imports may run',
        placeholder: 'TIME',
      },
      idleExit: {
        kind: 'parsed',
        parse: timeFrom(1_000),
        optional: true,
        brief: 'end in good order after this long without a job',
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
    },
  },
  load: async () => (await import('../commands/coordinator.ts')).coordinator,
});

export const workerCommand: Command<ShoalContext> = command<NodeFlags, []>({
  brief: 'Run one shard-worker: trains and scores on threads of its own',
  about:
    'Runs one shard-worker. SIGINT or SIGTERM lets it finish what it computes, then it leaves\n' +
    'and exits 0; a second signal ends it at once.',
  examples: [
    'worker --nats nats://10.0.0.5:4222 --creds worker.creds',
    'worker --slots 4 --memory 8G --label zone=a',
    'worker --learner ./examples/nearest-centroid.ts',
  ],
  parameters: { flags: nodeFlags },
  load: async () => (await import('../commands/worker.ts')).worker,
});

export const aggregatorCommand: Command<ShoalContext> = command<NodeFlags, []>({
  brief: 'Run one aggregator: merges parts into models and computes metrics',
  about: 'Runs one aggregator. It stops like a worker: finish, leave, exit 0.',
  examples: ['aggregator --nats nats://10.0.0.5:4222 --creds aggregator.creds'],
  parameters: { flags: nodeFlags },
  load: async () => (await import('../commands/aggregator.ts')).aggregator,
});
