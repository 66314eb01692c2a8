/**
 * The check of doctor that reads most: the event chains of all jobs, each against its job.
 */
import { checkChain, readChain } from '../client/job-chain.ts';
import { ask, askAll } from '../client/queries.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/ports/clock.ts';
import { ShoalError } from '../schemas/errors.ts';
import { parseJobId } from '../schemas/ids.ts';
import type { Finding } from './doctor.ts';

const check = 'chains';
const shownMax = 5;

export async function chainsCheck(bus: Bus, clock: Clock): Promise<Finding> {
  try {
    return await verifyAll(bus, clock);
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error;
    const fix = error.fix ?? 'start a coordinator and look again';
    return { check, verdict: 'fail', found: `not verified: ${error.message}`, fix };
  }
}

async function verifyAll(bus: Bus, clock: Clock): Promise<Finding> {
  const jobs = await askAll((from) => ask(bus, clock, 'jobs', { from }));
  const faults: string[] = [];
  let events = 0;
  for (const { id } of jobs) {
    // The view before the chain: what is told meanwhile is in the log, and no fault.
    const view = await ask(bus, clock, 'job', { id });
    const chain = await readChain(bus, parseJobId(id));
    const { events: told } = await ask(bus, clock, 'job', { id });
    const report = checkChain(chain, view, told);
    events += report.events;
    faults.push(...report.faults.map(({ message }) => message));
  }
  if (faults.length === 0) {
    const found = `${events} events of ${jobs.length} jobs follow from each other`;
    return { check, verdict: 'ok', found, fix: null };
  }
  const more = faults.length > shownMax ? ` and ${faults.length - shownMax} more` : '';
  const found = `${faults.slice(0, shownMax).join('; ')}${more}`;
  const fix =
    'see `shoal job verify ID`, the disk of nats-server, and who may write to jobs.*.events';
  return { check, verdict: 'fail', found, fix };
}
