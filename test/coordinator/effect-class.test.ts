/** What the coordinator does before what: nothing is told or acknowledged before it is stored. */
import { describe, expect, it } from 'vitest';
import { classOf } from '../../actors/coordinator/effect-class.ts';
import type { CoordinatorEffect } from '../../actors/coordinator/messages.ts';

function classes(...types: CoordinatorEffect['type'][]): string[] {
  return [...new Set(types.map((type) => classOf({ type } as CoordinatorEffect)))];
}

describe('effect classes', () => {
  it('[P97] store records first, then tell, then acknowledge the submission', () => {
    expect(classes('store-job')).toEqual(['persist']);
    expect(classes('publish-events', 'offer', 'reply')).toEqual(['send']);
    expect(classes('settle')).toEqual(['settle']);
  });

  it('[P44] never wait for work that takes its time', () => {
    expect(
      classes('plan', 'store-input', 'publish-model', 'clean', 'write-task', 'sweep', 'ask'),
    ).toEqual(['start']);
    expect(classes('tell-node')).toEqual(['start']);
  });
});
