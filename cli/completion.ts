/**
 * Proposals for completion of commands and flags, for the scripts of `shoal completion`.
 *
 * `shoal __complete WORD...` prints one proposal a line, the last word being the one to complete.
 * It is silent whatever goes wrong: a shell at a prompt is no place for errors.
 */
import { proposeCompletions } from '@stricli/core';
import { app } from './app.ts';
import type { ShoalContext } from './command.ts';

/** Proposals for the last of these words. */
export async function complete(words: readonly string[], context: ShoalContext): Promise<string[]> {
  try {
    const found = await proposeCompletions(app, words, context as never);
    return found.map(({ completion }) => completion);
  } catch {
    return [];
  }
}
