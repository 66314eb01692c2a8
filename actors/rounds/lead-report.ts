/**
 * What a leader's heartbeat says of the rounds that it leads: progress, costs, and whom it waits for.
 */
import type { RoundReport } from '../../schemas/wire.ts';
import type { RoundLead } from './round-lead.ts';

const missingMax = 8;

export function reportOf(lead: RoundLead, atMs: number): RoundReport {
  const { stats, state, table, holders } = lead;
  const waiting = lead.phase === 'open';
  const missing = waiting ? table.missing(missingMax) : [];
  const names = new Set(missing.map((slice) => holders.ownerOf(slice)));
  names.delete('');
  return {
    round: state?.round ?? 0,
    metrics: JSON.stringify(lead.metrics),
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
  };
}
