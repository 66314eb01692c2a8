/**
 * Effects of the coordinator as lines of text, for transcripts: short, and nothing random in them.
 *
 * Spans, plain counts and the settling of writes are left out; other tests look at them.
 */

import { phaseOf } from '../../actors/coordinator/job-machine.ts';
import { restoreJob } from '../../actors/coordinator/job-state.ts';
import type { CoordinatorEffect } from '../../actors/coordinator/messages.ts';
import { type Offer, records, TaskState } from '../../schemas/wire.ts';

const stateNames = ['pending', 'claimed', 'done', 'failed'];
const toldByPlace = new Set(['job', 'n', 'kind', 'at', 'previous', 'cause']);
/** Figures of their own tests, which would only blur what happens. */
const figures = new Set(['time', 'lostMs', 'attempts', 'reassigned', 'moves', 'commitsRefused']);

/** Lines of one effect; none for what a transcript does not show. */
export function show(effect: CoordinatorEffect): string[] {
  switch (effect.type) {
    case 'store-job': {
      const job = restoreJob(records.job.decode(Uint8Array.from(effect.bytes)), 1, null, 0);
      const { outbox } = job.record;
      return [`store ${effect.job} ${phaseOf(job.snapshot)}, outbox ${outbox.length}`];
    }
    case 'publish-events':
      return effect.events.map(({ n, json }) => event(effect.job, n, json));
    case 'settle':
      return [`settle #${effect.delivery}`];
    case 'plan': {
      const { algorithm, predict, dataset } = effect.spec;
      const { skipped, dataset: settled } = effect.before;
      const left = skipped.length === 0 ? '' : ` without ${skipped.join(' ')}`;
      const what = algorithm ?? `predict with ${predict}`;
      return [`plan ${effect.job}: ${what} on ${settled ?? dataset}${left}`];
    }
    case 'store-plan':
      return [`store-plan ${effect.job} after ${effect.before}`];
    case 'store-input':
      return [`store-input ${effect.job} ${effect.input.stage}: ${brief(effect.input.results)}`];
    case 'offer':
      return [`offer ${effect.node}: ${effect.offers.map(offer).join(' ')}`];
    case 'ask':
      return [`ask ${effect.node}`];
    case 'write-task': {
      const { state, attempt, losses, isolated } = effect.record;
      const alone = `${isolated ? ' isolated' : ''}${effect.record.moves > 0 ? ' moved' : ''}`;
      const key = `${effect.job}.${effect.task}`;
      const { copy } = effect.record;
      const beside = copy ? `, copy ${copy.attempt}@${copy.node}` : '';
      const name = stateNames[state] ?? TaskState[state];
      return [`write ${key}: ${name}, attempt ${attempt}, losses ${losses}${alone}${beside}`];
    }
    case 'tell-node':
      return [
        `tell ${effect.node} ${effect.verb} ${effect.job} ${effect.task}${effect.attempt ? `/${effect.attempt}` : ''}`.trimEnd(),
      ];
    case 'publish-model':
      return [`publish-model ${effect.job}: ${effect.name} ${effect.digest}`];
    case 'snapshot':
      return [`snapshot ${effect.job}: ${effect.name}`];
    case 'publish-dataset':
      return [`publish-dataset ${effect.job}: ${effect.name} ${effect.manifest}`];
    case 'remove-job':
      return [`remove ${effect.job}: ${effect.reason}`];
    case 'clean':
    case 'sweep':
      return [`${effect.type} ${effect.job}`];
    case 'reply':
      return [`reply #${effect.reply} ${reply(effect)}`];
    case 'log':
      return [`log ${effect.message}: ${Object.values(effect.fields).slice(0, 2).join(' ')}`];
    case 'count':
      if (!['reassigned', 'refused', 'leaves'].includes(effect.counter)) return [];
      return [`count ${effect.counter} ${effect.by} ${effect.label}`.trimEnd()];
    case 'span':
      return [];
  }
}

function event(job: string, n: number, json: Uint8Array): string {
  const all = JSON.parse(new TextDecoder().decode(Uint8Array.from(json))) as Record<
    string,
    unknown
  >;
  const fields = Object.entries(all).filter(
    ([name]) => !toldByPlace.has(name) && !figures.has(name),
  );
  const text = fields.map(([name, value]) => `${name}=${field(name, value)}`).join(' ');
  return `event ${job} ${n} ${all.kind} (${all.cause}) ${text}`.trimEnd();
}

function field(name: string, value: unknown): string {
  if (/digest$/i.test(name) && typeof value === 'string') return value.slice(0, 8);
  if (name !== 'tasks' || !Array.isArray(value)) return JSON.stringify(value);
  const tasks = value.map((task) =>
    typeof task === 'string'
      ? task
      : `${task.task}/${task.attempt}@${task.node ?? `${task.from}:${task.reason}`}`,
  );
  return `[${brief(tasks)}]`;
}

function brief(items: readonly string[]): string {
  if (items.length <= 6) return items.join(' ');
  return `${items.slice(0, 3).join(' ')} ... ${items.at(-1)} (${items.length})`;
}

function offer({ task, job, attempt, isolated, input, priority, copy }: Offer): string {
  const marks = `${isolated ? '!' : ''}${copy ? '+' : ''}${priority ? `^${priority}` : ''}`;
  return `${job}.${task}/${attempt}${input ? `<${input}` : ''}${marks}`;
}

function reply({ value, error }: Extract<CoordinatorEffect, { type: 'reply' }>): string {
  if (error !== null) return `${error.code}: ${error.message}; ${error.fix}`;
  const view = value as { phase?: string; state?: string };
  return view.phase ?? view.state ?? 'ok';
}
