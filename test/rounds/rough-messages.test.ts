/**
 * Messages of rounds that nobody should have sent, and orders that come at a bad moment: no process
 * ends by them, nothing of them is summed, and the rounds go on.
 */
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { NodeId } from '../../schemas/ids.ts';
import { decodeMessage, encodeMessage } from '../../schemas/wire.ts';
import { dataSet } from '../task-runner/data.ts';
import { RoundsCluster } from './rounds-cluster.ts';
import { expectedResults, holdTasks, roundsPlan } from './rounds-plan.ts';

const data = await dataSet();
const plan = roundsPlan(data, { rounds: 12 });
const expected = expectedResults(data, plan);
const leads = ['rounds.0', 'rounds.1'];
const evilNames = ['', 'a.b', '*', '>', 'x y', '../w1', 'n'.repeat(200), 'nobody', 'a0'];
const huge = 2 ** 32 - 1;

async function running(durationMs = 50): Promise<RoundsCluster> {
  const cluster = new RoundsCluster(data, {
    durationMs: (name) => (name === 'contribute' ? durationMs : 0),
  });
  await cluster.open(plan);
  await cluster.worker('w0');
  await cluster.worker('w1');
  await cluster.aggregator('a0');
  for (const [i, task] of holdTasks(plan).entries()) cluster.offer(`w${i % 2}`, [task]);
  cluster.offer('a0', leads);
  return cluster;
}

/** The newest state that a holder has announced, per fit. */
function listen(cluster: RoundsCluster, seen: (fit: number, state: string, round: number) => void) {
  const { transport, subjects } = cluster.offerer.bus;
  for (const fit of [0, 1]) {
    const subject = subjects.roundOpen(cluster.offerer.job, fit, 'a0' as NodeId);
    transport.subscribe(subject, ({ bytes }) => {
      const { state, round } = decodeMessage('round-open', bytes);
      seen(fit, state, round);
    });
  }
}

/** What a holder might say that is out of its mind, of the round under way. */
function roughReadies(state: string, round: number, node: string): object[] {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const sha256 = sha256Hex(bytes);
  const said = { node, nonce: 'evil', job: 'j', attempt: 1, round, state, stateSize: 100 };
  const share = { first: 0, count: 1, attempts: [1], size: 8, sha256 };
  const shares = [
    { ...share, sha256: sha256Hex('other'), inline: bytes },
    { ...share, first: huge },
    { ...share, count: huge, attempts: [] },
    { ...share, count: 0, attempts: [] },
    { ...share, count: 5, attempts: [1, 1, 1, 1, 1] },
    { ...share, attempts: new Array(5_000).fill(1) },
    { ...share, sha256: 'not a digest' },
    { ...share, attempts: [0], inline: bytes },
    // Not to be had from whoever says so.
    { ...share, sha256: sha256Hex(`${node} ${round}`) },
    { ...share, size: 2 ** 52 },
  ];
  return [
    { ...said, shares },
    ...shares.map((one) => ({ ...said, shares: [one] })),
    { ...said, slices: [0, huge] },
    { ...said, slices: [huge, huge, 5] },
    { ...said, round: round + 7, state: sha256Hex('none') },
    { ...said, round: huge, state: 'none', stateSize: 2 ** 52 },
    { ...said, round: huge, state: sha256Hex(''), stateSize: 2 ** 30 },
  ];
}

describe('rough messages', () => {
  it('of holders end no leader and are not summed', async () => {
    const cluster = await running();
    const { transport, subjects } = cluster.offerer.bus;
    const rounds = new Set<string>();
    listen(cluster, (fit, state, round) => {
      if (rounds.has(`${fit} ${round}`) || state === '') return;
      rounds.add(`${fit} ${round}`);
      const name = evilNames[round % evilNames.length] ?? '';
      for (const said of roughReadies(state, round, name)) {
        const subject = subjects.roundReady(cluster.offerer.job, fit, 'evil' as NodeId);
        transport.publish(subject, encodeMessage('round-ready', { fit, ...said }));
        transport.publish(subject, encodeMessage('round-ready', { fit, ...said, node: 'evil' }));
      }
    });
    const startedMs = performance.now();
    expect(await cluster.results()).toEqual(expected);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    for (const lead of leads) {
      expect(cluster.offerer.tasks.get(lead)).toMatchObject({ attempt: 1, errors: [] });
    }
    await cluster.stop();
  });

  it('of leaders end no holder, and do not keep a true one from being heard', async () => {
    const cluster = await running();
    const { transport, subjects } = cluster.offerer.bus;
    const rounds = new Set<string>();
    listen(cluster, (fit, state, round) => {
      if (rounds.has(`${fit} ${round}`) || state === '') return;
      rounds.add(`${fit} ${round}`);
      const base = { job: 'j', fit, attempt: 1, node: 'a0', nonce: 'x', round, state, size: 4 };
      const said = [
        { ...base, sources: evilNames },
        { ...base, node: '*' },
        { ...base, inline: Uint8Array.of(1, 2, 3, 4) },
        { ...base, size: 2 ** 52 },
        { ...base, attempt: 0, round: huge, state: 'what' },
      ];
      for (const open of said) {
        const subject = subjects.roundOpen(cluster.offerer.job, fit, 'evil' as NodeId);
        transport.publish(subject, encodeMessage('round-open', open));
      }
    });
    expect(await cluster.results()).toEqual(expected);
    for (const task of [...leads, ...holdTasks(plan)]) {
      expect(cluster.offerer.tasks.get(task)).toMatchObject({ attempt: 1, errors: [] });
    }
    await cluster.stop();
  });

  it('of any bytes are dropped', async () => {
    const cluster = await running();
    const { bus, job } = cluster.offerer;
    const { transport, subjects } = bus;
    const good = encodeMessage('round-open', { job: 'j', attempt: 1, probe: true });
    const wrongVersion = Uint8Array.from(good, (byte, i) => (i === 1 ? 9 : byte));
    let dice = 7;
    const noise = Array.from({ length: 200 }, (_, i) =>
      Uint8Array.from({ length: i }, () => {
        dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 0;
        return dice >>> 24;
      }),
    );
    const targets = [
      subjects.roundOpen(job, 0, 'a0' as NodeId),
      subjects.roundReady(job, 0, 'w0' as NodeId),
      ...['w0', 'w1', 'a0'].flatMap((name) => [
        subjects.pull(name as NodeId),
        subjects.reduce(name as NodeId),
      ]),
    ];
    await cluster.clock.advance(300);
    for (const subject of targets) {
      for (const bytes of [...noise, wrongVersion, good]) transport.publish(subject, bytes);
    }
    const places = [{ node: '*', share: { first: huge, count: huge, size: 3, sha256: 'x' } }];
    for (const asked of [{}, { places }, { places: [] }, { fit: huge, places }]) {
      const reduce = { job: 'j', attempt: 1, ...asked };
      for (const name of ['w0', 'w1']) {
        transport.publish(subjects.reduce(name as NodeId), encodeMessage('reduce', reduce));
      }
    }
    expect(await cluster.results()).toEqual(expected);
    await cluster.stop();
  });

  it('or an order to let go while the claim is written ends the lead alone', async () => {
    for (const verb of ['cancel', 'release', 'drain']) {
      const cluster = new RoundsCluster(data);
      await cluster.open(plan);
      await cluster.aggregator('a0');
      let asked = false;
      // The state's record is read and written while the order comes.
      cluster.broker.faults = ({ from, kind, subject }) => {
        if (from !== 'a0' || kind !== 'call' || !subject.includes('"j.0"')) return 'deliver';
        asked = true;
        return { delayMs: 500 };
      };
      cluster.offer('a0', ['rounds.0']);
      await cluster.until(() => asked);
      const answered = cluster.offerer.control('a0', verb);
      await cluster.clock.advance(300);
      await answered;
      await cluster.until(() => cluster.lastBeat('a0')?.running.length === 0);
      await cluster.clock.advance(1_000);
      await cluster.stop();
    }
  });
});
