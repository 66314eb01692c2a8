/**
 * Ids of spans: random, unless the next span was given ids of its own.
 *
 * The SDK asks its generator for ids inside `startSpan`, which is synchronous; so ids laid down
 * right before that call are taken by it and by no other. That is how `job.summary` gets the same
 * id whichever leader emits it.
 */
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';
import type { TraceIds } from '../trace.ts';

export class SpanIds implements IdGenerator {
  private readonly random: IdGenerator = new RandomIdGenerator();
  private next: TraceIds | undefined;

  /** Calls `start` with these ids in place. */
  using<T>(ids: TraceIds | undefined, start: () => T): T {
    this.next = ids;
    try {
      return start();
    } finally {
      this.next = undefined;
    }
  }

  generateTraceId(): string {
    return this.next?.traceId ?? this.random.generateTraceId();
  }

  generateSpanId(): string {
    return this.next?.spanId ?? this.random.generateSpanId();
  }
}
