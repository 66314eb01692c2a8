/**
 * The holders of a job as the leader of one fit has heard of them: what each holds, and its state.
 *
 * A node that came back under a new boot nonce is another holder. What is here is never needed for
 * safety: it says whom to wait for, and who has a state.
 */
import type { OpenState } from './lead-events.ts';
import type { RoundReady } from './messages.ts';

interface Holder {
  readonly nonce: string;
  readonly round: number;
  readonly state: string;
  readonly stateSize: number;
  /** First and count of each run of slices. */
  readonly slices: readonly number[];
}

export class Holders {
  readonly #holders = new Map<string, Holder>();
  /** Last to say so, for each slice. */
  readonly #owners = new Map<number, string>();
  readonly #slices: number;

  /** @param slices of the whole data set */
  constructor(slices: number) {
    this.#slices = slices;
  }

  heard(message: RoundReady): void {
    const { node, nonce, round, state, stateSize, slices } = message;
    const before = this.#holders.get(node);
    this.#holders.set(node, { nonce, round, state, stateSize, slices });
    if (before !== undefined && sameRuns(before.slices, slices)) return;
    for (const [slice, owner] of this.#owners) if (owner === node) this.#owners.delete(slice);
    for (let i = 0; i + 1 < slices.length; i += 2) {
      const first = slices[i] as number;
      const end = Math.min(this.#slices, first + (slices[i + 1] as number));
      for (let slice = first; slice < end; slice += 1) this.#owners.set(slice, node);
    }
    for (const [name] of this.#holders) if (!this.#owns(name)) this.#holders.delete(name);
  }

  /** Nodes that hold slices. */
  get count(): number {
    return this.#holders.size;
  }

  /** Slices that somebody holds. */
  get slices(): number {
    return this.#owners.size;
  }

  ownerOf(slice: number): string {
    return this.#owners.get(slice) ?? '';
  }

  has(node: string, state: OpenState): boolean {
    return this.#holders.get(node)?.state === state.digest;
  }

  /** Nodes that have the state. */
  havers(state: OpenState): string[] {
    const found: string[] = [];
    for (const [node, holder] of this.#holders) if (holder.state === state.digest) found.push(node);
    return found;
  }

  /** States that holders have, the newest first. */
  states(): OpenState[] {
    const found = new Map<string, OpenState & { readonly nodes: string[] }>();
    for (const [node, { round, state, stateSize }] of this.#holders) {
      if (state === '') continue;
      const key = `${round} ${state}`;
      const known = found.get(key);
      if (known !== undefined) known.nodes.push(node);
      else {
        found.set(key, { round, digest: state, size: stateSize, bytes: null, nodes: [node] });
      }
    }
    return [...found.values()].sort((a, b) => b.round - a.round);
  }

  #owns(node: string): boolean {
    for (const owner of this.#owners.values()) if (owner === node) return true;
    return false;
  }
}

function sameRuns(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
