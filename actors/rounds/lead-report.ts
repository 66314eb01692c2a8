/**
 * What a leader's heartbeat says of the rounds that it leads: progress, costs, and whom it waits for.
 */
import type { RoundReport } from '../../schemas/wire.ts';
import type { RoundLead } from './round-lead.ts';
import type { RoundMetrics } from './round-result.ts';

const missingMax = 8;
/** Metrics of a round in heartbeats and records: as many as fit into this much JSON. */
const metricsBytesMax = 2_048;

/** The first of the metrics, so that a learner with very many does not fill every heartbeat. */
export function boundedMetrics(metrics: RoundMetrics): RoundMetrics {
  const kept: Record<string, number> = {};
  let room = metricsBytesMax;
  for (const [name, value] of Object.entries(metrics)) {
    room -= JSON.stringify(name).length + String(value).length + 2;
    if (room < 0) break;
    kept[name] = value;
  }
  return kept;
}

export function reportOf(lead: RoundLead, atMs: number): RoundReport {
  const { stats, state, table, holders } = lead;
  const waiting = lead.phase === 'open';
  const missing = waiting ? table.missing(missingMax) : [];
  const names = new Set(missing.map((slice) => holders.ownerOf(slice)));
  names.delete('');
  return {
    round: state?.round ?? 0,
    metrics: JSON.stringify(boundedMetrics(lead.metrics)),
    bytes: stats.bytes,
    totalMs: Math.round(stats.totalMs),
    waitMs: Math.round(stats.waitMs),
    closeMs: Math.round(stats.closeMs),
    slowest: stats.slowest,
    slowestMs: Math.round(stats.slowestMs),
    missing,
    waitingFor: [...names].join(', '),
    openMs: waiting ? Math.round(atMs - lead.openedMs) : 0,
    inputs: JSON.stringify(stats.inputs),
    checkpoint: lead.checkpointed,
    exchangeP95Ms: stats.exchangeP95Ms,
    roundP95Ms: Math.round(stats.rounds.quantile(0.95)),
    slowestTotalMs: Math.round(stats.slowestTotalMs),
  };
}
