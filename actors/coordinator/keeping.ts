/** Events of what is kept, how long, and how much room it takes, each to its handler. */
import type { CoordinatorEvent } from './messages.ts';
import { onPurge } from './purges.ts';
import { onLeftovers, onRemoval, onRemove } from './retention.ts';
import type { CoordinatorState } from './state.ts';

export type KeepingEvent = Extract<
  CoordinatorEvent,
  { type: 'remove' | 'removal' | 'leftovers' | 'storage' | 'purge' }
>;

export function onKeeping(state: CoordinatorState, event: KeepingEvent): void {
  switch (event.type) {
    case 'remove':
      onRemove(state, event.job, event.reply);
      break;
    case 'removal':
      onRemoval(state, event.job, event.gone);
      break;
    case 'leftovers':
      onLeftovers(state, event.jobs);
      break;
    case 'storage':
      state.storage = event.usage;
      break;
    case 'purge':
      onPurge(state, event.question, event.reply);
  }
}
