import { expect, it } from 'vitest';
import type { NodeEntry } from '../../actors/coordinator/node-table.ts';
import { type PlacementJob, unfit } from '../../actors/coordinator/placement.ts';

function node(role: string, labels: { name: string; value: string }[]): NodeEntry {
  const heartbeat = { role, labels, learners: ['toy-sum@1'], slots: 1, memoryBytes: 1024 };
  return { id: 'n', verdict: 'alive', heartbeat } as unknown as NodeEntry;
}

const plan = { learner: 'toy-sum', numerics: 1, memoryBytes: 1, memoryPerSlot: 1 };
const job = { plan, labels: { gpu: 'no' } } as unknown as PlacementJob;

it('asks workers for the labels of a job, aggregators never', () => {
  const label = { name: 'gpu', value: 'no' };
  expect(unfit(job, node('worker', [label]), 'worker')).toBeNull();
  expect(unfit(job, node('worker', []), 'worker')).toBe('no worker has label gpu=no');
  expect(unfit(job, node('aggregator', []), 'aggregator')).toBeNull();
});
