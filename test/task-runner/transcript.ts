/**
 * Transcripts: a script of events, and beside each what `step` asked for, as text to be reviewed.
 *
 * One line a command: `offer j train.0`, `claimed 1`, `tick 250`, `link down`. Times advance only by
 * `tick`. Blank lines and lines that begin with # are kept as they are.
 */
import type { RunnerEffect } from '../../actors/task-runner/effects.ts';
import type { RunnerEvent } from '../../actors/task-runner/events.ts';
import { initialState, type RunnerState } from '../../actors/task-runner/state.ts';
import { step } from '../../actors/task-runner/step.ts';
import { records, TaskState } from '../../schemas/wire.ts';

export class Transcript {
  state: RunnerState;
  atMs = 0;

  constructor(slots: number) {
    this.state = initialState(slots, 0, true);
  }

  /** The script with the effects of each line below it. */
  play(script: string): string {
    const lines = script.trim().split('\n');
    return `${lines.flatMap((line) => this.line(line.trim())).join('\n')}\n`;
  }

  line(line: string): string[] {
    if (line === '' || line.startsWith('#')) return [line];
    const next = step(this.state, this.eventOf(line));
    this.state = next.state;
    return [line, ...next.effects.map((effect) => `  ${show(effect)}`)];
  }

  eventOf(line: string): RunnerEvent {
    return this.event(line.split(/\s+/));
  }

  private event([verb = '', a = '', b = '', ...rest]: string[]): RunnerEvent {
    const run = Number(a);
    const { atMs } = this;
    switch (verb) {
      case 'offer':
        return { type: 'offers', atMs, offers: [offerOf(a, b, rest)] };
      case 'claimed':
        return { type: 'claimed', run, atMs, claim: this.claim(run) };
      case 'computed':
        return { type: 'computed', run, atMs, bytes: Uint8Array.of(1, 2), note: '', computeMs: 5 };
      case 'stored':
        return { type: 'stored', run, atMs, digest: `d${run}`, inline: new Uint8Array() };
      case 'failed':
        return {
          type: 'failed',
          run,
          atMs,
          failure: { code: b, message: 'why', died: rest[0] === 'died' },
        };
      case 'setback':
        return { type: 'setback', run, atMs, code: b || 'timeout', message: 'no answer' };
      case 'withdraw':
        return { type: 'withdraw', atMs, job: a };
      case 'not-claimed':
      case 'committed':
      case 'refused':
      case 'reported':
      case 'stopped':
        return { type: verb, run, atMs };
      case 'ping':
        return { type: 'ping', atMs, reply: run };
      case 'cancel':
        return { type: 'cancel', atMs, job: a, term: Number(b || 0) };
      case 'release':
        return {
          ...{ type: 'release', atMs, job: a, task: b, term: Number(rest[0] || 0) },
          attempt: Number(rest[1] || 0),
        };
      case 'drain':
        return { type: 'drain', atMs, reason: 'test' };
      case 'link':
        return { type: 'link', atMs, connected: a === 'up' };
      case 'tick': {
        this.atMs += run;
        const counts = rest.concat(b || []).map((pair) => pair.split('=').map(Number));
        return { type: 'tick', atMs: this.atMs, progress: new Map(counts as [number, number][]) };
      }
      default:
        throw new Error(`unknown command "${verb}"`);
    }
  }

  private claim(run: number) {
    const offer = this.state.runs.get(run)?.offer;
    const record = records.task.create({
      state: TaskState.CLAIMED,
      attempt: offer?.attempt ?? 0,
      isolated: offer?.isolated ?? false,
    });
    const attempt = offer?.attempt ?? 0;
    return { key: `${offer?.job}.${offer?.task}`, attempt, revision: 7, record };
  }
}

function offerOf(job: string, task: string, options: readonly string[]) {
  const [attempt = '1'] = options.filter((option) => /^\d+$/.test(option));
  const term = options.find((option) => option.startsWith('term='))?.slice(5) ?? '1';
  return {
    term: Number(term),
    job,
    task,
    attempt: Number(attempt),
    plan: 'p',
    input: '',
    isolated: options.includes('isolated'),
    priority: Number(options.find((option) => option.startsWith('priority='))?.slice(9) ?? 0),
    traceparent: '',
  };
}

function show(effect: RunnerEffect): string {
  switch (effect.type) {
    case 'claim':
    case 'compute': {
      const { job, task, attempt, isolated } = effect.offer;
      return `${effect.type} #${effect.run} ${job}.${task} attempt ${attempt}${isolated ? ' isolated' : ''}`;
    }
    case 'store':
      return `store #${effect.run} ${effect.bytes.length} bytes`;
    case 'commit':
      return `commit #${effect.run} ${effect.claim.key} at ${effect.claim.revision} result ${effect.digest}`;
    case 'report': {
      const { code, died } = effect.failure;
      return `report #${effect.run} ${effect.claim.key} ${code}${died ? ' died' : ''}`;
    }
    case 'verify':
      return `verify #${effect.run} ${effect.claim.key}`;
    case 'abort':
      return `abort #${effect.run} ${effect.reason}`;
    case 'ended':
      return `ended #${effect.run} ${effect.outcome}`;
    case 'forget':
      return `forget ${effect.job}`;
    case 'leave':
      return 'leave';
    case 'beat':
    case 'answer': {
      const { seq, running, queued, draining, leaving, tasksDone, commitsRefused } = effect.beat;
      const tasks = running.map((one) => `${one.task}/${one.attempt}@${one.progress}`).join(' ');
      const flags = [draining ? 'draining' : '', leaving ? 'leaving' : ''].filter(Boolean);
      return [
        `${effect.type} ${seq}`,
        `running [${tasks}] queued ${queued} done ${tasksDone} refused ${commitsRefused}`,
        ...flags,
      ].join(' ');
    }
  }
}
