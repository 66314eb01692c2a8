/**
 * The decisions of a node that runs tasks: which offers to claim, when to give up, when to leave.
 *
 * Pure: a state and an event give a state and effects. The truth is the task's record: a claim or
 * a commit is known only by its outcome, and an outcome that stayed unknown is asked for again
 * (the effect finds it out from the record). Nothing here is needed for safety, only for progress.
 */
import type { Step } from '../../runtime/host.ts';
import { limits } from '../../schemas/limits.ts';
import type { AbortReason, Outcome, RunnerEffect } from './effects.ts';
import type { RunnerEvent, TermOffer } from './events.ts';
import { takeNext, turnsAfter } from './offer-queue.ts';
import {
  backoffMs,
  beatOf,
  computeTriesMax,
  dueEffect,
  freeSlots,
  isLasting,
  meanWith,
  noBytes,
  type Run,
  type RunnerState,
  runningByJob,
  triesMax,
  withoutRun,
  withRun,
} from './state.ts';

type Next = Step<RunnerState, RunnerEffect>;
type Event<T extends RunnerEvent['type']> = Extract<RunnerEvent, { type: T }>;

export function step(state: RunnerState, event: RunnerEvent): Next {
  if (state.left) return { state, effects: [] };
  switch (event.type) {
    case 'offers':
      return schedule(takeOffers(state, event), event.atMs);
    case 'ping': {
      const answer = {
        type: 'answer',
        reply: event.reply,
        beat: beatOf(state, event.atMs),
      } as const;
      return { state, effects: [answer] };
    }
    case 'cancel':
      return cancel(state, event);
    case 'release':
      return release(state, event);
    case 'withdraw': {
      const queue = state.queue.filter((offer) => offer.job !== event.job || isLasting(offer));
      return { state: { ...state, queue }, effects: [] };
    }
    case 'drain':
      return startDrain(state, event);
    case 'tick':
      return tick(state, event);
    case 'link':
      return link(state, event);
    default:
      return runEvent(state, event);
  }
}

function takeOffers(state: RunnerState, event: Event<'offers'>): RunnerState {
  const term = event.offers.reduce((highest, offer) => Math.max(highest, offer.term), state.term);
  const current = event.offers.filter((offer) => offer.term === term);
  const staleOffers = state.staleOffers + event.offers.length - current.length;
  const kept = state.queue.filter((offer) => offer.term === term);
  if (state.drainByMs !== null) return { ...state, term, staleOffers, queue: [] };
  const queue: TermOffer[] = kept;
  for (const offer of current) {
    if (queue.length >= limits.offersInFlightMax) break;
    // Made again, it may say another priority.
    const known = queue.findIndex((waiting) => sameAttempt(waiting, offer));
    if (known >= 0) {
      queue[known] = offer;
      continue;
    }
    if ([...state.runs.values()].some((run) => sameAttempt(run.offer, offer))) continue;
    queue.push(offer);
  }
  return { ...state, term, staleOffers, queue };
}

function sameAttempt(a: TermOffer, b: TermOffer): boolean {
  return a.task === b.task && a.job === b.job && a.attempt === b.attempt;
}

/** Claims offers while there are slots; what lasts needs none. A claim never waits for one. */
function schedule(state: RunnerState, atMs: number, before: readonly RunnerEffect[] = []): Next {
  const takes = state.connected && state.drainByMs === null;
  const lasting = takes ? state.queue.filter(isLasting) : [];
  const waiting = takes ? state.queue.filter((offer) => !isLasting(offer)) : state.queue;
  const next = takeNext(
    ...([waiting, takes ? freeSlots(state) : 0] as const),
    ...([runningByJob(state), state.turns] as const),
  );
  const [taken, queue] = [[...lasting, ...next.taken], next.left];
  if (taken.length === 0) return leaveWhenDrained(state, atMs, before);
  const runs = new Map(state.runs);
  const effects: RunnerEffect[] = [...before];
  let id = state.nextRun;
  for (const offer of taken) {
    runs.set(id, newRun(id, offer, atMs));
    effects.push({ type: 'claim', run: id, offer });
    id += 1;
  }
  const turns = turnsAfter(state.turns, taken, state.nextRun);
  return { state: { ...state, runs, nextRun: id, queue, turns }, effects };
}

function newRun(id: number, offer: TermOffer, startedMs: number): Run {
  return {
    id,
    offer,
    phase: 'claim',
    startedMs,
    progress: 0,
    claim: null,
    bytes: null,
    note: '',
    computeMs: 0,
    digest: '',
    inline: noBytes,
    failure: null,
    tries: 0,
    retryAtMs: null,
    abandoned: false,
  };
}

type RunEvent = Extract<RunnerEvent, { readonly run: number }>;

/** The outcome of an effect that belongs to one run. */
function runEvent(state: RunnerState, event: RunEvent): Next {
  const run = state.runs.get(event.run);
  if (run === undefined) return { state, effects: [] };
  if (run.abandoned) return end(state, run, event.atMs, null);
  switch (event.type) {
    case 'claimed': {
      // The record decides over the offer, which may be older.
      const offer = { ...run.offer, isolated: event.claim.record.isolated };
      return advance(state, { ...run, offer, phase: 'compute', claim: event.claim }, event.atMs);
    }
    case 'computed': {
      const { bytes, note, computeMs } = event;
      // How long rounds last says nothing of how long a task takes.
      const meanComputeMs = isLasting(run.offer) ? state.meanComputeMs : meanWith(state, computeMs);
      const learned = { ...state, meanComputeMs };
      return advance(learned, { ...run, phase: 'store', bytes, note, computeMs }, event.atMs);
    }
    case 'stored':
      return advance(
        state,
        { ...run, phase: 'commit', digest: event.digest, inline: event.inline },
        event.atMs,
      );
    case 'failed':
      return advance(state, { ...run, phase: 'report', failure: event.failure }, event.atMs);
    case 'not-claimed':
      return end(state, run, event.atMs, 'not-claimed');
    case 'committed': {
      const counted = { ...state, tasksDone: state.tasksDone + 1 };
      return end(counted, run, event.atMs, 'committed');
    }
    case 'refused':
      return refused(state, run, event.atMs);
    case 'reported':
      return end(state, run, event.atMs, 'failed');
    case 'stopped':
      return end(state, run, event.atMs, 'cancelled');
    case 'setback':
      return setback(state, run, event);
  }
}

function advance(state: RunnerState, run: Run, atMs: number): Next {
  const moved = { ...run, tries: 0, retryAtMs: null };
  const effect = dueEffect(moved);
  return schedule(withRun(state, moved), atMs, effect === null ? [] : [effect]);
}

function end(state: RunnerState, run: Run, atMs: number, outcome: Outcome | null): Next {
  const ended =
    outcome === null ? [] : [{ type: 'ended', run: run.id, offer: run.offer, outcome } as const];
  return schedule(withoutRun(state, run.id), atMs, ended);
}

/** The record no longer names us: the commit was refused, or would be, and the work has no use. */
function refused(state: RunnerState, run: Run, atMs: number): Next {
  const counted = { ...state, commitsRefused: state.commitsRefused + 1 };
  if (run.phase !== 'compute') return end(counted, run, atMs, 'fenced');
  return abandon(counted, [run], 'fenced', 'fenced');
}

function setback(state: RunnerState, run: Run, event: Event<'setback'>): Next {
  const tries = run.tries + 1;
  if (run.phase === 'compute' && tries > computeTriesMax) {
    const { code, message } = event;
    const failure = { code, message, died: false };
    return advance(state, { ...run, phase: 'report', failure }, event.atMs);
  }
  if (tries > triesMax) return end(state, run, event.atMs, 'lost-touch');
  // Whoever waits for the broker does not hang.
  const progress = run.progress + 1;
  const waiting = { ...run, tries, progress, retryAtMs: event.atMs + backoffMs(tries) };
  return { state: withRun(state, waiting), effects: [] };
}

/** Stops wanting these runs. Work that computes is aborted and keeps its slot until it has ended. */
function abandon(
  state: RunnerState,
  runs: readonly Run[],
  reason: AbortReason,
  outcome: Outcome,
): Next {
  const table = new Map(state.runs);
  const effects: RunnerEffect[] = [];
  for (const run of runs) {
    if (run.abandoned) continue;
    const inFlight = run.retryAtMs === null;
    if (inFlight && run.phase === 'compute') effects.push({ type: 'abort', run: run.id, reason });
    if (inFlight) table.set(run.id, { ...run, abandoned: true });
    else table.delete(run.id);
    effects.push({ type: 'ended', run: run.id, offer: run.offer, outcome });
  }
  return { state: { ...state, runs: table }, effects };
}

function cancel(state: RunnerState, event: Event<'cancel'>): Next {
  // A request without a term comes from a person.
  if (event.term > 0 && event.term < state.term) {
    return { state: { ...state, staleOffers: state.staleOffers + 1 }, effects: [] };
  }
  const runs = [...state.runs.values()].filter((run) => run.offer.job === event.job);
  const queue = state.queue.filter((offer) => offer.job !== event.job);
  const given = abandon({ ...state, queue }, runs, 'cancelled', 'cancelled');
  return schedule(given.state, event.atMs, [...given.effects, { type: 'forget', job: event.job }]);
}

/** What lasts is let go; what computes a result of its own only where its attempt is named. */
function release(state: RunnerState, event: Event<'release'>): Next {
  if (event.term > 0 && event.term < state.term) {
    return { state: { ...state, staleOffers: state.staleOffers + 1 }, effects: [] };
  }
  const named = (offer: TermOffer) =>
    offer.job === event.job &&
    (isLasting(offer)
      ? event.task === '' || event.task === offer.task
      : event.task === offer.task && offer.attempt <= event.attempt);
  const runs = [...state.runs.values()].filter((run) => named(run.offer));
  const queue = state.queue.filter((offer) => !named(offer));
  const lasting = abandon(
    { ...state, queue },
    runs.filter((run) => isLasting(run.offer)),
    'released',
    'cancelled',
  );
  // It may hang: its thread is ended where it does not listen, and the slot comes back.
  const over = runs.filter((run) => !isLasting(run.offer));
  const given = abandon(lasting.state, over, 'stopped', 'cancelled');
  return schedule(given.state, event.atMs, [...lasting.effects, ...given.effects]);
}

function startDrain(state: RunnerState, event: Event<'drain'>): Next {
  if (state.drainByMs !== null) return { state, effects: [] };
  // Holds and leads would never end by themselves: the coordinator places them elsewhere.
  const lasting = [...state.runs.values()].filter(
    (run) => isLasting(run.offer) && (run.phase === 'claim' || run.phase === 'compute'),
  );
  const given = abandon(state, lasting, 'draining', 'cancelled');
  const draining = { ...given.state, queue: [], drainByMs: event.atMs + limits.drainMs };
  const told = beat(draining, event.atMs);
  return leaveWhenDrained(told.state, event.atMs, [...given.effects, ...told.effects]);
}

function leaveWhenDrained(state: RunnerState, atMs: number, before: readonly RunnerEffect[]): Next {
  const over = state.drainByMs !== null && (state.runs.size === 0 || atMs >= state.drainByMs);
  if (!over) return { state, effects: before };
  const given = abandon(state, [...state.runs.values()], 'draining', 'cancelled');
  const last = beat({ ...given.state, left: true, runs: new Map() }, atMs);
  return {
    state: last.state,
    effects: [...before, ...given.effects, ...last.effects, { type: 'leave' }],
  };
}

function beat(state: RunnerState, atMs: number): Next {
  const next = { ...state, seq: state.seq + 1, lastBeatMs: atMs };
  return { state: next, effects: [{ type: 'beat', beat: beatOf(next, atMs) }] };
}

function tick(state: RunnerState, event: Event<'tick'>): Next {
  const { atMs } = event;
  const gapMs = atMs - state.lastTickMs;
  const runs = new Map(state.runs);
  const effects: RunnerEffect[] = [];
  for (const [id, run] of runs) {
    const progress = Math.max(run.progress, event.progress.get(id) ?? 0);
    const due = run.retryAtMs !== null && run.retryAtMs <= atMs && state.connected;
    const effect = due ? dueEffect(run) : null;
    if (effect !== null) effects.push(effect);
    if (due || progress !== run.progress) {
      runs.set(id, { ...run, progress, retryAtMs: due ? null : run.retryAtMs });
    }
  }
  const paused = gapMs > limits.deadMs;
  if (paused) effects.push(...verifyAll(runs));
  const loopLagMs = Math.max(0, gapMs - limits.tickMs);
  // Offers from before a pause may be of jobs that have ended; what still counts is offered again.
  const queue = paused ? [] : state.queue;
  const ticked = { ...state, runs, queue, lastTickMs: atMs, loopLagMs };
  const dueBeat = paused || atMs - state.lastBeatMs >= limits.heartbeatMs - limits.tickMs / 2;
  if (!dueBeat) return schedule(ticked, atMs, effects);
  const told = beat(ticked, atMs);
  return schedule(told.state, atMs, [...told.effects, ...effects]);
}

/** After a pause others may have been given our work; computing it to the end would be waste. */
function verifyAll(runs: ReadonlyMap<number, Run>): RunnerEffect[] {
  return [...runs.values()].flatMap((run) =>
    run.claim === null || run.abandoned || run.phase !== 'compute'
      ? []
      : [{ type: 'verify', run: run.id, claim: run.claim } as const],
  );
}

function link(state: RunnerState, event: Event<'link'>): Next {
  if (!event.connected) return { state: { ...state, connected: false }, effects: [] };
  const runs = new Map(state.runs);
  for (const [id, run] of runs) {
    if (run.retryAtMs !== null) runs.set(id, { ...run, retryAtMs: event.atMs });
  }
  // The server may have been set up anew meanwhile, with terms that begin again.
  const fresh = { ...state, connected: true, runs, term: 0 };
  const told = beat(fresh, event.atMs);
  return schedule(told.state, event.atMs, told.effects);
}
