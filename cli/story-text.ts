/**
 * The story of a job for people: where it stands and why, what happened, what it cost.
 */
import type { Explanation } from '../client/job-handle.ts';
import type { LostNode, Story } from '../client/job-story.ts';
import type { JobTime, StageTimes } from '../schemas/job-time.ts';
import type { Standstill, Wait } from '../schemas/views.ts';
import { bytes, duration, table } from './table.ts';

/** Lines of what happened that are shown; the middle of a longer story is left out. */
const linesMax = 60;

const fact = (name: string, value: string | null): string[] =>
  value === null || value === '' ? [] : [`${name.padEnd(12)} ${value}`];

/** @param at whether it is told as it was then */
export function storyText({ story, live, broken }: Explanation, at: boolean): string[] {
  const { n, attempts, reassigned, moves, commitsRefused } = story;
  const counts = [
    `attempts ${attempts}`,
    `reassigned ${reassigned}`,
    ...(moves > 0 ? [`moves ${moves}`] : []),
    ...(commitsRefused > 0 ? [`late commits refused ${commitsRefused}`] : []),
  ].join(', ');
  const time = live?.time ?? story.time;
  return [
    ...fact('job', story.job || (live?.id ?? '')),
    ...fact('phase', phaseText(story, live?.phase ?? null)),
    ...fact('waiting for', waitText(live?.waitingFor ?? story.wait)),
    ...(live?.standstill ? standstillLines(live.standstill) : []),
    ...fact('progress', progressText(story)),
    ...fact('counts', counts),
    ...outcomeLines(story),
    ...lostLines(story.lostNodes),
    ...errorLines(story),
    ...(time === null || time === undefined ? [] : ['', ...timeLines(time)]),
    '',
    ...happened(story),
    '',
    ...fact('chain', chainText(n, broken?.message ?? null, at)),
  ];
}

function phaseText({ phase, phaseSince, at, outcome }: Story, live: string | null): string {
  if (live !== null && live !== phase) return `${live} (the log has told ${phase ?? 'nothing'})`;
  if (phase === null) return 'nothing was told of it yet';
  const known =
    at === null || phaseSince === null || outcome !== null
      ? 0
      : Date.parse(at) - Date.parse(phaseSince);
  return `${phase}, since ${phaseSince}${known >= 1_000 ? ` (${duration(known)} told of it)` : ''}`;
}

function waitText(wait: Wait | null): string | null {
  if (wait === null) return null;
  const on = wait.node === null ? '' : ` on ${wait.node}`;
  return `${wait.what}${on}, since ${wait.since}`;
}

/** The hang report. */
export function standstillLines({ seconds, what, tasks }: Standstill): string[] {
  const others = tasks
    .slice(1)
    .map(({ task, node, seconds: for_ }) => `${task} on ${node} for ${for_} s`);
  return [
    ...fact('not moved', `for ${seconds} s: ${what}`),
    ...others.map((text) => `${''.padEnd(12)} also ${text}`),
  ];
}

function progressText({ progress, working, rounds }: Story): string | null {
  const parts: string[] = [];
  if (progress !== null) parts.push(`${progress.stage} ${progress.done} of ${progress.total}`);
  const nodes = new Set(working.map(({ node }) => node));
  if (working.length > 0)
    parts.push(`${working.length} at work on ${[...nodes].sort().join(', ')}`);
  for (const { fit, round, ended } of rounds) {
    parts.push(`fit ${fit}: ${round} rounds${ended === null ? '' : ` (${ended})`}`);
  }
  return parts.join('; ') || null;
}

function outcomeLines({ outcome }: Story): string[] {
  if (outcome === null) return [];
  const { kind, at, cause, model, output, digest, error } = outcome;
  return [
    ...fact('outcome', `${kind} at ${at}, by ${cause}`),
    ...fact('model', model),
    ...fact('predictions', output),
    ...fact('digest', digest),
    ...fact('because', error === null ? null : `${error.message} (${error.code})`),
    ...fact('fix', error?.fix ?? null),
  ];
}

/** Who was lost, what was taken from it, and who took it up. */
function lostLines(lost: readonly LostNode[]): string[] {
  return lost.flatMap(({ node, reason, at, n, tasks }) => {
    const takers = new Map<string, number>();
    for (const { to } of tasks) takers.set(to ?? '', (takers.get(to ?? '') ?? 0) + 1);
    const given = [...takers].map(([to, count]) => {
      const of = tasks.length > 1 ? ` (${count})` : '';
      return to === '' ? `nobody yet${of}` : `${to}${of}`;
    });
    const [first] = tasks;
    const more = tasks.length > 1 ? ` and ${tasks.length - 1} more` : '';
    const what = first === undefined ? 'nothing was taken from it' : `${first.task}${more}`;
    const where = given.length === 0 ? '' : `, taken up by ${given.join(', ')}`;
    return fact(reason, `${node} at ${at} (event ${n}): ${what}${where}`);
  });
}

function errorLines({ errors }: Story): string[] {
  return errors.slice(-5).flatMap(({ task, node, attempt, code, message, n }) => {
    const text = `${task} on ${node}, attempt ${attempt}: ${message} (${code}, event ${n})`;
    return fact('error', text);
  });
}

function happened({ lines }: Story): string[] {
  const shown = lines.map(({ from, to, at, text }) => {
    const numbers = from === to ? String(from) : `${from}-${to}`;
    return `${numbers.padStart(9)}  ${at}  ${text}`;
  });
  if (shown.length <= linesMax) return shown;
  const half = linesMax / 2;
  const left = shown.length - linesMax;
  const gap = `${''.padStart(9)}  ... ${left} lines left out: \`job events\` shows every event ...`;
  return [...shown.slice(0, half), gap, ...shown.slice(-half)];
}

function chainText(n: number, broken: string | null, at: boolean): string {
  if (broken !== null) return `BROKEN: ${broken}; the story goes as far as event ${n}`;
  return `${n} events, each follows from the one before${at ? '; as it was after them' : ''}`;
}

/** Where the time went, in all and by stage. */
export function timeLines(time: JobTime): string[] {
  const { wallMs, slowestMs, coordinationMs, pausedMs, redone } = time;
  const { fetchedBytes, storedBytes } = time;
  const clock = [
    `${duration(wallMs)} of the clock`,
    `${duration(coordinationMs)} nobody worked for it`,
    `${duration(slowestMs)} waiting for the slowest`,
    ...(pausedMs > 0 ? [`${duration(pausedMs)} paused`] : []),
  ];
  const work = [
    `${duration(time.computeMs)} computing (${duration(time.cpuMs)} of processors)`,
    `${duration(time.fetchMs)} fetching ${bytes(fetchedBytes)}`,
    `${duration(time.storeMs)} storing ${bytes(storedBytes)}`,
  ];
  const again =
    redone.attempts === 0
      ? null
      : `${duration(redone.ms)}: attempts that came to nothing, ${redone.attempts}`;
  const stages = time.stages.filter(({ wallMs: ms, tasks, cpuMs }) => ms + tasks + cpuMs > 0);
  return [
    ...fact('time', clock.join(', ')),
    ...fact('work', work.join(', ')),
    ...fact('done again', again),
    ...(stages.length === 0 ? [] : table(columns, stages.map(stageRow)).split('\n')),
  ];
}

const columns = [
  { title: 'STAGE' },
  ...['TASKS', 'CLOCK', 'COMPUTE', 'CPU', 'FETCH', 'STORE', 'SLOWEST', 'AGAIN'].map((title) => ({
    title,
    right: true,
  })),
];

function stageRow(stage: StageTimes): string[] {
  const { wallMs, computeMs, cpuMs, fetchMs, storeMs, slowestMs, redone } = stage;
  const times = [wallMs, computeMs, cpuMs, fetchMs, storeMs, slowestMs, redone.ms];
  return [stage.stage, String(stage.tasks), ...times.map((ms) => (ms === 0 ? '' : duration(ms)))];
}
