/**
 * The OpenTelemetry SDK, wired: resource, sampler, batches, exporter, context over awaits.
 *
 * Loaded only by `telemetry.ts` when spans have somewhere to go, and by tests with an exporter of
 * their own. The SDK reads the exporter's own variables; those of the sampler and the batches,
 * which its third version leaves to the application, are read here.
 */
import { hostname } from 'node:os';
import { context, DiagLogLevel, diag } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type Log, noLog } from '../log.ts';
import type { Tracer } from '../trace.ts';
import { otelTracer } from './otel-tracer.ts';
import { SpanIds } from './span-ids.ts';
import type { Environment, Telemetry, TelemetryOptions } from './telemetry.ts';

/** A process that ends waits at most this long for a collector that does not answer. */
const EXPORT_TIMEOUT_MS = 3_000;
/** A killed process loses the spans of this long. */
const BATCH_DELAY_MS = 250;

export function startSdk(options: TelemetryOptions): Telemetry {
  const { env } = options;
  const log = options.log ?? noLog;
  reportTrouble(log);
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol !== undefined && protocol !== 'http/protobuf') {
    log('warn', 'only OTLP over HTTP with protobuf is spoken: use port 4318 of the collector', {
      protocol,
    });
  }
  const exporter = new OTLPTraceExporter({
    ...(options.endpoint === undefined
      ? {}
      : { url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces` }),
    ...(env.OTEL_EXPORTER_OTLP_TIMEOUT === undefined &&
    env.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT === undefined
      ? { timeoutMillis: EXPORT_TIMEOUT_MS }
      : {}),
  });
  const { tracer, provider } = traceInto(batches(exporter, env), {
    resource: resourceOf(options),
    sampler: samplerFrom(env, log),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const quietly = (what: string, work: Promise<unknown>): Promise<void> =>
    work.then(
      () => {},
      (error: unknown) => log('warn', `cannot ${what} the traces`, { error }),
    );
  let stopping: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    stopping ??= quietly('send', provider.shutdown());
    return stopping;
  };
  return { tracer, enabled: true, flush: () => quietly('send', provider.forceFlush()), shutdown };
}

/** A tracer whose spans go to this exporter as they end: for tests and for one-shot programs. */
export function traceTo(exporter: SpanExporter): { tracer: Tracer; shutdown(): Promise<void> } {
  const { tracer, provider } = traceInto(new SimpleSpanProcessor({ exporter }), {});
  return { tracer, shutdown: () => provider.shutdown() };
}

function traceInto(
  processor: SpanProcessor,
  given: { resource?: Resource; sampler?: Sampler },
): { tracer: Tracer; provider: TracerProvider } {
  const ids = new SpanIds();
  const provider = new TracerProvider({ ...given, idGenerator: ids, spanProcessors: [processor] });
  return { tracer: otelTracer(provider.getTracer('shoal'), ids), provider };
}

function resourceOf(options: TelemetryOptions): Resource {
  const own = resourceFromAttributes({
    'service.name': `shoal-${options.service}`,
    'service.namespace': 'shoal',
    'service.instance.id': options.node,
    'service.version': options.version,
    'host.name': hostname(),
    'process.pid': process.pid,
  });
  const detectors = [resourceAttributesEnvDetector, serviceNameEnvDetector];
  return own.merge(detectResources({ detectors }));
}

/** `OTEL_TRACES_SAMPLER` and its argument; every trace by default. */
export function samplerFrom(env: Environment, log: Log): Sampler {
  const name = env.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on';
  const argument = env.OTEL_TRACES_SAMPLER_ARG;
  const given = argument === undefined ? 1 : Number(argument);
  const ratio = given >= 0 && given <= 1 ? given : 1;
  const roots: Record<string, () => Sampler> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  };
  const parentBased = name.startsWith('parentbased_');
  const root = roots[parentBased ? name.slice('parentbased_'.length) : name];
  if (root === undefined) {
    log('warn', `unknown OTEL_TRACES_SAMPLER ${JSON.stringify(name)}: every trace is kept`);
    return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
  return parentBased ? new ParentBasedSampler({ root: root() }) : root();
}

function batches(exporter: SpanExporter, env: Environment): SpanProcessor {
  const positive = (name: string): number | undefined => {
    const value = Number(env[name]);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const maxQueueSize = positive('OTEL_BSP_MAX_QUEUE_SIZE') ?? 8_192;
  return new BatchSpanProcessor({
    exporter,
    maxQueueSize,
    maxExportBatchSize: Math.min(positive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? 512, maxQueueSize),
    scheduledDelayMillis: positive('OTEL_BSP_SCHEDULE_DELAY') ?? BATCH_DELAY_MS,
    exportTimeoutMillis: positive('OTEL_BSP_EXPORT_TIMEOUT') ?? EXPORT_TIMEOUT_MS,
  });
}

/** The SDK's own complaints, the first as a warning and the rest for those who look closer. */
function reportTrouble(log: Log): void {
  let warned = false;
  const report = (message: string): void => {
    log(warned ? 'debug' : 'warn', 'traces are not delivered', { reason: message.slice(0, 300) });
    warned = true;
  };
  const silent = (): void => {};
  diag.setLogger(
    { error: report, warn: report, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
