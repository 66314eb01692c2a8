/**
 * A collector of traces for tests: takes OTLP over HTTP as a real one does, and keeps the spans.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';

/** What the tests look at of opentelemetry-proto 1.x; their whole numbers fit 32 bits. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5;
    repeated KeyValue attributes = 9; repeated Link links = 13; Status status = 15;
  }
  message Link { bytes trace_id = 1; bytes span_id = 2; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int32 int_value = 3; double double_value = 4; } }
`);
const requestType = root.lookupType('Request');

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly service: string;
  readonly node: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Span ids. */
  readonly links: readonly string[];
}

interface Wire {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}
interface WireAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number | boolean>>;
}
interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly WireAttribute[];
  readonly links: readonly { readonly spanId: string }[];
}

export interface Collector extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Resolves once the spans satisfy `want`, at once if they do already. */
  until(want: (spans: readonly CollectedSpan[]) => boolean): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  let waiting: { want: (spans: readonly CollectedSpan[]) => boolean; done: () => void }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      spans.push(...decode(Buffer.concat(parts)));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      const ready = waiting.filter(({ want }) => want(spans));
      waiting = waiting.filter((each) => !ready.includes(each));
      for (const { done } of ready) done();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    until: (want) =>
      want(spans)
        ? Promise.resolve()
        : new Promise((done) => {
            waiting.push({ want, done });
          }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function decode(body: Uint8Array): CollectedSpan[] {
  const message = requestType.decode(body);
  const hex = (value: string | undefined) => Buffer.from(value ?? '', 'base64').toString('hex');
  const request = requestType.toObject(message, {
    bytes: String,
    arrays: true,
  }) as unknown as Wire;
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const facts = plain(resource.attributes);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId),
        name: span.name,
        service: String(facts['service.name']),
        node: String(facts['service.instance.id']),
        attributes: plain(span.attributes),
        links: span.links.map((link) => hex(link.spanId)),
      })),
    );
  });
}

function plain(attributes: readonly WireAttribute[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0] as string | number | boolean]),
  );
}
