/**
 * A NATS micro service, so that `nats micro ls|info|stats|ping` finds every actor of a cluster.
 *
 * Answers `$SRV.PING|INFO|STATS`, bare, by name and by name and id, as ADR-32 of NATS lays down. It
 * only describes: the endpoints themselves are subscriptions of the actor, which reports each
 * request that it answered through `served`. It keeps no clock; times are arguments.
 */
import type { Subscription, Transport } from './ports/transport.ts';

export interface ServiceEndpoint {
  readonly name: string;
  readonly subject: string;
  /** Absent where every instance hears every request. */
  readonly queue?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ServiceDescription {
  /** `shoal-worker`; letters, digits, `-` and `_`. */
  readonly name: string;
  /** Unique among all instances: the node's name. */
  readonly id: string;
  /** Semantic version of the software. */
  readonly version: string;
  readonly description: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly endpoints: readonly ServiceEndpoint[];
  /** Wall-clock milliseconds since the epoch. */
  readonly startedMs: number;
  /** More about an endpoint for `STATS`, e.g. a snapshot of metrics. */
  readonly data?: (endpoint: string) => unknown;
}

export interface ServiceHandle {
  /** One request was answered. An error is its code and text, never its payload. */
  served(endpoint: string, tookMs: number, error?: string): void;
  stop(): void;
}

interface Served {
  requests: number;
  errors: number;
  lastError: string;
  nanoseconds: number;
}

const encode = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const ERROR_MAX = 200;

export function announceService(transport: Transport, service: ServiceDescription): ServiceHandle {
  const served = new Map<string, Served>(
    service.endpoints.map(({ name }) => [
      name,
      { requests: 0, errors: 0, lastError: '', nanoseconds: 0 },
    ]),
  );
  const answers = {
    PING: () => ({ type: kind('ping'), ...identity(service) }),
    INFO: () => infoOf(service),
    STATS: () => statsOf(service, served),
  } as const;
  const subscriptions: Subscription[] = [];
  for (const [verb, answer] of Object.entries(answers)) {
    const subjects = [`$SRV.${verb}`, `$SRV.${verb}.${service.name}`];
    for (const subject of [...subjects, `$SRV.${verb}.${service.name}.${service.id}`]) {
      subscriptions.push(
        transport.subscribe(subject, (message) => message.respond(encode(answer()))),
      );
    }
  }
  return {
    served(endpoint, tookMs, error) {
      const stats = served.get(endpoint);
      if (stats === undefined) return;
      stats.requests += 1;
      stats.nanoseconds += Math.max(0, Math.round(tookMs * 1e6));
      if (error === undefined) return;
      stats.errors += 1;
      stats.lastError = error.slice(0, ERROR_MAX);
    },
    stop() {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}

const kind = (what: string): string => `io.nats.micro.v1.${what}_response`;

function identity({ name, id, version, metadata }: ServiceDescription) {
  return { name, id, version, metadata: metadata ?? {} };
}

function endpointOf({ name, subject, queue }: ServiceEndpoint) {
  return { name, subject, queue_group: queue ?? '' };
}

function infoOf(service: ServiceDescription): object {
  return {
    type: kind('info'),
    ...identity(service),
    description: service.description,
    endpoints: service.endpoints.map((endpoint) => ({
      ...endpointOf(endpoint),
      metadata: endpoint.metadata ?? {},
    })),
  };
}

function statsOf(service: ServiceDescription, served: ReadonlyMap<string, Served>): object {
  return {
    type: kind('stats'),
    ...identity(service),
    started: new Date(service.startedMs).toISOString(),
    endpoints: service.endpoints.map((endpoint) => {
      const stats = served.get(endpoint.name);
      const requests = stats?.requests ?? 0;
      const nanoseconds = stats?.nanoseconds ?? 0;
      const data = service.data?.(endpoint.name);
      return {
        ...endpointOf(endpoint),
        num_requests: requests,
        num_errors: stats?.errors ?? 0,
        last_error: stats?.lastError ?? '',
        processing_time: nanoseconds,
        average_processing_time: requests === 0 ? 0 : Math.round(nanoseconds / requests),
        ...(data === undefined ? {} : { data }),
      };
    }),
  };
}
