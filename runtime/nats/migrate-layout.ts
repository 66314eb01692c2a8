/**
 * Brings a cluster of an older layout to the present one, by an explicit command.
 *
 * Nobody may lead meanwhile: a lease that is renewed while it is watched is a reason to refuse. New
 * streams and buckets are created first, the layout record is changed by compare-and-set last, so a
 * migration that broke off is simply begun again. A cluster of the present layout is left alone.
 */
import { TerminalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import { keys } from '../../schemas/subjects.ts';
import { records } from '../../schemas/wire.ts';
import {
  type Layout,
  type LayoutStep,
  layoutOf,
  layoutSteps,
  layoutVersion,
  type StreamLayout,
} from '../layout.ts';
import { faultCodes, isFault } from './broker-error.ts';
import type { NatsOptions } from './connect.ts';
import { dial } from './dial.ts';
import { createStream, layoutRecord } from './ensure-layout.ts';
import { Link, portError } from './link.ts';
import { NatsStore } from './store.ts';

export interface Migration {
  readonly cluster: string;
  readonly from: number;
  readonly to: number;
  /** What was done, or with a dry run would be; empty where the layout is the present one. */
  readonly steps: readonly string[];
  readonly done: boolean;
}

/**
 * @throws TerminalError no-cluster, newer-layout, layout-broken, coordinator-running
 */
export async function migrateLayout(
  options: NatsOptions & { readonly dryRun: boolean },
): Promise<Migration> {
  const layout = layoutOf(options.prefix);
  const { nc, inboxPrefix } = await dial(options);
  const link = new Link(nc, options.clock, inboxPrefix);
  try {
    return await migrate(link, layout, options.dryRun);
  } finally {
    await nc.close();
  }
}

async function migrate(link: Link, layout: Layout, dryRun: boolean): Promise<Migration> {
  const store = new NatsStore(link, layout);
  const entry = await layoutRecord(store);
  if (entry === undefined) {
    throw new TerminalError('no-cluster', 'this nats-server holds no shoal cluster', {
      fix: 'name the right one with --nats URL and --prefix',
    });
  }
  const record = records.layout.decode(entry.value);
  const { cluster, layout: from } = record;
  if (from > layoutVersion) {
    throw new TerminalError(
      'newer-layout',
      `the cluster has layout ${from}, this process knows up to ${layoutVersion}`,
      { fix: 'upgrade shoal on this host' },
    );
  }
  const path = pathFrom(from);
  const steps = path.flatMap(({ adds, why }) =>
    adds.map((bucket) => `create bucket "${layout.buckets[bucket].name.slice(3)}": ${why}`),
  );
  const about = { cluster, from, to: layoutVersion, steps };
  if (path.length === 0) return { ...about, done: true };
  await refuseRunning(link, store);
  const added = new Set(path.flatMap(({ adds }) => adds.map((bucket) => layout.buckets[bucket])));
  const replicas = await replicasOf(link, layout.buckets.cluster, cluster);
  for (const stream of layout.all) {
    if (!added.has(stream)) await replicasOf(link, stream, cluster);
  }
  if (dryRun) return { ...about, done: false };
  for (const stream of added) await createStream(link, stream, replicas);
  record.layout = layoutVersion;
  await store.update('cluster', keys.layout, records.layout.encode(record), entry.revision);
  return { ...about, done: true };
}

function pathFrom(from: number): LayoutStep[] {
  const path: LayoutStep[] = [];
  for (let at = from; at < layoutVersion; at += 1) {
    const step = layoutSteps.find((own) => own.from === at);
    if (step === undefined) {
      throw new TerminalError('older-layout', `there is no way from layout ${at} to the next`, {
        fix: 'start with a new data directory, and import and train anew',
      });
    }
    path.push(step);
  }
  return path;
}

/** A living leader renews its lease every second: watched for as long as a standby would wait. */
async function refuseRunning(link: Link, store: NatsStore): Promise<void> {
  const before = await store.get('cluster', keys.lease);
  if (before === undefined || records.lease.decode(before.value).released) return;
  await link.pause(limits.leaseMs);
  const after = await store.get('cluster', keys.lease);
  if (after === undefined || after.revision === before.revision) return;
  const { node, released } = records.lease.decode(after.value);
  if (released) return;
  throw new TerminalError('coordinator-running', `coordinator "${node}" leads the cluster`, {
    fix: 'stop all coordinators, then migrate',
  });
}

/** @throws TerminalError('layout-broken') where the stream is missing */
async function replicasOf(link: Link, stream: StreamLayout, cluster: string): Promise<number> {
  try {
    const verb = `STREAM.INFO.${stream.name}`;
    const info = await link.api<{ config: { num_replicas?: number } }>(verb, null);
    return info.config.num_replicas ?? 1;
  } catch (error) {
    if (!isFault(error, faultCodes.streamNotFound))
      throw portError(error, `state of stream "${stream.name}"`, stream.name);
    throw new TerminalError(
      'layout-broken',
      `the ledger is missing: cluster "${cluster}" has lost "${stream.name}"`,
      { fix: 'restore the stream from a backup, then migrate' },
    );
  }
}
