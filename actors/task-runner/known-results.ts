/**
 * Results that this process stored a moment ago: equal small results of one job are sent once.
 *
 * Kept for seconds and per job only, so that a blob can never have been collected in between.
 */
import { sha256Hex } from '../../schemas/canonical.ts';
import type { Digest } from '../../schemas/ids.ts';

const keptMs = 10_000;
const keptMax = 1_024;
const smallBytes = 4_096;

export class KnownResults {
  readonly #until = new Map<string, number>();

  /** The digest of bytes that are stored already, or null. */
  find(job: string, bytes: Uint8Array, nowMs: number): Digest | null {
    if (bytes.length > smallBytes) return null;
    const digest = sha256Hex(bytes) as Digest;
    return (this.#until.get(`${job}.${digest}`) ?? 0) > nowMs ? digest : null;
  }

  add(job: string, digest: Digest, nowMs: number): void {
    const oldest = this.#until.keys().next();
    if (this.#until.size >= keptMax && !oldest.done) this.#until.delete(oldest.value);
    this.#until.set(`${job}.${digest}`, nowMs + keptMs);
  }

  forget(job: string): void {
    for (const key of this.#until.keys()) if (key.startsWith(`${job}.`)) this.#until.delete(key);
  }
}
