/**
 * Emits one of the job's own spans whole, with the ids that the trace's shape demands.
 */
import { jobSpanIds, parseTraceparent, type Tracer } from '../../runtime/trace.ts';
import type { CoordinatorEffect } from './messages.ts';

type SpanEffect = Extract<CoordinatorEffect, { type: 'span' }>;

export function emitSpan(tracer: Tracer, cluster: string, effect: SpanEffect): void {
  const { job, span, traceparent } = effect;
  const root = parseTraceparent(traceparent);
  const once = span.once ? jobSpanIds(job, cluster, span.name, traceparent) : undefined;
  const ids = span.root ? root : (parseTraceparent(span.standsFor ?? '') ?? once);
  const started = tracer.start(span.name, {
    // The root's own parent, if any, was the submitter's; its trace id is in the context already.
    parent: span.root ? undefined : traceparent,
    ids,
    links: span.links,
    attributes: span.attributes,
    startTimeMs: span.startMs,
  });
  started.end({}, span.error === null ? 'ok' : { error: span.error }, span.endMs);
}
