/**
 * Golden chains: the events and records of whole jobs as version 1 wrote them, read, verified, told
 * and taken over by every later version.
 *
 * `UPDATE_GOLDEN=1 vitest run test/story/golden-chains.test.ts` writes those that are missing, and
 * `UPDATE_GOLDEN=story` what today's code tells of them, to be reviewed. Chains and records that
 * were written once are changed by `UPDATE_GOLDEN=all` alone: only before a release, never to make
 * a test pass.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { restoreJob } from '../../actors/coordinator/job-state.ts';
import { EventChain } from '../../client/event-chain.ts';
import { type Story, storyOf } from '../../client/job-story.ts';
import { parseTaskId } from '../../schemas/ids.ts';
import type { JobEvent } from '../../schemas/views.ts';
import { records } from '../../schemas/wire.ts';
import { resolvedDataset } from '../coordinator/dataset.ts';
import { type PlayedJob, playedJobs } from './chains.ts';

const folder = new URL('../golden/v1/chains/', import.meta.url);
const update = process.env.UPDATE_GOLDEN;

/** Name of each chain, with the transcript and the job that it was made of. */
const chains = {
  calm: ['happy-path.txt', 'j1'],
  reassigned: ['killed-worker.txt', 'j1'],
  poison: ['losses.txt', 'j1'],
  errors: ['errors.txt', 'j1'],
  rounds: ['rounds.txt', 'j1'],
  'rounds-lost-holder': ['rounds-holder-killed.txt', 'j1'],
  'rounds-lost-leader': ['rounds-leader-killed.txt', 'j1'],
  cancelled: ['cancel.txt', 'j1'],
  paused: ['pause-in-training.txt', 'j1'],
  rejected: ['rejected-then-corrected.txt', 'j1'],
  predicted: ['predict.txt', 'p1'],
  'new-leader': ['takeover-scoring.txt', 'j1'],
  copied: ['copy-wins.txt', 'j1'],
  'copy-promoted': ['copy-promoted.txt', 'j1'],
  stalled: ['stalled.txt', 'j1'],
  'shard-skipped': ['shard-skipped.txt', 'j1'],
  changed: ['set-tasks.txt', 'j1'],
} as const;
const names = Object.keys(chains) as (keyof typeof chains)[];

const path = (name: string, what: string) => new URL(`${name}.${what}.jsonl`, folder);
const lines = (file: URL) => readFileSync(file, 'utf8').trimEnd().split('\n');
const write = (file: URL, all: readonly string[]) => writeFileSync(file, `${all.join('\n')}\n`);

interface StoredRecord {
  readonly key: string;
  readonly base64: string;
}

/** What a story says besides its wording: a line for each event, and the whole at the end. */
function toldLines(events: readonly JobEvent[]): string[] {
  const facts = ({ lines: _lines, time: _time, ...story }: Story) => story;
  const brief = (story: Story) => {
    const { n, phase, wait, attempts, reassigned, moves, working, progress } = story;
    return { n, phase, waits: wait?.what ?? null, attempts, reassigned, moves, working, progress };
  };
  const prefixes = events.map((_, i) => brief(storyOf(events.slice(0, i + 1))));
  return [...prefixes, facts(storyOf(events))].map((own) => JSON.stringify(own));
}

function writeChain(name: string, job: PlayedJob): void {
  write(
    path(name, 'events'),
    job.bytes.map((bytes) => Buffer.from(bytes).toString('utf8')),
  );
  const stored = [[job.id, job.record] as const, ...job.tasks].map(([key, bytes]) =>
    JSON.stringify({ key, base64: Buffer.from(bytes).toString('base64') }),
  );
  write(path(name, 'records'), stored);
}

/** The events of a stored chain, verified. */
function readGolden(name: string): { events: JobEvent[]; head: string } {
  const [, id] = chains[name as keyof typeof chains];
  const chain = new EventChain(id);
  const events = lines(path(name, 'events')).flatMap((line) => {
    const { n, kind } = JSON.parse(line) as JobEvent;
    return chain.take(`jobs.${id}.events.${n}.${kind}`, Buffer.from(line, 'utf8'));
  });
  chain.end();
  return { events, head: chain.head };
}

const storedRecords = (name: string) =>
  lines(path(name, 'records')).map((line) => {
    const { key, base64 } = JSON.parse(line) as StoredRecord;
    return { key, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
  });

beforeAll(async () => {
  if (update === undefined) return;
  mkdirSync(folder, { recursive: true });
  const dataset = await resolvedDataset();
  for (const name of names) {
    const [transcript, id] = chains[name];
    if (update === 'all' || !existsSync(path(name, 'events'))) {
      const job = playedJobs(transcript, dataset).find((own) => own.id === id);
      if (job === undefined) throw new Error(`${transcript} has no job ${id}`);
      writeChain(name, job);
    }
    if (update !== '1' || !existsSync(path(name, 'story'))) {
      write(path(name, 'story'), toldLines(readGolden(name).events));
    }
  }
});

describe('golden chains of version 1', () => {
  it.each(names)('%s: verifies from its first event to the one that the record names', (name) => {
    const { events, head } = readGolden(name);
    const [job] = storedRecords(name);
    const record = records.job.decode(job?.bytes ?? new Uint8Array());
    expect(events.length).toBe(Number(record.events));
    expect(head).toBe(record.lastHash);
  });

  it.each(names)('%s: tells the same story, after each event', (name) => {
    expect(toldLines(readGolden(name).events)).toEqual(lines(path(name, 'story')));
  });

  it.each(names)('%s: [F36] its records are read, and written again byte for byte', (name) => {
    for (const [i, { bytes }] of storedRecords(name).entries()) {
      const codec = i === 0 ? records.job : records.task;
      const again = codec.encode(codec.decode(bytes) as never);
      expect(Buffer.from(again).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
    }
  });

  it.each(names)('%s: [F36] fields of a later version survive a change of its records', (name) => {
    // Field 1000, a text: `tag 8002, length 5, "later"`.
    const later = Uint8Array.of(0xc2, 0x3e, 5, ...Buffer.from('later'));
    for (const [i, { bytes }] of storedRecords(name).entries()) {
      const codec = i === 0 ? records.job : records.task;
      const record = codec.decode(Buffer.concat([bytes, later])) as { term: number };
      record.term = 77;
      expect(Buffer.from(codec.encode(record as never)).includes(Buffer.from(later))).toBe(true);
    }
  });

  it.each(names)('%s: a leader of today goes on from its records', (name) => {
    const [first, ...tasks] = storedRecords(name);
    const record = records.job.decode(first?.bytes ?? new Uint8Array());
    const job = restoreJob(record, 1, null, 0);
    const story = storyOf(readGolden(name).events);
    expect({ phase: job.snapshot.value, attempts: record.attemptsMax }).toEqual({
      ...{ phase: story.phase, attempts: story.attempts },
    });
    expect({ reassigned: record.reassigned, moves: record.moves }).toEqual({
      ...{ reassigned: story.reassigned, moves: story.moves },
    });
    for (const { key, bytes } of tasks) {
      const task = records.task.decode(bytes);
      expect(key).toBe(`${task.job}.${task.task}`);
      expect(parseTaskId(task.task).index).toBeGreaterThanOrEqual(0);
    }
  });
});
