/** Metrics: what is counted comes out, in the text format that scrapers read. */
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../runtime/metrics.ts';
import { serveMetrics } from '../../runtime/node/metrics-server.ts';
import { type MetricShape, metricShapes } from '../../schemas/metric-names.ts';

describe('metrics', () => {
  it('count messages, joins and leaves, and render them', () => {
    const metrics = new Metrics();
    metrics.count('shoal_messages_received_total', 3, { kind: 'heartbeat' });
    metrics.count('shoal_messages_received_total', 2, { kind: 'heartbeat' });
    metrics.count('shoal_nodes_joined_total', 1, { role: 'worker' });
    metrics.count('shoal_nodes_left_total', 1, { role: 'worker', reason: 'dead' });
    metrics.set('shoal_leader', 1);
    expect(metrics.read('shoal_messages_received_total', { kind: 'heartbeat' })).toBe(5);
    expect(metrics.read('shoal_nodes_joined_total', { role: 'aggregator' })).toBe(0);
    expect(metrics.render({ node: 'c"1' })).toBe(
      [
        '# HELP shoal_leader 1 while this process leads',
        '# TYPE shoal_leader gauge',
        'shoal_leader{node="c\\"1"} 1',
        '# HELP shoal_messages_received_total messages received, by kind: heartbeat, offers, control, query, submission',
        '# TYPE shoal_messages_received_total counter',
        'shoal_messages_received_total{node="c\\"1",kind="heartbeat"} 5',
        '# HELP shoal_nodes_joined_total nodes seen for the first time, or again under a new boot nonce',
        '# TYPE shoal_nodes_joined_total counter',
        'shoal_nodes_joined_total{node="c\\"1",role="worker"} 1',
        '# HELP shoal_nodes_left_total nodes gone: left (in good order), dead',
        '# TYPE shoal_nodes_left_total counter',
        'shoal_nodes_left_total{node="c\\"1",role="worker",reason="dead"} 1',
        '',
      ].join('\n'),
    );
  });

  it('gather histograms in cumulative buckets', () => {
    const metrics = new Metrics();
    for (const seconds of [0.004, 0.2, 0.2, 9_999]) {
      metrics.observe('shoal_task_seconds', seconds, { stage: 'train' });
    }
    const flat = metrics.snapshot();
    expect(flat['shoal_task_seconds_bucket{stage="train",le="0.005"}']).toBe(1);
    expect(flat['shoal_task_seconds_bucket{stage="train",le="0.25"}']).toBe(3);
    expect(flat['shoal_task_seconds_bucket{stage="train",le="1800"}']).toBe(3);
    expect(flat['shoal_task_seconds_bucket{stage="train",le="+Inf"}']).toBe(4);
    expect(flat['shoal_task_seconds_count{stage="train"}']).toBe(4);
    expect(flat['shoal_task_seconds_sum{stage="train"}']).toBeCloseTo(9_999.404);
    expect(metrics.read('shoal_task_seconds', { stage: 'train' })).toBe(4);
  });

  it('keep a bounded number of label sets', () => {
    const metrics = new Metrics();
    for (let i = 0; i < 1_000; i++) {
      metrics.count('shoal_link_changes_total', 1, { state: `s${i}` });
    }
    expect(Object.keys(metrics.snapshot())).toHaveLength(257);
    expect(metrics.read('shoal_link_changes_total', { state: 'other' })).toBe(744);
    expect(new Metrics().render()).toBe('');
  });

  it('have names, units and help in one form', () => {
    for (const [name, shape] of Object.entries(metricShapes) as [string, MetricShape][]) {
      expect(name).toMatch(/^shoal_[a-z]+(_[a-z]+)*$/);
      expect(name.endsWith('_total'), name).toBe(shape.kind === 'counter');
      expect(shape.buckets !== undefined, name).toBe(shape.kind === 'histogram');
      expect(shape.labels).not.toContain('job');
      expect(shape.help).not.toMatch(/\.$/);
    }
  });

  it('are answered over HTTP, on loopback', async () => {
    let trouble: string | null = null;
    const metrics = new Metrics();
    metrics.set('shoal_jobs', 2);
    const render = () => metrics.render({ role: 'coordinator' });
    await using server = await serveMetrics({ port: 0, render, trouble: () => trouble });
    const scraped = await fetch(server.url);
    expect(scraped.headers.get('content-type')).toContain('version=0.0.4');
    expect(await scraped.text()).toContain('shoal_jobs{role="coordinator"} 2\n');
    const health = server.url.replace('/metrics', '/healthz');
    expect((await fetch(health)).status).toBe(200);
    trouble = 'link down';
    expect([(await fetch(health)).status, await (await fetch(health)).text()]).toEqual([
      503,
      'link down\n',
    ]);
    expect((await fetch(server.url, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(new URL('/x', server.url))).status).toBe(404);
  });
});
