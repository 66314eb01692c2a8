/**
 * `shoal doctor`: looks at this machine, its nats-server and its cluster, and says what is wrong.
 *
 * Every check gives a verdict, what was found, and for all but `ok` the fix. No check changes
 * anything; a failed one never keeps the others from running. What cannot be seen from a client is
 * said to be so.
 */
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { ask } from '../client/queries.ts';
import { kernelKind } from '../datasets/kernel-choice.ts';
import type { Bus } from '../runtime/bus.ts';
import { isOlder, NATS_FLOOR_VERSION } from '../runtime/node/nats-release.ts';
import { type ServerHello, serverHello } from '../runtime/node/server-hello.ts';
import { telemetryWanted } from '../runtime/otel/telemetry.ts';
import type { Clock } from '../runtime/ports/clock.ts';
import { ShoalError } from '../schemas/errors.ts';
import { limits } from '../schemas/limits.ts';
import { isLoopback } from './creds.ts';
import { chainsCheck } from './doctor-chains.ts';
import { replicaCheck, syncChecks } from './doctor-storage.ts';

export type Verdict = 'ok' | 'warn' | 'fail';

export interface Finding {
  /** Stable: `node`, `server`, `version`, `payload`, `login`, `cluster`, ... */
  readonly check: string;
  readonly verdict: Verdict;
  readonly found: string;
  /** What to do; null for `ok`. */
  readonly fix: string | null;
}

export interface DoctorReport {
  /** The worst verdict of all. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

export interface DoctorOptions {
  readonly servers: string;
  /** Opens the bus as the other commands do, creating nothing. */
  readonly open: () => Promise<Bus>;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nodeVersion: string;
  readonly dataDir: string;
  readonly cacheDir: string;
  /** Monitoring addresses of the servers. */
  readonly monitors?: readonly string[];
  readonly prefix?: string;
  /** Whether the events of every job are verified, which reads all of them. */
  readonly chains?: boolean;
}

const nodeFloor = '24.12.0';
const kernels = { wasm: 'WebAssembly', ts: 'TypeScript' };
const helloMs = 3_000;
const GiB = 1024 ** 3;

export async function doctorReport(options: DoctorOptions): Promise<DoctorReport> {
  const findings: Finding[] = [nodeCheck(options.nodeVersion), machineCheck()];
  findings.push(await diskCheck('data-disk', options.dataDir, GiB, 'choose another --data-dir'));
  findings.push(await diskCheck('cache-disk', options.cacheDir, GiB, 'choose another --cache-dir'));
  const greeting = await greet(options.servers);
  findings.push(...greeting.findings);
  findings.push(...(await syncChecks(options.monitors ?? [])));
  if (greeting.reached) findings.push(...(await clusterChecks(options)));
  findings.push(...outlook(options));
  const worst: Verdict = findings.some((f) => f.verdict === 'fail')
    ? 'fail'
    : findings.some((f) => f.verdict === 'warn')
      ? 'warn'
      : 'ok';
  return { verdict: worst, findings };
}

const ok = (check: string, found: string): Finding => ({ check, verdict: 'ok', found, fix: null });
const warn = (check: string, found: string, fix: string): Finding => ({
  ...{ check, verdict: 'warn', found, fix },
});
const fail = (check: string, found: string, fix: string): Finding => ({
  ...{ check, verdict: 'fail', found, fix },
});

function nodeCheck(version: string): Finding {
  const plain = version.replace(/^v/, '');
  if (!isOlder(plain, nodeFloor)) return ok('node', `Node ${plain}`);
  return fail('node', `Node ${plain}`, `use Node ${nodeFloor} or later, or start with npm`);
}

function machineCheck(): Finding {
  const memory = (totalmem() / GiB).toFixed(1);
  return ok('machine', `${availableParallelism()} cores, ${memory} GiB memory`);
}

/** A folder that is not there yet counts by the one that it would be made in. */
async function diskCheck(
  check: string,
  folder: string,
  bytesMin: number,
  fix: string,
): Promise<Finding> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const found = await statfs(path).catch(() => null);
    if (found === null && path !== dirname(path)) continue;
    if (found === null) return warn(check, `"${folder}" cannot be looked at`, fix);
    const free = found.bavail * found.bsize;
    const text = `${(free / GiB).toFixed(1)} GiB free for "${folder}"`;
    if (free >= 5 * bytesMin) return ok(check, text);
    const say = free >= bytesMin ? warn : fail;
    return say(check, text, `free some space, or ${fix}`);
  }
}

async function greet(servers: string): Promise<{ reached: boolean; findings: Finding[] }> {
  if (/^wss?:/.test(servers)) {
    const found = 'reached over WebSocket, where a server greets nobody before the login';
    return { reached: true, findings: [ok('server', found)] };
  }
  const problems: string[] = [];
  for (const url of servers.split(',')) {
    try {
      const hello = await serverHello(url, helloMs);
      return { reached: true, findings: helloChecks(url, hello) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
      problems.push(`${withoutUser(url)}: ${code ?? (error as Error).message}`);
    }
  }
  const fix = 'start one with `shoal up`, or say where it is with --nats URL or SHOAL_NATS';
  return {
    reached: false,
    findings: [fail('server', `not reachable: ${problems.join(', ')}`, fix)],
  };
}

function helloChecks(url: string, hello: ServerHello): Finding[] {
  const where = withoutUser(url);
  const host = new URL(where).hostname;
  const found: Finding[] = [
    ok('server', `"${hello.name}" at ${where}, greeting after ${hello.tookMs.toFixed(1)} ms`),
    isOlder(hello.version, NATS_FLOOR_VERSION)
      ? fail(
          'server-version',
          `nats-server ${hello.version}, at least ${NATS_FLOOR_VERSION} is needed`,
          'upgrade nats-server; older ones acknowledge before they store, or carry known holes',
        )
      : ok('server-version', `nats-server ${hello.version}`),
    hello.jetStream
      ? ok('jetstream', 'JetStream is on')
      : fail('jetstream', 'JetStream is off', 'add a `jetstream {}` block to its configuration'),
    hello.maxPayload < limits.payloadMax
      ? fail(
          'max-payload',
          `max_payload is ${hello.maxPayload} bytes, ${limits.payloadMax} are needed`,
          'set `max_payload: 1MB` in its configuration',
        )
      : ok('max-payload', `max_payload is ${hello.maxPayload} bytes`),
  ];
  if (isLoopback(host)) return found;
  const open = 'anybody who reaches it may command the cluster';
  if (!hello.authRequired) {
    found.push(fail('login-required', open, 'make credentials with `shoal creds init`'));
  }
  if (!hello.tlsRequired) {
    const fix = 'add a `tls {}` block to nats-server, see docs/operations.md';
    found.push(warn('tls', 'traffic to another host is not encrypted', fix));
  }
  return found;
}

async function clusterChecks(options: DoctorOptions): Promise<Finding[]> {
  let bus: Bus;
  try {
    bus = await options.open();
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error;
    const absent = error.code === 'no-cluster';
    const fix = error.fix ?? 'see the message';
    return [(absent ? warn : fail)(absent ? 'cluster' : 'login', error.message, fix)];
  }
  try {
    return [
      ok('login', `connected to ${bus.url}`),
      ok('cluster', `cluster "${bus.cluster}": all streams and buckets are as they should be`),
      await roomCheck(bus),
      await replicaCheck(bus, options.prefix ?? ''),
      await linkCheck(bus),
      await clockCheck(bus, options.clock),
      ...(await nodeChecks(bus, options.clock)),
      ...(options.chains === true ? [await chainsCheck(bus, options.clock)] : []),
    ];
  } finally {
    await bus.close();
  }
}

async function roomCheck(bus: Bus): Promise<Finding> {
  const { bytes, maxBytes } = await bus.blobs.usage();
  const taken = `blobs take ${(bytes / GiB).toFixed(2)} GiB`;
  if (maxBytes === null) return ok('blobs', `${taken}; neither stream nor account bounds them`);
  const share = bytes / maxBytes;
  const found = `${taken} of ${(maxBytes / GiB).toFixed(2)} GiB (${Math.round(100 * share)} %)`;
  const fix = 'remove data sets or models with --purge, or give the stream of blobs more room';
  if (100 * share < limits.blobsHighPercent) return ok('blobs', found);
  return (100 * share < limits.blobsFullPercent ? warn : fail)('blobs', found, fix);
}

async function linkCheck(bus: Bus): Promise<Finding> {
  const tookMs = Math.min(await bus.transport.ping(helloMs), await bus.transport.ping(helloMs));
  const found = `a round trip takes ${tookMs.toFixed(1)} ms`;
  if (tookMs < limits.heartbeatMs / 2) return ok('link', found);
  return warn('link', found, 'put nodes and nats-server closer together');
}

/** Wall clocks decide nothing, but they stand in events, logs and traces. */
async function clockCheck(bus: Bus, clock: Clock): Promise<Finding> {
  const beforeMs = clock.wallMs();
  try {
    const subject = '$JS.API.STREAM.INFO.SHOAL_JOBS';
    const reply = await bus.transport.request(subject, new Uint8Array(), { timeoutMs: helloMs });
    const afterMs = clock.wallMs();
    const { ts } = JSON.parse(Buffer.from(reply.bytes).toString()) as { ts?: string };
    const offMs = Math.round(Date.parse(ts ?? '') - (beforeMs + afterMs) / 2);
    if (!Number.isFinite(offMs)) return ok('clock', 'the server does not say its time');
    const found = `the server's clock is ${Math.abs(offMs)} ms ${offMs < 0 ? 'behind' : 'ahead'}`;
    if (Math.abs(offMs) < 2_000) return ok('clock', found);
    return warn('clock', found, 'let NTP set the clocks: times in events and traces will not fit');
  } catch (error) {
    return ok('clock', `not measured: ${(error as Error).message}`);
  }
}

async function nodeChecks(bus: Bus, clock: Clock): Promise<Finding[]> {
  try {
    const status = await ask(bus, clock, 'status', {});
    const nodes = await ask(bus, clock, 'nodes', {});
    const workers = nodes.filter((node) => node.role === 'worker' && node.state === 'alive');
    const found = [ok('coordinator', `"${status.coordinator}" leads in term ${status.term}`)];
    if (workers.length === 0) {
      found.push(warn('workers', 'no worker is alive', 'start one: shoal worker --nats URL'));
    } else found.push(ok('workers', `${workers.length} alive, ${status.slots} slots`));
    for (const node of nodes.filter(({ state }) => state === 'suspect' || state === 'dead')) {
      const text = `node "${node.id}" is ${node.state}, silent for ${Math.round(node.silentMs)} ms`;
      found.push(warn('node-state', text, 'look at its log and its link'));
    }
    return found;
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error;
    const fix = error.fix ?? 'start one: shoal coordinator --nats URL';
    return [fail('coordinator', error.message, fix)];
  }
}

function outlook(options: DoctorOptions): Finding[] {
  return [
    ok('back-ends', `${kernels[kernelKind()]} kernels; TensorFlow.js is not used yet`),
    ok(
      'traces',
      telemetryWanted(options.env)
        ? 'sent over OTLP, as OTEL_EXPORTER_OTLP_ENDPOINT says'
        : 'off; set OTEL_EXPORTER_OTLP_ENDPOINT to send them',
    ),
  ];
}

function withoutUser(url: string): string {
  return (/^[a-z]+:\/\//.test(url) ? url : `nats://${url}`).replace(/\/\/[^/]*@/, '//');
}
