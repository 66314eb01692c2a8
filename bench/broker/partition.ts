/**
 * Three nats-servers in network namespaces of their own; one is cut off together with the
 * coordinator that leads and a worker, and comes back. Root is needed.
 *
 * While it is cut off nothing is acknowledged in the minority, the others elect who leads and the
 * job goes on; afterwards there is one chain of events, the digest of an undisturbed run, and the
 * three servers hold the same streams, message for message as far as their counts tell.
 *
 * Usage: node bench/broker/partition.ts [--runs 3] [--seconds 20]
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clientOver } from '../../client/client.ts';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { resolveNatsServer } from '../../runtime/node/nats-binary.ts';
import { type NatsServer, startNatsServer } from '../../runtime/node/nats-server.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import { openBus, report, until, wait } from './report.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, seconds: { type: 'string', default: '20' } },
});
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'shoal-partition-'));
const program = fileURLToPath(new URL('../../cli/bin.ts', import.meta.url));
const tag = `sh${process.pid % 10_000}`;
const net = `10.${100 + (process.pid % 100)}.7`;
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
const host = (n: number): string => `${net}.${10 + n}`;
const undo: (() => unknown)[] = [];

/** A bridge, and three namespaces on it. */
function wire(): void {
  ip('link', 'add', `${tag}b`, 'type', 'bridge');
  undo.push(() => ip('link', 'del', `${tag}b`));
  ip('addr', 'add', `${net}.1/24`, 'dev', `${tag}b`);
  ip('link', 'set', `${tag}b`, 'up');
  for (const n of [1, 2, 3]) {
    const space = `${tag}n${n}`;
    ip('netns', 'add', space);
    undo.push(() => ip('netns', 'del', space));
    ip('link', 'add', `${tag}v${n}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    ip('link', 'set', `${tag}v${n}`, 'master', `${tag}b`, 'up');
    ip('-n', space, 'addr', 'add', `${host(n)}/24`, 'dev', 'eth0');
    ip('-n', space, 'link', 'set', 'eth0', 'up');
    ip('-n', space, 'link', 'set', 'lo', 'up');
  }
}

const cut = (n: number, state: 'down' | 'up') => ip('link', 'set', `${tag}v${n}`, state);

async function startServer(n: number): Promise<NatsServer> {
  const binary = await resolveNatsServer({ env: process.env });
  mkdirSync(join(folder, `n${n}`));
  // Under its own name, which the ports file carries.
  const path = join(folder, `n${n}`, 'nats-server');
  const script = `#!/bin/sh\nexec ip netns exec ${tag}n${n} ${binary.path} "$@"\n`;
  writeFileSync(path, script, { mode: 0o755 });
  const routes = [1, 2, 3].map((k) => `"nats://${host(k)}:6222"`).join(', ');
  return startNatsServer({
    binary: { ...binary, path },
    dataDir: join(folder, `n${n}`, 'data'),
    host: host(n),
    port: 4222,
    serverName: `n${n}`,
    config: [
      'accounts { A { jetstream: enabled, users: [ { user: "a", password: "a" } ] } }',
      'no_auth_user: a',
      `http: "${host(n)}:8222"`,
      `cluster { name: "three", listen: "${host(n)}:6222", routes: [${routes}] }`,
    ].join('\n'),
  });
}

const actors = new Map<string, ChildProcess>();
const everywhere = [1, 2, 3].map((n) => `nats://${host(n)}:4222`).join(',');

/** Starts an actor, inside a namespace or, for 0, outside of all. */
function start(name: string, space: number): void {
  const role = name.split('-')[0] ?? '';
  const url = space === 0 ? everywhere : `nats://${host(space)}:4222`;
  const command = [program, role, '--name', name, '--nats', url, '--log-level', 'error'];
  if (role !== 'coordinator') command.push('--cache-dir', join(folder, `cache-${name}`));
  if (role === 'worker') command.push('--slots', '1');
  const inside = space === 0 ? [] : ['ip', 'netns', 'exec', `${tag}n${space}`];
  const [file = '', ...args] = [...inside, process.execPath, ...command];
  const log = openSync(join(folder, `${name}.log`), 'a');
  actors.set(name, spawn(file, args, { stdio: ['ignore', 'ignore', log] }));
  closeSync(log);
}

/** In the namespace of the first server: creates a record again and again, prints each success. */
function startProbe(): { acks: number[]; end: () => void } {
  const url = new URL('./report.ts', import.meta.url).href;
  const text = `
    import { openBus } from '${url}';
    const bus = await openBus('nats://${host(1)}:4222', 'probe');
    for (let n = 0; ; n += 1) {
      await bus.store.create('tasks', 'none.' + process.pid + '-' + n, new Uint8Array(10))
        .then(() => console.log('ack'), () => {});
      await new Promise((done) => setTimeout(done, 100));
    }`;
  const args = ['netns', 'exec', `${tag}n1`, process.execPath, '--input-type=module', '-e', text];
  const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const acks: number[] = [];
  child.stdout.on('data', () => acks.push(performance.now()));
  undo.push(() => child.kill('SIGKILL'));
  return { acks, end: () => child.kill('SIGKILL') };
}

/** What each server holds of each stream, by its own count. */
async function states(): Promise<string[]> {
  return Promise.all(
    [1, 2, 3].map(async (n) => {
      const answer = await fetch(`http://${host(n)}:8222/jsz?accounts=true&streams=true`);
      const { account_details: accounts = [] } = (await answer.json()) as {
        account_details?: { stream_detail?: { name: string; state: Record<string, unknown> }[] }[];
      };
      const streams = accounts.flatMap(({ stream_detail: details = [] }) => details);
      return JSON.stringify(
        streams
          // The lease moves on between two looks.
          .filter(({ name }) => name !== 'KV_SHOAL_CLUSTER')
          .map(({ name, state }) => [name, state.messages, state.bytes, state.last_seq])
          .sort(),
      );
    }),
  );
}

const servers: NatsServer[] = [];
try {
  wire();
  servers.push(...(await Promise.all([1, 2, 3].map(startServer))));
  start('coordinator-1', 1);
  await wait(3_000);
  const bus = await openBus(`nats://${host(2)}:4222,nats://${host(3)}:4222`);
  const client = clientOver(bus, nodeClock(), nodeRandom());
  start('worker-1', 1);
  start('worker-2', 0);
  start('aggregator-1', 2);
  await client.ready({ timeoutMs: 60_000 });
  await client.importCsv('dense', () => syntheticCsv({ kind: 'dense', rows: 500, seed: 1 }));
  const toy = (id: string) =>
    client.submit({
      ...{ id, dataset: 'dense', target: syntheticTarget.dense, algorithm: 'toy-sum', seed: 7 },
      ...{ params: { tasks: 60, spin: 1e7 }, evaluate: false },
    });
  const calm = await (await toy('calm')).result({ timeoutMs: 120_000 });
  for (let i = 1; i <= Number(values.runs); i += 1) {
    actors.get('coordinator-2')?.kill('SIGKILL');
    await until('the first coordinator to lead', 60_000, async () => {
      return (await client.status().catch(() => null))?.coordinator === 'coordinator-1';
    });
    start('coordinator-2', 2);
    const probe = startProbe();
    await until('the probe', 60_000, () => probe.acks.length > 0);
    const job = await toy(`cut-${i}`);
    await until('the first tasks', 60_000, async () => {
      return ((await job.view().catch(() => null))?.tasks?.done ?? 0) >= 2;
    });
    cut(1, 'down');
    const cutMs = performance.now();
    const takeover = until('another coordinator to lead', 60_000, async () => {
      return (await client.status().catch(() => null))?.coordinator === 'coordinator-2';
    });
    takeover.catch(() => {});
    await wait(seconds * 1_000);
    const healMs = performance.now();
    cut(1, 'up');
    const committed = probe.acks.filter((at) => at > cutMs + 500 && at < healMs).length;
    const takeoverMs = await takeover;
    const view = await job.result({ timeoutMs: 120_000 }).catch((error: unknown) => {
      for (const name of actors.keys()) {
        const lines = readFileSync(join(folder, `${name}.log`), 'utf8')
          .trimEnd()
          .split('\n');
        for (const line of lines.slice(-5))
          process.stderr.write(`${name}: ${line.slice(0, 400)}\n`);
      }
      throw error;
    });
    const kinds: string[] = [];
    for await (const { kind } of job.events()) kinds.push(kind);
    await until('the probe to write again', 30_000, () => (probe.acks.at(-1) ?? 0) > healMs);
    probe.end();
    let same = false;
    await until('the servers to agree', 30_000, async () => {
      same = new Set(await states()).size === 1;
      return same;
    }).catch(() => {});
    const once = kinds.filter((kind) => kind === 'completed').length === 1;
    const held = committed === 0 && view.digest === calm.digest && once && same;
    report(
      `minority with the leader cut off for ${seconds} s: ${committed} commits in the minority, ` +
        `taken over after ${takeoverMs.toFixed(0)} ms, digest ${view.digest === calm.digest ? 'the same' : 'DIFFERENT'}, ` +
        `servers ${same ? 'agree' : 'DIFFER'}`,
      held,
      {
        ...{ bench: 'partition', seconds, committed, takeoverMs: Math.round(takeoverMs), same },
        ...{ reassigned: view.reassigned, digest: view.digest === calm.digest },
      },
    );
  }
  await client.close();
} finally {
  for (const actor of actors.values()) actor.kill('SIGKILL');
  for (const server of servers) await server.stop();
  for (const step of undo.reverse()) step();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
