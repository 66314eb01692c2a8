/**
 * Random numbers and tokens of a real process, from the operating system's generator.
 *
 * Used for jitter, nonces and ids only; learning derives its own streams from the job's seed.
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../ports/random.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function nodeRandom(): Random {
  return {
    next: () => randomBytes(4).readUInt32LE(0) / 2 ** 32,
    token(length: number): string {
      let text = '';
      for (let i = 0; i < length; i += 1) text += alphabet[randomInt(alphabet.length)];
      return text;
    },
  };
}
