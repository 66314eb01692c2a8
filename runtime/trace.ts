/**
 * Tracing as a small injected value: W3C trace context, ids derived from jobs, and the `Tracer`.
 *
 * A trace context is one string, the `traceparent` of W3C Trace Context level 1, so that it fits in
 * a message header, an offer and a record alike. Without telemetry `noTracer` still hands contexts
 * on, so a process that exports nothing never breaks a trace. Ids of a job's own spans derive from
 * the job, so that a new leader names the same trace and the same span. The adapter that exports is
 * `runtime/otel`; nothing here knows it. Cell values never go into an attribute.
 */
import { sha256Hex } from '../schemas/canonical.ts';
import type { Headers } from './ports/transport.ts';

/** `00-<32 hex trace id>-<16 hex span id>-<2 hex flags>`. */
export type Traceparent = string;

export type SpanKind = 'internal' | 'producer' | 'consumer' | 'client' | 'server';
export type AttributeValue = string | number | boolean | readonly string[];
/** An undefined value is left out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

export interface SpanOptions {
  /** The span above this one; absent or invalid for the root of a trace. */
  readonly parent?: Traceparent | undefined;
  /** Explicit ids. The trace id counts only for a root; a child is in its parent's trace. */
  readonly ids?: TraceIds | undefined;
  /** Spans that led to this one without being above it: the attempt that this one replaces. */
  readonly links?: readonly (Traceparent | undefined)[] | undefined;
  readonly linkAttributes?: Attributes | undefined;
  readonly attributes?: Attributes | undefined;
  /** Wall-clock milliseconds since the epoch; now when absent. */
  readonly startTimeMs?: number | undefined;
  readonly kind?: SpanKind | undefined;
}

/** `ok` says that it went well, a string is the error's text, undefined leaves the status unset. */
export type SpanStatus = 'ok' | { readonly error: string } | undefined;

export interface ActiveSpan {
  /** Goes into headers, offers and records, and is the `parent` of the spans below. */
  readonly traceparent: Traceparent;
  set(attributes: Attributes): void;
  /** A point in time on this span, such as a transition of the job's machine. */
  event(name: string, attributes?: Attributes, atMs?: number): void;
  /** A second call does nothing. */
  end(attributes?: Attributes, status?: SpanStatus, endTimeMs?: number): void;
}

export interface Tracer {
  start(name: string, options?: SpanOptions): ActiveSpan;
  /** Runs the work with this span as the current one: log lines inside carry its ids. */
  within<T>(span: ActiveSpan, work: () => T): T;
}

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The parts of a valid traceparent, else undefined; all-zero ids are invalid. */
export function parseTraceparent(
  text: string | undefined,
): (TraceIds & { readonly sampled: boolean }) | undefined {
  const match = pattern.exec(text ?? '');
  if (match === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent(ids: TraceIds, sampled = true): Traceparent {
  return `00-${ids.traceId}-${ids.spanId}-${sampled ? '01' : '00'}`;
}

/** The trace id in a traceparent, or null: what views and log lines show. */
export function traceIdOf(traceparent: string | undefined): string | null {
  return parseTraceparent(traceparent)?.traceId ?? null;
}

/** The valid context that a message carries, else undefined. Header names differ in case only. */
export function parentFrom(headers: Headers): Traceparent | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === 'traceparent' && parseTraceparent(value) !== undefined) return value;
  }
  return undefined;
}

/** The same headers with this context; unchanged when there is none. */
export function inject(traceparent: Traceparent | undefined, headers: Headers = {}): Headers {
  if (parseTraceparent(traceparent) === undefined) return headers;
  return { ...headers, traceparent: traceparent as string };
}

/** Trace id of a job that joined no other trace: the same for every leader of the cluster. */
export function traceIdOfJob(job: string, cluster: string): string {
  return sha256Hex(`shoal trace\n${cluster}\n${job}`).slice(0, 32);
}

/** Span id of a span that exists once a job, e.g. `job.accept`, `job.summary`, `train.7#2`. */
export function spanIdOfJob(job: string, cluster: string, span: string): string {
  return sha256Hex(`shoal span\n${cluster}\n${job}\n${span}`).slice(0, 16);
}

/** Both ids of a span that exists once a job; `parent` joins the submitter's trace. */
export function jobSpanIds(
  job: string,
  cluster: string,
  span: string,
  parent?: Traceparent,
): TraceIds {
  const traceId = traceIdOf(parent) ?? traceIdOfJob(job, cluster);
  return { traceId, spanId: spanIdOfJob(job, cluster, span) };
}

/** Records nothing; contexts still travel: explicit ids if given, else the parent's own. */
export const noTracer: Tracer = {
  start(_name, options = {}) {
    const parent = parseTraceparent(options.parent);
    const { ids } = options;
    let traceparent: Traceparent = parent === undefined ? '' : (options.parent as string);
    if (ids !== undefined) {
      const traceId = parent?.traceId ?? ids.traceId;
      traceparent = formatTraceparent({ traceId, spanId: ids.spanId }, parent?.sampled ?? true);
    }
    return { traceparent, set() {}, event() {}, end() {} };
  },
  within: (_span, work) => work(),
};
