/** Telemetry switched on for real: spans that arrive at a collector, and a collector that is away. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LogFields } from '../../runtime/log.ts';
import { samplerFrom } from '../../runtime/otel/sdk.ts';
import { startTelemetry, telemetryWanted } from '../../runtime/otel/telemetry.ts';
import { noTracer } from '../../runtime/trace.ts';

interface Post {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

let server: Server | undefined;
afterEach(() => {
  server?.close();
  vi.unstubAllEnvs();
});

async function collector(): Promise<{ url: string; first: Promise<Post> }> {
  const made = createServer();
  server = made;
  const first = new Promise<Post>((resolve) => {
    made.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.writeHead(200).end();
        const type = String(request.headers['content-type']);
        resolve({ path: String(request.url), type, body: Buffer.concat(parts) });
      });
    });
  });
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, first };
}

describe('telemetry', () => {
  it('is off, and free, unless an endpoint is named', async () => {
    expect(await startTelemetry({ service: 'worker', node: 'w1', env: {} })).toMatchObject({
      tracer: noTracer,
      enabled: false,
    });
    const endpoint = 'http://127.0.0.1:4318';
    expect(telemetryWanted({}, endpoint)).toBe(true);
    expect(telemetryWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toBe(true);
    expect(telemetryWanted({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint })).toBe(true);
    expect(telemetryWanted({ OTEL_SDK_DISABLED: 'TRUE' }, endpoint)).toBe(false);
    expect(telemetryWanted({ OTEL_TRACES_EXPORTER: 'none' }, endpoint)).toBe(false);
  });

  it('sends spans with the name of service and node, at the latest on shutdown', async () => {
    const { url, first } = await collector();
    const telemetry = await startTelemetry({
      service: 'worker',
      node: 'w-17',
      version: '0.1.0',
      env: {},
      endpoint: `${url}/`,
    });
    const span = telemetry.tracer.start('task.attempt', {
      attributes: { 'shoal.task': 'train.3' },
    });
    telemetry.tracer.within(span, () => {
      const active = trace.getSpan(context.active())?.spanContext();
      expect(`00-${active?.traceId}-${active?.spanId}-01`).toBe(span.traceparent);
    });
    span.end();
    await telemetry.shutdown();
    await telemetry.shutdown();
    const post = await first;
    expect(post.path).toBe('/v1/traces');
    expect(post.type).toBe('application/x-protobuf');
    const text = post.body.toString('latin1');
    for (const part of ['shoal-worker', 'w-17', 'task.attempt', 'train.3']) {
      expect(text).toContain(part);
    }
  });

  it('logs once that a collector is away, and ends all the same', async () => {
    const logged: { level: string; message: string; fields: LogFields | undefined }[] = [];
    const { url } = await collector();
    server?.close();
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '200');
    const telemetry = await startTelemetry({
      service: 'worker',
      node: 'w1',
      env: process.env,
      endpoint: url,
      log: (level, message, fields) => logged.push({ level, message, fields }),
    });
    telemetry.tracer.start('a').end();
    await telemetry.flush();
    telemetry.tracer.start('b').end();
    await telemetry.shutdown();
    expect(
      logged.filter((l) => l.message === 'traces are not delivered' && l.level === 'warn'),
    ).toHaveLength(1);
  });

  it('reads the sampler from the standard variables', () => {
    const warnings: string[] = [];
    const log = (_level: string, message: string) => void warnings.push(message);
    const of = (name: string, arg?: string) =>
      samplerFrom({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg }, log).toString();
    expect(of('always_off')).toBe('AlwaysOffSampler');
    expect(of('traceidratio', '0.25')).toBe('TraceIdRatioBased{0.25}');
    expect(of('parentbased_traceidratio', '0.5')).toContain('root=TraceIdRatioBased{0.5}');
    expect(samplerFrom({}, log).toString()).toContain('root=AlwaysOnSampler');
    expect(warnings).toEqual([]);
    expect(of('sometimes')).toContain('root=AlwaysOnSampler');
    expect(warnings).toHaveLength(1);
  });
});
