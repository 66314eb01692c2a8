/**
 * Purges of data sets and models: which jobs stand in the way, and word to every node afterwards.
 *
 * The client takes versions and bytes away; it asks here first, so that no job loses its data
 * unseen, and again when it has done so, so that nodes look for copies that they keep.
 */
import type { NodeId } from '../../schemas/ids.ts';
import type { JobFailure, PurgeQuestion } from '../../schemas/views.ts';
import { type JobState, phase } from './job-state.ts';
import { fail } from './phases.ts';
import type { CoordinatorState } from './state.ts';

/** Names in a message, at most. */
const namedMax = 10;

export function onPurge(state: CoordinatorState, question: PurgeQuestion, reply: number): void {
  if (question.done === true) {
    tellNodes(state);
    state.effects.push({ type: 'reply', reply, value: { failed: [] }, error: null });
    return;
  }
  const { kind, id: name, versions, force } = question;
  const what = `${kind === 'dataset' ? 'data set' : 'model'} ${JSON.stringify(name)}`;
  const users = [...state.active]
    .map((id) => state.jobs.get(id) as JobState)
    .filter((job) => uses(job, question));
  const names = users.map(({ id }) => id);
  if (users.length > 0 && force !== true) {
    const shown = names.slice(0, namedMax).map((id) => JSON.stringify(id));
    const more = names.length > namedMax ? ` and ${names.length - namedMax} more` : '';
    const error = {
      code: 'in-use',
      message: `${what} is used by jobs under way: ${shown.join(', ')}${more}`,
      fix: 'wait for them, cancel them, or purge with --force, which fails them by name',
    };
    state.effects.push({ type: 'reply', reply, value: null, error });
    return;
  }
  for (const job of users) {
    const failure: JobFailure = {
      code: kind === 'dataset' ? 'data-purged' : 'model-purged',
      message: `${what} was purged while the job was ${phase(job)}`,
      fix: 'import it again, and submit the job under another id',
      issues: [],
    };
    fail(state, job, failure, 'request');
  }
  state.effects.push({ type: 'reply', reply, value: { failed: names, versions }, error: null });
}

function uses(job: JobState, { kind, id, versions }: PurgeQuestion): boolean {
  const { plan, spec } = job;
  const named =
    kind === 'model' ? [plan?.predict?.name ?? spec?.predict] : [trainedOn(job), testNamed(spec)];
  return named.some((own = '') => {
    const [name, version] = own.split('@');
    // Not looked up yet: a bare name may come to mean any version.
    return name === id && (version === undefined || versions.includes(Number(version)));
  });
}

function trainedOn({ plan, spec }: JobState): string | undefined {
  return plan === null ? spec?.dataset : `${plan.dataset.name}@${plan.dataset.version}`;
}

/** The data set that the job is measured on, if it is another one. */
function testNamed(spec: JobState['spec']): string | undefined {
  const evaluate = spec?.evaluate;
  return evaluate && 'dataset' in evaluate ? evaluate.dataset : undefined;
}

function tellNodes(state: CoordinatorState): void {
  for (const node of state.nodes.nodes.values()) {
    if (node.verdict !== 'alive' || node.heartbeat.role === 'coordinator') continue;
    const to = node.id as NodeId;
    state.effects.push({ type: 'tell-node', node: to, verb: 'sweep', job: '', task: '' });
  }
}
