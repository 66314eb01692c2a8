/**
 * The one place where OpenTelemetry is switched on.
 *
 * Without an endpoint nothing of the SDK is loaded and `noTracer` is handed out. With one, spans go
 * in batches over OTLP/HTTP (protobuf), and the standard `OTEL_*` variables hold: endpoint,
 * headers, certificates, timeout, service name, resource attributes, sampler, batch sizes,
 * `OTEL_SDK_DISABLED`, `OTEL_TRACES_EXPORTER=none`. An exporter that cannot deliver says so once in
 * the log and never holds up the work.
 */
import type { Log } from '../log.ts';
import { noTracer, type Tracer } from '../trace.ts';

/** What `process.env` is; the caller hands it over. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface TelemetryOptions {
  /** `coordinator`, `worker`, `aggregator`, `client`: the service is called `shoal-<service>`. */
  readonly service: string;
  /** Name of the node: `service.instance.id`. */
  readonly node: string;
  readonly version?: string | undefined;
  readonly env: Environment;
  /** Base address of a collector, e.g. `http://127.0.0.1:4318`; stands above the environment. */
  readonly endpoint?: string | undefined;
  readonly log?: Log | undefined;
}

export interface Telemetry {
  readonly tracer: Tracer;
  /** True when spans are exported. */
  readonly enabled: boolean;
  /** Sends what waits; failures are logged, never thrown. */
  flush(): Promise<void>;
  /** Sends what waits and stops, within the export timeout. May be called twice. */
  shutdown(): Promise<void>;
}

export const noTelemetry: Telemetry = {
  tracer: noTracer,
  enabled: false,
  flush: async () => {},
  shutdown: async () => {},
};

/** True when the flag or the environment names somewhere to send spans to. */
export function telemetryWanted(env: Environment, endpoint?: string): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  if (env.OTEL_TRACES_EXPORTER === 'none') return false;
  const named =
    endpoint ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return named !== undefined && named !== '';
}

export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  if (!telemetryWanted(options.env, options.endpoint)) return noTelemetry;
  const { startSdk } = await import('./sdk.ts');
  return startSdk(options);
}
