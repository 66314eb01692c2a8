/**
 * Which class each of the coordinator's effects belongs to: what must be done before what.
 */
import type { EffectClass } from '../../runtime/host.ts';
import type { CoordinatorEffect } from './messages.ts';

const classes: Readonly<Record<CoordinatorEffect['type'], EffectClass>> = {
  'store-job': 'persist',
  'publish-events': 'send',
  offer: 'send',
  reply: 'send',
  span: 'send',
  log: 'send',
  count: 'send',
  settle: 'settle',
  ask: 'start',
  'tell-node': 'start',
  plan: 'start',
  'store-plan': 'start',
  'store-input': 'start',
  'publish-model': 'start',
  'publish-dataset': 'start',
  snapshot: 'start',
  clean: 'start',
  'remove-job': 'start',
  'write-task': 'start',
  sweep: 'start',
};

export function classOf(effect: CoordinatorEffect): EffectClass {
  return classes[effect.type];
}
