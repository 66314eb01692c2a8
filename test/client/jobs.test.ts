/** Jobs through the SDK: submissions, events, results, questions; the coordinator is played. */
import { describe, expect, it } from 'vitest';
import { clientOver } from '../../client/client.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { limits } from '../../schemas/limits.ts';
import { submissionId } from '../../schemas/subjects.ts';
import { answerJobs, EventWriter, memoryCluster } from './memory-cluster.ts';

const spec = { dataset: 'd', target: 't', algorithm: 'toy-sum' };

async function submissions(bus: ReturnType<typeof memoryCluster>['bus']): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const entry of bus.journal.read(bus.subjects.submit, { follow: false })) {
    found.push(JSON.parse(new TextDecoder().decode(entry.bytes)));
  }
  return found;
}

describe('submit', () => {
  it('stores what was written, with an id made for it, on jobs.submit', async () => {
    const { client, bus } = memoryCluster();
    const job = await client.submit(spec);
    expect(job.id).toMatch(/^j-[a-z0-9]{12}$/);
    expect(await submissions(bus)).toEqual([{ ...spec, id: job.id }]);
  });

  it('refuses a spec that can never run with path, value and fix, and stores nothing', async () => {
    const { client, bus } = memoryCluster();
    const wrong = { ...spec, traget: 't' } as never;
    await expect(client.submit(wrong)).rejects.toMatchObject({
      code: 'invalid-spec',
      issues: [{ path: 'traget', value: '"t"', fix: 'did you mean "target"?' }],
    });
    expect(await submissions(bus)).toEqual([]);
  });

  it('rejects the result when the coordinator rejects the job, with its issues', async () => {
    const { client, bus } = memoryCluster();
    const job = await client.submit({ ...spec, id: 'a' });
    const events = new EventWriter(bus, 'a');
    await events.tell('accepted', { submissionSeq: 1 });
    const issues = [{ path: 'dataset', value: '"d"', message: 'is unknown', fix: 'import it' }];
    const error = { code: 'unknown-dataset', message: 'dataset: is unknown', fix: null, issues };
    await events.tell('rejected', { error, submissionSeq: 1 });
    await expect(job.result()).rejects.toMatchObject({
      code: 'job-rejected',
      reason: 'unknown-dataset',
      issues,
    });
  });

  it('tells a refusal under an id of its own from the job that holds the wanted id', async () => {
    const { client, bus } = memoryCluster();
    const first = new EventWriter(bus, 'a');
    await first.tell('accepted', { submissionSeq: 0, specDigest: 'another' });
    await first.tell('completed', {});
    const job = await client.submit({ ...spec, id: 'a' });
    const refusal = new EventWriter(bus, submissionId(1));
    const error = { code: 'conflict', message: 'job "a" exists', fix: 'choose another id' };
    await refusal.tell('rejected', { error, submissionSeq: 1 });
    await expect(job.result()).rejects.toMatchObject({ reason: 'conflict', job: submissionId(1) });
  });

  it('[F8] waits for the end itself where a leader that was replaced tells how it was before', async () => {
    const { client, bus } = memoryCluster();
    const phases = ['reducing', 'reducing', 'completed'] as const;
    let asked = 0;
    answerJobs(bus, () => ({ phase: phases[asked++] ?? 'failed' }));
    const job = await client.submit({ ...spec, id: 'a' });
    const events = new EventWriter(bus, 'a');
    await events.tell('accepted', { submissionSeq: 1 });
    await events.tell('completed', {});
    expect(await job.ended()).toMatchObject({ phase: 'completed' });
  });

  it('follows an id that was rejected before and is submitted again', async () => {
    const { client, bus } = memoryCluster();
    answerJobs(bus, { digest: 'd1' });
    await client.submit({ ...spec, id: 'other' });
    const events = new EventWriter(bus, 'a');
    await events.tell('rejected', { error: { code: 'x', message: 'x' }, submissionSeq: 1 });
    const job = await client.submit({ ...spec, id: 'a' });
    await events.tell('accepted', { submissionSeq: 2 });
    await events.tell('completed', {});
    expect(await job.result()).toMatchObject({ digest: 'd1' });
    const kinds: string[] = [];
    for await (const event of client.job('a').events()) kinds.push(event.kind);
    expect(kinds).toEqual(['rejected', 'accepted', 'completed']);
  });
});

describe('job', () => {
  it('gives events as they come and ends with the last one', async () => {
    const { client, bus } = memoryCluster();
    const events = new EventWriter(bus, 'a');
    await events.tell('accepted');
    const kinds: string[] = [];
    for await (const event of client.job('a').events()) {
      kinds.push(event.kind);
      if (event.kind === 'accepted') await events.tell('phase');
      if (event.kind === 'phase') await events.tell('failed');
    }
    expect(kinds).toEqual(['accepted', 'phase', 'failed']);
  });

  it('gives only what is new when asked to', async () => {
    const { client, bus } = memoryCluster();
    const events = new EventWriter(bus, 'a');
    await events.tell('accepted');
    const iterator = client.job('a').events({ fromStart: false });
    const next = iterator.next();
    await bus.transport.ping(1_000);
    await events.tell('completed');
    expect((await next).value).toMatchObject({ kind: expect.stringMatching(/completed/) });
  });

  it('fails with what the job failed with', async () => {
    const { client, bus } = memoryCluster();
    const error = { code: 'poison', message: 'task train.1 failed', fix: 'fix it', issues: [] };
    answerJobs(bus, { phase: 'failed', error });
    await new EventWriter(bus, 'a').tell('failed');
    await expect(client.job('a').result()).rejects.toMatchObject({
      code: 'job-failed',
      message: 'job "a" failed: task train.1 failed',
      fix: 'fix it',
    });
  });

  it('gives up after its own time limit, and at a signal', async () => {
    const { client } = memoryCluster();
    await expect(client.job('a').result({ timeoutMs: 5 })).rejects.toMatchObject({
      code: 'timeout',
    });
    const reason = new Error('enough');
    await expect(client.job('a').result({ signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it('says that no coordinator is there, and how to get one', async () => {
    const { client } = memoryCluster();
    await expect(client.jobs()).rejects.toMatchObject({
      code: 'no-coordinator',
      fix: expect.stringContaining('shoal up'),
    });
  });

  it('[P19] tells an answer that does not come in time from nobody being there', async () => {
    const { bus } = memoryCluster();
    const client = clientOver(bus, nodeClock(), new SeededRandom(1), { requestMs: 5 });
    bus.transport.subscribe(bus.subjects.query('jobs'), () => {});
    await expect(client.jobs()).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('5 ms'),
    });
  });

  it('looks for a coordinator for as long as it is patient, and says so after a second', async () => {
    const clock = new ManualClock();
    const bus = new MemoryBroker({ clock, random: new SeededRandom(1) }).connect({
      name: 'client',
    });
    let told = 0;
    const patience = { patienceMs: 5_000, onWait: () => (told += 1) };
    const client = clientOver(bus, clock, new SeededRandom(1), patience);
    const answer = client.nodes();
    await clock.advance(900);
    expect(told).toBe(0);
    await clock.advance(2_100);
    expect(told).toBe(1);
    bus.transport.subscribe(bus.subjects.query('nodes'), (message) => {
      message.respond(new TextEncoder().encode(JSON.stringify({ ok: true, value: [] })));
    });
    await clock.advance(400);
    expect(await answer).toEqual([]);
    const nobody = client.job('a').view();
    const failure = nobody.catch((error: { code: string }) => error.code);
    await clock.advance(6_000);
    expect(await failure).toBe('no-coordinator');
    expect(told).toBe(2);
  });

  it('asks for a change again where nobody heard it, not where the answer is late', async () => {
    const clock = new ManualClock();
    const bus = new MemoryBroker({ clock, random: new SeededRandom(1) }).connect({
      name: 'client',
    });
    const client = clientOver(bus, clock, new SeededRandom(1), { patienceMs: 5_000 });
    let heard = 0;
    const cancel = client.job('a').cancel();
    const failure = cancel.catch((error: { code: string }) => error.code);
    await clock.advance(1_000);
    bus.transport.subscribe(bus.subjects.query('cancel'), () => {
      heard += 1;
    });
    await clock.advance(10_000);
    expect([await failure, heard]).toEqual(['timeout', 1]);
  });

  it('repeats a question while the coordinator is starting', async () => {
    const { client, bus } = memoryCluster();
    let asked = 0;
    bus.transport.subscribe(bus.subjects.query('status'), (message) => {
      asked += 1;
      const reply =
        asked === 1
          ? { ok: false, error: { code: 'starting', message: 'not yet' } }
          : { ok: true, value: { term: 3 } };
      message.respond(new TextEncoder().encode(JSON.stringify(reply)));
    });
    expect(await client.status()).toEqual({ term: 3 });
    expect(limits.takeoverMs).toBeGreaterThan(0);
  });
});
