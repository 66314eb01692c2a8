/**
 * What each row of the fault table looks like as a play, and what it bounds beyond a right result.
 *
 * Where a row asks for hundreds of a thing, every play is one of them; how often is the caller's.
 */
import { records, TaskState } from '../../schemas/wire.ts';
import { residentMiB } from './measures.ts';
import { makeNamespace } from './namespace.ts';
import {
  finish,
  hit,
  inHand,
  onEvent,
  type Play,
  type PlayResult,
  settle,
  specOf,
  submit,
} from './play.ts';
import { commonNames, longNames, type SpecName, specs } from './specs.ts';
import { until, wait } from './waits.ts';
import { type Wound, wounds } from './wounds.ts';

export interface Row {
  /** Kinds of jobs that it plays with. */
  readonly names: readonly SpecName[];
  readonly play: (play: Play) => Promise<PlayResult>;
}

const nothing = {
  ...{ regainedMs: [], takeoverMs: null, resumeMs: null, drainMs: null, broken: [] },
} as const;

function over(figures: readonly number[], maxMs: number, what: string): string[] {
  return figures
    .filter((ms) => ms > maxMs)
    .map((ms) => `${what} ${ms.toFixed(0)} ms, over ${maxMs}`);
}

/** A job hit by one kind of wound, with what the row bounds. */
function once(
  kind: string,
  names: readonly SpecName[],
  bounds: { readonly takeoverMs?: number } = {},
): Row {
  const play = async (at: Play): Promise<PlayResult> => {
    const result = await hit(at, { kind, spec: specOf(at, names) });
    const takeovers = result.takeoverMs === null ? [] : [result.takeoverMs];
    const late = over(takeovers, bounds.takeoverMs ?? Number.POSITIVE_INFINITY, 'new leader after');
    return { ...result, broken: [...result.broken, ...late] };
  };
  return { names, play };
}

/** One worker killed every two seconds, from the first claim to the end of the job. */
async function killStream(play: Play): Promise<PlayResult> {
  const { stage, random } = play;
  const { arena } = stage;
  const entry = await submit(play, specOf(play, longNames));
  await inHand(play);
  let ended = false;
  let kills = 0;
  const killing = (async () => {
    const workers = arena.names('worker');
    for (let dueMs = performance.now(); !ended; dueMs += 2_000) {
      const name = workers[Math.floor(random.next() * workers.length)] ?? '';
      await arena.end(name, 'SIGKILL');
      kills += 1;
      await arena.restart(name);
      await wait(Math.max(0, dueMs + 2_000 - performance.now()));
    }
  })();
  const result = await settle(play, entry, null);
  ended = true;
  await killing;
  return { ...result, what: `${entry.spec}: ${kills} kills, one every 2 s` };
}

/** All links of workers go and come every second, from the first claim to the end of the job. */
async function flapping(play: Play): Promise<PlayResult> {
  const { arena } = play.stage;
  const entry = await submit(play, specOf(play, longNames));
  await inHand(play);
  const proxies = arena.names('worker').map((name) => arena.actor(name).proxy);
  const before = proxies.reduce((sum, { accepted }) => sum + accepted, 0);
  const resets = play.n % 2 === 0;
  let off = false;
  const timer = setInterval(() => {
    off = !off;
    for (const proxy of proxies) {
      if (resets) void (off ? proxy.down() : proxy.up());
      else if (off) proxy.set({ held: ['up', 'down'] });
      else proxy.heal();
    }
  }, 1_000);
  const result = await settle(play, entry, null);
  clearInterval(timer);
  for (const proxy of proxies) {
    proxy.heal();
    await proxy.up();
  }
  const redialled = proxies.reduce((sum, { accepted }) => sum + accepted, 0) - before;
  const { slowdown = 0 } = result;
  const slow = slowdown > 1 / 0.3 ? [`${slowdown.toFixed(1)} times the undisturbed time`] : [];
  const what = `${entry.spec}: links 1 s on, 1 s ${resets ? 'down' : 'silent'}, ${redialled} connections made again`;
  return { ...result, what, broken: [...result.broken, ...slow] };
}

/** The server stands still for 30 s: nobody is taken for dead, no process ends. */
async function frozenServer(play: Play): Promise<PlayResult> {
  const { arena, witness } = play.stage;
  const starts = () => [...arena.actors.values()].reduce((sum, actor) => sum + actor.starts, 0);
  const before = starts();
  const entry = await submit(play, specOf(play, longNames));
  await inHand(play);
  await wait(1_000 * play.random.next());
  arena.server.kill('SIGSTOP');
  await wait(30_000);
  arena.server.kill('SIGCONT');
  const thawedMs = performance.now();
  await witness.progress(AbortSignal.timeout(60_000));
  const resumeMs = performance.now() - thawedMs;
  const result = await settle(play, entry, null);
  const ended = starts() - before;
  const broken = [
    ...result.broken,
    ...(ended > 0 ? [`${ended} processes had to be started again`] : []),
    ...over([resumeMs], 3_000, 'moved on after'),
  ];
  const reassigned = entry.view?.reassigned ?? 0;
  const what = `${entry.spec}: nats-server stopped for 30 s, ${reassigned} tasks given to others`;
  return { ...result, what, resumeMs, broken };
}

/** Answers are lost on their way back, just when the node commits. */
async function lostAnswers(play: Play): Promise<PlayResult> {
  const { arena, witness } = play.stage;
  const entry = await submit(play, specOf(play, commonNames));
  await inHand(play);
  const holders = witness.holders();
  const name = holders[Math.floor(play.random.next() * holders.length)] ?? 'worker-1';
  const { proxy } = arena.actor(name);
  proxy.set({ swallowed: ['down'] });
  const steps = witness.steps;
  // Until it has said something, or has had the time to.
  await until(() => witness.steps !== steps, 3_000);
  proxy.heal();
  const result = await settle(play, entry, null);
  return { ...result, what: `${entry.spec}: answers to ${name} lost` };
}

const mergeStages = ['merge', 'measure'] as const;

/** The aggregator dies with the merge in hand, or right after. */
async function killedMerge(play: Play): Promise<PlayResult> {
  const { arena } = play.stage;
  const stage = mergeStages[play.n % mergeStages.length] ?? 'merge';
  const state = play.n % 4 < 2 ? TaskState.CLAIMED : TaskState.DONE;
  const spec = specOf(play, ['forest', 'rounds', 'logistic']);
  const id = `${play.tag}-${play.n}-${spec}`;
  let victim: string | null = null;
  const watch = await arena.bus.store.watch('tasks', '', ({ key, value }) => {
    if (victim !== null || value === null || !key.startsWith(`${id}.${stage}.`)) return;
    const record = records.task.decode(value);
    if (record.state !== state || !arena.actors.has(record.node)) return;
    victim = record.node;
    arena.actor(victim).wanted = false;
    arena.actor(victim).child.kill('SIGKILL');
  });
  const entry = await submit(play, spec);
  const signalled = await until(() => victim !== null, 60_000);
  await watch.stop();
  if (signalled && victim !== null) {
    await arena.end(victim, 'SIGKILL');
    await arena.restart(victim);
  }
  const result = await settle(play, entry, null);
  const when = state === TaskState.CLAIMED ? 'claimed' : 'committed';
  return { ...result, what: `${spec}: ${victim ?? 'nobody'} killed when ${stage} was ${when}` };
}

const edges = [
  'accepted',
  ...['planning', 'training', 'reducing', 'evaluating', 'publishing'],
  ...['completed', 'paused', 'cancelling'],
] as const;

/** The leading coordinator dies as soon as it has told of a phase. */
async function killedLeader(play: Play): Promise<PlayResult> {
  const { arena, witness } = play.stage;
  const edge = edges[(play.n - 1) % edges.length] ?? 'accepted';
  const spec = specOf({ ...play, n: Math.ceil(play.n / edges.length) }, commonNames);
  const id = `${play.tag}-${play.n}-${spec}`;
  const told = onEvent(play, id, (event) =>
    edge === 'accepted' || edge === 'completed' ? event.kind === edge : event.to === edge,
  );
  const entry = await submit(play, spec);
  const job = arena.client.job(id);
  if (edge === 'paused' || edge === 'cancelling') {
    await inHand(play);
    entry.cancelAsked = edge === 'cancelling';
    // It dies before it answers, perhaps.
    void (edge === 'paused' ? job.pause() : job.cancel()).catch(() => {});
  }
  const limit = wait(30_000).then(() => null);
  const event = await Promise.race([told.heard, limit]);
  told.stop();
  const { node, term } = witness.leader;
  const signalMs = performance.now();
  await arena.end(node, 'SIGKILL');
  const led = await witness.led(term, AbortSignal.timeout(30_000));
  const takeoverMs = performance.now() - signalMs;
  await arena.restart(node);
  if (edge === 'paused') await insistOn(() => job.resume());
  if (edge === 'cancelling') await insistOn(() => job.cancel());
  const result = await settle(play, entry, null);
  const late =
    led === null ? ['nobody led within 30 s'] : over([takeoverMs], 5_000, 'new leader after');
  const when = event === null ? `${edge}, which never came` : edge;
  const what = `${spec}: ${node} killed at ${when}`;
  return { ...result, what, takeoverMs, broken: [...result.broken, ...late] };
}

/** Gives an order until there is an answer, be it a refusal. */
async function insistOn(order: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    try {
      await order();
      return;
    } catch (error) {
      if ((error as { family?: string }).family !== 'retryable') return;
      await wait(250);
    }
  }
}

/** Twenty short jobs at once, each cancelled about when it ends. */
async function cancelRaces(play: Play): Promise<PlayResult> {
  const { arena, calm } = play.stage;
  const calmMs = calm.get('short-sum')?.tookMs ?? 500;
  const races = Array.from({ length: 20 }, async (_, i) => {
    const entry = await submit(play, 'short-sum', `-${i}`);
    entry.cancelAsked = true;
    await wait(calmMs * 4 * play.random.next());
    await insistOn(() => arena.client.job(entry.id).cancel());
    return finish(play, entry);
  });
  const views = await Promise.all(races);
  const ends = ['completed', 'cancelled'].map(
    (phase) => `${views.filter((view) => view?.phase === phase).length} ${phase}`,
  );
  return { ...nothing, what: `20 cancels against completion: ${ends.join(', ')}` };
}

/** A hundred submissions of one id at once, some with another spec: one job. */
async function sameIds(play: Play): Promise<PlayResult> {
  const { arena } = play.stage;
  const id = `${play.tag}-${play.n}-short-sum`;
  const entry = await submit(play, 'short-sum');
  const calls = Array.from({ length: 100 }, (_, i) =>
    arena.client.submit({ ...specs['short-sum'], id, ...(i % 10 === 9 ? { seed: 99 } : {}) }),
  );
  const handles = await Promise.all(calls);
  const outcomes = await Promise.all(
    handles.map((handle) =>
      handle.result({ timeoutMs: 60_000 }).then(
        ({ digest }) => digest ?? '',
        (error: { code?: string }) => error.code ?? String(error),
      ),
    ),
  );
  const result = await settle(play, entry, null);
  const digest = play.stage.calm.get('short-sum')?.digest;
  const same = outcomes.filter((outcome) => outcome === digest).length;
  const refused = outcomes.filter((outcome) => outcome === 'job-rejected').length;
  const broken =
    same === 90 && refused === 10 ? [] : [`${same} of 90 had the job, ${refused} of 10 a refusal`];
  entry.acknowledged = 101;
  return {
    ...result,
    what: `101 submissions of one id: ${same} joined, ${refused} refused`,
    broken,
  };
}

/** The aggregator gets a hundredth of its time: what others send it must not pile up anywhere. */
async function slowConsumer(play: Play): Promise<PlayResult> {
  const { arena, witness, calm } = play.stage;
  const entry = await submit(play, specOf(play, ['pulled', 'rounds', 'forest']));
  await inHand(play);
  const leading = witness.holders('rounds')[0] ?? arena.names('aggregator')[0] ?? '';
  const { child, proxy } = arena.actor(leading);
  const beforeMiB = residentMiB(child.pid) ?? 0;
  const dialled = proxy.accepted;
  let mostMiB = beforeMiB;
  const untilMs = performance.now() + 20_000;
  while (performance.now() < untilMs) {
    child.kill('SIGSTOP');
    await wait(990);
    child.kill('SIGCONT');
    await wait(10);
    mostMiB = Math.max(mostMiB, residentMiB(child.pid) ?? 0);
  }
  const again = proxy.accepted - dialled;
  const result = await settle(play, entry, null);
  const grown = mostMiB - beforeMiB;
  const what =
    `${entry.spec}: ${leading} at 1 % for 20 s, ${grown.toFixed(0)} MiB more, ` +
    `${again} connections made again; undisturbed ${((calm.get(entry.spec)?.tookMs ?? 0) / 1000).toFixed(1)} s`;
  const broken = [...result.broken];
  if (grown > 256) broken.push(`${leading} grew by ${grown.toFixed(0)} MiB, over 256`);
  if (again > 20) broken.push(`${leading} was disconnected ${again} times in 20 s`);
  return { ...result, what, broken };
}

/** Plays several wounds of one kind with several kinds of jobs at once. */
async function killTogether(play: Play): Promise<PlayResult> {
  const entries = await Promise.all(commonNames.map((spec) => submit(play, spec, '-m')));
  await inHand(play);
  await wait(2_000 * play.random.next());
  const { arena, witness } = play.stage;
  const scene = { arena, witness, random: play.random, spared: new Set<string>(), clientLinks: [] };
  const wound: Wound | null = (await wounds['kill-everything']?.inflict(scene)) ?? null;
  await wait(wound?.lastsMs ?? 0);
  await wound?.heal();
  const healedMs = performance.now();
  const views = await Promise.all(entries.map((entry) => finish(play, entry)));
  const hung = views.filter((view) => view === null).length;
  return {
    ...{ ...nothing, what: `${entries.length} jobs; ${wound?.what ?? 'nothing done'}` },
    drainMs: performance.now() - healedMs,
    broken: hung > 0 ? [`${hung} jobs hang`] : [],
  };
}

/** A worker in a network of its own, whose cable is pulled for 20 s: packets are lost. */
async function unplugged(play: Play): Promise<PlayResult> {
  const { arena } = play.stage;
  const namespace = makeNamespace(1 + (play.n % 200));
  if (namespace === null) return { ...nothing, what: 'skipped: no network namespace can be made' };
  await using _ = namespace;
  const name = `worker-apart-${play.n}`;
  await arena.add('worker', name, namespace);
  const entry = await submit(play, specOf(play, longNames));
  await until(() => play.stage.witness.holders().includes(name), 20_000);
  const signalMs = performance.now();
  const regainedMs: number[] = [];
  play.stage.witness.follow(name, signalMs, (ms) => regainedMs.push(ms));
  namespace.unplug();
  await wait(20_000);
  namespace.plug();
  const result = await settle(play, entry, null);
  // It comes back by itself.
  const back = await until(() => arena.log(name).includes('link connected'), 30_000);
  await arena.remove(name);
  const broken = [...result.broken, ...(back ? [] : [`${name} did not come back`])];
  return { ...result, what: `${entry.spec}: ${name} unplugged for 20 s`, regainedMs, broken };
}

export const rowPlays: Readonly<Record<string, Row>> = {
  F1: once('kill-worker', commonNames),
  F2: { names: longNames, play: killStream },
  F3: once('kill-all-workers', commonNames),
  F4: once('freeze-worker', longNames),
  F5: once('freeze-coordinator', longNames, { takeoverMs: 5_000 }),
  F6: { names: longNames, play: frozenServer },
  F8: once('cut-worker', longNames),
  'F8-unplugged': { names: longNames, play: unplugged },
  F10: { names: longNames, play: flapping },
  F11: once('slow', commonNames),
  F12: once('restart-server', commonNames),
  F13: once('kill-server', commonNames),
  F15: once('fill-disk', commonNames),
  F22: { names: commonNames, play: lostAnswers },
  F23: { names: ['short-sum'], play: sameIds },
  F24: { names: ['forest', 'rounds', 'logistic'], play: killedMerge },
  F25: { names: commonNames, play: killedLeader },
  F26: { names: ['short-sum'], play: cancelRaces },
  F27: once('extra-coordinators', commonNames),
  F31: { names: ['pulled', 'rounds', 'forest'], play: slowConsumer },
  P59: once('cut-coordinator', longNames),
  P97: { names: commonNames, play: killTogether },
};
