/**
 * Everything that chaos can do to a cluster, by name: who is hit, how, for how long, and how it is
 * made good again. Each kind names the rows of the fault table (`docs/faults.md`) that it stands for.
 *
 * What is chosen at random is chosen when the wound is made, from the episode's own seed. A wound
 * that has healed leaves every process running on a good link.
 */
import type { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { LinkSettings } from '../../test/support/link-settings.ts';
import type { TcpProxy } from '../../test/support/tcp-proxy.ts';
import type { Arena, Role } from './arena.ts';
import type { Witness } from './witness.ts';

export interface Scene {
  readonly arena: Arena;
  readonly witness: Witness;
  readonly random: SeededRandom;
  /** Links of the clients. */
  readonly clientLinks: readonly TcpProxy[];
  /** Processes that must live on, so that their memory can be watched; may be frozen and cut. */
  readonly spared: ReadonlySet<string>;
}

export interface Wound {
  /** What was done to whom, for people. */
  readonly what: string;
  /** Actors whose work others have to take over. */
  readonly victims: readonly string[];
  /** True where the leading coordinator was among them. */
  readonly leaderHit?: boolean;
  /** How long it lasts. */
  readonly lastsMs: number;
  heal(): Promise<void>;
}

export interface WoundKind {
  readonly rows: readonly string[];
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** @returns null where it cannot be done now */
  inflict(scene: Scene): Promise<Wound | null>;
}

function pick<T>(random: SeededRandom, list: readonly T[]): T | undefined {
  return list[Math.floor(random.next() * list.length)];
}

function between(random: SeededRandom, low: number, high: number): number {
  return Math.round(low + (high - low) * random.next());
}

/** Somebody of the role, who is in the middle of something where there is such a one. */
function victimOf({ arena, witness, random }: Scene, role: Role, except: ReadonlySet<string>) {
  const names = arena.names(role).filter((name) => !except.has(name) && !name.includes('extra'));
  const busy = names.filter((name) => witness.holders().includes(name));
  return pick(random, busy.length > 0 ? busy : names);
}

/** Kills or ends one actor, and starts it again after a moment. */
function end(role: Role, signal: 'SIGKILL' | 'SIGTERM'): WoundKind['inflict'] {
  return async (scene) => {
    const { arena, random, spared, witness } = scene;
    const leads = role === 'coordinator' ? witness.leader.node : '';
    const name =
      arena.actors.has(leads) && !spared.has(leads) ? leads : victimOf(scene, role, spared);
    if (name === undefined) return null;
    const lastsMs = between(random, 200, 3_000);
    await arena.end(name, signal);
    const leaderHit = name === witness.leader.node;
    return {
      what: `${signal} ${name}, started again after ${lastsMs} ms`,
      ...{ victims: signal === 'SIGKILL' ? [name] : [], leaderHit, lastsMs },
      heal: () => arena.restart(name),
    };
  };
}

const nobody: ReadonlySet<string> = new Set();

function freeze(role: Role, lowMs: number, highMs: number): WoundKind['inflict'] {
  return async (scene) => {
    const { arena, random, witness } = scene;
    const leads = role === 'coordinator' ? witness.leader.node : '';
    const name = arena.actors.has(leads) ? leads : victimOf(scene, role, nobody);
    if (name === undefined) return null;
    const lastsMs = between(random, lowMs, highMs);
    arena.freeze(name);
    return {
      ...{ what: `SIGSTOP ${name} for ${lastsMs} ms`, victims: [name], lastsMs },
      leaderHit: name === witness.leader.node,
      heal: async () => arena.thaw(name),
    };
  };
}

const ways: readonly Partial<LinkSettings>[] = [
  { held: ['up', 'down'] },
  { held: ['up'] },
  { held: ['down'] },
  { swallowed: ['up', 'down'] },
  { swallowed: ['up'] },
  { swallowed: ['down'] },
];

/** Cuts one actor's link: both ways or one, bytes late or lost, for 5, 20 or 30 seconds. */
function cut(role: Role): WoundKind['inflict'] {
  return async (scene) => {
    const { arena, random, witness } = scene;
    const leads = role === 'coordinator' ? witness.leader.node : '';
    const name = arena.actors.has(leads) ? leads : victimOf(scene, role, nobody);
    if (name === undefined) return null;
    const settings = pick(random, ways) ?? {};
    const lastsMs = pick(random, [5_000, 20_000, 30_000]) ?? 5_000;
    const { proxy } = arena.actor(name);
    proxy.set(settings);
    return {
      what: `${name} cut off for ${lastsMs} ms: ${JSON.stringify(settings)}`,
      ...{ victims: [name], leaderHit: name === witness.leader.node, lastsMs },
      heal: async () => proxy.heal(),
    };
  };
}

const slowLinks: readonly Partial<LinkSettings>[] = [
  { latencyMs: 200, jitterMs: 100 },
  { bytesPerSecond: 125_000 },
  { latencyMs: 100, bytesPerSecond: 1_250_000 },
  { sliceBytes: 16 },
];

async function slow({ arena, random }: Scene): Promise<Wound> {
  const settings = pick(random, slowLinks) ?? {};
  const lastsMs = between(random, 8_000, 20_000);
  const proxies = [...arena.actors.values()].map(({ proxy }) => proxy);
  for (const proxy of proxies) proxy.set(settings);
  return {
    what: `every link for ${lastsMs} ms: ${JSON.stringify(settings)}`,
    ...{ victims: [], lastsMs },
    heal: async () => {
      for (const proxy of proxies) proxy.heal();
    },
  };
}

async function flap({ arena, random }: Scene): Promise<Wound> {
  const lastsMs = between(random, 8_000, 20_000);
  const proxies = arena.names('worker').map((name) => arena.actor(name).proxy);
  let off = false;
  const timer = setInterval(() => {
    off = !off;
    for (const proxy of proxies) {
      if (off) proxy.set({ held: ['up', 'down'] });
      else proxy.heal();
    }
  }, 1_000);
  return {
    what: `all workers' links 1 s on, 1 s off for ${lastsMs} ms`,
    ...{ victims: [], lastsMs },
    heal: async () => {
      clearInterval(timer);
      for (const proxy of proxies) proxy.heal();
    },
  };
}

async function resets({ arena, random }: Scene): Promise<Wound> {
  for (const { proxy } of arena.actors.values()) if (random.next() < 0.7) proxy.resetPeers();
  return { what: 'most connections reset', victims: [], lastsMs: 0, heal: async () => {} };
}

/** Clients hear no answers: what they asked for may have been done, or not. */
async function cutClients({ clientLinks, random }: Scene): Promise<Wound> {
  const settings = pick(random, ways) ?? {};
  const lastsMs = between(random, 1_000, 10_000);
  for (const link of clientLinks) link.set(settings);
  return {
    what: `clients cut off for ${lastsMs} ms: ${JSON.stringify(settings)}`,
    ...{ victims: [], lastsMs },
    heal: async () => {
      for (const link of clientLinks) link.heal();
    },
  };
}

/** One worker every two seconds, each started again at once. */
async function killStream({ arena, random, spared }: Scene): Promise<Wound | null> {
  const names = arena.names('worker').filter((name) => !spared.has(name));
  if (names.length === 0) return null;
  const lastsMs = between(random, 6_000, 12_000);
  let pending: Promise<void> = Promise.resolve();
  const strike = (): void => {
    const name = pick(random, names) ?? '';
    pending = pending.then(async () => {
      await arena.end(name, 'SIGKILL');
      await arena.restart(name);
    });
  };
  strike();
  const timer = setInterval(strike, 2_000);
  return {
    what: `a worker killed every 2 s for ${lastsMs} ms`,
    ...{ victims: [], lastsMs },
    heal: async () => {
      clearInterval(timer);
      await pending;
    },
  };
}

/** All of a role, or everything there is, at once. */
function killAll(roles: readonly Role[], server: boolean): WoundKind['inflict'] {
  return async ({ arena, random, spared, witness }) => {
    if (spared.size > 0) return null;
    const names = roles.flatMap((role) => arena.names(role));
    const lastsMs = between(random, 1_000, 10_000);
    await Promise.all(names.map((name) => arena.end(name, 'SIGKILL')));
    if (server) {
      arena.server.kill('SIGKILL');
      await arena.server.exited;
    }
    return {
      what: `all ${roles.join('s, ')}s${server ? ' and nats-server' : ''} killed, back after ${lastsMs} ms`,
      ...{ victims: names, leaderHit: names.includes(witness.leader.node), lastsMs },
      heal: async () => {
        if (server) await arena.server.restart();
        await Promise.all(names.map((name) => arena.restart(name)));
      },
    };
  };
}

function endServer(signal: 'SIGKILL' | 'SIGTERM'): WoundKind['inflict'] {
  return async ({ arena, random, spared }) => {
    if (spared.has('nats-server')) return null;
    const lastsMs = between(random, 0, 6_000);
    arena.server.kill(signal);
    await arena.server.exited;
    return {
      what: `nats-server ended by ${signal}, back after ${lastsMs} ms`,
      ...{ victims: [], lastsMs },
      heal: () => arena.server.restart(),
    };
  };
}

async function freezeServer({ arena, random }: Scene): Promise<Wound> {
  const lastsMs = between(random, 2_000, 30_000);
  arena.server.kill('SIGSTOP');
  return {
    what: `nats-server stopped for ${lastsMs} ms`,
    ...{ victims: [], lastsMs },
    heal: async () => arena.server.kill('SIGCONT'),
  };
}

/** The disk is full to the last byte. */
async function fillDisk({ arena, random, spared }: Scene): Promise<Wound | null> {
  const { disk } = arena;
  if (disk === null || spared.has('nats-server')) return null;
  const lastsMs = between(random, 3_000, 10_000);
  disk.fill(0);
  return {
    what: `the server's disk full for ${lastsMs} ms`,
    ...{ victims: [], lastsMs },
    heal: async () => {
      disk.free();
      // A stream that could not write once takes nothing more until the server is started again,
      // which is what `shoal up` does.
      await arena.server.restart();
    },
  };
}

/** Coordinators that nobody needs: started by mistake, and taken away again. */
async function extraCoordinators({ arena, random }: Scene): Promise<Wound> {
  const names = Array.from({ length: between(random, 1, 3) }, (_, i) => `coordinator-extra-${i}`);
  const lastsMs = between(random, 2_000, 6_000);
  await Promise.all(names.map((name) => arena.add('coordinator', name)));
  return {
    what: `${names.length} coordinators more for ${lastsMs} ms`,
    ...{ victims: [], lastsMs },
    heal: async () => {
      await Promise.all(names.map((name) => arena.remove(name)));
    },
  };
}

/** One part in a hundred of the time is left to it. */
async function throttle(scene: Scene): Promise<Wound | null> {
  const { arena, random } = scene;
  const name = victimOf(scene, 'aggregator', nobody);
  if (name === undefined) return null;
  const lastsMs = between(random, 8_000, 20_000);
  let on = true;
  const timer = setInterval(() => {
    if (on) arena.thaw(name);
    setTimeout(() => {
      if (on) arena.freeze(name);
    }, 10);
  }, 1_000);
  return {
    what: `${name} at 1 % of its speed for ${lastsMs} ms`,
    ...{ victims: [], lastsMs },
    heal: async () => {
      on = false;
      clearInterval(timer);
      arena.thaw(name);
    },
  };
}

export const wounds: Readonly<Record<string, WoundKind>> = {
  'kill-worker': { rows: ['F1'], weight: 4, inflict: end('worker', 'SIGKILL') },
  'end-worker': { rows: ['P24'], weight: 2, inflict: end('worker', 'SIGTERM') },
  'kill-stream': { rows: ['F2'], weight: 2, inflict: killStream },
  'kill-all-workers': { rows: ['F3'], weight: 2, inflict: killAll(['worker'], false) },
  'freeze-worker': { rows: ['F4'], weight: 3, inflict: freeze('worker', 1_000, 30_000) },
  'freeze-coordinator': { rows: ['F5'], weight: 2, inflict: freeze('coordinator', 1_000, 30_000) },
  'freeze-server': { rows: ['F6'], weight: 2, inflict: freezeServer },
  'cut-worker': { rows: ['F8'], weight: 3, inflict: cut('worker') },
  'cut-coordinator': { rows: ['F8'], weight: 2, inflict: cut('coordinator') },
  'cut-aggregator': { rows: ['F8'], weight: 2, inflict: cut('aggregator') },
  flap: { rows: ['F10'], weight: 2, inflict: flap },
  slow: { rows: ['F11'], weight: 3, inflict: slow },
  resets: { rows: ['F11', 'F22'], weight: 2, inflict: resets },
  'cut-clients': { rows: ['F22', 'F23'], weight: 2, inflict: cutClients },
  'restart-server': { rows: ['F12'], weight: 2, inflict: endServer('SIGTERM') },
  'kill-server': { rows: ['F13'], weight: 2, inflict: endServer('SIGKILL') },
  'fill-disk': { rows: ['F15'], weight: 1, inflict: fillDisk },
  'kill-aggregator': { rows: ['F24'], weight: 3, inflict: end('aggregator', 'SIGKILL') },
  'freeze-aggregator': { rows: ['F24'], weight: 2, inflict: freeze('aggregator', 1_000, 20_000) },
  'kill-coordinator': { rows: ['F25'], weight: 3, inflict: end('coordinator', 'SIGKILL') },
  'end-coordinator': { rows: ['F25'], weight: 1, inflict: end('coordinator', 'SIGTERM') },
  'extra-coordinators': { rows: ['F27'], weight: 1, inflict: extraCoordinators },
  throttle: { rows: ['F31'], weight: 1, inflict: throttle },
  'kill-everything': {
    ...{ rows: ['P97'], weight: 1 },
    inflict: killAll(['coordinator', 'aggregator', 'worker'], true),
  },
};

/** Draws a kind by weight. */
export function drawKind(random: SeededRandom, names: readonly string[]): string {
  const total = names.reduce((sum, name) => sum + (wounds[name]?.weight ?? 0), 0);
  let left = random.next() * total;
  for (const name of names) {
    left -= wounds[name]?.weight ?? 0;
    if (left <= 0) return name;
  }
  return names.at(-1) ?? '';
}
