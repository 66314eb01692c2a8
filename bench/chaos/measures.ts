/**
 * What a cluster takes while it is hurt: resident memory and processor time of every process, and
 * messages and bytes of every stream and bucket, over time.
 *
 * Memory is judged by the processes that lived longest: the slope is that of a straight line by
 * least squares through the samples after a warm-up, in MiB an hour. Linux only (`/proc`).
 */
import { readFileSync } from 'node:fs';
import type { Bus } from '../../runtime/bus.ts';
import { layoutOf } from '../../runtime/layout.ts';

interface Sample {
  readonly atMs: number;
  readonly residentMiB: number;
}

export interface Growth {
  readonly name: string;
  readonly pid: number;
  readonly minutes: number;
  /** After the warm-up. */
  readonly samples: number;
  readonly firstMiB: number;
  readonly lastMiB: number;
  readonly maxMiB: number;
  /** MiB an hour, over all samples. */
  readonly slope: number;
  /** MiB an hour, over the least sample of each minute: what collections of garbage leave. */
  readonly floorSlope: number;
}

export type StreamSizes = Readonly<Record<string, { messages: number; bytes: number }>>;

/** Slope of the line through the points by least squares; 0 for fewer than two. */
export function slopeOf(points: readonly (readonly [number, number])[]): number {
  const n = points.length;
  if (n < 2) return 0;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  let above = 0;
  let below = 0;
  for (const [x, y] of points) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

export function residentMiB(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = /VmRSS:\s+(\d+)/.exec(status)?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}

/** Processor seconds that a process has used, in user and system mode. */
export function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

const hourMs = 3_600_000;
const minuteMs = 60_000;

export class Memory {
  private readonly lives = new Map<string, { name: string; pid: number; samples: Sample[] }>();

  take(pids: ReadonlyMap<string, number>): void {
    for (const [name, pid] of pids) {
      const mib = residentMiB(pid);
      if (mib === null) continue;
      const key = `${name}.${pid}`;
      const life = this.lives.get(key) ?? { name, pid, samples: [] };
      life.samples.push({ atMs: performance.now(), residentMiB: mib });
      this.lives.set(key, life);
    }
  }

  /** Of each name the process that lived longest, after its warm-up. */
  growth(warmUpMs: number): Growth[] {
    const longest = new Map<string, Growth>();
    for (const { name, pid, samples } of this.lives.values()) {
      const bornMs = samples[0]?.atMs ?? 0;
      const kept = samples.filter(({ atMs }) => atMs - bornMs >= warmUpMs);
      const [first] = kept;
      const last = kept.at(-1);
      if (first === undefined || last === undefined || kept.length < 10) continue;
      const minutes = (last.atMs - first.atMs) / minuteMs;
      if (minutes <= (longest.get(name)?.minutes ?? 0)) continue;
      longest.set(name, {
        ...{ name, pid, minutes, samples: kept.length },
        firstMiB: first.residentMiB,
        lastMiB: last.residentMiB,
        maxMiB: Math.max(...samples.map((sample) => sample.residentMiB)),
        slope: slopeOf(kept.map(({ atMs, residentMiB }) => [atMs / hourMs, residentMiB])),
        floorSlope: slopeOf(floors(kept)),
      });
    }
    return [...longest.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }
}

function floors(samples: readonly Sample[]): [number, number][] {
  const least = new Map<number, number>();
  for (const { atMs, residentMiB } of samples) {
    const minute = Math.floor(atMs / minuteMs);
    least.set(minute, Math.min(least.get(minute) ?? Number.POSITIVE_INFINITY, residentMiB));
  }
  return [...least].map(([minute, mib]) => [minute / 60, mib]);
}

/** @returns null while the server does not answer */
export async function streamSizes(bus: Bus): Promise<StreamSizes | null> {
  const found: Record<string, { messages: number; bytes: number }> = {};
  try {
    for (const { name } of layoutOf().all) {
      const subject = `$JS.API.STREAM.INFO.${name}`;
      const answer = await bus.transport.request(subject, new Uint8Array(), { timeoutMs: 5_000 });
      const { state } = JSON.parse(new TextDecoder().decode(answer.bytes)) as {
        state: { messages: number; bytes: number };
      };
      found[name] = { messages: state.messages, bytes: state.bytes };
    }
  } catch {
    return null;
  }
  return found;
}
