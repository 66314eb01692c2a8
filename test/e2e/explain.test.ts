/**
 * A job told from its events, on real processes: what a killed worker had, who took it up, where the
 * time went; and a log that somebody tampered with.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Explanation } from '../../client/job-handle.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import type { JobEvent } from '../../schemas/views.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const csv = `colour,size,label\n${Array.from({ length: 400 }, (_, i) => `${i % 3 ? 'red' : 'blue'},${i % 17},${i % 2 ? 'yes' : 'no'}`).join('\n')}\n`;
const spec: JobSpecInput = {
  ...{ id: 'told', dataset: 'toys', target: 'label', algorithm: 'toy-sum', evaluate: false },
  params: { tasks: 6, spin: 1e8 },
};

async function explained(cluster: Cluster, ...args: string[]): Promise<Explanation> {
  const { stdout } = await cluster.cli(['job', 'explain', 'told', '--json', ...args]);
  return JSON.parse(stdout) as Explanation;
}

/** Kills the first worker that is seen to have a task in hand. @returns its name */
async function killOneAtWork(cluster: Cluster): Promise<string> {
  for await (const event of cluster.client.job('told').events()) {
    if (event.kind !== 'tasks-dispatched') continue;
    const [first] = event.tasks as { node: string }[];
    const node = first?.node ?? '';
    await cluster.kill(node, 'SIGKILL');
    return node;
  }
  throw new Error('the job has ended before anybody worked for it');
}

it('[P13] tells what a killed worker had and where the time went, and proves its log', async () => {
  await using cluster = await startCluster({ workers: 2 });
  const file = join(cluster.server.dataDir, 'toys.csv');
  await writeFile(file, csv);
  expect((await cluster.cli(['data', 'import', 'toys', file])).code).toBe(0);
  const job = await cluster.client.submit(spec);
  const killed = await killOneAtWork(cluster);
  const view = await job.result({ timeoutMs: 60_000 });

  const { story, broken, live } = await explained(cluster);
  expect({ broken, live }).toEqual({ broken: null, live: null });
  expect(story.outcome).toMatchObject({ kind: 'completed', digest: view.digest });
  expect(story).toMatchObject({ attempts: view.attempts, reassigned: view.reassigned });
  const [lost] = story.lostNodes;
  expect(lost).toMatchObject({ node: killed, reason: 'lost' });
  expect(lost?.tasks.length).toBe(view.reassigned);
  expect(lost?.tasks.every(({ to }) => to !== null && to !== killed)).toBe(true);
  // Seconds done again: from the claim to the loss.
  expect(story.time?.redone.attempts).toBe(view.reassigned);
  expect(story.time?.redone.ms).toBeGreaterThan(0);
  const train = story.time?.stages.find(({ stage }) => stage === 'train');
  expect(train).toMatchObject({ tasks: 6 });
  expect(train?.cpuMs).toBeGreaterThan(0);
  expect(train?.computeMs).toBeGreaterThanOrEqual(0.5 * (train?.cpuMs ?? 0));
  expect(story.time?.fetchedBytes).toBeGreaterThan(0);

  const then = await explained(cluster, '--at', String((lost?.n ?? 1) - 1));
  expect(then.story).toMatchObject({ phase: 'training', reassigned: 0, lostNodes: [] });
  expect(then.story.working.map(({ node }) => node)).toContain(killed);
  expect((await cluster.cli(['job', 'explain', 'told'])).stdout).toContain(`${killed} at `);

  const sound = await cluster.cli(['job', 'verify', 'told', '--json']);
  expect(sound.code).toBe(0);
  expect(JSON.parse(sound.stdout)).toMatchObject({ sound: true, events: view.events });
});

it('[F18] names the event that is missing from a log, and doctor finds it', async () => {
  await using cluster = await startCluster({ workers: 1 });
  const file = join(cluster.server.dataDir, 'toys.csv');
  await writeFile(file, csv);
  expect((await cluster.cli(['data', 'import', 'toys', file])).code).toBe(0);
  const job = await cluster.client.submit({ ...spec, params: { tasks: 2 } });
  await job.result({ timeoutMs: 30_000 });
  const events: JobEvent[] = [];
  for await (const event of job.events({ follow: false })) events.push(event);
  const [, , third] = events;
  const purge = { filter: `jobs.told.events.3.${third?.kind}` };
  const body = new TextEncoder().encode(JSON.stringify(purge));
  const { transport } = cluster.bus;
  await transport.request('$JS.API.STREAM.PURGE.SHOAL_EVENTS', body, { timeoutMs: 5_000 });

  const verified = await cluster.cli(['job', 'verify', 'told', '--json']);
  expect(verified.code).toBe(1);
  expect(JSON.parse(verified.stdout)).toMatchObject({ sound: false, faults: [{ n: 3 }] });
  const told = await cluster.cli(['job', 'explain', 'told']);
  expect(told.code).toBe(1);
  expect(told.stdout).toContain('BROKEN: event 3 of job "told" is missing');
  const printed = await cluster.cli(['job', 'events', 'told', '--json']);
  expect(printed.code).toBe(1);
  const doctor = await cluster.cli(['doctor', '--chains', '--json']);
  const { findings } = JSON.parse(doctor.stdout) as {
    findings: { check: string; found: string }[];
  };
  expect(findings.find(({ check }) => check === 'chains')?.found).toContain(
    'event 3 of job "told"',
  );
});
