/**
 * The report of chaos: one JSON object a line, appended as things happen, so that a run that is cut
 * off has said what it saw; and a summary in Markdown over all runs that the file has.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Growth, StreamSizes } from './measures.ts';

export type Line =
  | {
      readonly type: 'run';
      readonly seed: number;
      readonly minutes: number;
      readonly kinds: readonly string[];
      readonly at: string;
      readonly node: string;
      readonly server: string;
    }
  | {
      readonly type: 'episode';
      readonly n: number;
      readonly seed: number;
      readonly kinds: readonly string[];
      readonly rows: readonly string[];
      readonly what: string;
      /** From the signal until somebody else had claimed it, for each task that was lost. */
      readonly regainedMs: readonly number[];
      /** From the signal until a later term was led in. */
      readonly takeoverMs: number | null;
      /** From the end of the fault until some work moved on. */
      readonly resumeMs: number | null;
      /** From the end of the fault until every job that was open then had ended. */
      readonly drainMs: number | null;
      /** Highest duration against the undisturbed one, where one job was looked at. */
      readonly slowdown?: number;
      readonly ok: boolean;
    }
  | { readonly type: 'violation'; readonly n: number; readonly seed: number; readonly what: string }
  | { readonly type: 'streams'; readonly minute: number; readonly sizes: StreamSizes }
  | {
      readonly type: 'end';
      readonly seed: number;
      readonly minutes: number;
      readonly jobs: number;
      readonly byPhase: Readonly<Record<string, number>>;
      readonly acknowledged: number;
      readonly refusedCommits: number;
      readonly clientErrors: Readonly<Record<string, number>>;
      readonly ownEnds: readonly string[];
      readonly cpuSeconds: number;
      readonly memory: readonly Growth[];
    };

export class Report {
  readonly path: string;
  readonly lines: Line[] = [];

  /** @param resume keeps what the file has; else it begins anew */
  constructor(path: string, resume: boolean) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!resume) rmSync(path, { force: true });
    if (!existsSync(path)) return;
    for (const text of readFileSync(path, 'utf8').split('\n')) {
      // A run that was cut off may have left half a line.
      if (text.endsWith('}')) this.lines.push(JSON.parse(text) as Line);
    }
  }

  add(line: Line): void {
    this.lines.push(line);
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }

  of<T extends Line['type']>(type: T): Extract<Line, { type: T }>[] {
    return this.lines.filter((line): line is Extract<Line, { type: T }> => line.type === type);
  }

  /** Writes the summary beside the report. @returns its text */
  summarise(): string {
    const text = summaryOf(this);
    writeFileSync(this.path.replace(/\.jsonl$/, '.md'), text);
    return text;
  }
}

function quantile(numbers: readonly number[], q: number): string {
  if (numbers.length === 0) return '-';
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1);
  return ((sorted[Math.max(0, at)] ?? 0) / 1000).toFixed(1);
}

function spread(numbers: readonly number[]): string {
  return [0.5, 0.99, 1].map((q) => quantile(numbers, q)).join(' / ');
}

type Episode = Extract<Line, { type: 'episode' }>;

function present(numbers: readonly (number | null)[]): number[] {
  return numbers.filter((value): value is number => value !== null);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function byKey(episodes: readonly Episode[], keys: (episode: Episode) => readonly string[]) {
  const groups = new Map<string, Episode[]>();
  for (const episode of episodes) {
    for (const key of keys(episode)) groups.set(key, [...(groups.get(key) ?? []), episode]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
}

function recoveries(groups: readonly (readonly [string, readonly Episode[]])[], name: string) {
  return table(
    [name, 'times', 'held', 'claimed again s', 'new leader s', 'moved on s', 'all done s'],
    groups.map(([key, list]) => [
      key,
      String(list.length),
      String(list.filter(({ ok }) => ok).length),
      spread(list.flatMap(({ regainedMs }) => regainedMs)),
      spread(present(list.map(({ takeoverMs }) => takeoverMs))),
      spread(present(list.map(({ resumeMs }) => resumeMs))),
      spread(present(list.map(({ drainMs }) => drainMs))),
    ]),
  );
}

function memoryTable(ends: readonly Extract<Line, { type: 'end' }>[]): string {
  return table(
    ['process', 'minutes', 'first MiB', 'last', 'most', 'MiB/h', 'MiB/h of the floor'],
    (ends.at(-1)?.memory ?? []).map((one) => [
      ...[one.name, one.minutes.toFixed(0)],
      ...[one.firstMiB, one.lastMiB, one.maxMiB, one.slope, one.floorSlope].map((value) =>
        value.toFixed(1),
      ),
    ]),
  );
}

function streamTable(report: Report): string {
  const seen = report.of('streams');
  const [first, last] = [seen[0]?.sizes ?? {}, seen.at(-1)?.sizes ?? {}];
  const most = (name: string) => Math.max(...seen.map(({ sizes }) => sizes[name]?.bytes ?? 0));
  return table(
    ['stream', 'first messages', 'last', 'first KiB', 'last', 'most'],
    Object.entries(last).map(([name, { messages, bytes }]) => [
      ...[name, String(first[name]?.messages ?? 0), String(messages)],
      ...[first[name]?.bytes ?? 0, bytes, most(name)].map((size) => (size / 1024).toFixed(0)),
    ]),
  );
}

function summaryOf(report: Report): string {
  const episodes = report.of('episode');
  const ends = report.of('end');
  const violations = report.of('violation');
  const sum = (pick: (end: (typeof ends)[number]) => number) =>
    ends.reduce((total, end) => total + pick(end), 0);
  const phases = new Map<string, number>();
  for (const { byPhase } of ends) {
    for (const [phase, count] of Object.entries(byPhase)) {
      phases.set(phase, (phases.get(phase) ?? 0) + count);
    }
  }
  const ownEnds = ends.flatMap((end) => end.ownEnds);
  return [
    '# Chaos',
    '',
    `${report.of('run').length} runs, ${sum(({ minutes }) => minutes).toFixed(0)} minutes, ` +
      `seeds ${[...new Set(report.of('run').map(({ seed }) => seed))].join(', ')}; ` +
      `${episodes.length} episodes, ${violations.length} violations.`,
    '',
    `${sum(({ jobs }) => jobs)} jobs (${[...phases].map(([k, v]) => `${v} ${k}`).join(', ')}), ` +
      `${sum(({ acknowledged }) => acknowledged)} acknowledged submissions, ` +
      `${sum(({ refusedCommits }) => refusedCommits)} late commits refused, ` +
      `${ownEnds.length} processes ended by themselves.`,
    '',
    'Times are seconds: median / 99th percentile / most.',
    '',
    ...[
      recoveries(
        byKey(episodes, ({ rows }) => rows),
        'row',
      ),
      '',
    ],
    ...[
      recoveries(
        byKey(episodes, ({ kinds }) => kinds),
        'kind',
      ),
      '',
    ],
    ...[memoryTable(ends), '', streamTable(report), ''],
    ...ownEnds.map((why) => `- ended by itself: ${why}`),
    ...violations.map(({ seed, n, what }) => `- seed ${seed}, episode ${n}: ${what}`),
    '',
  ].join('\n');
}
