/**
 * A learner that throws, or gives what it must not, in any of its functions: its own job ends with
 * the cause, soon, and every process goes on.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { LearnerError } from '../../learners/errors.ts';
import type { Closed } from '../../learners/rounds-learner.ts';
import { dataSet } from '../task-runner/data.ts';
import { SimCluster } from './sim-cluster.ts';

const data = await dataSet();
const toy = learnersWithToy.get('toy-rounds') as unknown as Record<string, unknown>;
const sound = { ...toy };
const close = sound.close as (...all: unknown[]) => Closed;

afterEach(() => void Object.assign(toy, sound));

/** How the job ended, and what the processes had to say that went wrong with them. */
async function outcome() {
  const cluster = new SimCluster(1, data);
  await cluster.open();
  const job = { dataset: 'demo', target: 'label', algorithm: 'toy-rounds', params: { rounds: 3 } };
  await cluster.submit({ id: 'j', ...job });
  await cluster.clock.advanceUntil(() => cluster.ended('j'), 20_000);
  const broken = cluster.story.filter((line) => /crash|restart|ended by/.test(line));
  const { failure } = JSON.parse(cluster.job('j')?.result || '{}') as {
    failure?: { message: string };
  };
  return { phase: cluster.phase('j'), message: failure?.message ?? '', broken };
}

const faults = {
  'an error of its own': () => {
    throw new LearnerError('mine');
  },
  'an error of the language': () => (null as unknown as { x: number }).x,
  'a text': () => {
    throw 'text';
  },
  nothing: () => undefined,
};
const places = ['memoryBytes', 'sliceBytes', 'prepare', 'begin', 'contribute', 'combine', 'close'];

describe('a careless learner', () => {
  for (const place of [...places, 'finish', 'decode']) {
    it.each(Object.entries(faults))(`that gives %s in ${place} ends its job`, async (_, fault) => {
      toy[place] = fault;
      const { phase, message, broken } = await outcome();
      expect(phase).toBe(/Bytes/.test(place) ? 'rejected' : 'failed');
      expect(message).not.toBe('');
      expect(broken).toEqual([]);
    });
  }

  it.each([
    ['no metrics', { metrics: undefined }, 'metrics of a round are an object of numbers'],
    ['metrics that are no numbers', { metrics: { a: 'b' } }, 'metrics of a round are an object'],
    [
      'very many metrics',
      { metrics: Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`m${i}`, i])) },
      'a round has 1001 metrics, at most 1000 allowed',
    ],
    ['a reason that is none', { ended: 'bored' }, 'rounds end with "bored"'],
    ['no state', { state: [1] }, 'a round was closed without a state'],
  ])('that closes rounds with %s ends its job', async (_, wrong, message) => {
    toy.close = (...all: unknown[]) => ({ ...close(...all), ...wrong });
    expect(await outcome()).toMatchObject({
      phase: 'failed',
      message: expect.stringContaining(message),
      broken: [],
    });
  });
});
