/**
 * The nemesis: episode after episode while jobs flow, each from the run's seed and its number, so
 * that any one can be played again. After each it demands that every job which was open when the
 * cluster was whole again ends within a bound.
 */
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { TcpProxy } from '../../test/support/tcp-proxy.ts';
import type { Arena } from './arena.ts';
import { playEpisode } from './episode.ts';
import { hangReport } from './hang-report.ts';
import type { Report } from './report.ts';
import type { Traffic } from './traffic.ts';
import { until, wait } from './waits.ts';
import type { Witness } from './witness.ts';
import { drawKind, wounds } from './wounds.ts';

export interface NemesisOptions {
  readonly arena: Arena;
  readonly witness: Witness;
  readonly traffic: Traffic;
  readonly report: Report;
  readonly clientLinks: readonly TcpProxy[];
  readonly seed: number;
  readonly kinds: readonly string[];
  /** Which processes are not to be killed at this time, `nats-server` among them. */
  readonly spared: (nowMs: number) => ReadonlySet<string>;
  readonly untilMs: number;
  /** Longest time from the end of a fault to the end of all jobs that were open. */
  readonly drainMaxMs: number;
  readonly tell: (line: string) => void;
  readonly wrong: (episode: number, what: string) => void;
}

/** After so many hangs nothing is learned any more. */
const hangsMax = 3;

/** One kind, or in one episode of four two at once. */
function drawKinds(random: SeededRandom, names: readonly string[]): string[] {
  const first = drawKind(random, names);
  if (random.next() > 0.25) return [first];
  const second = drawKind(random, names);
  return second === first ? [first] : [first, second];
}

/** @returns the number of episodes played */
export async function runNemesis(options: NemesisOptions): Promise<number> {
  const { traffic, witness, untilMs } = options;
  let hangs = 0;
  let n = 0;
  while (performance.now() < untilMs && hangs < hangsMax) {
    n += 1;
    // Something has to be in hand, or nothing is hurt.
    await until(() => traffic.open.size > 0 && witness.holders().length > 0, 10_000);
    const held = await playOne(options, n);
    if (!held) hangs += 1;
  }
  return n;
}

async function playOne(options: NemesisOptions, n: number): Promise<boolean> {
  const { arena, witness, traffic, report, seed, tell, clientLinks } = options;
  const random = new SeededRandom(seed * 100_003 + n);
  await wait(1_500 * random.next());
  const kinds = drawKinds(random, options.kinds);
  const spared = options.spared(performance.now());
  const scene = { arena, witness, random, spared, clientLinks };
  const outcome = await playEpisode(scene, kinds, (what) => tell(`${n} ${what}`));
  if (outcome === null) return true;
  const open = [...traffic.open.keys()];
  const healedMs = performance.now();
  const drained = await until(() => open.every((id) => !traffic.open.has(id)), options.drainMaxMs);
  const drainMs = performance.now() - healedMs;
  if (!drained) await tellHang(options, n, open);
  const broken = witness.broken.splice(0);
  for (const what of broken) options.wrong(n, what);
  const rows = [...new Set(kinds.flatMap((kind) => wounds[kind]?.rows ?? []))];
  const { regainedMs, takeoverMs, resumeMs } = outcome;
  report.add({
    ...{ type: 'episode', n, seed, kinds, rows, what: outcome.what.join('; ') },
    ...{ regainedMs, takeoverMs, resumeMs, drainMs: drained ? drainMs : null },
    ok: drained && broken.length === 0,
  });
  const s = (ms: number | null) => (ms === null ? '-' : (ms / 1000).toFixed(1));
  tell(
    `${n} over: moved on after ${s(resumeMs)} s, ${open.length} jobs done after ${s(drainMs)} s` +
      (regainedMs.length > 0 ? `, claimed again after ${regainedMs.map(s).join(' ')} s` : '') +
      (takeoverMs === null ? '' : `, new leader after ${s(takeoverMs)} s`),
  );
  return drained;
}

async function tellHang(options: NemesisOptions, n: number, open: readonly string[]) {
  const { arena, traffic, drainMaxMs, tell } = options;
  const stuck = open.filter((id) => traffic.open.has(id));
  options.wrong(n, `not ended ${drainMaxMs / 1000} s after the fault: ${stuck.join(' ')}`);
  tell(await hangReport(arena, stuck));
}
