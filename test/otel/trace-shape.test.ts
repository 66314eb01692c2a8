/** The shape of a job's trace, drawn with synthetic calls and read back from memory. */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceTo } from '../../runtime/otel/sdk.ts';
import {
  formatTraceparent,
  inject,
  jobSpanIds,
  noTracer,
  parentFrom,
  parseTraceparent,
  type Tracer,
  traceIdOf,
  traceIdOfJob,
} from '../../runtime/trace.ts';

const cluster = 'c1';
const job = 'j-1';
const startMs = 1_700_000_000_000;

/** Two attempts of one task, the first on a worker that vanished. */
function drawJob(tracer: Tracer, submitted?: string): string {
  const accept = tracer.start('job.accept', {
    parent: submitted,
    ids: jobSpanIds(job, cluster, 'job.accept', submitted),
    attributes: { 'shoal.job': job },
    startTimeMs: startMs,
    kind: 'consumer',
  });
  accept.end({ 'shoal.spec.digest': 'abc' }, 'ok', startMs + 3);
  const parent = accept.traceparent;
  tracer.start('job.plan', { parent, startTimeMs: startMs + 3 }).end({}, 'ok', startMs + 5);
  const first = tracer.start('task.attempt', {
    parent,
    ids: jobSpanIds(job, cluster, 'train.0#1', submitted),
    attributes: { 'shoal.attempt': 1 },
  });
  tracer
    .start('worker.lost', { parent, startTimeMs: startMs + 900 })
    .end({ 'shoal.node': 'w1' }, { error: 'no responders' }, startMs + 900);
  const second = tracer.start('task.attempt', {
    parent,
    links: [first.traceparent, 'not a traceparent', undefined],
    linkAttributes: { reason: 'node-lost' },
    attributes: { 'shoal.attempt': 2 },
  });
  for (const step of ['blob.get', 'compute', 'blob.put', 'task.commit']) {
    tracer.start(step, { parent: second.traceparent }).end();
  }
  second.end({ outcome: 'committed', absent: undefined }, 'ok');
  second.end({ outcome: 'ended twice' });
  tracer.start('stage.reduce', { parent, links: [second.traceparent] }).end({}, 'ok');
  tracer
    .start('job.summary', {
      parent,
      ids: jobSpanIds(job, cluster, 'job.summary', submitted),
      startTimeMs: startMs,
    })
    .end({}, 'ok', startMs + 4_000);
  return parent;
}

function collect(submitted?: string): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  drawJob(traceTo(exporter).tracer, submitted);
  return exporter.getFinishedSpans();
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name}`);
  return found;
}

describe('the trace of a job', () => {
  it('is one trace with job.accept as its root', () => {
    const spans = collect();
    expect(new Set(spans.map((s) => s.spanContext().traceId))).toEqual(
      new Set([traceIdOfJob(job, cluster)]),
    );
    const accept = named(spans, 'job.accept');
    expect(accept.parentSpanContext).toBeUndefined();
    expect(accept.kind).toBe(SpanKind.CONSUMER);
    expect(accept.startTime).toEqual([startMs / 1000, 0]);
    expect(accept.endTime).toEqual([startMs / 1000, 3_000_000]);
    for (const name of ['job.plan', 'worker.lost', 'stage.reduce', 'job.summary']) {
      expect(named(spans, name).parentSpanContext?.spanId).toBe(accept.spanContext().spanId);
    }
    const roots = spans.filter((s) => s.parentSpanContext === undefined);
    expect(roots.map((s) => s.name)).toEqual(['job.accept']);
  });

  it('hangs the steps of an attempt under it, and links it to the attempt that it replaces', () => {
    const spans = collect();
    const attempt = named(spans, 'task.attempt');
    expect(attempt.attributes).toEqual({ 'shoal.attempt': 2, outcome: 'committed' });
    expect(attempt.status.code).toBe(SpanStatusCode.OK);
    expect(attempt.links).toHaveLength(1);
    expect(attempt.links[0]?.context.spanId).toBe(jobSpanIds(job, cluster, 'train.0#1').spanId);
    expect(attempt.links[0]?.attributes).toEqual({ reason: 'node-lost' });
    for (const name of ['blob.get', 'compute', 'blob.put', 'task.commit']) {
      expect(named(spans, name).parentSpanContext?.spanId).toBe(attempt.spanContext().spanId);
    }
    const lost = named(spans, 'worker.lost');
    // As good as nothing: viewers complain of spans that end when they start.
    expect(lost.duration[0]).toBe(0);
    expect(lost.duration[1]).toBeGreaterThan(0);
    expect(lost.duration[1]).toBeLessThan(2_000);
    expect(lost.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no responders' });
  });

  it('gives job.summary the same ids whichever leader emits it', () => {
    const one = named(collect(), 'job.summary').spanContext();
    const two = named(collect(), 'job.summary').spanContext();
    expect(two).toEqual(one);
    expect(traceIdOfJob(job, 'another')).not.toBe(one.traceId);
  });

  it('joins the trace of a submitter who brought one', () => {
    const submitted = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
    const spans = collect(submitted);
    expect(new Set(spans.map((s) => s.spanContext().traceId))).toEqual(new Set(['a1'.repeat(16)]));
    expect(named(spans, 'job.accept').parentSpanContext?.spanId).toBe('b2'.repeat(8));
  });

  it('records nothing of a trace that its submitter did not sample, and hands that on', () => {
    const exporter = new InMemorySpanExporter();
    const parent = drawJob(traceTo(exporter).tracer, `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-00`);
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(parseTraceparent(parent)?.sampled).toBe(false);
  });
});

describe('trace context', () => {
  it('travels through a process without telemetry', () => {
    const parent = drawJob(noTracer);
    expect(traceIdOf(parent)).toBe(traceIdOfJob(job, cluster));
    const exporter = new InMemorySpanExporter();
    traceTo(exporter).tracer.start('task.attempt', { parent }).end();
    const attempt = named(exporter.getFinishedSpans(), 'task.attempt');
    expect(attempt.parentSpanContext?.spanId).toBe(jobSpanIds(job, cluster, 'job.accept').spanId);
    expect(noTracer.start('x', { parent }).traceparent).toBe(parent);
    expect(noTracer.start('x').traceparent).toBe('');
    expect(noTracer.within(noTracer.start('x'), () => 7)).toBe(7);
  });

  it('is read from headers whatever their case, and refused when it is not valid', () => {
    const good = formatTraceparent({ traceId: '1'.repeat(32), spanId: '2'.repeat(16) });
    expect(parentFrom(inject(good, { a: 'b' }))).toBe(good);
    expect(parentFrom({ Traceparent: good })).toBe(good);
    expect(inject('', { a: 'b' })).toEqual({ a: 'b' });
    const bad = ['', 'x', `ff${good.slice(2)}`, good.toUpperCase().replace('1', 'G'), `${good}-1`];
    bad.push(
      `00-${'0'.repeat(32)}-${'2'.repeat(16)}-01`,
      `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`,
    );
    for (const traceparent of bad) expect(parentFrom({ traceparent })).toBeUndefined();
    const hex = (n: number) =>
      fc.array(fc.constantFrom(...'123456789abcdef'), { minLength: n, maxLength: n });
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (trace, span, sampled) => {
        const ids = { traceId: trace.join(''), spanId: span.join('') };
        expect(parseTraceparent(formatTraceparent(ids, sampled))).toEqual({ ...ids, sampled });
      }),
    );
  });
});
