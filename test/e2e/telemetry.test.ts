/**
 * What an operator sees of a job on real processes, one of them killed: trace, metrics, log.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serveMetrics } from '../../runtime/node/metrics-server.ts';
import { type CollectedSpan, startCollector } from '../support/otlp-collector.ts';
import { startCluster } from './support/cluster.ts';

const csv = `size,label\n${Array.from({ length: 500 }, (_, i) => `${i % 17},${i % 2 ? 'yes' : 'no'}`).join('\n')}\n`;

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  await using server = await serveMetrics({ port: 0, render: () => '' });
  return Number(new URL(server.url).port);
}

it('[P32] [P100] shows joins, leaves and messages in metrics and log, and the job as one trace', async () => {
  await using collector = await startCollector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  await using cluster = await startCluster({ workers: 0, coordinators: 0, aggregators: 0, env });
  const port = await freePort();
  const coordinator = await cluster.startCoordinator(['--metrics-port', String(port)]);
  await Promise.all([cluster.startAggregator(), cluster.startWorker(), cluster.startWorker()]);
  const client = await cluster.connect();
  await client.ready({ timeoutMs: 20_000 });
  const file = join(cluster.server.dataDir, 'toys.csv');
  await writeFile(file, csv);
  expect(await cluster.cli(['data', 'import', 'toys', file, '--json'])).toMatchObject({ code: 0 });

  const job = await client.submit({
    id: 'seen',
    dataset: 'toys',
    target: 'label',
    algorithm: 'toy-sum',
    params: { tasks: 6, spin: 40_000_000 },
    evaluate: false,
  });
  let lost = '';
  for await (const event of job.events()) {
    if (event.kind !== 'tasks-dispatched') continue;
    const [first] = event.tasks as { node: string }[];
    lost = first?.node ?? '';
    break;
  }
  // Its claims are on their way to the collector four times a second.
  await collector.until((spans) => spans.some((s) => s.name === 'task.claim' && s.node === lost));
  await cluster.kill(lost);
  const view = await job.result();
  expect(view.reassigned).toBeGreaterThan(0);
  await collector.until((spans) => spans.some((span) => span.name === 'job.summary'));
  await client.close();

  const scraped = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const metric = (start: string): number =>
    scraped
      .split('\n')
      .filter((line) => line.startsWith(start))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  expect(metric('shoal_nodes_joined_total')).toBeGreaterThanOrEqual(3);
  expect(metric('shoal_nodes_left_total')).toBe(1);
  expect(metric('shoal_messages_received_total')).toBeGreaterThan(10);
  expect(metric('shoal_reassignments_total')).toBe(view.reassigned);

  const lines = cluster
    .log(coordinator)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const about = (msg: string) => lines.filter((line) => line.msg === msg);
  expect(about('node joined').length).toBeGreaterThanOrEqual(3);
  expect(about('node lost')).toMatchObject([{ level: 'info', peer: lost }]);

  expectOneTrace(collector.spans, view.traceId ?? '', lost);
}, 60_000);

function expectOneTrace(spans: readonly CollectedSpan[], traceId: string, lost: string): void {
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const named = (name: string) => spans.filter((span) => span.name === name);
  expect(spans.filter((span) => span.parentSpanId === '').map((span) => span.name)).toEqual([
    'job.accept',
  ]);
  const [accept] = named('job.accept');
  const children = [
    'job.summary',
    'worker.lost',
    'task.attempt',
    'stage.train',
    'stage.reduce',
    'job.plan',
  ];
  for (const span of children.flatMap(named)) expect(span.parentSpanId).toBe(accept?.spanId);
  for (const name of children) expect(named(name).length, name).toBeGreaterThan(0);
  for (const name of ['compute', 'blob.get', 'task.commit']) {
    expect(named(name).length, name).toBeGreaterThan(0);
  }
  const services = new Set(spans.map((span) => span.service));
  expect(services).toEqual(new Set(['shoal-coordinator', 'shoal-worker', 'shoal-aggregator']));
  // The killed attempt never ends; what is seen of it is its claim, and the link from the next one.
  const [claim] = named('task.claim').filter((span) => span.node === lost);
  const second = named('task.attempt').find((span) => span.attributes['shoal.attempt'] === 2);
  expect(second?.links).toEqual([claim?.parentSpanId]);
  expect(second?.attributes['shoal.task']).toBe(claim?.attributes['shoal.task']);
  expect(second?.node).not.toBe(lost);
  expect(named('worker.lost')[0]?.links).toContain(claim?.parentSpanId);
}
