/**
 * Counted scenarios: the play of a row of the fault table, so many times on one cluster, each from
 * the seed and its number, with the same checks of every job as in a soak.
 */
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { Play, PlayResult } from './play.ts';
import { rowPlays } from './row-plays.ts';
import { lastLook, openStage, type Stage, type StageOptions } from './stage.ts';

export const rowNames = Object.keys(rowPlays);

export interface RowOptions extends Omit<StageOptions, 'minutes' | 'kinds'> {
  readonly rows: readonly string[];
  readonly times: number;
}

/** @returns whether every promise was kept */
export async function playRows(options: RowOptions): Promise<boolean> {
  const { rows, seed, tell } = options;
  const names = [...new Set(rows.flatMap((row) => rowPlays[row]?.names ?? []))];
  await using stage = await openStage({ ...options, minutes: 0, kinds: rows }, names);
  const startedMs = performance.now();
  for (const row of rows) {
    for (let n = 1; n <= options.times; n++) {
      const random = new SeededRandom(seed * 100_003 + n);
      const play: Play = { stage, random, n, tag: `s${seed}-${row}`, tell };
      const result = await rowPlays[row]?.play(play);
      if (result !== undefined) note(stage, options, row, n, result);
    }
  }
  await stage.judge.done();
  await lastLook(stage);
  const { judge, witness, arena, report } = stage;
  report.add({
    ...{ type: 'end', seed, minutes: (performance.now() - startedMs) / 60_000 },
    ...{ jobs: judge.history.length, byPhase: judge.phases(), memory: [], cpuSeconds: 0 },
    acknowledged: judge.history.reduce((sum, entry) => sum + entry.acknowledged, 0),
    ...{ refusedCommits: witness.refused, clientErrors: {}, ownEnds: arena.ownEnds() },
  });
  process.stdout.write(`${report.summarise()}\n`);
  return stage.verdicts.count === 0;
}

function note(
  stage: Stage,
  { seed, tell, times }: RowOptions,
  row: string,
  n: number,
  result: PlayResult,
): void {
  const { what, regainedMs, takeoverMs, resumeMs, drainMs, slowdown } = result;
  const broken = [...result.broken, ...stage.witness.broken.splice(0)];
  for (const one of broken) stage.verdicts.wrong(`${row}: ${one}`, n);
  stage.report.add({
    ...{ type: 'episode', n, seed, kinds: [row], rows: [row], what },
    ...{ regainedMs, takeoverMs, resumeMs, drainMs, ok: broken.length === 0 },
    ...(slowdown === undefined ? {} : { slowdown }),
  });
  const s = (ms: number | null) => (ms === null ? '-' : (ms / 1000).toFixed(1));
  tell(
    `${row} ${n}/${times} ${what}; done after ${s(drainMs)} s, moved on after ${s(resumeMs)} s, ` +
      `new leader after ${s(takeoverMs)} s, claimed again after ${regainedMs.map(s).join(' ')} s` +
      (slowdown === undefined ? '' : `, ${slowdown.toFixed(2)} times the undisturbed time`),
  );
}
