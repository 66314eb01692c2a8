/**
 * The published contract: every subject, message, field, record, stream and limit stands in
 * `docs/protocol.md`, so that somebody can write a worker in another language.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layoutOf, layoutVersion, submissionQueue } from '../../runtime/layout.ts';
import { parseDigest, parseJobId, parseNodeId, stages } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { buckets, keys, subjects } from '../../schemas/subjects.ts';
import { messageTypes } from './proto-samples.ts';

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| '));
const names = subjects();
const [job, node] = [parseJobId('JOB'), parseNodeId('NODE')];
const sha = parseDigest('0'.repeat(64));

/** A built subject as the page writes it. */
function written(subject: string): string {
  return subject
    .replace('JOB', '<job>')
    .replace('NODE', '<node>')
    .replace('.1.KIND', '.<n>.<kind>')
    .replace(sha, '<sha256>')
    .replace('<job>.7.', '<job>.<fit>.')
    .replace('>.7', '>.<n>')
    .replace('VERB', '<verb>');
}

/** Every builder, with the payload that its subject carries. */
const published: Readonly<Record<keyof typeof names, readonly [string, string]>> = {
  submit: [names.submit, 'JSON'],
  event: [names.event(job, 1, 'KIND'), 'JSON'],
  eventsOf: [names.event(job, 1, 'KIND'), 'JSON'],
  allEvents: [names.event(job, 1, 'KIND'), 'JSON'],
  heartbeat: [names.heartbeat(node), 'Envelope(heartbeat)'],
  offers: [names.offers(node), 'Envelope(offers)'],
  control: [names.control(node), 'Envelope(control)'],
  pull: [names.pull(node), 'Envelope(pull)'],
  reduce: [names.reduce(node), 'Envelope(reduce-reply)'],
  roundOpen: [names.roundOpen(job, 7, node), 'Envelope(round-open)'],
  roundReady: [names.roundReady(job, 7, node), 'Envelope(round-ready)'],
  chunk: [names.chunk(sha, 7), 'bytes'],
  chunksOf: [names.chunk(sha, 7), 'bytes'],
  query: [names.query('VERB'), 'JSON'],
};

describe('[P37] the published contract', () => {
  it.each(Object.entries(published))('names the subject of %s and its schema', (_name, entry) => {
    const [subject, payload] = entry;
    const row = rows.find((line) => line.includes(`\`${written(subject)}\``));
    expect(row, written(subject)).toBeDefined();
    expect(row).toContain(payload);
  });

  it('leaves out no subject that can be built', () => {
    expect(Object.keys(published).sort()).toEqual(Object.keys(names).sort());
  });

  it.each(messageTypes())('describes $name with every field', (type) => {
    expect(page).toMatch(new RegExp(`\\b${type.name}\\b`));
    const snake = (name: string) => name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
    const missing = type.fieldsArray
      .map((field) => snake(field.name))
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(page));
    expect(missing).toEqual([]);
  });

  it('names every stream, bucket and stage, and how submissions are handed out', () => {
    const layout = layoutOf();
    const all = [layout.jobs, layout.events, layout.blobs].map(({ name }) => name);
    for (const name of [...all, ...Object.values(buckets), ...stages, submissionQueue.durable]) {
      expect(page, name).toContain(`\`${name}\``);
    }
    const jobs = rows.find((line) => line.startsWith('| `SHOAL_JOBS`')) ?? '';
    expect(jobs).toContain(layout.jobs.messagesMax.toLocaleString('en'));
    expect(jobs).toContain(`${submissionQueue.settleMs / 1_000} s`);
    expect(jobs).toContain(`${layout.jobs.dedupeMs / 60_000} min`);
  });

  it('gives the keys of the states of rounds, and the layout that it is of', () => {
    const state = keys.roundState(job, 7).replace('JOB.7', '<job>.<fit>');
    const chunk = keys.roundChunk(job, 7, 1, 3).replace('JOB.7.1.3', '<job>.<fit>.<slot>.<n>');
    for (const key of [state, chunk]) {
      expect(rows.some((row) => row.includes(`\`${key}\``) && row.includes(buckets.rounds))).toBe(
        true,
      );
    }
    expect(page).toContain(`refusing a \`layout\` above ${layoutVersion}`);
  });

  it('gives the limits as they are', () => {
    const KiB = 1024;
    const figures = [
      `${limits.heartbeatMs} ms / ${limits.askAfterMs} ms`,
      `/ ${limits.deadMs / 1_000} s`,
      `${limits.leaseMs / 1_000} s / ${limits.leaseRenewMs / 1_000} s`,
      `within ${limits.takeoverMs / 1_000} s`,
      `${limits.payloadMax / KiB / KiB} MiB / ${limits.chunkBytes / KiB} KiB`,
      `${limits.recordMax / KiB} KiB / ${limits.eventMax / KiB} KiB`,
      `${limits.specMax / KiB} KiB`,
      `${limits.taskErrorsMax} / ${limits.taskLossesMax}`,
      `${limits.inlineRoundMax / KiB} KiB`,
      `${limits.checkpointMs / 1_000} s / ${limits.probeMs} ms`,
      `at most ${limits.inlineRoundMax.toLocaleString('en')} bytes`,
      `| chunks of one pull in flight | ${limits.chunksInFlight} |`,
      `more than ${limits.reduceFanIn} |`,
    ];
    expect(figures.filter((figure) => !page.includes(figure))).toEqual([]);
    expect(page).toContain(limits.chunkBytes.toLocaleString('en'));
  });
});
