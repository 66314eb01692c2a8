/**
 * One job on the stage, with a fault at a chosen moment of it: what scenarios are made of.
 */
import type { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { JobEvent, JobView } from '../../schemas/views.ts';
import { type Outcome, playEpisode } from './episode.ts';
import { hangReport } from './hang-report.ts';
import { commonNames, type SpecName, specs } from './specs.ts';
import type { Stage } from './stage.ts';
import type { Entry } from './traffic.ts';
import { until, wait } from './waits.ts';

export interface Play {
  readonly stage: Stage;
  readonly random: SeededRandom;
  /** Counts from 1. */
  readonly n: number;
  /** Put before ids, so that no two plays meet. */
  readonly tag: string;
  readonly tell: (line: string) => void;
}

/** What a play came to, beyond what is checked of every job. */
export interface PlayResult {
  readonly what: string;
  readonly regainedMs: readonly number[];
  readonly takeoverMs: number | null;
  readonly resumeMs: number | null;
  readonly drainMs: number | null;
  readonly slowdown?: number;
  /** What the row bounds, and was not kept. */
  readonly broken: readonly string[];
}

const hungMs = 180_000;

/** Kinds of jobs take turns. */
export function specOf({ n }: Play, among: readonly SpecName[] = commonNames): SpecName {
  return among[(n - 1) % among.length] ?? 'sum';
}

/** Submits a job on the link that nobody hurts. */
export async function submit({ stage, tag, n }: Play, spec: SpecName, mark = ''): Promise<Entry> {
  const id = `${tag}-${n}-${spec}${mark}`;
  const entry: Entry = {
    ...{ id, spec, submittedMs: performance.now(), acknowledged: 1, cancelAsked: false },
    ...{ endedMs: null, view: null },
  };
  await stage.arena.client.submit({ ...specs[spec], id });
  return entry;
}

/** Waits until the job has ended, and has it looked at. @returns null where it never ends */
export async function finish({ stage, tell }: Play, entry: Entry): Promise<JobView | null> {
  const untilMs = performance.now() + hungMs;
  for (;;) {
    try {
      const timeoutMs = Math.max(1, untilMs - performance.now());
      entry.view = await stage.arena.client.job(entry.id).ended({ timeoutMs });
      break;
    } catch (error) {
      if (performance.now() < untilMs) {
        await wait(250);
        continue;
      }
      stage.verdicts.wrong(`"${entry.id}" has not ended: ${(error as Error).message}`);
      tell(await hangReport(stage.arena, [entry.id]));
      return null;
    }
  }
  entry.endedMs = performance.now();
  stage.judge.take(entry);
  return entry.view;
}

/** Resolves when somebody has a task of the stage (or of any) in hand; false after a while. */
export function inHand({ stage }: Play, taskStage?: string): Promise<boolean> {
  return until(() => stage.witness.holders(taskStage).length > 0, 20_000);
}

/** Resolves with the first event of the job for which it holds; hears plain messages, so at once. */
export function onEvent(
  { stage }: Play,
  job: string,
  holds: (event: JobEvent) => boolean,
): { readonly heard: Promise<JobEvent>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<JobEvent>();
  const heard = stage.arena.bus.transport.subscribe(`jobs.${job}.events.>`, ({ bytes }) => {
    const event = JSON.parse(new TextDecoder().decode(bytes)) as JobEvent;
    if (holds(event)) resolve(event);
  });
  return { heard: promise, stop: () => heard.unsubscribe() };
}

export interface HitOptions {
  readonly kind: string;
  readonly spec?: SpecName;
  /** A stage whose claim is waited for; else the fault falls into the middle at random. */
  readonly stage?: string;
}

/** A job, hit once. */
export async function hit(
  play: Play,
  options: HitOptions,
): Promise<PlayResult & { view: JobView | null }> {
  const { stage, random } = play;
  const spec = options.spec ?? specOf(play);
  const calmMs = stage.calm.get(spec)?.tookMs ?? 1_000;
  const entry = await submit(play, spec);
  await inHand(play, options.stage);
  if (options.stage === undefined) await wait(calmMs * 0.7 * random.next());
  const { arena, witness } = stage;
  const scene = { arena, witness, random, spared: new Set<string>(), clientLinks: [] };
  const outcome = await playEpisode(scene, [options.kind], () => {});
  return { ...(await settle(play, entry, outcome)), view: entry.view };
}

/** Waits for the end after the fault's, and puts the figures together. */
export async function settle(
  play: Play,
  entry: Entry,
  outcome: Outcome | null,
): Promise<PlayResult> {
  const healedMs = performance.now();
  const view = await finish(play, entry);
  const { calm } = play.stage;
  const tookMs = performance.now() - entry.submittedMs;
  return {
    what: `${entry.spec}: ${outcome?.what.join('; ') ?? 'undisturbed'}`,
    regainedMs: outcome?.regainedMs ?? [],
    takeoverMs: outcome?.takeoverMs ?? null,
    resumeMs: outcome?.resumeMs ?? null,
    drainMs: view === null ? null : performance.now() - healedMs,
    slowdown: tookMs / (calm.get(entry.spec)?.tookMs ?? tookMs),
    broken: view === null ? ['it hangs'] : [],
  };
}
