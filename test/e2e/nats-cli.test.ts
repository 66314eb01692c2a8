/**
 * Submitting and watching with the stock `nats` command and nothing of ours: what is sound runs, what
 * is not gets an answer of its own, and the jobs of others never notice.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submissionId } from '../../schemas/subjects.ts';
import type { JobEvent, JobFailure, JobView } from '../../schemas/views.ts';
import { type CliResult, findNatsCli } from '../support/nats-cli.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const cli = findNatsCli();
const missing = 'skipped: no `nats` command; install it, or name it in NATS_CLI';
const title = cli === undefined ? `the stock nats command (${missing})` : 'the stock nats command';
const wait = { timeoutMs: 60_000 };
const good = '{"dataset":"adult","target":"class","algorithm":"random-forest"}';

let cluster: Cluster;
let watch: Watch;

/** `nats sub 'jobs.>'`: every line that it prints, and what of it are events. */
class Watch {
  private readonly child: ChildProcess;
  private readonly waiters = new Set<() => void>();
  text = '';

  constructor(url: string) {
    const args = ['sub', 'jobs.>', '--raw', '--server', url, '--no-context'];
    this.child = spawn(cli ?? 'nats', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('utf8');
      for (const wake of this.waiters) wake();
      this.waiters.clear();
    });
  }

  get events(): JobEvent[] {
    const lines = this.text.split('\n').filter((line) => line.startsWith('{"job":'));
    return lines.map((line) => JSON.parse(line) as JobEvent);
  }

  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => this.waiters.add(resolve));
    }
  }

  event(job: string, kind: string): Promise<JobEvent> {
    return this.until(() => this.events.find((event) => event.job === job && event.kind === kind));
  }

  /** Publishes until the subscription is known to hear. */
  async ready(): Promise<void> {
    const { transport, store } = cluster.bus;
    while (!this.text.includes('"probe"')) {
      transport.publish('jobs.probe', new TextEncoder().encode('{"probe":true}'));
      await store.list('cluster', '');
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}

/** Runs it with the text, if any, on its standard input: arguments have a limit. */
function nats(args: readonly string[], stdin?: string): Promise<CliResult> {
  const server = ['--server', cluster.url, '--no-context'];
  const all = [...args, ...(stdin === undefined ? [] : ['--force-stdin']), ...server];
  const child = spawn(cli ?? 'nats', all, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin.on('error', () => {}); // it may end before it has read
  child.stdin.end(stdin ?? '');
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** `nats req jobs.submit`: the id that a submission without a usable one of its own gets. */
async function request(spec: string): Promise<string> {
  const large = spec.length > 100_000;
  const args = ['req', 'jobs.submit', '--raw', ...(large ? [] : [spec])];
  const { stdout, code } = await nats(args, large ? spec : undefined);
  expect(code).toBe(0);
  const ack = JSON.parse(stdout) as { stream: string; seq: number };
  expect(ack.stream).toBe('SHOAL_JOBS');
  return submissionId(ack.seq);
}

async function rejection(id: string): Promise<JobFailure & { requestedId?: string }> {
  const event = await watch.event(id, 'rejected');
  return { ...(event.error as JobFailure), requestedId: event.requestedId as string };
}

describe.skipIf(cli === undefined)(title, () => {
  let steady: Promise<JobView>;

  beforeAll(async () => {
    cluster = await startCluster({ workers: 2 });
    const lines = Array.from(
      { length: 400 },
      (_, i) => `${i % 61},${i % 7},${i % 3 ? 'no' : 'yes'}`,
    );
    const file = join(cluster.server.dataDir, 'adult.csv');
    await writeFile(file, `age,hours,class\n${lines.join('\n')}\n`);
    expect(await cluster.cli(['data', 'import', 'adult', file])).toMatchObject({ code: 0 });
    watch = new Watch(cluster.url);
    await watch.ready();
    // A job of somebody else, under way all the time.
    const job = await cluster.client.submit({
      ...{ dataset: 'adult', target: 'class', algorithm: 'toy-sum' },
      ...{ params: { tasks: 60, spin: 5e6 }, evaluate: false },
    });
    steady = job.result(wait);
    steady.catch(() => {}); // the last test waits for it
  }, 60_000);

  afterAll(async () => {
    await watch?.stop();
    await cluster?.[Symbol.asyncDispose]();
  });

  it('[P95] [P05] `nats pub` of three keys is a whole submission: tasks go out by themselves', async () => {
    const before = watch.events.length;
    expect(await nats(['pub', 'jobs.submit', good])).toMatchObject({ code: 0 });
    const accepted = await watch.until(() =>
      watch.events
        .slice(before)
        .find(({ kind, algorithm }) => kind === 'accepted' && algorithm === 'random-forest'),
    );
    const id = accepted.job;
    expect(id).toMatch(/^j-SHOAL_JOBS-\d+$/);
    await watch.event(id, 'completed');
    const own = watch.events.filter(({ job }) => job === id);
    expect(own.map(({ n }) => n)).toEqual(own.map((_, i) => i + 1));
    const planned = own.find(({ kind }) => kind === 'planned') as JobEvent;
    const count = (planned.fits as { tasks: number }[]).reduce((sum, fit) => sum + fit.tasks, 0);
    const dispatched = own
      .filter(({ kind }) => kind === 'tasks-dispatched')
      .flatMap(({ tasks }) => tasks as { task: string }[])
      .filter(({ task }) => task.startsWith('train.'));
    expect(dispatched).toHaveLength(count);
    expect(count).toBeGreaterThan(1);
    expect(await cluster.client.job(id).view()).toMatchObject({ phase: 'completed', seed: 0 });
  }, 60_000);

  it('[P95] a misspelt key is named, with the key that was meant', async () => {
    const id = await request('{"dataset":"adult","target":"class","algoritm":"random-forest"}');
    const { code, issues } = await rejection(id);
    expect(code).toBe('invalid-spec');
    expect(issues).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'algoritm', fix: 'did you mean "algorithm"?' }),
      ]),
    );
  });

  it('[P95] what is not JSON is told so, with where', async () => {
    const { message, fix } = await rejection(await request('{"dataset":"adult","target":}'));
    expect(message).toMatch(/^spec: spec is not JSON: .*"target":\}/s);
    expect(fix).toContain('quote the JSON for your shell');
  });

  it('[P95] an unknown data set is named, with one that there is', async () => {
    const { issues, message } = await rejection(await request(good.replace('adult', 'adlut')));
    expect(message).toContain('adlut');
    expect(issues[0]).toMatchObject({ path: 'dataset', value: '"adlut"' });
    expect(issues[0]?.fix).toContain('adult');
  });

  it('[P95] a number out of range is told with the bound', async () => {
    const spec = `${good.slice(0, -1)},"params":{"trees":0},"evaluate":{"holdout":7}}`;
    const holdout = await rejection(await request(spec));
    expect(holdout.issues[0]).toMatchObject({ path: 'evaluate.holdout', value: '7' });
    const trees = await rejection(await request(spec.replace(',"evaluate":{"holdout":7}', '')));
    expect(trees.issues[0]).toMatchObject({ path: 'params.trees', value: '0' });
    expect(`${trees.message} ${trees.fix}`).toContain('1');
  });

  it('[P95] a spec of 300 KB is refused with its size and the limit', async () => {
    const long = 'x'.repeat(300_000);
    const { message, fix } = await rejection(
      await request(`${good.slice(0, -1)},"labels":{"note":"${long}"}}`),
    );
    expect(message).toMatch(/3000\d\d bytes, at most 262144 are taken/);
    expect(fix).not.toBeNull();
  });

  it('[P95] the same id with the same spec is one job; with another spec it is refused aside', async () => {
    const spec = `${good.slice(0, -1)},"id":"mine","params":{"trees":10}}`;
    await request(spec);
    await watch.event('mine', 'completed');
    const done = await cluster.client.job('mine').view();
    // Spelled in another order it is the same spec; the acknowledgement is all that it gets.
    await request(`{"params":{"trees":10},"id":"mine",${good.slice(1)}`);
    const other = await request(spec.replace('10', '11'));
    const refused = await rejection(other);
    expect(refused).toMatchObject({ code: 'conflict', requestedId: 'mine' });
    expect(refused.message).toContain('"mine" exists already');
    expect(await cluster.client.job('mine').view()).toEqual(done);
    const accepted = watch.events.filter(({ kind, job }) => kind === 'accepted' && job === 'mine');
    expect(accepted).toHaveLength(1);
  }, 60_000);

  it('[P95] none of it disturbed the job of somebody else, and `nats sub` showed every event', async () => {
    const view = await steady;
    expect(view).toMatchObject({ phase: 'completed', attempts: 1, tasks: { done: 60 } });
    await watch.event(view.id, 'completed');
    const stored: number[] = [];
    for await (const event of cluster.client.job(view.id).events({ follow: false })) {
      stored.push(event.n);
    }
    const shown = watch.events.filter(({ job }) => job === view.id).map(({ n }) => n);
    expect(shown).toEqual(stored);
  }, 60_000);
});
