/**
 * Spans of one attempt: `task.attempt` under the coordinator's offer, with its parts below it.
 *
 * The claim has a short span of its own that ends at once: a node that is killed later never
 * exports the long one, and the claim is then what the trace shows of it. Without an SDK all of
 * this does nothing, and the record keeps the offer's traceparent.
 */
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { TermOffer } from './events.ts';

/** W3C traceparent as a context; the root context when it does not parse. */
export function contextOf(traceparent: string): Context {
  const match = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent);
  if (match === null) return ROOT_CONTEXT;
  const sampled = (Number.parseInt(match[3] as string, 16) & 1) === 1;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: match[1] as string,
    spanId: match[2] as string,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  });
}

export function traceparentOf(span: Span): string {
  const context = span.spanContext();
  if (!isSpanContextValid(context)) return '';
  const flags = context.traceFlags.toString(16).padStart(2, '0');
  return `00-${context.traceId}-${context.spanId}-${flags}`;
}

export class AttemptTrace {
  /** Of the attempt's span; goes into the task's record. */
  readonly traceparent: string;
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  #claim: Span | null;

  constructor(tracer: Tracer, offer: TermOffer, node: string) {
    const attributes = {
      'shoal.job': offer.job,
      'shoal.task': offer.task,
      'shoal.attempt': offer.attempt,
      'shoal.node': node,
      'shoal.isolated': offer.isolated,
    };
    const parent = contextOf(offer.traceparent);
    this.#tracer = tracer;
    this.#span = tracer.startSpan('task.attempt', { kind: SpanKind.CONSUMER, attributes }, parent);
    this.#context = trace.setSpan(parent, this.#span);
    this.traceparent = traceparentOf(this.#span) || offer.traceparent;
    this.#claim = tracer.startSpan('task.claim', { attributes }, this.#context);
  }

  /** The claim is ours. */
  claimed(): void {
    this.#claim?.end();
    this.#claim = null;
  }

  /** Runs part of the attempt under a span of its own. */
  async part<T>(name: string, work: () => Promise<T>): Promise<T> {
    const span = this.#tracer.startSpan(name, {}, this.#context);
    try {
      return await work();
    } catch (error) {
      // The code alone: a message might quote what a data file holds.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      throw error;
    } finally {
      span.end();
    }
  }

  event(name: string, attributes: Record<string, string | number>): void {
    this.#span.addEvent(name, attributes);
  }

  /** Ends the attempt's span; one that was never claimed is left out of the trace. */
  end(outcome: string): void {
    if (this.#claim !== null) return;
    this.#span.setAttribute('shoal.outcome', outcome);
    if (outcome === 'failed') this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }
}
