/**
 * The `Tracer` over OpenTelemetry: translates options, contexts and times, and keeps no state.
 *
 * Parents and links come as W3C strings and count as remote, so a parent-based sampler follows the
 * decision of whoever began the trace. It does not know where the spans go.
 */
import {
  type Attributes as ApiAttributes,
  type Span as ApiSpan,
  type Tracer as ApiTracer,
  context,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import {
  type ActiveSpan,
  type Attributes,
  formatTraceparent,
  parseTraceparent,
  type SpanOptions,
  type SpanStatus,
  type Traceparent,
  type Tracer,
} from '../trace.ts';
import type { SpanIds } from './span-ids.ts';

/** Viewers complain of spans that end when they start: a point in time takes a microsecond. */
const shortestMs = 0.001;

const kinds = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
} as const;

export function otelTracer(api: ApiTracer, ids: SpanIds): Tracer {
  return {
    start(name, options = {}) {
      const parent = remoteContext(options.parent);
      const above =
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
      const span = ids.using(options.ids, () =>
        api.startSpan(
          name,
          {
            kind: kinds[options.kind ?? 'internal'],
            attributes: defined(options.attributes),
            links: linksOf(options),
            root: parent === undefined,
            ...(options.startTimeMs === undefined
              ? {}
              : { startTime: hrTime(options.startTimeMs) }),
          },
          above,
        ),
      );
      return new OtelSpan(span, options.startTimeMs);
    },
    within(span, work) {
      if (!(span instanceof OtelSpan)) return work();
      return context.with(trace.setSpan(context.active(), span.span), work);
    },
  };
}

class OtelSpan implements ActiveSpan {
  readonly span: ApiSpan;
  readonly traceparent: Traceparent;
  private readonly startMs: number | undefined;
  private ended = false;

  constructor(span: ApiSpan, startMs: number | undefined) {
    this.span = span;
    this.startMs = startMs;
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceparent = formatTraceparent(
      { traceId, spanId },
      (traceFlags & TraceFlags.SAMPLED) !== 0,
    );
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(defined(attributes));
  }

  event(name: string, attributes?: Attributes, atMs?: number): void {
    this.span.addEvent(name, defined(attributes), atMs === undefined ? undefined : hrTime(atMs));
  }

  end(attributes?: Attributes, status?: SpanStatus, endTimeMs?: number): void {
    if (this.ended) return;
    this.ended = true;
    if (attributes !== undefined) this.set(attributes);
    if (status === 'ok') this.span.setStatus({ code: SpanStatusCode.OK });
    else if (status !== undefined) {
      this.span.setStatus({ code: SpanStatusCode.ERROR, message: status.error });
    }
    if (endTimeMs === undefined) this.span.end();
    else this.span.end(hrTime(Math.max(endTimeMs, (this.startMs ?? 0) + shortestMs)));
  }
}

function remoteContext(traceparent: Traceparent | undefined): SpanContext | undefined {
  const parts = parseTraceparent(traceparent);
  if (parts === undefined) return undefined;
  const traceFlags = parts.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId: parts.traceId, spanId: parts.spanId, traceFlags, isRemote: true };
}

function linksOf(options: SpanOptions): Link[] {
  const attributes = defined(options.linkAttributes);
  return (options.links ?? []).flatMap((link) => {
    const linked = remoteContext(link);
    return linked === undefined ? [] : [{ context: linked, attributes }];
  });
}

function defined(attributes: Attributes | undefined): ApiAttributes {
  const given: ApiAttributes = {};
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined) continue;
    given[name] = typeof value === 'object' ? [...value] : value;
  }
  return given;
}

/** A bare number below the process's start would be read as time since that start. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
