/**
 * Answers questions from the state as it stands; orders become events and are answered later.
 */
import type { Message } from '../../runtime/ports/transport.ts';
import type { JobId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobView, PurgeQuestion, QueryError, QueryVerb } from '../../schemas/views.ts';
import { noJob } from './controls.ts';
import type { Unstamped } from './perform.ts';
import type { CoordinatorState } from './state.ts';
import { clusterView, jobView, nodeView, taskViews } from './view.ts';

function respond(message: Message, value: unknown): null {
  message.respond(new TextEncoder().encode(JSON.stringify({ ok: true, value })));
  return null;
}

function refuse(message: Message, error: QueryError): null {
  message.respond(new TextEncoder().encode(JSON.stringify({ ok: false, error })));
  return null;
}

/** Bytes of JSON that an answer may hold, envelope and headers aside. */
const pageBytes = limits.recordMax;

/** As many of the items, from a place on, as fit in one answer. */
function page<T>(items: Iterable<T>, from: number): T[] {
  const fitting: T[] = [];
  let bytes = 0;
  let at = 0;
  for (const item of items) {
    if (at++ < from) continue;
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > pageBytes) break;
    fitting.push(item);
  }
  return fitting;
}

interface Question {
  /** All that was asked, without the id. */
  readonly rest: unknown;
  readonly id: string | null;
  readonly from: number;
}

/** An empty question is `{}`. */
function readQuestion(message: Message): Question {
  if (message.bytes.length === 0) return { id: null, from: 0, rest: {} };
  const question: unknown = JSON.parse(new TextDecoder().decode(message.bytes));
  const given = typeof question === 'object' && question !== null ? question : {};
  const { id, ...rest } = given as { id?: unknown; from?: unknown };
  const { from } = rest;
  return {
    id: typeof id === 'string' ? id : null,
    from: typeof from === 'number' && from > 0 ? from : 0,
    rest,
  };
}

function readPurge(id: string, rest: unknown, message: Message, reply: number): Unstamped | null {
  const { kind, versions, force, done } = rest as Partial<Record<keyof PurgeQuestion, unknown>>;
  const numbered = Array.isArray(versions) && versions.every(Number.isSafeInteger);
  if (numbered && (kind === 'dataset' || kind === 'model')) {
    const question = { id, kind, versions, force: force === true, done: done === true } as const;
    return { type: 'purge', question, reply };
  }
  return refuse(message, {
    code: 'bad-message',
    message: '"purge" needs kind and versions',
    fix: 'send {"id":"...","kind":"dataset","versions":[1]}',
  });
}

/** Newest first; a spec may be long, and is shown with its job. */
function* listedJobs(state: CoordinatorState): Generator<JobView> {
  const newest = [...state.jobs.values()].reverse();
  for (const job of newest) yield { ...jobView(state, job), spec: null };
}

/**
 * Answers at once, or gives the event whose handling will answer under this number.
 * @param state null while there is none that may be told
 */
export function answerQuery(
  state: CoordinatorState | null,
  verb: QueryVerb,
  message: Message,
  reply: number,
): Unstamped | null {
  if (state === null) {
    return refuse(message, {
      code: 'starting',
      message: 'the coordinator is reading its records, or makes sure that it still leads',
      fix: 'ask again in a moment',
    });
  }
  let question: Question;
  try {
    question = readQuestion(message);
  } catch {
    return refuse(message, {
      code: 'bad-message',
      message: 'the question is not JSON',
      fix: 'send {"id":"..."}',
    });
  }
  const { id, from, rest } = question;
  switch (verb) {
    case 'jobs':
      return respond(message, page(listedJobs(state), from));
    case 'nodes':
      return respond(
        message,
        [...state.nodes.nodes.values()].map((node) => nodeView(state, node)),
      );
    case 'status':
      return respond(message, clusterView(state));
    default:
  }
  if (id === null) {
    return refuse(message, {
      code: 'bad-message',
      message: `"${verb}" needs an id`,
      path: 'id',
      fix: 'send {"id":"..."}',
    });
  }
  switch (verb) {
    case 'drain':
      return { type: 'drain', node: id, reply };
    case 'snapshot':
      return { type: 'snapshot', job: id, reply };
    case 'remove':
      return { type: 'remove', job: id, reply };
    case 'purge':
      return readPurge(id, rest, message, reply);
    case 'set':
      return { type: 'set', job: id, change: rest, reply };
    case 'cancel':
    case 'pause':
    case 'resume':
      return { type: 'control', verb, job: id, reply };
    default:
  }
  const job = state.jobs.get(id as JobId);
  if (job === undefined) return refuse(message, noJob(id));
  return respond(message, verb === 'job' ? jobView(state, job) : page(taskViews(job), from));
}
