/**
 * Values made once and kept while they are among the last used; a failed making is not kept.
 */
export class Memo<T> {
  readonly #max: number;
  readonly #values = new Map<string, Promise<T>>();

  constructor(max: number) {
    this.#max = max;
  }

  /** The value under the key; whoever asks while it is being made waits for the same one. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#values.get(key);
    const value = known ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (known === undefined) {
      value.catch(() => {
        if (this.#values.get(key) === value) this.#values.delete(key);
      });
      const oldest = this.#values.keys().next();
      if (this.#values.size > this.#max && !oldest.done) this.#values.delete(oldest.value);
    }
    return value;
  }

  clear(): void {
    this.#values.clear();
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
