/**
 * `name` or `name@version`: how data sets and models are referred to.
 */
import { TerminalError } from '../schemas/errors.ts';
import { type Name, parseName } from '../schemas/ids.ts';

export interface VersionedName {
  readonly name: Name;
  /** Null where none was given: the newest, or the live one. */
  readonly version: number | null;
}

export function parseVersioned(reference: string): VersionedName {
  const at = reference.indexOf('@');
  if (at < 0) return { name: parseName(reference), version: null };
  const digits = reference.slice(at + 1);
  if (!/^[1-9]\d{0,8}$/.test(digits)) {
    throw new TerminalError(
      'bad-name',
      `version ${JSON.stringify(digits.slice(0, 40))} is not a whole number from 1`,
      {
        fix: `write ${reference.slice(0, Math.min(at, 64))}@1`,
      },
    );
  }
  return { name: parseName(reference.slice(0, at)), version: Number(digits) };
}
