/**
 * A broker in memory with a client, and a stand-in for the coordinator that tells what a test says.
 */
import { clientOver, type ShoalClient } from '../../client/client.ts';
import { chainStart } from '../../client/event-chain.ts';
import type { Bus } from '../../runtime/bus.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { parseJobId } from '../../schemas/ids.ts';
import type { EventKind, JobEvent, JobView, QueryReply } from '../../schemas/views.ts';

export interface MemoryCluster {
  readonly broker: MemoryBroker;
  readonly bus: Bus;
  readonly client: ShoalClient;
}

export function memoryCluster(): MemoryCluster {
  const clock = nodeClock();
  const random = new SeededRandom(7);
  const broker = new MemoryBroker({ clock, random });
  const bus = broker.connect({ name: 'client' });
  return { broker, bus, client: clientOver(bus, clock, random) };
}

/** Writes a job's events as a coordinator does: numbered and chained. */
export class EventWriter {
  readonly job: string;
  private readonly bus: Bus;
  private n = 0;
  private previous = chainStart;

  constructor(bus: Bus, job: string) {
    this.bus = bus;
    this.job = job;
  }

  async tell(kind: EventKind, fields: Record<string, unknown> = {}): Promise<JobEvent> {
    this.n += 1;
    const event = eventOf(this.job, this.n, kind, this.previous, fields);
    const bytes = encodeEvent(event);
    this.previous = sha256Hex(bytes);
    const subject = this.bus.subjects.event(parseJobId(this.job), this.n, kind);
    await this.bus.journal.append(subject, bytes);
    return event;
  }
}

export function eventOf(
  job: string,
  n: number,
  kind: EventKind,
  previous: string,
  fields: Record<string, unknown> = {},
): JobEvent {
  const at = '2026-01-01T00:00:00.000Z';
  return { job, n, kind, at, cause: 'test', previous, ...fields };
}

export function encodeEvent(event: JobEvent): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(event));
}

/** Answers each question about a job with a view that says this. */
export function answerJobs(bus: Bus, view: Partial<JobView> | (() => Partial<JobView>)): void {
  bus.transport.subscribe(bus.subjects.query('job'), (message) => {
    const { id } = JSON.parse(new TextDecoder().decode(message.bytes)) as { id: string };
    const said = typeof view === 'function' ? view() : view;
    const value = { id, phase: 'completed', error: null, ...said } as JobView;
    const reply: QueryReply<JobView> = { ok: true, value };
    message.respond(new TextEncoder().encode(JSON.stringify(reply)));
  });
}
