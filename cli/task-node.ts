/**
 * What the processes that compute have in common: slots, memory, labels, threads, end.
 */
import { availableParallelism, hostname, totalmem } from 'node:os';
import type { RunningNode } from '../actors/task-runner/running-node.ts';
import { computePool } from '../runtime/node/compute-pool.ts';
import { residentBytes } from '../runtime/node/resident-bytes.ts';
import type { Compute } from '../runtime/ports/compute.ts';
import type { ActorContext, StartedActor } from './actor-process.ts';
import { room } from './flags.ts';
import type { NodeFlags } from './routes/actors.ts';
import type { Session } from './session.ts';
import { version } from './version.ts';

/** Share of the machine's memory that tasks may use unless told otherwise. */
const memoryShare = 0.75;
/**
 * For young objects V8 would take up to 192 MiB a thread on a machine with much memory, and give
 * little of it back. What computes works on arrays beside the heap, and is no slower with less.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 48 };

export interface NodeSettings {
  readonly slots: number;
  readonly memoryBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly compute: Compute;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly residentBytes: () => number;
}

/** Flag, then environment, then config file, then what the machine has. */
export function nodeSettings(
  session: Session,
  flags: NodeFlags,
  context: ActorContext,
): NodeSettings {
  const { env, config } = session;
  const slots =
    flags.slots ?? (Number(env.SHOAL_SLOTS) || undefined) ?? config.slots ?? availableParallelism();
  const memory = env.SHOAL_MEMORY || config.memory;
  const entry = new URL('./compute-thread.ts', import.meta.url);
  return {
    slots,
    memoryBytes: flags.memory ?? (memory ? room(memory) : Math.floor(totalmem() * memoryShare)),
    labels: Object.fromEntries(flags.label ?? []),
    compute: computePool({ slots, entry, learners: context.learnerUrls, resourceLimits }),
    host: hostname(),
    pid: process.pid,
    version: version(),
    residentBytes,
  };
}

/** A running node as the process's frame wants it. */
export function startedNode(node: RunningNode, compute: Compute): StartedActor {
  return {
    nonce: node.nonce,
    ended: node.drained,
    drain: () => node.drain('signal'),
    stop: async () => {
      await node.stop();
      await compute.stop();
    },
  };
}
