/**
 * Spans of one attempt: `task.attempt` under the coordinator's offer, with its parts below it.
 *
 * The claim has a short span of its own that ends at once: a node that is killed later never
 * exports the long one, and the claim is then what the trace shows of it. An attempt that replaces
 * another links to it.
 */
import type { ActiveSpan, Attributes, Tracer } from '../../runtime/trace.ts';
import type { TermOffer } from './events.ts';

export class AttemptTrace {
  readonly #tracer: Tracer;
  readonly #span: ActiveSpan;
  #claim: ActiveSpan | null;

  /** @param replaced traceparent of the attempt before this one, if the record has one */
  constructor(tracer: Tracer, offer: TermOffer, node: string, replaced: string) {
    const attributes = {
      'shoal.job': offer.job,
      'shoal.task': offer.task,
      'shoal.attempt': offer.attempt,
      'shoal.node': node,
      'shoal.isolated': offer.isolated,
    };
    this.#tracer = tracer;
    this.#span = tracer.start('task.attempt', {
      kind: 'consumer',
      parent: offer.traceparent,
      attributes,
      links: replaced === '' ? [] : [replaced],
      linkAttributes: { reason: 'replaced' },
    });
    this.#claim = tracer.start('task.claim', { parent: this.#span.traceparent, attributes });
  }

  /** Of the attempt's span; goes into the task's record. */
  get traceparent(): string {
    return this.#span.traceparent;
  }

  /** The claim is ours. */
  claimed(): void {
    this.#claim?.end();
    this.#claim = null;
  }

  /** Runs part of the attempt under a span of its own. */
  async part<T>(name: string, work: () => Promise<T>): Promise<T> {
    const span = this.#tracer.start(name, { parent: this.#span.traceparent });
    try {
      const result = await this.#tracer.within(span, work);
      span.end();
      return result;
    } catch (error) {
      // The code alone: a message might quote what a data file holds.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
      span.end({}, { error: code });
      throw error;
    }
  }

  event(name: string, attributes: Attributes): void {
    this.#span.event(name, attributes);
  }

  /** Ends the attempt's span; one that was never claimed is left out of the trace. */
  end(outcome: string): void {
    if (this.#claim !== null) return;
    const good = outcome === 'committed';
    this.#span.end({ 'shoal.outcome': outcome }, good ? 'ok' : { error: outcome });
  }
}
