/**
 * People in a simulated run: they pause, resume and cancel jobs, submit them again, and make
 * mistakes, at moments of the seed. An order that got no answer is given again.
 */
import type { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import type { QueryReply } from '../../schemas/views.ts';
import type { SimCluster } from './sim-cluster.ts';

type Verb = 'pause' | 'resume' | 'cancel';

/** Gives an order until somebody answers it. */
async function order(cluster: SimCluster, verb: Verb, id: string): Promise<void> {
  const { transport, subjects } = cluster.bus;
  const bytes = new TextEncoder().encode(JSON.stringify({ id }));
  for (let tries = 0; tries < 60; tries++) {
    try {
      const answer = await transport.request(subjects.query(verb), bytes, { timeoutMs: 1_000 });
      const text = new TextDecoder().decode(Uint8Array.from(answer.bytes));
      const reply = JSON.parse(text) as QueryReply<unknown>;
      const code = reply.ok ? 'ok' : reply.error.code;
      cluster.tell(`${verb} ${id}: ${code}`);
      // A leader that has just begun may not know the job yet; nor may anybody have taken it in.
      if (code !== 'starting' && code !== 'no-job') return;
    } catch {
      // Nobody leads at the moment, or the answer got lost.
    }
    await new Promise<void>((resolve) => {
      cluster.clock.after(500, resolve);
    });
  }
}

/** What people will do to a job. @returns whether they mean to cancel it */
export function giveOrders(cluster: SimCluster, spec: JobSpecInput & { id: string }): boolean {
  const { clock, random } = cluster;
  const { id } = spec;
  const cancels = random.next() < 0.3;
  const at = (ms: number, run: () => void) => clock.after(ms, run);
  let pausing = 0;
  const pause = async () => {
    pausing += 1;
    await order(cluster, 'pause', id);
    pausing -= 1;
  };
  /** However the orders crossed, the job is not left paused. */
  const resume = async () => {
    await order(cluster, 'resume', id);
    if (pausing > 0) at(500, () => void resume());
  };
  for (let pauses = Math.floor(random.next() * 3); pauses > 0; pauses--) {
    const pauseMs = Math.floor(random.next() * 4_000);
    at(pauseMs, () => void pause());
    at(pauseMs + 200 + Math.floor(random.next() * 2_000), () => void order(cluster, 'resume', id));
  }
  at(9_000, () => void resume());
  if (cancels) at(Math.floor(random.next() * 5_000), () => void order(cluster, 'cancel', id));
  at(Math.floor(random.next() * 3_000), () => submitAgain(cluster, spec, random));
  return cancels;
}

/** A submission of another job under the same id. */
export function rivalOf<S extends JobSpecInput>(spec: S): S {
  return { ...spec, seed: 99 };
}

/** The same job once more, one that crosses it, and one that nobody can run. */
function submitAgain(cluster: SimCluster, spec: JobSpecInput, random: SeededRandom): void {
  const { journal, subjects } = cluster.bus;
  const send = (value: unknown) =>
    journal.append(subjects.submit, new TextEncoder().encode(JSON.stringify(value))).then(
      () => {},
      (error: Error) => cluster.tell(`not submitted: ${error.message}`),
    );
  void send(spec);
  if (random.next() < 0.5) void send(rivalOf(spec));
  if (random.next() < 0.5) void send({ ...spec, id: 'nonsense', target: 'no such column' });
}
