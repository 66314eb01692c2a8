/**
 * Parameters of a learner as data: one table gives validation, defaults, help and documentation.
 */

export type Param =
  | {
      readonly type: 'integer' | 'number';
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly about: string;
    }
  | {
      readonly type: 'choice';
      readonly of: readonly string[];
      readonly default: string;
      readonly about: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly about: string }
  /** Any text, the name of a column for example. */
  | { readonly type: 'text'; readonly default: string; readonly about: string }
  /** A whole number, or one of the words: `maxFeatures: "sqrt"` or `maxFeatures: 5`. */
  | {
      readonly type: 'number-or-word';
      readonly min: number;
      readonly max: number;
      readonly words: readonly string[];
      readonly default: number | string;
      readonly about: string;
    }
  /** A number, or null for no limit. */
  | {
      readonly type: 'limit';
      readonly integer: boolean;
      readonly min: number;
      readonly max: number;
      readonly default: number | null;
      readonly about: string;
    };

export type ParamTable<P> = { readonly [K in keyof P]-?: Param };

/** Every parameter at its default. */
export function defaultParams<P>(table: ParamTable<P>): P {
  const entries = Object.entries(table) as [string, Param][];
  return Object.fromEntries(entries.map(([name, param]) => [name, param.default])) as P;
}
