/**
 * Typed access to the fields of a parsed JSON object: every failure is a `DataError` that names
 * the path, what was found and what was expected. Only own properties count, so a prototype
 * planted in the text has no effect.
 */
import { DataError } from './data-error.ts';

export function unsound(what: string): DataError {
  return new DataError('data-manifest', what, 'import the data set anew');
}

/** Typed access to the fields of a parsed JSON object; every failure names the path. */
export class Fields {
  readonly #object: Record<string, unknown>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unsound(`${path} is not an object`);
    }
    this.#object = value as Record<string, unknown>;
    this.#path = path;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#object, key);
  }

  get(key: string): unknown {
    return this.has(key) ? this.#object[key] : undefined;
  }

  fail(key: string, expected: string): DataError {
    const shown = JSON.stringify(this.get(key))?.slice(0, 80) ?? 'absent';
    return unsound(`${this.#path}.${key} is ${shown}, expected ${expected}`);
  }

  whole(key: string, min: number, max: number): number {
    const value = this.get(key);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) {
      return value;
    }
    throw this.fail(key, `a whole number from ${min} to ${max}`);
  }

  exactly(key: string, expected: number): number {
    return this.whole(key, expected, expected);
  }

  number(key: string): number {
    const value = this.get(key);
    if (typeof value === 'number') return value;
    throw this.fail(key, 'a number');
  }

  text(key: string, maxLength: number): string {
    const value = this.get(key);
    if (typeof value === 'string' && value.length <= maxLength && value.isWellFormed()) {
      return value;
    }
    throw this.fail(key, `text of at most ${maxLength} characters`);
  }

  digest(key: string): string {
    const value = this.text(key, 64);
    if (/^[0-9a-f]{64}$/.test(value)) return value;
    throw this.fail(key, 'a SHA-256 in 64 hexadecimal digits');
  }

  list(key: string, min: number, max: number): readonly unknown[] {
    const value = this.get(key);
    if (Array.isArray(value) && value.length >= min && value.length <= max) return value;
    throw this.fail(key, `a list of ${min} to ${max} items`);
  }

  texts(key: string, min: number, max: number, maxLength: number): readonly string[] {
    return this.list(key, min, max).map((item) => {
      if (typeof item === 'string' && item.length <= maxLength && item.isWellFormed()) return item;
      throw this.fail(key, `texts of at most ${maxLength} characters`);
    });
  }
}
