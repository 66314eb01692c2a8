/**
 * Why a job was where it was after an event: what was waited for, on which node, since when.
 *
 * As far as the events say. A job under way knows more: its coordinator is asked for that.
 */
import type { JobEvent, Wait } from '../schemas/views.ts';
import type { Story } from './job-story.ts';
import { nameOf } from './story-fields.ts';

type Standing = Omit<Story, 'wait'>;

/** @param waiting the last `waiting` event, where nothing has moved since */
export function waitAfter(story: Standing, waiting: JobEvent | null): Wait | null {
  const { phase, phaseSince, outcome } = story;
  if (phase === null || outcome !== null) return null;
  const since = phaseSince ?? '';
  if (waiting !== null) return { what: nameOf(waiting, 'for'), node: null, since: waiting.at };
  const what = ofPhase[phase];
  if (what !== undefined) return { what, node: null, since };
  return (
    ofRounds(story) ?? ofTasks(story) ?? { what: 'its tasks to be claimed', node: null, since }
  );
}

const ofPhase: Readonly<Record<string, string>> = {
  accepted: 'the plan: data set and learner are being looked up',
  planning: 'the plan: data set and learner are being looked up',
  preparing: 'its first stage to open',
  publishing: 'the result to be entered in the registry',
  cancelling: 'its records to be removed',
  paused: 'somebody to resume it',
};

/** A round under way, by its leader; null where none is, or not all slices are held. */
function ofRounds({ rounds, working, at }: Standing): Wait | null {
  const leads = working.filter(({ task }) => task.startsWith('rounds.'));
  const [lead] = leads;
  if (lead === undefined) return null;
  const open = rounds.find(({ ended }) => ended === null);
  const more = leads.length > 1 ? ` and ${leads.length - 1} more` : '';
  if (open === undefined) {
    return {
      what: `${lead.task}${more} to close its next round`,
      node: lead.node,
      since: lead.since,
    };
  }
  const what = `round ${open.round + 1} of fit ${open.fit} to close`;
  return { what, node: lead.node, since: at ?? lead.since };
}

function ofTasks({ working, progress, at }: Standing): Wait | null {
  const [first] = [...working].sort((a, b) => (a.since < b.since ? -1 : 1));
  if (first !== undefined) {
    const more = working.length > 1 ? ` and ${working.length - 1} more` : '';
    return { what: `task ${first.task}${more}`, node: first.node, since: first.since };
  }
  if (progress === null) return null;
  const { stage, done, total } = progress;
  const since = at ?? '';
  if (done >= total)
    return { what: `the results of stage ${stage} to be fixed`, node: null, since };
  return { what: `${total - done} tasks of stage ${stage} to be claimed`, node: null, since };
}
