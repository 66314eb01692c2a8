/**
 * Answers questions from the state as it stands; orders become events and are answered later.
 */
import type { Message } from '../../runtime/ports/transport.ts';
import type { JobId } from '../../schemas/ids.ts';
import type { QueryError, QueryVerb } from '../../schemas/views.ts';
import { noJob } from './controls.ts';
import type { Unstamped } from './perform.ts';
import type { CoordinatorState } from './state.ts';
import { clusterView, jobView, nodeView, taskViews } from './view.ts';

export const queryVerbs = [
  'jobs',
  'job',
  'tasks',
  'cancel',
  'pause',
  'resume',
  'nodes',
  'drain',
  'status',
] as const satisfies readonly QueryVerb[];

type Verb = (typeof queryVerbs)[number];

function respond(message: Message, value: unknown): null {
  message.respond(new TextEncoder().encode(JSON.stringify({ ok: true, value })));
  return null;
}

function refuse(message: Message, error: QueryError): null {
  message.respond(new TextEncoder().encode(JSON.stringify({ ok: false, error })));
  return null;
}

/** The `id` of a question; an empty question is `{}`. */
function readId(message: Message): string | null {
  if (message.bytes.length === 0) return null;
  const question: unknown = JSON.parse(new TextDecoder().decode(message.bytes));
  const id =
    typeof question === 'object' && question !== null && 'id' in question ? question.id : null;
  return typeof id === 'string' ? id : null;
}

/** Answers at once, or gives the event whose handling will answer under this number. */
export function answerQuery(
  state: CoordinatorState | null,
  verb: Verb,
  message: Message,
  reply: number,
): Unstamped | null {
  if (state === null) {
    return refuse(message, {
      code: 'starting',
      message: 'the coordinator is reading its records',
      fix: 'ask again in a moment',
    });
  }
  let id: string | null;
  try {
    id = readId(message);
  } catch {
    return refuse(message, {
      code: 'bad-message',
      message: 'the question is not JSON',
      fix: 'send {"id":"..."}',
    });
  }
  switch (verb) {
    case 'jobs':
      return respond(
        message,
        [...state.jobs.values()].map((job) => jobView(state, job)),
      );
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
    case 'cancel':
    case 'pause':
    case 'resume':
      return { type: 'control', verb, job: id, reply };
    default:
  }
  const job = state.jobs.get(id as JobId);
  if (job === undefined) return refuse(message, noJob(id));
  return respond(message, verb === 'job' ? jobView(state, job) : taskViews(job));
}
