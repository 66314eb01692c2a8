/**
 * Scripts of events for a leader of rounds, and beside each what it asked for, as text.
 *
 * `ready w1 0 s0 0+2 2+1@2 !4+1`: node, round, state, and shares as first+count@attempt, `!` where
 * the bytes do not come along. Times advance only by `tick`.
 */
import type { LeadEffect, LeadEvent, OpenState } from '../../actors/rounds/lead-events.ts';
import { RoundLead } from '../../actors/rounds/round-lead.ts';
import type { RoundShare } from '../../actors/rounds/share-table.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { shoal } from '../../schemas/generated/shoal.js';
import { type JobId, parseNodeId } from '../../schemas/ids.ts';

type Plain = LeadEvent extends infer T ? (T extends LeadEvent ? Omit<T, 'atMs'> : never) : never;

export class LeadScript {
  readonly lead: RoundLead;
  atMs = 0;
  readonly #pulls = new Map<string, { share: RoundShare; state: OpenState }>();
  readonly #groups: Extract<LeadEffect, { type: 'reduce' }>[] = [];

  constructor(slices: number, attempt = 1) {
    const job = 'j' as JobId;
    this.lead = new RoundLead({
      job,
      fit: 0,
      slices,
      node: parseNodeId('a'),
      nonce: 'n',
      attempt,
      plan: 'p',
      replanned: false,
    });
  }

  play(script: string): string {
    const lines = script.trim().split('\n');
    return `${lines.flatMap((line) => this.line(line.trim())).join('\n')}\n`;
  }

  line(line: string): string[] {
    if (line === '' || line.startsWith('#')) return [line];
    const told = this.#event(line.split(/\s+/));
    const effects = this.lead.step({ ...told, atMs: this.atMs } as LeadEvent);
    for (const effect of effects) this.#note(effect);
    return [line, ...effects.map((effect) => `  ${show(effect)}`)];
  }

  #event([verb = '', a = '', b = '', ...rest]: string[]): Plain {
    switch (verb) {
      case 'first':
        return { type: 'recovered', first: true, record: null };
      case 'recovered':
        return { type: 'recovered', first: false, record: a === '' ? null : stateOf(Number(a)) };
      case 'state': {
        const round = Number(a);
        const state = a === 'none' ? null : { ...stateOf(round), bytes: Uint8Array.of(round) };
        return { type: 'state', state };
      }
      case 'ready':
        return { type: 'ready', message: readyOf(a, Number(b), rest) };
      case 'pulled': {
        const found = this.#pulls.get(`${a} ${b}`);
        if (found === undefined) throw new Error(`nothing is pulled: ${a} ${b}`);
        const bytes = rest[0] === 'lost' ? null : Uint8Array.of(1);
        return { type: 'pulled', ...found, bytes };
      }
      case 'reduced': {
        const { group, state } = this.#groups.shift() as Extract<LeadEffect, { type: 'reduce' }>;
        const { from, to } = group.span;
        const share = { first: from, count: to - from, size: 9, sha256: sha256Hex(`${from}`) };
        return { type: 'reduced', group, state, share: a === 'failed' ? null : share };
      }
      case 'closed': {
        const round = (this.lead.state?.round ?? 0) + 1;
        const { digest, size } = stateOf(round);
        const ended = a === '' ? null : (a as 'rounds');
        const next = { digest, size, bytes: Uint8Array.of(round) };
        return { type: 'closed', next, ended, metrics: { loss: 1 / round } };
      }
      case 'checkpointed':
        return { type: 'checkpointed', round: a === 'failed' ? null : Number(a) };
      case 'fenced':
        return { type: 'fenced' };
      case 'tick':
        this.atMs += Number(a);
        return { type: 'tick' };
      default:
        throw new Error(`unknown command "${verb}"`);
    }
  }

  #note(effect: LeadEffect): void {
    const { state } = this.lead;
    if (effect.type === 'reduce') this.#groups.push(effect);
    if (effect.type !== 'pull' || state === null) return;
    const { share } = effect;
    this.#pulls.set(`${share.node} ${share.from}+${share.to - share.from}`, { share, state });
  }
}

function stateOf(round: number): OpenState {
  return { round, digest: `s${round}`, size: 1, bytes: null, nodes: [] };
}

/** A node holds the slices that it shares, and those of an option like `holds=4+2`. */
function readyOf(node: string, round: number, [state = '', ...rest]: readonly string[]) {
  const attempt = Number(rest.find((one) => one.startsWith('attempt='))?.slice(8) ?? 1);
  const holds = rest.filter((one) => one.startsWith('holds=')).map((one) => one.slice(6));
  const shares = rest.filter((one) => /^!?\d/.test(one));
  const runs = [...shares, ...holds].flatMap((text) => {
    const { first, count } = spanOf(text);
    return [first, count];
  });
  return shoal.RoundReady.create({
    node,
    nonce: 'n',
    job: 'j',
    fit: 0,
    attempt,
    round,
    state: state === '-' ? '' : state,
    stateSize: 1,
    slices: runs,
    shares: shares.map((text) => {
      const { first, count, claim } = spanOf(text);
      const bytes = new TextEncoder().encode(`${state} ${first} ${count}`);
      return {
        first,
        count,
        attempts: new Array(count).fill(claim),
        size: bytes.length,
        sha256: sha256Hex(bytes),
        ...(text.startsWith('!') ? {} : { inline: bytes }),
      };
    }),
  });
}

function spanOf(text: string) {
  const [, first = '', count = '', claim = '1'] = /^!?(\d+)\+(\d+)(?:@(\d+))?$/.exec(text) ?? [];
  return { first: Number(first), count: Number(count), claim: Number(claim) };
}

function show(effect: LeadEffect): string {
  switch (effect.type) {
    case 'open': {
      const from = effect.sources.length === 0 ? '' : ` also at ${effect.sources.join(' ')}`;
      return `open round ${effect.state.round} with ${effect.state.digest}${from}`;
    }
    case 'fetch':
      return `fetch ${effect.state.digest} from ${effect.state.nodes.join(' ')}`;
    case 'load':
      return `load ${effect.state.digest}`;
    case 'pull':
      return `pull ${effect.share.from}+${effect.share.to - effect.share.from} of ${effect.share.node}`;
    case 'reduce': {
      const { span, node, shares } = effect.group;
      return `reduce ${span.from}+${span.to - span.from} at ${node}: ${shares.map((one) => one.node).join(' ')}`;
    }
    case 'close': {
      const parts = effect.parts.map(({ node, from, to }) => `${node}:${from}+${to - from}`);
      return `close round ${effect.state.round} with ${parts.join(' ')}`;
    }
    case 'checkpoint':
      return `checkpoint ${effect.state.digest}`;
    case 'finish':
      return `finish with ${effect.state.digest}: ${effect.ended}`;
    case 'round':
      return `round ${effect.round} after ${effect.ms} ms`;
    case 'refused':
      return `refused ${effect.count} ${effect.reason}`;
    case 'alarm':
      return `alarm ${effect.first.node} and ${effect.second.node} differ`;
    default:
      return effect.type;
  }
}
