/**
 * Draws features for a node without replacement.
 *
 * A partial Fisher-Yates shuffle of a list that is put back in order afterwards, so a node's draw
 * depends on its own seed alone and not on the nodes before it.
 */
import { mix32 } from '../random.ts';

export class FeatureDraw {
  /** The drawn features are the first `drawn` of these. */
  readonly features: Int32Array;
  drawn = 0;
  readonly #partners: Int32Array;
  #seed = 0;

  constructor(features: number) {
    this.features = Int32Array.from({ length: features }, (_, i) => i);
    this.#partners = new Int32Array(features);
  }

  /** Forgets the last node and begins the draw of another. */
  begin(seed: number): void {
    for (let i = this.drawn - 1; i >= 0; i--) this.#swap(i, this.#partners[i]!);
    this.drawn = 0;
    this.#seed = seed;
  }

  /** Draws on until `count` features are drawn. */
  upTo(count: number): void {
    const { features } = this;
    for (let i = this.drawn; i < count; i++) {
      const random = mix32(this.#seed + Math.imul(i + 1, 0x9e3779b9));
      const partner = i + Math.floor((random / 2 ** 32) * (features.length - i));
      this.#partners[i] = partner;
      this.#swap(i, partner);
    }
    this.drawn = count;
  }

  #swap(i: number, j: number): void {
    const { features } = this;
    const kept = features[i]!;
    features[i] = features[j]!;
    features[j] = kept;
  }
}
